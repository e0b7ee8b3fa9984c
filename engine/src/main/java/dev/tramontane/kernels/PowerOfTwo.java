package dev.tramontane.kernels;

/// `2^x` in machine code: `2^x = 2^n · 2^f` with `n` the nearest whole number, `|f| ≤ 1/2`, and
/// `2^f` by its Taylor polynomial of degree 6, good to 1.2e-7.
final class PowerOfTwo {
    /// `ln(2)^k / k!` from the sixth down to the first power's and 1.
    static final float[] COEFFICIENTS = coefficients();

    /// The least `x`, of which zero is made: no float is so small without losing bits, and the
    /// processor takes hundreds of cycles for one that is.
    static final float LEAST = -127;

    /// The greatest `x`, of which infinity is made.
    static final float MOST = 128;

    private PowerOfTwo() {}

    private static float[] coefficients() {
        float[] coefficients = new float[7];
        double coefficient = 1;
        for (int k = 0; k <= 6; k++) {
            coefficients[6 - k] = (float) coefficient;
            coefficient *= Math.log(2) / (k + 1);
        }
        return coefficients;
    }

    /// A routine's own constants, and the coefficients behind them.
    static float[] behind(float... own) {
        float[] all = new float[own.length + COEFFICIENTS.length];
        System.arraycopy(own, 0, all, 0, own.length);
        System.arraycopy(COEFFICIENTS, 0, all, own.length, COEFFICIENTS.length);
        return all;
    }

    /// `x = 2^x` for `x` from {@link #LEAST} to {@link #MOST}, or no number.
    ///
    /// @param whole a register to work in
    /// @param fraction another
    /// @param coefficients first of seven registers that hold {@link #COEFFICIENTS}
    static void emit(Emitter e, int x, int whole, int fraction, int coefficients) {
        VectorAssembler v = e.v;
        v.vroundps(whole, x);
        v.vsubps(x, x, whole);
        v.vmulps(fraction, x, coefficients);
        v.vaddps(fraction, fraction, coefficients + 1);
        for (int i = 2; i < COEFFICIENTS.length; i++) {
            v.vfmadd213ps(fraction, x, coefficients + i);
        }
        v.vcvtps2dq(whole, whole); // to an exponent, which 1 has the middle of
        v.vpslld(whole, whole, 23);
        v.vpaddd(whole, whole, coefficients + COEFFICIENTS.length - 1);
        v.vmulps(x, fraction, whole);
    }
}
