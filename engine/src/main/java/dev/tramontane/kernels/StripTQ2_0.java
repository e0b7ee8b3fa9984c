package dev.tramontane.kernels;

import dev.tramontane.tensor.DType;

/// {@link dev.tramontane.tensor.TQ2_0} for {@link StripCode}: pairs of bits as in `Q2_K`, under one
/// scale.
final class StripTQ2_0 implements StripDecoder {
    private static final int PAIR = 0;

    @Override
    public DType type() {
        return DType.TQ2_0;
    }

    @Override
    public int offset() {
        return 1;
    }

    @Override
    public int largest() {
        return 3;
    }

    @Override
    public void constants(Strip s) {
        s.constant(PAIR, 0x03030303);
    }

    @Override
    public void block(Strip s, Group group) {
        s.lastDword(50, s.scale);
        s.v.vpsrld(s.scale, s.scale, 16);
        s.widenHalves(s.scale, s.scale);
        for (int half = 0; half < 2; half++) {
            s.transposeToSlots(32 * half, 0);
            s.transposeToSlots(32 * half + 16, 4);
            for (int j = 0; j < 4; j++) {
                for (int i = 0; i < 8; i++) {
                    s.shiftRight(s.values + i, s.slot(i), 2 * j);
                    s.and(s.values + i, s.values + i, PAIR);
                }
                group.emit(4 * half + j, s.values);
            }
        }
    }
}
