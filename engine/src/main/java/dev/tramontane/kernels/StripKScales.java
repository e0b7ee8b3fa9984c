package dev.tramontane.kernels;

import static dev.tramontane.kernels.Assembler.Place.at;
import static dev.tramontane.kernels.Strip.MINIMUM;
import static dev.tramontane.kernels.Strip.SCALE;
import static dev.tramontane.kernels.Strip.SCRATCH;
import static dev.tramontane.kernels.Strip.SPARE;
import static dev.tramontane.kernels.Strip.VALUES;

/// The first sixteen bytes of `Q4_K` and `Q5_K` blocks: `d`, `dmin` and the 6-bit scales and minima
/// of eight groups (see {@link dev.tramontane.tensor.Q4K#scales}), sixteen rows at once.
///
/// Scratch memory takes the products: float[8][16] scales, then float[8][16] minima.
final class StripKScales {
    static final int LOW_NIBBLES = 31;
    private static final int TOP_BITS = 30;
    private static final int SIX_BITS = 29;

    /// Bytes of scratch memory used.
    static final int BYTES = 2 * 8 * 64;

    private StripKScales() {}

    static void constants(Assembler a) {
        Strip.quarterMasks(a);
        Strip.constant(a, LOW_NIBBLES, 0x0F0F0F0F);
        Strip.constant(a, TOP_BITS, 0x30303030);
        Strip.constant(a, SIX_BITS, 0x3F3F3F3F);
    }

    static void decode(Assembler a) {
        int halves = VALUES; // d below dmin
        int first = VALUES + 1;
        int second = VALUES + 2;
        int third = VALUES + 3;
        Strip.transpose(a, 0, halves);
        int dmin = SPARE;
        a.vpsrld(dmin, halves, 16);
        Strip.widenHalves(a, dmin);
        Strip.widenHalves(a, halves);
        int scales = SPARE + 1;
        int minima = SPARE + 2;
        int work = SPARE + 3;
        a.vpandd(scales, first, SIX_BITS);
        a.vpandd(minima, second, SIX_BITS);
        multiplyFour(a, scales, halves, work, 0);
        multiplyFour(a, minima, dmin, work, 512);

        upperFour(a, scales, third, 0, first);
        upperFour(a, minima, third, 4, second);
        multiplyFour(a, scales, halves, work, 256);
        multiplyFour(a, minima, dmin, work, 768);
    }

    /// `(nibbles >> shift & 15) | (top >> 2 & 0x30)` in every byte; changes `top`.
    private static void upperFour(Assembler a, int to, int nibbles, int shift, int top) {
        if (shift == 0) {
            a.vpandd(to, nibbles, LOW_NIBBLES);
        } else {
            a.vpsrld(to, nibbles, shift);
            a.vpandd(to, to, LOW_NIBBLES);
        }
        a.vpsrld(top, top, 2);
        a.vpandd(top, top, TOP_BITS);
        a.vpord(to, to, top);
    }

    /// The four bytes of each lane as floats, times the row's factor, to scratch memory.
    private static void multiplyFour(Assembler a, int bytes, int factor, int work, int to) {
        for (int i = 0; i < 4; i++) {
            if (i < 3) {
                a.vpslld(work, bytes, 24 - 8 * i);
                a.vpsrld(work, work, 24);
            } else {
                a.vpsrld(work, bytes, 24);
            }
            a.vcvtdq2ps(work, work);
            a.vmulps(work, work, factor);
            a.store(at(SCRATCH, to + 64 * i), work);
        }
    }

    /// Brings a group's scales and minima to their registers.
    static void load(Assembler a, int group) {
        a.load(SCALE, at(SCRATCH, 64 * group));
        a.load(MINIMUM, at(SCRATCH, 512 + 64 * group));
    }
}
