package dev.tramontane.kernels;

import dev.tramontane.tensor.Tensor;

import java.util.Arrays;

/// The definition of {@link LogitPasses}, in plain loops. It has no buffers, so any number of
/// threads may call; and it does the ends of rows for the others.
final class ScalarLogitPasses implements LogitPasses {
    static final ScalarLogitPasses PLAIN = new ScalarLogitPasses();

    private ScalarLogitPasses() {}

    @Override
    public boolean copy(Tensor logits, int row, float[] values, float[] greatest) {
        logits.copyRow(row, values);
        greatest(values, logits.cols(), greatest);
        return areFinite(values, 0, logits.cols());
    }

    static boolean areFinite(float[] values, int from, int to) {
        for (int i = from; i < to; i++) {
            if (!Float.isFinite(values[i])) {
                return false;
            }
        }
        return true;
    }

    @Override
    public void greatest(float[] values, int count, float[] greatest) {
        greatest(values, 0, count, greatest);
    }

    /// From a run on.
    static void greatest(float[] values, int firstRun, int count, float[] greatest) {
        for (int run = firstRun; run < LogitPasses.runs(count); run++) {
            float most = Float.NEGATIVE_INFINITY;
            for (int i = run * RUN; i < Math.min(count, (run + 1) * RUN); i++) {
                most = Math.max(most, values[i]);
            }
            greatest[run] = most;
        }
    }

    @Override
    public double weigh(float[] values, int count, float max, float temperature, float[] weights) {
        return weigh(values, 0, count, max, temperature, weights);
    }

    /// From a place on.
    static double weigh(
            float[] values, int from, int to, float max, float temperature, float[] weights) {
        double sum = 0;
        for (int i = from; i < to; i++) {
            float weight = (float) Math.exp((values[i] - max) / temperature);
            weights[i] = weight < Float.MIN_NORMAL ? 0 : weight;
            sum += weights[i];
        }
        return sum;
    }

    @Override
    public void split(
            float[] weights,
            int count,
            float least,
            float heavy,
            long[] between,
            double[] heavySums) {
        split(weights, 0, count, least, heavy, between, heavySums);
    }

    /// From a run on.
    static void split(
            float[] weights,
            int firstRun,
            int count,
            float least,
            float heavy,
            long[] between,
            double[] heavySums) {
        int runs = LogitPasses.runs(count);
        int wordsInRun = RUN / Long.SIZE;
        Arrays.fill(between, firstRun * wordsInRun, runs * wordsInRun, 0);
        for (int run = firstRun; run < runs; run++) {
            double sum = 0;
            for (int i = run * RUN; i < Math.min(count, (run + 1) * RUN); i++) {
                if (weights[i] >= heavy) {
                    sum += weights[i];
                } else if (weights[i] >= least) {
                    between[i / Long.SIZE] |= 1L << i;
                }
            }
            heavySums[run] = sum;
        }
    }
}
