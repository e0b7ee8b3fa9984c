package dev.tramontane.kernels;

import static dev.tramontane.kernels.Strip.VALUES;

import dev.tramontane.tensor.DType;

/// {@link dev.tramontane.tensor.Q4K} for {@link StripCode}: each 32 bytes hold one group in the low
/// nibbles and the next in the high.
final class StripQ4K implements StripDecoder {
    /// Where the second group waits while the first is multiplied.
    private static final int WAITING = 4;

    @Override
    public DType type() {
        return DType.Q4_K;
    }

    @Override
    public int offset() {
        return 0;
    }

    @Override
    public void constants(Assembler a) {
        StripKScales.constants(a);
    }

    @Override
    public void block(Assembler a, Group group) {
        StripKScales.decode(a);
        for (int pair = 0; pair < 4; pair++) {
            Strip.transpose(a, 16 + 32 * pair, VALUES);
            Strip.transpose(a, 32 + 32 * pair, VALUES + 4);
            for (int i = 0; i < 8; i++) {
                a.vpsrld(WAITING + i, VALUES + i, 4);
                a.vpandd(VALUES + i, VALUES + i, StripKScales.LOW_NIBBLES);
                a.vpandd(WAITING + i, WAITING + i, StripKScales.LOW_NIBBLES);
            }
            StripKScales.load(a, 2 * pair);
            group.emit(2 * pair, VALUES);
            StripKScales.load(a, 2 * pair + 1);
            group.emit(2 * pair + 1, WAITING);
        }
    }
}
