package dev.tramontane.kernels;

import dev.tramontane.tensor.DType;

/// {@link dev.tramontane.tensor.Q6K} for {@link StripCode}: groups of 16. Each half of a block is
/// 64 bytes of nibbles and 32 bytes whose pairs of bits go on top of 32 values each.
final class StripQ6K implements StripDecoder {
    private static final int LOW_NIBBLES = 0;
    private static final int TOP_BITS = 1;

    // Slots: sixteen scales, then of each half the pairs of bits and the nibbles.
    private static final int HIGH = 16;
    private static final int LOW = HIGH + 8;

    @Override
    public DType type() {
        return DType.Q6_K;
    }

    @Override
    public int groupLength() {
        return 16;
    }

    @Override
    public int offset() {
        return 32;
    }

    @Override
    public int largest() {
        return 63;
    }

    @Override
    public void constants(Strip s) {
        s.constant(LOW_NIBBLES, 0x0F0F0F0F);
        s.constant(TOP_BITS, 0x30303030);
    }

    @Override
    public void block(Strip s, Group group) {
        scales(s);
        for (int half = 0; half < 2; half++) {
            s.transposeToSlots(128 + 32 * half, HIGH);
            s.transposeToSlots(144 + 32 * half, HIGH + 4);
            for (int quarter = 0; quarter < 4; quarter++) {
                s.transposeToSlots(64 * half + 16 * quarter, LOW + 4 * quarter);
            }
            for (int run = 0; run < 4; run++) {
                values(s, run);
                for (int i = 0; i < 2; i++) {
                    int index = 8 * half + 2 * run + i;
                    s.v.load(s.scale, s.slot(index));
                    group.emit(index, s.values + 4 * i);
                }
            }
        }
    }

    /// The sixteen scales, signed bytes, times `d`.
    private static void scales(Strip s) {
        int d = s.scale;
        s.lastDword(194, d);
        s.v.vpsrld(d, d, 16);
        s.widenHalves(d, d);
        s.transpose(192, s.values);
        for (int i = 0; i < 4; i++) {
            s.scaleBytes(s.values + i, true, d, 4 * i);
        }
    }

    /// 32 values: runs 0 and 1 are low nibbles, 2 and 3 the high ones of the same bytes.
    private static void values(Strip s, int run) {
        for (int i = 0; i < 8; i++) {
            int z = s.values + i;
            s.shiftRight(z, s.slot(LOW + 8 * (run % 2) + i), run < 2 ? 0 : 4);
            s.and(z, z, LOW_NIBBLES);
            Place pairs = s.slot(HIGH + i);
            if (run < 2) {
                s.shiftLeft(s.spare, pairs, 4 - 2 * run);
            } else {
                s.shiftRight(s.spare, pairs, 2 * run - 4);
            }
            s.orAnd(z, s.spare, TOP_BITS);
        }
    }
}
