package dev.tramontane.eval.stats;

import java.util.Arrays;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;

/// An interval that holds the true mean with 95 % confidence, over the draw of problems.
public record Interval(double low, double high) {
    /// Resamples of a bootstrap.
    public static final int RESAMPLES = 10_000;

    /// The 0.975 quantile of the normal distribution.
    static final double Z = 1.959963984540054;

    private static final String GENERATOR = "L64X128MixRandom";

    /// The percentile bootstrap (Efron and Tibshirani 1993, chapter 13): problems are drawn anew
    /// with replacement, each with the mean of its samples.
    ///
    /// @param means of the problems
    /// @param seed the same gives the same interval
    public static Interval bootstrap(double[] means, long seed) {
        RandomGenerator random = RandomGeneratorFactory.of(GENERATOR).create(seed);
        return bootstrap(means, RESAMPLES, random);
    }

    static Interval bootstrap(double[] means, int resamples, RandomGenerator random) {
        check(means);
        double[] drawn = new double[resamples];
        for (int i = 0; i < resamples; i++) {
            double sum = 0;
            for (int j = 0; j < means.length; j++) {
                sum += means[random.nextInt(means.length)];
            }
            drawn[i] = sum / means.length;
        }
        Arrays.sort(drawn);
        return new Interval(quantile(drawn, 0.025), quantile(drawn, 0.975));
    }

    /// Linear between the two nearest (Hyndman and Fan 1996, type 7).
    static double quantile(double[] sorted, double share) {
        double place = share * (sorted.length - 1);
        int below = (int) Math.floor(place);
        int above = Math.min(below + 1, sorted.length - 1);
        return sorted[below] + (place - below) * (sorted[above] - sorted[below]);
    }

    /// `mean ± z · s / √n`, from the central limit theorem with problems as clusters (Miller 2024,
    /// section 2.2); cut to 0 … 1. Too narrow for few problems and near 0 and 1.
    public static Interval normal(double[] means) {
        double half = Z * standardError(means);
        double mean = mean(means);
        return new Interval(Math.max(0, mean - half), Math.min(1, mean + half));
    }

    /// Wilson's score interval (Wilson 1927), for one sample of each problem.
    public static Interval wilson(int correct, int problems) {
        if (problems < 1 || correct < 0 || correct > problems) {
            throw new IllegalArgumentException(correct + " right of " + problems);
        }
        double share = (double) correct / problems;
        double z2 = Z * Z / problems;
        double middle = (share + z2 / 2) / (1 + z2);
        double half =
                Z / (1 + z2) * Math.sqrt(share * (1 - share) / problems + z2 / (4 * problems));
        return new Interval(Math.max(0, middle - half), Math.min(1, middle + half));
    }

    /// The mean's standard error: `s / √n`, s with n − 1 degrees of freedom; 0 for one problem.
    public static double standardError(double[] means) {
        double mean = mean(means);
        if (means.length == 1) {
            return 0;
        }
        double squares = 0;
        for (double each : means) {
            squares += (each - mean) * (each - mean);
        }
        return Math.sqrt(squares / (means.length - 1) / means.length);
    }

    /// The arithmetic mean.
    public static double mean(double[] values) {
        check(values);
        double sum = 0;
        for (double each : values) {
            sum += each;
        }
        return sum / values.length;
    }

    private static void check(double[] values) {
        if (values.length == 0) {
            throw new IllegalArgumentException("no problems, expected one or more");
        }
    }
}
