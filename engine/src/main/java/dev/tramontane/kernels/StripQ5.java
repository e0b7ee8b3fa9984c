package dev.tramontane.kernels;

import dev.tramontane.tensor.DType;

/// {@link dev.tramontane.tensor.Q5_0} and {@link dev.tramontane.tensor.Q5_1} for {@link StripCode}:
/// nibbles as in `Q4_0`, and a bit each on top of them from one dword.
final class StripQ5 implements StripDecoder {
    private static final int LOW_NIBBLES = 0;

    /// The lowest byte of each dword, four times.
    private static final int SPREAD = 1;

    /// Bit i in byte i of each dword.
    private static final int OWN_BITS = 2;

    /// 16 for numbers of one bit.
    private static final int FIFTH = 3;

    private final boolean hasMinimum;

    /// @param hasMinimum whether it is `Q5_1`
    StripQ5(boolean hasMinimum) {
        this.hasMinimum = hasMinimum;
    }

    @Override
    public DType type() {
        return hasMinimum ? DType.Q5_1 : DType.Q5_0;
    }

    @Override
    public int offset() {
        return hasMinimum ? 0 : 16;
    }

    @Override
    public int largest() {
        return 31;
    }

    @Override
    public void constants(Strip s) {
        s.constant(LOW_NIBBLES, 0x0F0F0F0F);
        s.table(SPREAD, new int[] {0x00000000, 0x04040404, 0x08080808, 0x0C0C0C0C});
        s.constant(OWN_BITS, 0x08040201);
        s.levels(FIFTH, q -> Integer.bitCount(q) == 1 ? 16 : 0, 0);
    }

    @Override
    public void block(Strip s, Group group) {
        if (hasMinimum) {
            s.halfScaleAndMinimum(0);
        } else {
            s.halfScale(0);
        }
        int headBytes = hasMinimum ? 4 : 2;
        s.firstDword(headBytes, s.values);
        s.v.store(s.slot(0), s.values);
        s.transpose(headBytes + 4, s.values);
        s.splitNibbles(LOW_NIBBLES);
        for (int i = 0; i < 8; i++) {
            s.shiftRight(s.spare, s.slot(0), 4 * i);
            s.shuffle(s.spare, s.spare, SPREAD);
            s.and(s.spare, s.spare, OWN_BITS);
            s.lookUp(s.spare, 1, FIFTH);
            s.v.vpor(s.values + i, s.values + i, s.spare);
        }
        group.emit(0, s.values);
    }
}
