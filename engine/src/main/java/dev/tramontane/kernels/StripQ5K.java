package dev.tramontane.kernels;

import static dev.tramontane.kernels.Assembler.Place.at;
import static dev.tramontane.kernels.Strip.SCRATCH;
import static dev.tramontane.kernels.Strip.SPARE;
import static dev.tramontane.kernels.Strip.VALUES;

import dev.tramontane.tensor.DType;

/// {@link dev.tramontane.tensor.Q5K} for {@link StripCode}: nibbles as in `Q4_K`, and bit g of 32
/// further bytes on top of group g.
final class StripQ5K implements StripDecoder {
    private static final int FIFTH_BITS = 28;
    private static final int WAITING = 4;
    private static final int HIGH = StripKScales.BYTES; // int[8][16] in scratch memory

    /// `z | (a & b)`.
    private static final int OR_AND = 0xF8;

    @Override
    public DType type() {
        return DType.Q5_K;
    }

    @Override
    public int offset() {
        return 0;
    }

    @Override
    public void constants(Assembler a) {
        StripKScales.constants(a);
        Strip.constant(a, FIFTH_BITS, 0x10101010);
    }

    @Override
    public void block(Assembler a, Group group) {
        StripKScales.decode(a);
        Strip.transpose(a, 16, VALUES);
        Strip.transpose(a, 32, VALUES + 4);
        for (int i = 0; i < 8; i++) {
            a.store(at(SCRATCH, HIGH + 64 * i), VALUES + i);
        }
        for (int pair = 0; pair < 4; pair++) {
            Strip.transpose(a, 48 + 32 * pair, VALUES);
            Strip.transpose(a, 64 + 32 * pair, VALUES + 4);
            for (int i = 0; i < 8; i++) {
                a.vpsrld(WAITING + i, VALUES + i, 4);
                a.vpandd(VALUES + i, VALUES + i, StripKScales.LOW_NIBBLES);
                a.vpandd(WAITING + i, WAITING + i, StripKScales.LOW_NIBBLES);
                addBit(a, VALUES + i, i, 2 * pair);
                addBit(a, WAITING + i, i, 2 * pair + 1);
            }
            StripKScales.load(a, 2 * pair);
            group.emit(2 * pair, VALUES);
            StripKScales.load(a, 2 * pair + 1);
            group.emit(2 * pair + 1, WAITING);
        }
    }

    /// Puts bit `group` of the high bytes to the fifth place.
    private static void addBit(Assembler a, int z, int dword, int group) {
        Assembler.Place high = at(SCRATCH, HIGH + 64 * dword);
        if (group < 4) {
            a.vpslld(SPARE, high, 4 - group);
        } else {
            a.vpsrld(SPARE, high, group - 4);
        }
        a.vpternlogd(z, SPARE, FIFTH_BITS, OR_AND);
    }
}
