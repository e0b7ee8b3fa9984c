package dev.tramontane.kernels;

import static dev.tramontane.kernels.Lanes.COUNT;
import static dev.tramontane.kernels.Lanes.F;

import dev.tramontane.tensor.Tensor;

import jdk.incubator.vector.FloatVector;

/// {@link LogitPasses} with exponentials through the Vector API. What plain loops do well enough,
/// they do. It has no buffers, so any number of threads may call.
final class VectorLogitPasses implements LogitPasses {
    @Override
    public boolean copy(Tensor logits, int row, float[] values, float[] greatest) {
        return ScalarLogitPasses.PLAIN.copy(logits, row, values, greatest);
    }

    @Override
    public void greatest(float[] values, int count, float[] greatest) {
        ScalarLogitPasses.PLAIN.greatest(values, count, greatest);
    }

    @Override
    public double weigh(float[] values, int count, float max, float temperature, float[] weights) {
        double sum = 0;
        int whole = count / COUNT * COUNT;
        for (int from = 0; from < whole; from += RUN) {
            FloatVector run = FloatVector.zero(F);
            for (int i = from; i < Math.min(whole, from + RUN); i += COUNT) {
                FloatVector x = FloatVector.fromArray(F, values, i).sub(max).div(temperature);
                FloatVector e = Lanes.exp(x);
                e.intoArray(weights, i);
                run = e.add(run);
            }
            sum += Lanes.sum(run);
        }
        return sum + ScalarLogitPasses.weigh(values, whole, count, max, temperature, weights);
    }

    @Override
    public void split(
            float[] weights,
            int count,
            float least,
            float heavy,
            long[] between,
            double[] heavySums) {
        ScalarLogitPasses.PLAIN.split(weights, count, least, heavy, between, heavySums);
    }
}
