package dev.tramontane.model;

import dev.tramontane.tensor.Tensor;
import dev.tramontane.weights.ModelFolder;
import dev.tramontane.weights.TensorNames;
import dev.tramontane.weights.TensorNames.Role;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

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

    /// All tensors under a layout's names, a tied output left out, in the order of the network.
    public Map<String, Tensor> named(TensorNames names) {
        Map<String, Tensor> named = new LinkedHashMap<>();
        named.put(names.of(Role.EMBEDDING), embedding);
        for (int i = 0; i < layers.size(); i++) {
            LayerWeights layer = layers.get(i);
            named.put(names.of(Role.ATTENTION_NORM, i), layer.attentionNorm());
            named.put(names.of(Role.QUERY, i), layer.query());
            named.put(names.of(Role.KEY, i), layer.key());
            named.put(names.of(Role.VALUE, i), layer.value());
            if (layer.headNorms().isPresent()) {
                named.put(names.of(Role.QUERY_NORM, i), layer.headNorms().get().query());
                named.put(names.of(Role.KEY_NORM, i), layer.headNorms().get().key());
            }
            named.put(names.of(Role.ATTENTION_OUTPUT, i), layer.attentionOutput());
            named.put(names.of(Role.FEED_FORWARD_NORM, i), layer.feedForwardNorm());
            named.put(names.of(Role.GATE, i), layer.gate());
            named.put(names.of(Role.UP, i), layer.up());
            named.put(names.of(Role.DOWN, i), layer.down());
        }
        named.put(names.of(Role.FINAL_NORM), finalNorm);
        if (!output.equals(embedding)) {
            named.put(names.of(Role.OUTPUT), output);
        }
        return named;
    }

    /// One layer.
    ///
    /// @param attentionNorm float[1][dim]
    /// @param query `[heads * headDim][dim]`
    /// @param key `[kvHeads * headDim][dim]`
    /// @param value `[kvHeads * headDim][dim]`
    /// @param headNorms where the configuration asks for them
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
            Optional<HeadNorms> headNorms,
            Tensor attentionOutput,
            Tensor feedForwardNorm,
            Tensor gate,
            Tensor up,
            Tensor down) {}

    /// The gains of the norms over each head's queries and keys; all heads share them.
    ///
    /// @param query float[1][headDim]
    /// @param key float[1][headDim]
    public record HeadNorms(Tensor query, Tensor key) {}

    /// Bytes of all tensors, a tied output counted once.
    public long bytes() {
        return named(TensorNames.of(ModelFolder.Kind.GGUF)).values().stream()
                .mapToLong(Tensor::bytes)
                .sum();
    }
}
