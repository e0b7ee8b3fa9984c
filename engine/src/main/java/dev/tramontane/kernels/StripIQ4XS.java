package dev.tramontane.kernels;

import static dev.tramontane.kernels.Assembler.Place.at;
import static dev.tramontane.kernels.Strip.SCALE;
import static dev.tramontane.kernels.Strip.SCRATCH;
import static dev.tramontane.kernels.Strip.SPARE;
import static dev.tramontane.kernels.Strip.VALUES;

import dev.tramontane.tensor.DType;
import dev.tramontane.tensor.IQ4NL;

/// {@link dev.tramontane.tensor.IQ4XS} for {@link StripCode}: eight groups of nibbles, the places
/// of levels, with scales of six bits in two pieces.
final class StripIQ4XS implements StripDecoder {
    private static final int LOW_NIBBLES = 31;
    private static final int TABLE = 30;
    private static final int MINUS_32 = 29;

    @Override
    public DType type() {
        return DType.IQ4_XS;
    }

    @Override
    public int offset() {
        return 128;
    }

    @Override
    public void constants(Assembler a) {
        Strip.quarterMasks(a);
        Strip.constant(a, LOW_NIBBLES, 0x0F0F0F0F);
        Strip.constant(a, MINUS_32, -32);
        int[] table = new int[4];
        for (int q = 0; q < 16; q++) {
            table[q / 4] |= IQ4NL.level(q) + offset() << 8 * (q % 4);
        }
        Strip.table(a, TABLE, table);
    }

    @Override
    public void block(Assembler a, Group group) {
        scales(a);
        for (int index = 0; index < 8; index++) {
            Strip.transpose(a, 8 + 16 * index, VALUES);
            Strip.splitNibbles(a, LOW_NIBBLES);
            Strip.lookUp(a, TABLE);
            a.load(SCALE, at(SCRATCH, 64 * index));
            group.emit(index, VALUES);
        }
    }

    /// float[8][16] to scratch memory: `d · (low | high << 4 − 32)`, the low bits of scale s at bit
    /// 4s of the second dword, the high ones at bit 16 + 2s of the first.
    private static void scales(Assembler a) {
        int first = VALUES;
        int second = VALUES + 1;
        int d = SPARE;
        int low = SPARE + 1;
        int high = SPARE + 2;
        Strip.transpose(a, 0, VALUES);
        a.vpmovdw(d, first);
        a.vcvtph2ps(d, d);
        for (int s = 0; s < 8; s++) {
            a.vpslld(low, second, 28 - 4 * s);
            a.vpsrld(low, low, 28);
            a.vpslld(high, first, 14 - 2 * s);
            a.vpsrld(high, high, 30);
            a.vpslld(high, high, 4);
            a.vpord(low, low, high);
            a.vpaddd(low, low, MINUS_32);
            a.vcvtdq2ps(low, low);
            a.vmulps(low, low, d);
            a.store(at(SCRATCH, 64 * s), low);
        }
    }
}
