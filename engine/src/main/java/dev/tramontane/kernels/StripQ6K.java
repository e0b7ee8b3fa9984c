package dev.tramontane.kernels;

import static dev.tramontane.kernels.Assembler.Place.at;
import static dev.tramontane.kernels.Strip.SCALE;
import static dev.tramontane.kernels.Strip.SCRATCH;
import static dev.tramontane.kernels.Strip.SPARE;
import static dev.tramontane.kernels.Strip.VALUES;

import dev.tramontane.tensor.DType;

/// {@link dev.tramontane.tensor.Q6K} for {@link StripCode}: groups of 16. Each half of a block is
/// 64 bytes of nibbles and 32 bytes whose pairs of bits go on top of 32 values each.
final class StripQ6K implements StripDecoder {
    private static final int LOW_NIBBLES = 31;
    private static final int TOP_BITS = 30;

    // Scratch memory: float[16][16] scales, int[8][16] pairs of bits, int[16][16] nibbles.
    private static final int HIGH = 16 * 64;
    private static final int LOW = HIGH + 8 * 64;

    /// `z | (a & b)`.
    private static final int OR_AND = 0xF8;

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
    public void constants(Assembler a) {
        Strip.quarterMasks(a);
        Strip.constant(a, LOW_NIBBLES, 0x0F0F0F0F);
        Strip.constant(a, TOP_BITS, 0x30303030);
    }

    @Override
    public void block(Assembler a, Group group) {
        scales(a);
        for (int half = 0; half < 2; half++) {
            Strip.transpose(a, 128 + 32 * half, VALUES);
            Strip.transpose(a, 144 + 32 * half, VALUES + 4);
            for (int i = 0; i < 8; i++) {
                a.store(at(SCRATCH, HIGH + 64 * i), VALUES + i);
            }
            for (int quarter = 0; quarter < 4; quarter++) {
                Strip.transpose(a, 64 * half + 16 * quarter, VALUES);
                for (int i = 0; i < 4; i++) {
                    a.store(at(SCRATCH, LOW + 64 * (4 * quarter + i)), VALUES + i);
                }
            }
            for (int run = 0; run < 4; run++) {
                values(a, run);
                for (int i = 0; i < 2; i++) {
                    int index = 8 * half + 2 * run + i;
                    a.load(SCALE, at(SCRATCH, 64 * index));
                    group.emit(index, VALUES + 4 * i);
                }
            }
        }
    }

    /// The sixteen scales, signed bytes, times `d`.
    private static void scales(Assembler a) {
        int d = SPARE;
        int work = SPARE + 1;
        Strip.lastDword(a, 194, d);
        a.vpsrld(d, d, 16);
        Strip.widenHalves(a, d);
        Strip.transpose(a, 192, VALUES);
        for (int i = 0; i < 16; i++) {
            if (i % 4 < 3) {
                a.vpslld(work, VALUES + i / 4, 24 - 8 * (i % 4));
                a.vpsrad(work, work, 24);
            } else {
                a.vpsrad(work, VALUES + i / 4, 24);
            }
            a.vcvtdq2ps(work, work);
            a.vmulps(work, work, d);
            a.store(at(SCRATCH, 64 * i), work);
        }
    }

    /// 32 values: runs 0 and 1 are low nibbles, 2 and 3 the high ones of the same bytes.
    private static void values(Assembler a, int run) {
        for (int i = 0; i < 8; i++) {
            int z = VALUES + i;
            Assembler.Place nibbles = at(SCRATCH, LOW + 64 * (8 * (run % 2) + i));
            if (run < 2) {
                a.vpandd(z, LOW_NIBBLES, nibbles);
            } else {
                a.vpsrld(z, nibbles, 4);
                a.vpandd(z, z, LOW_NIBBLES);
            }
            Assembler.Place pairs = at(SCRATCH, HIGH + 64 * i);
            switch (run) {
                case 0 -> a.vpslld(SPARE, pairs, 4);
                case 1 -> a.vpslld(SPARE, pairs, 2);
                case 2 -> a.load(SPARE, pairs);
                default -> a.vpsrld(SPARE, pairs, 2);
            }
            a.vpternlogd(z, SPARE, TOP_BITS, OR_AND);
        }
    }
}
