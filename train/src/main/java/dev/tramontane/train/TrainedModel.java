package dev.tramontane.train;

import dev.tramontane.model.ModelConfig;
import dev.tramontane.tensor.Tensor;
import dev.tramontane.train.TrainableWeights.Kind;

import java.util.List;
import java.util.function.Supplier;

/// A model as it is written to files: whole weights, or a base with what adapters have learned.
public interface TrainedModel {
    /// The network, with split halves.
    ModelConfig config();

    /// Whether the output is the embedding.
    boolean tied();

    /// Its tensors in the order of the network.
    List<Part> parts();

    /// A tensor.
    ///
    /// @param name as in Hugging Face's layout
    /// @param values float[rows][cols], made when they are asked for; they stay until the next
    ///   part's are
    record Part(String name, Kind kind, int rows, int cols, Supplier<Tensor> values) {}
}
