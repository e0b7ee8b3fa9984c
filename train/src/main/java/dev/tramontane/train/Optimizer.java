package dev.tramontane.train;

import dev.tramontane.tensor.Tensor;

import java.util.Map;

/// Turns gradients into better weights.
public sealed interface Optimizer permits AdamW, Muon {
    /// Makes a step with the gradients that the weights have gathered.
    ///
    /// @param rate learning rate of this step
    /// @param gradientScale what gradients are multiplied by first, {@link GradientClip#scale}
    void step(double rate, double gradientScale);

    /// Steps made so far.
    long steps();

    /// What the next step depends on beside weights, gradients and {@link #steps}: its own memory,
    /// to be saved, or filled from a checkpoint.
    Map<String, Tensor> state();

    /// Goes on after so many steps, once the state has been filled.
    void resume(long steps);
}
