package dev.tramontane.kernels;

import dev.tramontane.tensor.DType;

/// {@link dev.tramontane.tensor.Q4K} for {@link StripCode}: each 32 bytes hold one group in the low
/// nibbles and the next in the high.
final class StripQ4K implements StripDecoder {
    /// Where the second group's nibbles wait while the first is multiplied.
    private static final int NIBBLES = StripKScales.SLOTS;

    @Override
    public DType type() {
        return DType.Q4_K;
    }

    @Override
    public int offset() {
        return 0;
    }

    @Override
    public int largest() {
        return 15;
    }

    @Override
    public void constants(Strip s) {
        StripKScales.constants(s);
    }

    @Override
    public void block(Strip s, Group group) {
        StripKScales.decode(s);
        for (int pair = 0; pair < 4; pair++) {
            s.transpose(16 + 32 * pair, s.values);
            s.transpose(32 + 32 * pair, s.values + 4);
            for (int i = 0; i < 8; i++) {
                s.v.store(s.slot(NIBBLES + i), s.values + i);
                s.and(s.values + i, s.values + i, StripKScales.LOW_NIBBLES);
            }
            StripKScales.load(s, 2 * pair);
            group.emit(2 * pair, s.values);
            for (int i = 0; i < 8; i++) {
                s.shiftRight(s.values + i, s.slot(NIBBLES + i), 4);
                s.and(s.values + i, s.values + i, StripKScales.LOW_NIBBLES);
            }
            StripKScales.load(s, 2 * pair + 1);
            group.emit(2 * pair + 1, s.values);
        }
    }
}
