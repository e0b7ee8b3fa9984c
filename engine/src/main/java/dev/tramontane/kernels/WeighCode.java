package dev.tramontane.kernels;

import static dev.tramontane.kernels.Place.at;

/// The routine of {@link LogitPasses#weigh}: `w = e^((x − max) / temperature)`, and the sum of each
/// run. A row of logits is as long as the vocabulary, and loops of the Vector API over it take half
/// a second until they are compiled: the first tokens of every process waited for that.
///
/// `e^x = 2^n · e^r` with `n` the whole number nearest to `x / ln 2` and `|r| ≤ ln 2 / 2`, `ln 2`
/// in two parts (Cody and Waite), `e^r` by its Taylor polynomial of degree 7; 0 where the result
/// would be subnormal. The sum goes on in sixteen lanes, whatever the registers' width, so every
/// instruction set gives the same bits.
///
/// The routine takes the address of its {@link Call} in `rdi`, of the values in `rsi`, of the
/// weights in `rdx`, and of the runs' sums, floats, in `rcx`.
final class WeighCode {
    /// What the routine is told, at these byte offsets.
    static final class Call {
        static final int RUNS = 0;

        /// Times {@link #STEP} values in each run.
        static final int STEPS = 8;

        /// {@link #CONSTANTS}.
        static final int CONSTANTS = 16;

        /// The greatest value, a float.
        static final int MAX = 24;

        /// A float.
        static final int TEMPERATURE = 28;

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
    private static final Gpr WEIGHTS = Gpr.RDX;
    private static final Gpr RUN_SUMS = Gpr.RCX;
    private static final Gpr RUNS = Gpr.R8;
    private static final Gpr STEPS = Gpr.R9;
    private static final Gpr AT = Gpr.R10;

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

    private WeighCode(InstructionSet set) {
        e = new Emitter(set);
        v = e.v;
    }

    static byte[] routine(InstructionSet set) {
        return new WeighCode(set).routine();
    }

    private byte[] routine() {
        int registers = STEP / e.set.lanes();
        int bytes = e.set.vectorBytes();
        e.clear(ZERO, 1);
        e.a.mov(AT, at(CALL, Call.CONSTANTS));
        e.a.mov(RUNS, at(CALL, Call.RUNS));
        e.repeat(
                RUNS,
                () -> {
                    e.clear(SUMS, registers);
                    e.a.mov(STEPS, at(CALL, Call.STEPS));
                    e.repeat(
                            STEPS,
                            () -> {
                                for (int i = 0; i < registers; i++) {
                                    v.load(X, at(VALUES, bytes * i));
                                    exponential();
                                    v.store(at(WEIGHTS, bytes * i), POWER);
                                    v.vaddps(SUMS + i, SUMS + i, POWER);
                                }
                                e.a.add(VALUES, Float.BYTES * STEP);
                                e.a.add(WEIGHTS, Float.BYTES * STEP);
                            });
                    if (registers == 2) {
                        v.vaddps(SUMS, SUMS, SUMS + 1);
                    }
                    e.overLanes(SUMS, X, v::vaddps);
                    v.vmovd(at(RUN_SUMS, 0), SUMS);
                    e.a.add(RUN_SUMS, Float.BYTES);
                });
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
        v.vpbroadcastd(CONSTANT, at(CALL, Call.TEMPERATURE));
        v.vdivps(X, X, CONSTANT);
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
