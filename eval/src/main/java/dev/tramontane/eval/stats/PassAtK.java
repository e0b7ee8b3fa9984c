package dev.tramontane.eval.stats;

/// The chance that one of k samples is right, estimated without bias from n of them.
///
/// Chen et al. 2021, section 2.1: `pass@k = E[1 − C(n−c, k) / C(n, k)]`, c of n right.
public final class PassAtK {
    private PassAtK() {}

    /// The estimate for one problem.
    ///
    /// @param samples n, drawn
    /// @param correct c of them, right
    /// @param k at most n
    public static double of(int samples, int correct, int k) {
        if (correct < 0 || correct > samples || k < 1 || k > samples) {
            throw new IllegalArgumentException(
                    "%d right of %d and k = %d, expected 0 ≤ right ≤ samples and 1 ≤ k ≤ samples"
                            .formatted(correct, samples, k));
        }
        if (samples - correct < k) {
            return 1;
        }
        // C(n−c, k) / C(n, k) = ∏ over i from n−c+1 to n of (1 − k/i)
        double allWrong = 1;
        for (int i = samples - correct + 1; i <= samples; i++) {
            allWrong *= 1 - (double) k / i;
        }
        return 1 - allWrong;
    }
}
