package dev.tramontane.kernels;

import static dev.tramontane.kernels.Place.at;

/// The routines that round a token group's rows of activations.
///
/// - {@link #routine}, to 8 bits: of each 32 values, `d = max|x| / 127`, `q = round(x · (127 /
///   max|x|))` with halves to even, and the sums of the first and the last sixteen `q`.
/// - {@link #words}, to 16 bits, with 512 bits only: the same of each 64 values with {@link
///   StripWords#LARGEST_ACTIVATION} in place of 127, without sums.
final class RoundingCode {
    /// What the routine is told, `long[]` at these byte offsets.
    static final class Call {
        static final int FROM = 0;
        static final int BLOCKS = 8;
        static final int VALUES = 16;

        /// From a block's values to the next block's.
        static final int VALUES_STEP = 24;

        static final int SCALES = 32;

        /// From a block's scale, and from a block half's sum, to the next.
        static final int STEP = 40;

        static final int SUMS = 48;

        /// Rows, whose values, scales and sums lie side by side.
        static final int TOKENS = 56;

        static final int FROM_STEP = 64;

        static final int BYTES = 72;

        private Call() {}
    }

    private static final Gpr CALL = Gpr.RDI;
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

    private final Emitter e;

    private RoundingCode(InstructionSet set) {
        this.e = new Emitter(set);
    }

    static byte[] routine(InstructionSet set) {
        var code = new RoundingCode(set);
        return code.routine(127, 32, 1, code::block);
    }

    static byte[] words(InstructionSet set) {
        var code = new RoundingCode(set);
        return code.routine(
                StripWords.LARGEST_ACTIVATION, StripWords.GROUP, Short.BYTES, code::blockOfWords);
    }

    /// @param levels of each sign
    /// @param length of a block
    /// @param bytes of a value
    private byte[] routine(int levels, int length, int bytes, Runnable block) {
        Assembler a = e.a;
        Gpr blocks = Gpr.RCX;
        Gpr valuesStep = Gpr.RDX;
        Gpr tokens = Gpr.RAX;
        e.broadcast(MAGNITUDE, 0x7FFFFFFF);
        e.broadcast(LEVELS, Float.floatToRawIntBits(levels));
        e.broadcast(LEVELS_INVERSE, Float.floatToRawIntBits(1f / levels));
        e.broadcast(LOW_BYTES, 0x0C080400);
        e.v.vpxor(ZERO, ZERO, ZERO);
        a.mov(tokens, at(CALL, Call.TOKENS));
        a.mov(valuesStep, at(CALL, Call.VALUES_STEP));
        a.mov(STEP, at(CALL, Call.STEP));
        e.repeat(
                tokens,
                () -> {
                    a.mov(FROM, at(CALL, Call.FROM));
                    a.mov(blocks, at(CALL, Call.BLOCKS));
                    a.mov(VALUES, at(CALL, Call.VALUES));
                    a.mov(SCALES, at(CALL, Call.SCALES));
                    a.mov(SUMS, at(CALL, Call.SUMS));
                    e.repeat(
                            blocks,
                            () -> {
                                block.run();
                                a.add(FROM, length * Float.BYTES);
                                a.add(VALUES, valuesStep);
                                a.add(SCALES, STEP);
                            });
                    a.mov(FROM, at(CALL, Call.FROM_STEP));
                    next(Call.FROM, () -> a.add(VALUES, FROM));
                    next(Call.VALUES, () -> a.add(VALUES, length * bytes));
                    next(Call.SCALES, () -> a.add(VALUES, Float.BYTES));
                    next(Call.SUMS, () -> a.add(VALUES, Integer.BYTES));
                });
        return e.end();
    }

    /// Moves a pointer of the call on, by way of `VALUES`.
    private void next(int pointer, Runnable step) {
        e.a.mov(VALUES, at(CALL, pointer));
        step.run();
        e.a.mov(at(CALL, pointer), VALUES);
    }

    /// 32 values: in registers 0 and 1, or 0 to 3.
    private void block() {
        int registers = 32 / e.set.lanes();
        for (int i = 0; i < registers; i++) {
            e.v.load(i, at(FROM, e.set.vectorBytes() * i));
        }
        scale(registers);
        for (int half = 0; half < 2; half++) {
            int first = half * registers / 2;
            for (int z = first; z < first + registers / 2; z++) {
                e.v.vmulps(z, z, INVERSE);
                e.v.vcvtps2dq(z, z);
            }
            sum(first, registers / 2);
            for (int z = first; z < first + registers / 2; z++) {
                storeBytes(z);
            }
        }
    }

    /// 64 values in registers 0 to 3; the low half of an integer is the value.
    private void blockOfWords() {
        int registers = StripWords.GROUP / e.set.lanes();
        for (int i = 0; i < registers; i++) {
            e.v.load(i, at(FROM, e.set.vectorBytes() * i));
        }
        scale(registers);
        for (int z = 0; z < registers; z++) {
            e.v.vmulps(z, z, INVERSE);
            e.v.vcvtps2dq(z, z);
            e.wide.vpmovdw(at(VALUES, e.set.vectorBytes() / 2 * z), z);
        }
    }

    /// Stores `d`, and leaves what values are multiplied with: zero where all are zeros.
    private void scale(int registers) {
        int max = 6;
        e.v.vpand(max, 0, MAGNITUDE);
        for (int z = 1; z < registers; z++) {
            e.v.vpand(WORK, z, MAGNITUDE);
            e.v.vmaxps(max, max, WORK);
        }
        e.overLanes(max, WORK, e.v::vmaxps);
        e.v.vmulps(WORK, max, LEVELS_INVERSE);
        e.v.vmovd(at(SCALES, 0), WORK);
        if (e.set.isWide()) {
            e.wide.vcmpneqps(ONE_MASK, max, ZERO);
            e.wide.vdivps(INVERSE, LEVELS, max, ONE_MASK);
        } else {
            e.narrow.vcmpneqps(WORK, max, ZERO);
            e.v.vdivps(INVERSE, LEVELS, max);
            e.v.vpand(INVERSE, INVERSE, WORK);
        }
    }

    /// Stores the sum of sixteen integers.
    private void sum(int first, int registers) {
        int sum = 6;
        if (registers == 1) {
            e.v.vpor(sum, first, first);
        } else {
            e.v.vpaddd(sum, first, first + 1);
        }
        e.overLanes(sum, WORK, e.v::vpaddd);
        e.v.vmovd(at(SUMS, 0), sum);
        e.a.add(SUMS, STEP);
    }

    /// The low bytes of integers, which are the values: what is no number becomes zero.
    private void storeBytes(int z) {
        if (e.set.isWide()) {
            e.wide.vpmovdb(at(VALUES, 16 * z), z);
            return;
        }
        e.v.vpshufb(z, z, LOW_BYTES);
        e.v.vmovd(at(VALUES, 8 * z), z);
        e.narrow.vperm2i128(z, z, z, 1);
        e.v.vmovd(at(VALUES, 8 * z + 4), z);
    }
}
