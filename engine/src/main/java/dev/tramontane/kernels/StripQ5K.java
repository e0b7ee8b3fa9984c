package dev.tramontane.kernels;

import dev.tramontane.tensor.DType;

/// {@link dev.tramontane.tensor.Q5K} for {@link StripCode}: nibbles as in `Q4_K`, and bit g of 32
/// further bytes on top of group g.
final class StripQ5K implements StripDecoder {
    private static final int FIFTH_BITS = 3;
    private static final int NIBBLES = StripKScales.SLOTS;
    private static final int HIGH = NIBBLES + 8;

    @Override
    public DType type() {
        return DType.Q5_K;
    }

    @Override
    public int offset() {
        return 0;
    }

    @Override
    public int largest() {
        return 31;
    }

    @Override
    public void constants(Strip s) {
        StripKScales.constants(s);
        s.constant(FIFTH_BITS, 0x10101010);
    }

    @Override
    public void block(Strip s, Group group) {
        StripKScales.decode(s);
        s.transposeToSlots(16, HIGH);
        s.transposeToSlots(32, HIGH + 4);
        for (int pair = 0; pair < 4; pair++) {
            s.transposeToSlots(48 + 32 * pair, NIBBLES);
            s.transposeToSlots(64 + 32 * pair, NIBBLES + 4);
            for (int index = 2 * pair; index < 2 * pair + 2; index++) {
                for (int i = 0; i < 8; i++) {
                    value(s, i, index);
                }
                StripKScales.load(s, index);
                group.emit(index, s.values);
            }
        }
    }

    /// Four values of a group: nibbles, and its bit of the high bytes in the fifth place.
    private static void value(Strip s, int dword, int group) {
        int z = s.values + dword;
        s.shiftRight(z, s.slot(NIBBLES + dword), 4 * (group % 2));
        s.and(z, z, StripKScales.LOW_NIBBLES);
        if (group < 4) {
            s.shiftLeft(s.spare, s.slot(HIGH + dword), 4 - group);
        } else {
            s.shiftRight(s.spare, s.slot(HIGH + dword), group - 4);
        }
        s.orAnd(z, s.spare, FIFTH_BITS);
    }
}
