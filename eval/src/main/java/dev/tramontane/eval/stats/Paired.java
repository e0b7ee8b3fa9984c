package dev.tramontane.eval.stats;

import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;

/// Two runs on the same problems: are they different?
public final class Paired {
    private static final String GENERATOR = "L64X128MixRandom";
    private static final int DRAWS = 100_000;

    /// Cells of the exact distribution at most, times problems.
    private static final long MOST_STEPS = 200_000_000;

    private Paired() {}

    /// The two-sided p-value of a permutation test: how often the mean difference would be as far
    /// from 0 as it is if each problem's two results had been exchanged by a coin (Fisher 1935,
    /// section 21). Exact where the differences are fractions with a small common denominator, as
    /// means of samples are; else of 100,000 seeded draws.
    ///
    /// @param correctA right samples of each problem, of the first run
    /// @param samplesA samples of each problem
    /// @param correctB the same of the second run
    /// @param samplesB the same of the second run
    public static double permutation(
            int[] correctA, int[] samplesA, int[] correctB, int[] samplesB, long seed) {
        int problems = correctA.length;
        long denominator = 1;
        for (int i = 0; i < problems; i++) {
            denominator = Math.min(lcm(denominator, lcm(samplesA[i], samplesB[i])), MOST_STEPS);
        }
        long[] scaled = new long[problems];
        long reach = 0;
        boolean isWhole = denominator < MOST_STEPS;
        for (int i = 0; isWhole && i < problems; i++) {
            scaled[i] =
                    correctA[i] * (denominator / samplesA[i])
                            - correctB[i] * (denominator / samplesB[i]);
            reach += Math.abs(scaled[i]);
        }
        if (isWhole && (2 * reach + 1) * problems <= MOST_STEPS) {
            return exact(scaled, (int) reach);
        }
        double[] differences = new double[problems];
        for (int i = 0; i < problems; i++) {
            differences[i] =
                    (double) correctA[i] / samplesA[i] - (double) correctB[i] / samplesB[i];
        }
        return drawn(differences, seed);
    }

    private static long lcm(long a, long b) {
        long x = a;
        long y = b;
        while (y != 0) {
            long rest = x % y;
            x = y;
            y = rest;
        }
        return a / x * b;
    }

    /// `share[s + reach]` is the chance that the signed differences sum to s, one problem after
    /// another.
    private static double exact(long[] differences, int reach) {
        double[] share = new double[2 * reach + 1];
        share[reach] = 1;
        long sum = 0;
        int spread = 0;
        for (long each : differences) {
            sum += each;
            int step = (int) Math.abs(each);
            if (step == 0) {
                continue;
            }
            double[] next = new double[share.length];
            for (int s = reach - spread; s <= reach + spread; s++) {
                next[s - step] += share[s] / 2;
                next[s + step] += share[s] / 2;
            }
            spread += step;
            share = next;
        }
        double asFar = 0;
        for (int s = 0; s < share.length; s++) {
            asFar += Math.abs(s - reach) >= Math.abs(sum) ? share[s] : 0;
        }
        return Math.min(1, asFar);
    }

    /// `(1 + draws as far) / (1 + draws)`, never 0 (Phipson and Smyth 2010).
    private static double drawn(double[] differences, long seed) {
        RandomGenerator random = RandomGeneratorFactory.of(GENERATOR).create(seed);
        double sum = 0;
        double size = 0;
        for (double each : differences) {
            sum += each;
            size += Math.abs(each);
        }
        double least = Math.abs(sum) - 1e-12 * size; // sums in another order are level
        int asFar = 0;
        for (int draw = 0; draw < DRAWS; draw++) {
            double signed = 0;
            for (double each : differences) {
                signed += random.nextBoolean() ? each : -each;
            }
            asFar += Math.abs(signed) >= least ? 1 : 0;
        }
        return (1.0 + asFar) / (1 + DRAWS);
    }

    /// McNemar's exact test for one sample of each problem (McNemar 1947): of the problems that one
    /// run alone solved, would a coin divide them as unevenly? Two-sided.
    ///
    /// @param onlyFirst problems that the first run alone solved
    public static double mcNemar(int onlyFirst, int onlySecond) {
        int both = onlyFirst + onlySecond;
        double tail = 0;
        for (int i = 0; i <= Math.min(onlyFirst, onlySecond); i++) {
            tail += Math.exp(Binomials.ln(both, i) - both * Math.log(2));
        }
        return Math.min(1, 2 * tail);
    }

    /// The bootstrap interval of the mean difference, problems drawn in pairs.
    public static Interval difference(double[] first, double[] second, long seed) {
        double[] differences = new double[first.length];
        for (int i = 0; i < differences.length; i++) {
            differences[i] = first[i] - second[i];
        }
        return Interval.bootstrap(differences, seed);
    }
}
