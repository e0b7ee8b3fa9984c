package dev.tramontane.train;

import dev.tramontane.tensor.Tensor;
import dev.tramontane.train.TrainableWeights.Parameter;

import java.util.List;

/// What an optimiser changes: values and their gradients, each in one piece of memory, and where
/// the tensors lie in it.
public sealed interface Trainable permits TrainableWeights, LoraAdapters {
    /// All values, float[1][count].
    Tensor values();

    /// All gradients, float[1][count], in the order of the values.
    Tensor gradients();

    /// The tensors in their order.
    List<Parameter> parameters();

    /// Number of values.
    default long count() {
        return values().cols();
    }

    /// Forgets what the gradients have gathered.
    default void clearGradients() {
        gradients().data().fill((byte) 0);
    }
}
