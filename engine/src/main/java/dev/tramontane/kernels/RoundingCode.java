package dev.tramontane.kernels;

import static dev.tramontane.kernels.Place.at;

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

    private static final Gpr FROM = Gpr.RSI;
    private static final Gpr VALUES = Gpr.R8;
    private static final Gpr SCALES = Gpr.R9;
    private static final Gpr SUMS = Gpr.R10;
    private static final Gpr STEP = Gpr.R11;

    // Registers of both widths, and above 5 of what one has to itself.
    private static final int INVERSE = 4;
    private static final int WORK = 5;
    private static final int MAGNITUDE = 11;
    private static final int LEVELS = 12;
    private static final int LEVELS_INVERSE = 13;
    private static final int ZERO = 14;
    private static final int LOW_BYTES = 15;
    private static final int ONE_MASK = 1;

    private static final int SWAP_LANES = 0x4E;
    private static final int SWAP_DWORDS = 0xB1;

    private final Strip s;

    private RoundingCode(InstructionSet set) {
        this.s = new Strip(set);
    }

    static byte[] routine(InstructionSet set) {
        var code = new RoundingCode(set);
        Strip s = code.s;
        Assembler a = s.a;
        Gpr call = Gpr.RDI;
        Gpr blocks = Gpr.RCX;
        Gpr valuesStep = Gpr.RDX;
        s.broadcast(MAGNITUDE, 0x7FFFFFFF);
        s.broadcast(LEVELS, Float.floatToRawIntBits(127f));
        s.broadcast(LEVELS_INVERSE, Float.floatToRawIntBits(1 / 127f));
        s.broadcast(LOW_BYTES, 0x0C080400);
        s.v.vpxor(ZERO, ZERO, ZERO);
        a.mov(FROM, at(call, Call.FROM));
        a.mov(blocks, at(call, Call.BLOCKS));
        a.mov(VALUES, at(call, Call.VALUES));
        a.mov(valuesStep, at(call, Call.VALUES_STEP));
        a.mov(SCALES, at(call, Call.SCALES));
        a.mov(STEP, at(call, Call.STEP));
        a.mov(SUMS, at(call, Call.SUMS));
        var block = new Assembler.Label();
        a.bind(block);
        code.block();
        a.add(FROM, 32 * Float.BYTES);
        a.add(VALUES, valuesStep);
        a.add(SCALES, STEP);
        a.dec(blocks);
        a.jnz(block);
        s.v.vzeroupper();
        a.ret();
        return s.code.bytes();
    }

    /// 32 values: in registers 0 and 1, or 0 to 3.
    private void block() {
        int registers = 32 / s.set.lanes();
        for (int i = 0; i < registers; i++) {
            s.v.load(i, at(FROM, s.set.vectorBytes() * i));
        }
        scale(registers);
        for (int half = 0; half < 2; half++) {
            int first = half * registers / 2;
            for (int z = first; z < first + registers / 2; z++) {
                s.v.vmulps(z, z, INVERSE);
                s.v.vcvtps2dq(z, z);
            }
            sum(first, registers / 2);
            for (int z = first; z < first + registers / 2; z++) {
                storeBytes(z);
            }
        }
    }

    /// Stores `d`, and leaves what values are multiplied with: zero where all are zeros.
    private void scale(int registers) {
        int max = 6;
        s.v.vpand(max, 0, MAGNITUDE);
        for (int z = 1; z < registers; z++) {
            s.v.vpand(WORK, z, MAGNITUDE);
            s.v.vmaxps(max, max, WORK);
        }
        for (int step = 0; step < steps(); step++) {
            swap(step, WORK, max);
            s.v.vmaxps(max, max, WORK);
        }
        s.v.vmulps(WORK, max, LEVELS_INVERSE);
        s.v.vmovd(at(SCALES, 0), WORK);
        if (s.set.isWide()) {
            s.wide.vcmpneqps(ONE_MASK, max, ZERO);
            s.wide.vdivps(INVERSE, LEVELS, max, ONE_MASK);
        } else {
            s.narrow.vcmpneqps(WORK, max, ZERO);
            s.narrow.vdivps(INVERSE, LEVELS, max);
            s.v.vpand(INVERSE, INVERSE, WORK);
        }
    }

    /// Stores the sum of sixteen integers.
    private void sum(int first, int registers) {
        int sum = first;
        if (registers > 1) {
            sum = 6;
            s.v.vpaddd(sum, first, first + 1);
        }
        for (int step = 0; step < steps(); step++) {
            swap(step, WORK, sum);
            s.v.vpaddd(sum == first ? 6 : sum, sum, WORK);
            sum = 6;
        }
        s.v.vmovd(at(SUMS, 0), sum);
        s.a.add(SUMS, STEP);
    }

    /// The low bytes of integers, which are the values: what is no number becomes zero.
    private void storeBytes(int z) {
        if (s.set.isWide()) {
            s.wide.vpmovdb(at(VALUES, 16 * z), z);
            return;
        }
        s.v.vpshufb(z, z, LOW_BYTES);
        s.v.vmovd(at(VALUES, 8 * z), z);
        s.narrow.vperm2i128(z, z, z, 1);
        s.v.vmovd(at(VALUES, 8 * z + 4), z);
    }

    /// Steps of {@link #swap} after which all lanes have met.
    private int steps() {
        return s.set.isWide() ? 4 : 3;
    }

    /// Exchanges halves of the register, or of each part of it that earlier steps have left.
    private void swap(int step, int to, int from) {
        int left = steps() - step;
        switch (left) {
            case 1 -> s.v.vpshufd(to, from, SWAP_DWORDS);
            case 2 -> s.v.vpshufd(to, from, SWAP_LANES);
            case 3 -> {
                if (s.set.isWide()) {
                    s.wide.vshufi32x4(to, from, from, SWAP_DWORDS);
                } else {
                    s.narrow.vperm2i128(to, from, from, 1);
                }
            }
            default -> s.wide.vshufi32x4(to, from, from, SWAP_LANES);
        }
    }
}
