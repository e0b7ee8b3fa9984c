package dev.tramontane.train;

import dev.tramontane.kernels.Workers;
import dev.tramontane.train.kernels.UpdateKernels;

/// Keeps a step's gradient from being longer than a limit (Pascanu et al. 2013, algorithm 1).
public final class GradientClip {
    /// Added to the norm, as PyTorch does.
    private static final double EPS = 1e-6;

    private final Trainable weights;
    private final UpdateKernels kernels;
    private double norm;

    public GradientClip(Trainable weights, Workers workers) {
        this.weights = weights;
        kernels = new UpdateKernels(workers, weights.count());
    }

    /// What the gradients are to be multiplied by so that their norm over all weights is at most
    /// `limit`.
    ///
    /// @throws ArithmeticException when they are not numbers any more; the weights are as they were
    public double scale(double limit) {
        norm = Math.sqrt(kernels.squares(weights.gradients()));
        if (!Double.isFinite(norm)) {
            throw new ArithmeticException(
                    "the gradient's norm is %s, expected a number; the weights are still those of the step before: lower the learning rate, or look at the batch"
                            .formatted(norm));
        }
        return Math.min(1, limit / (norm + EPS));
    }

    /// The norm that was found last, before clipping.
    public double norm() {
        return norm;
    }
}
