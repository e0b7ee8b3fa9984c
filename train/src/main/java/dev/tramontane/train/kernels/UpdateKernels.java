package dev.tramontane.train.kernels;

import dev.tramontane.kernels.Workers;
import dev.tramontane.tensor.Tensor;

/// The operations of an optimiser's step, over parameters that lie flat, one after the other. One
/// thread at a time may call.
public final class UpdateKernels {
    /// Parameters a thread takes at a time.
    private static final int PARAMETERS_AT_ONCE = 1 << 15;

    private final Workers workers;
    private final double[] squares;

    /// @param parameters in all, at most
    public UpdateKernels(Workers workers, long parameters) {
        this.workers = workers;
        squares = new double[pieces(parameters)];
    }

    private static int pieces(long parameters) {
        return Math.toIntExact((parameters + PARAMETERS_AT_ONCE - 1) / PARAMETERS_AT_ONCE);
    }

    /// `Σ x²` over a flat range of parameters.
    public double squares(Tensor x) {
        int items = pieces(x.cols());
        workers.run(
                items,
                1,
                (_, from, to) -> {
                    for (int item = from; item < to; item++) {
                        long first = (long) item * PARAMETERS_AT_ONCE;
                        long count = Math.min(PARAMETERS_AT_ONCE, x.cols() - first);
                        squares[item] = Updates.squares(x.data(), 4 * first, count);
                    }
                });
        double sum = 0;
        for (int item = 0; item < items; item++) {
            sum += squares[item];
        }
        return sum;
    }

    /// The numbers of one AdamW step that all parameters share.
    ///
    /// @param rate learning rate over `1 − beta1^step`
    /// @param rootCorrection `1 / √(1 − beta2^step)`
    /// @param gradientScale what gradients are multiplied by first
    public record AdamWStep(
            float rate,
            float beta1,
            float beta2,
            float eps,
            float rootCorrection,
            float gradientScale) {}

    /// AdamW on a range of parameters (Loshchilov and Hutter 2019, algorithm 2, as PyTorch has it):
    ///
    /// ```
    /// m = beta1 · m + (1 − beta1) · g        v = beta2 · v + (1 − beta2) · g²
    /// x = kept · x − rate · m / (√v · rootCorrection + eps)
    /// ```
    ///
    /// @param from first parameter
    /// @param kept `1 − learning rate · weight decay`
    public void adamW(
            Tensor values,
            Tensor gradients,
            Tensor first,
            Tensor second,
            long from,
            long count,
            AdamWStep step,
            float kept) {
        workers.run(
                pieces(count),
                1,
                (_, begin, end) -> {
                    for (int item = begin; item < end; item++) {
                        long done = (long) item * PARAMETERS_AT_ONCE;
                        Updates.adamW(
                                values.data(),
                                gradients.data(),
                                first.data(),
                                second.data(),
                                4 * (from + done),
                                Math.min(PARAMETERS_AT_ONCE, count - done),
                                step,
                                kept);
                    }
                });
    }

    /// Nesterov's momentum of a matrix: `m = beta · m + (1 − beta) · g`, `out = (1 − beta) · g +
    /// beta · m`.
    ///
    /// @param from first parameter of the matrix in `gradients` and `momentum`
    /// @param out the matrix alone
    public void nesterov(
            Tensor gradients, float scale, Tensor momentum, long from, float beta, Tensor out) {
        int count = Math.multiplyExact(out.rows(), out.cols());
        Updates.nesterov(
                gradients.data(), scale, momentum.data(), 4 * from, count, beta, out.data());
    }

    /// `y = a · y + b · x`.
    ///
    /// @param from first value in `y`
    /// @param x all of it
    public void combine(Tensor y, long from, float a, Tensor x, float b) {
        int count = Math.multiplyExact(x.rows(), x.cols());
        Updates.combine(y.data(), 4 * from, a, x.data(), 0, b, count);
    }
}
