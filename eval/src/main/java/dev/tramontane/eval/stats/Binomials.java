package dev.tramontane.eval.stats;

/// Binomial coefficients as logarithms.
final class Binomials {
    private static final int MOST = 1 << 16;
    private static final double[] LN_FACTORIAL = lnFactorials();

    private Binomials() {}

    private static double[] lnFactorials() {
        double[] ln = new double[MOST + 1];
        double rest = 0; // what the sum has lost to rounding (Kahan 1965)
        for (int i = 2; i <= MOST; i++) {
            double term = Math.log(i) - rest;
            double sum = ln[i - 1] + term;
            rest = sum - ln[i - 1] - term;
            ln[i] = sum;
        }
        return ln;
    }

    /// `ln C(n, k)`, for 0 ≤ k ≤ n ≤ 65,536.
    static double ln(int n, int k) {
        if (k < 0 || k > n || n > MOST) {
            throw new IllegalArgumentException("C(%d, %d)".formatted(n, k));
        }
        return LN_FACTORIAL[n] - LN_FACTORIAL[k] - LN_FACTORIAL[n - k];
    }
}
