package dev.tramontane.kernels;

import static dev.tramontane.kernels.Assembler.Place.at;

/// The routine that rounds a row of activations to 8 bits: of each 32 values, `d = max|x| / 127`,
/// `q = round(x · (127 / max|x|))` with halves to even, and the sums of the first and the last
/// sixteen `q`.
final class RoundingCode {
    /// What the routine is told, `long[]` at these byte offsets.
    static final class Call {
        static final int FROM = 0;
        static final int BLOCKS = 8;
        static final int VALUES = 16;

        /// From a block's 32 bytes of values to the next block's.
        static final int VALUES_STEP = 24;

        static final int SCALES = 32;

        /// From a block's scale, and from a block half's sum, to the next.
        static final int STEP = 40;

        static final int SUMS = 48;

        static final int BYTES = 56;

        private Call() {}
    }

    private static final int MAGNITUDE = 31;
    private static final int LEVELS = 30;
    private static final int LEVELS_INVERSE = 29;
    private static final int ZERO = 28;
    private static final int ONE_MASK = 1;

    private RoundingCode() {}

    static byte[] routine() {
        var a = new Assembler();
        Gpr call = Gpr.RDI;
        Gpr from = Gpr.RSI;
        Gpr blocks = Gpr.RCX;
        Gpr values = Gpr.R8;
        Gpr scales = Gpr.R9;
        Gpr sums = Gpr.R10;
        Gpr step = Gpr.R11;
        Gpr valuesStep = Gpr.RDX;
        Strip.constant(a, MAGNITUDE, 0x7FFFFFFF);
        Strip.constant(a, LEVELS, Float.floatToRawIntBits(127f));
        Strip.constant(a, LEVELS_INVERSE, Float.floatToRawIntBits(1 / 127f));
        a.vpxord(ZERO, ZERO, ZERO);
        a.mov(from, at(call, Call.FROM));
        a.mov(blocks, at(call, Call.BLOCKS));
        a.mov(values, at(call, Call.VALUES));
        a.mov(valuesStep, at(call, Call.VALUES_STEP));
        a.mov(scales, at(call, Call.SCALES));
        a.mov(step, at(call, Call.STEP));
        a.mov(sums, at(call, Call.SUMS));
        var block = new Assembler.Label();
        a.bind(block);
        a.load(0, at(from, 0));
        a.load(1, at(from, 64));
        a.vpandd(2, 0, MAGNITUDE);
        a.vpandd(3, 1, MAGNITUDE);
        a.vmaxps(2, 2, 3);
        a.vshufi32x4(3, 2, 2, 0x4E);
        a.vmaxps(2, 2, 3);
        a.vshufi32x4(3, 2, 2, 0xB1);
        a.vmaxps(2, 2, 3);
        a.vpshufd(3, 2, 0x4E);
        a.vmaxps(2, 2, 3);
        a.vpshufd(3, 2, 0xB1);
        a.vmaxps(2, 2, 3);
        a.vmulps(4, 2, LEVELS_INVERSE);
        a.vmovd(at(scales, 0), 4);
        a.vcmpneqps(ONE_MASK, 2, ZERO);
        a.vdivps(5, LEVELS, 2, ONE_MASK);
        for (int half = 0; half < 2; half++) {
            a.vmulps(half, half, 5);
            a.vcvtps2dq(half, half);
            a.vpmovdb(at(values, 16 * half), half);
            int other = 6 + half;
            a.vshufi32x4(other, half, half, 0x4E);
            a.vpaddd(half, half, other);
            a.vshufi32x4(other, half, half, 0xB1);
            a.vpaddd(half, half, other);
            a.vpshufd(other, half, 0x4E);
            a.vpaddd(half, half, other);
            a.vpshufd(other, half, 0xB1);
            a.vpaddd(half, half, other);
            a.vmovd(at(sums, 0), half);
            a.add(sums, step);
        }
        a.add(from, 128);
        a.add(values, valuesStep);
        a.add(scales, step);
        a.dec(blocks);
        a.jnz(block);
        a.vzeroupper();
        a.ret();
        return a.bytes();
    }
}
