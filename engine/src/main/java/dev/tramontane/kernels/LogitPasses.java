package dev.tramontane.kernels;

import dev.tramontane.tensor.Tensor;

/// What a sampler does to every value of a row of logits, which is as long as the vocabulary.
/// {@link ScalarLogitPasses} defines it.
///
/// Rows are taken in *runs* of {@link #RUN} values, the last one shorter. Sums are added run by run
/// in an order that hangs on the number of values alone.
///
/// An object has buffers of its own: one thread at a time may call it, others of the same kernels
/// may be called meanwhile. It can be used until the kernels are closed.
public interface LogitPasses {
    /// Values in a run.
    int RUN = 1024;

    /// Runs of a row.
    static int runs(int count) {
        return (count + RUN - 1) / RUN;
    }

    /// Copies a row and finds the greatest value of each run.
    ///
    /// @param logits float[rows][cols]
    /// @param values float[cols] at least
    /// @param greatest float[runs(cols)] at least
    /// @return whether all values are finite; if not, what is in `greatest` means nothing
    boolean copy(Tensor logits, int row, float[] values, float[] greatest);

    /// Finds the greatest value of each run.
    ///
    /// @param values none is NaN; −∞ is allowed
    /// @param greatest float[runs(count)] at least
    void greatest(float[] values, int count, float[] greatest);

    /// `weights[i] = e^((values[i] − max) / temperature)`, and 0 where that is too small for a
    /// normal float.
    ///
    /// @param max the greatest of the values, so that weights go from 0 to 1
    /// @param weights float[count] at least; may be `values`
    /// @return the sum of the weights, in single precision within a run
    double weigh(float[] values, int count, float max, float temperature, float[] weights);

    /// Tells three kinds of weight apart: the heavy, of which there are the sums, those between the
    /// limits, whose places are marked, and the light.
    ///
    /// @param weights none is negative
    /// @param least of those between
    /// @param heavy more than those between; no less than `least`, may be infinite
    /// @param between bit i says whether `least ≤ weights[i] < heavy`; those from `count` on, up to
    ///   the end of the last run's words, become 0
    /// @param heavySums the sum of what is heavy in each run, in double precision
    void split(
            float[] weights,
            int count,
            float least,
            float heavy,
            long[] between,
            double[] heavySums);
}
