package dev.tramontane.model;

import dev.tramontane.tensor.Tensor;
import dev.tramontane.weights.ModelFolder;

import java.util.List;

/// A decoder's tensors, under our names. Their memory belongs to the arena they were opened in.
///
/// @param embedding any type, `[vocab][dim]`
/// @param layers one record a layer
/// @param finalNorm float[1][dim]
/// @param output any type, `[vocab][dim]`; the embedding itself when the two are tied
public record ModelWeights(
        Tensor embedding, List<LayerWeights> layers, Tensor finalNorm, Tensor output) {
    public ModelWeights {
        layers = List.copyOf(layers);
    }

    /// Finds a model's tensors and holds their shapes against the configuration.
    ///
    /// @throws dev.tramontane.weights.ModelFormatException when a tensor is missing, of another
    ///   shape, of a type without kernels, or has no place in the network
    public static ModelWeights read(ModelFolder folder, ModelConfig config) {
        return new WeightsReader(folder, config).read();
    }

    /// One layer.
    ///
    /// @param attentionNorm float[1][dim]
    /// @param query `[heads * headDim][dim]`
    /// @param key `[kvHeads * headDim][dim]`
    /// @param value `[kvHeads * headDim][dim]`
    /// @param attentionOutput `[dim][heads * headDim]`
    /// @param feedForwardNorm float[1][dim]
    /// @param gate `[hiddenDim][dim]`
    /// @param up `[hiddenDim][dim]`
    /// @param down `[dim][hiddenDim]`
    public record LayerWeights(
            Tensor attentionNorm,
            Tensor query,
            Tensor key,
            Tensor value,
            Tensor attentionOutput,
            Tensor feedForwardNorm,
            Tensor gate,
            Tensor up,
            Tensor down) {}

    /// Bytes of all tensors, a tied output counted once.
    public long bytes() {
        long bytes = embedding.data().byteSize() + finalNorm.data().byteSize();
        if (!output.equals(embedding)) {
            bytes += output.data().byteSize();
        }
        for (LayerWeights layer : layers) {
            for (Tensor tensor :
                    List.of(
                            layer.attentionNorm(),
                            layer.query(),
                            layer.key(),
                            layer.value(),
                            layer.attentionOutput(),
                            layer.feedForwardNorm(),
                            layer.gate(),
                            layer.up(),
                            layer.down())) {
                bytes += tensor.data().byteSize();
            }
        }
        return bytes;
    }
}
