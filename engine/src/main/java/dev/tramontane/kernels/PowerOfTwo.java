package dev.tramontane.kernels;

/// `2^x` in 512-bit code: `2^x = 2^n · 2^f` with `n` the nearest whole number, `|f| ≤ 1/2`, and
/// `2^f` by its Taylor polynomial of degree 6, good to 1.2e-7.
final class PowerOfTwo {
    /// `ln(2)^k / k!` from the sixth down to the first power's and 1.
    static final float[] COEFFICIENTS = coefficients();

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

    /// `fraction = 2^f` and `whole = n`, for {@link Avx512Assembler#vscalefps}; `x` is lost.
    ///
    /// @param coefficients first of seven registers that hold {@link #COEFFICIENTS}
    static void split(
            Avx512Assembler wide,
            VectorAssembler v,
            int x,
            int whole,
            int fraction,
            int coefficients) {
        wide.vrndscaleps(whole, x);
        wide.vsubps(x, x, whole);
        v.vmulps(fraction, x, coefficients);
        v.vaddps(fraction, fraction, coefficients + 1);
        for (int i = 2; i < COEFFICIENTS.length; i++) {
            wide.vfmadd213ps(fraction, x, coefficients + i);
        }
    }
}
