package dev.tramontane.kernels;

import static dev.tramontane.kernels.Place.at;

/// The routine of {@link Kernels#expSum}: `x = e^(x − max)`, and the sum of what came out. A row of
/// logits is as long as the vocabulary, and loops of the Vector API over it take half a second
/// until they are compiled: the first tokens of every process waited for that.
///
/// `e^x = 2^n · e^r` with `n` the whole number nearest to `x / ln 2` and `|r| ≤ ln 2 / 2`, `ln 2`
/// in two parts (Cody and Waite), `e^r` by its Taylor polynomial of degree 7; 0 where the result
/// would be subnormal. The sum goes on in sixteen lanes, whatever the registers' width, so every
/// instruction set gives the same bits.
///
/// The routine takes the address of its {@link Call} in `rdi`.
final class ExpSumCode {
    /// What the routine is told, at these byte offsets.
    static final class Call {
        static final int VALUES = 0;

        /// Times {@link #STEP} values.
        static final int COUNT = 8;

        /// {@link #CONSTANTS}.
        static final int CONSTANTS = 16;

        /// The greatest value, a float.
        static final int MAX = 24;

        /// The result, a float.
        static final int SUM = 28;

        static final int BYTES = 32;

        private Call() {}
    }

    /// Values that a step takes.
    static final int STEP = 16;

    /// Few enough bits for a whole number times it to be exact.
    private static final float LN_2_HIGH = 0x1.63p-1f;

    private static final int LEAST = 0;
    private static final int GREATEST = 1;
    private static final int LOG2_E = 2;
    private static final int MINUS_LN_2_HIGH = 3;
    private static final int MINUS_LN_2_LOW = 4;
    private static final int BIAS = 5;
    private static final int COEFFICIENTS = 6;

    /// What the routine loads, numbered as above; the bias is a whole number's bits, and the
    /// coefficients of `e^r` begin with the seventh power's.
    static final float[] CONSTANTS = {
        -87.33f, // below it e^x is subnormal
        88.37f,
        (float) (1 / Math.log(2)),
        -LN_2_HIGH,
        (float) (LN_2_HIGH - Math.log(2)),
        Float.intBitsToFloat(127),
        1f / 5040,
        1f / 720,
        1f / 120,
        1f / 24,
        1f / 6,
        0.5f,
        1f,
        1f
    };

    private static final Gpr CALL = Gpr.RDI;
    private static final Gpr VALUES = Gpr.RSI;
    private static final Gpr COUNT = Gpr.RCX;
    private static final Gpr AT = Gpr.RDX;

    // Registers.
    private static final int X = 0;
    private static final int WHOLE = 1;
    private static final int POWER = 2;
    private static final int REST = 4;
    private static final int TOO_SMALL = 5;
    private static final int CONSTANT = 6;
    private static final int ZERO = 7;
    private static final int SUMS = 8;
    private static final int TOO_SMALL_MASK = 1;

    private final Emitter e;
    private final VectorAssembler v;

    private ExpSumCode(InstructionSet set) {
        e = new Emitter(set);
        v = e.v;
    }

    static byte[] routine(InstructionSet set) {
        return new ExpSumCode(set).routine();
    }

    private byte[] routine() {
        int registers = STEP / e.set.lanes();
        int bytes = e.set.vectorBytes();
        e.clear(ZERO, 1);
        e.clear(SUMS, registers);
        e.a.mov(VALUES, at(CALL, Call.VALUES));
        e.a.mov(AT, at(CALL, Call.CONSTANTS));
        e.a.mov(COUNT, at(CALL, Call.COUNT));
        e.repeat(
                COUNT,
                () -> {
                    for (int i = 0; i < registers; i++) {
                        v.load(X, at(VALUES, bytes * i));
                        exponential();
                        v.store(at(VALUES, bytes * i), POWER);
                        v.vaddps(SUMS + i, SUMS + i, POWER);
                    }
                    e.a.add(VALUES, Float.BYTES * STEP);
                });
        if (registers == 2) {
            v.vaddps(SUMS, SUMS, SUMS + 1);
        }
        e.overLanes(SUMS, X, v::vaddps);
        v.vmovd(at(CALL, Call.SUM), SUMS);
        return e.end();
    }

    /// A constant in every lane.
    private int constant(int index) {
        v.vpbroadcastd(CONSTANT, at(AT, Float.BYTES * index));
        return CONSTANT;
    }

    private void exponential() {
        v.vpbroadcastd(CONSTANT, at(CALL, Call.MAX));
        v.vsubps(X, X, CONSTANT);
        v.vmaxps(REST, X, constant(LEAST));
        if (e.set.isWide()) {
            e.wide.vcmpneqps(TOO_SMALL_MASK, REST, X);
        } else {
            e.narrow.vcmpneqps(TOO_SMALL, REST, X);
        }
        v.vminps(REST, REST, constant(GREATEST));
        v.vmulps(WHOLE, REST, constant(LOG2_E));
        v.vroundps(WHOLE, WHOLE);
        v.vfmadd231ps(REST, WHOLE, constant(MINUS_LN_2_HIGH));
        v.vfmadd231ps(REST, WHOLE, constant(MINUS_LN_2_LOW));
        v.vpbroadcastd(POWER, at(AT, Float.BYTES * COEFFICIENTS));
        for (int i = COEFFICIENTS + 1; i < CONSTANTS.length; i++) {
            v.vfmadd213ps(POWER, REST, constant(i));
        }
        v.vcvtps2dq(WHOLE, WHOLE);
        v.vpaddd(WHOLE, WHOLE, constant(BIAS));
        v.vpslld(WHOLE, WHOLE, 23);
        v.vmulps(POWER, POWER, WHOLE);
        if (e.set.isWide()) {
            e.wide.vblendmps(POWER, POWER, ZERO, TOO_SMALL_MASK);
        } else {
            e.narrow.vblendvps(POWER, POWER, ZERO, TOO_SMALL);
        }
    }
}
