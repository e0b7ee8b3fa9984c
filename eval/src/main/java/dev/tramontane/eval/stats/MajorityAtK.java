package dev.tramontane.eval.stats;

/// The chance that the answer most of k samples give is right, for k samples drawn without
/// replacement from n: the exact mean over all C(n, k) subsets, not that of the first k or of a
/// few.
///
/// Samples without an answer have no vote; where none has one, the result is wrong. Of answers that
/// are level, each is taken with the same chance: t right and wrong ones that tie give 1/t.
public final class MajorityAtK {
    private MajorityAtK() {}

    /// The mean for one problem.
    ///
    /// @param right samples that gave the right answer, however it was written
    /// @param wrong samples that gave each of the wrong answers
    /// @param silent samples without an answer
    /// @param k at most all of them
    public static double of(int right, int[] wrong, int silent, int k) {
        int samples = right + silent;
        for (int votes : wrong) {
            samples += votes;
        }
        if (right < 0 || silent < 0 || k < 1 || k > samples) {
            throw new IllegalArgumentException(
                    "k = %d of %d samples, expected 1 ≤ k ≤ samples".formatted(k, samples));
        }
        double mean = 0;
        for (int votes = 1; votes <= Math.min(right, k); votes++) {
            mean += won(right, votes, wrong, silent, k, samples);
        }
        return Math.min(1, mean);
    }

    /// The chance that the right answer has so many votes and wins with them.
    ///
    /// `ways[t][m]` sums the products of `C(wrong_i, x_i)` over all x_i ≤ votes whose sum is m and
    /// of which t equal votes. Each factor is divided by its share of C(n, k), so that nothing
    /// overflows.
    private static double won(int right, int votes, int[] wrong, int silent, int k, int samples) {
        int left = k - votes;
        int mostTies = left / votes;
        double[][] ways = new double[mostTies + 1][left + 1];
        ways[0][0] = 1;
        for (int cast : wrong) {
            double[][] next = new double[mostTies + 1][left + 1];
            for (int x = 0; x <= Math.min(Math.min(cast, votes), left); x++) {
                double choose = Math.exp(lnChoose(cast, x));
                int tie = x == votes ? 1 : 0;
                for (int t = 0; t + tie <= mostTies; t++) {
                    for (int m = 0; m + x <= left; m++) {
                        next[t + tie][m + x] += ways[t][m] * choose;
                    }
                }
            }
            ways = next;
        }
        double won = 0;
        for (int t = 0; t <= mostTies; t++) {
            for (int m = Math.max(0, left - silent); m <= left; m++) {
                if (ways[t][m] > 0) {
                    double ln =
                            Math.log(ways[t][m])
                                    + lnChoose(right, votes)
                                    + lnChoose(silent, left - m)
                                    - lnChoose(samples, k);
                    won += Math.exp(ln) / (t + 1);
                }
            }
        }
        return won;
    }

    private static double lnChoose(int n, int k) {
        return Binomials.ln(n, k);
    }
}
