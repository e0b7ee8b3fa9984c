package dev.tramontane.model;

import dev.tramontane.tensor.Tensor;
import dev.tramontane.weights.ModelFolder;
import dev.tramontane.weights.TensorNames;
import dev.tramontane.weights.TensorNames.Role;

import java.util.ArrayList;
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

    /// A tensor and its place in the network.
    ///
    /// @param layer −1 outside the layers
    public record Placed(Role role, int layer, Tensor tensor) {
        private static final int OUTSIDE = -1;

        private static Placed outside(Role role, Tensor tensor) {
            return new Placed(role, OUTSIDE, tensor);
        }

        /// The tensor's name in a layout.
        public String name(TensorNames names) {
            return layer == OUTSIDE ? names.of(role) : names.of(role, layer);
        }
    }

    /// Whether the output is the embedding.
    public boolean tied() {
        return output.equals(embedding);
    }

    /// All tensors in the order of the network, a tied output left out.
    public List<Placed> placed() {
        List<Placed> placed = new ArrayList<>();
        placed.add(Placed.outside(Role.EMBEDDING, embedding));
        for (int i = 0; i < layers.size(); i++) {
            LayerWeights layer = layers.get(i);
            placed.add(new Placed(Role.ATTENTION_NORM, i, layer.attentionNorm()));
            placed.add(new Placed(Role.QUERY, i, layer.query()));
            placed.add(new Placed(Role.KEY, i, layer.key()));
            placed.add(new Placed(Role.VALUE, i, layer.value()));
            if (layer.headNorms().isPresent()) {
                placed.add(new Placed(Role.QUERY_NORM, i, layer.headNorms().get().query()));
                placed.add(new Placed(Role.KEY_NORM, i, layer.headNorms().get().key()));
            }
            placed.add(new Placed(Role.ATTENTION_OUTPUT, i, layer.attentionOutput()));
            placed.add(new Placed(Role.FEED_FORWARD_NORM, i, layer.feedForwardNorm()));
            placed.add(new Placed(Role.GATE, i, layer.gate()));
            placed.add(new Placed(Role.UP, i, layer.up()));
            placed.add(new Placed(Role.DOWN, i, layer.down()));
        }
        placed.add(Placed.outside(Role.FINAL_NORM, finalNorm));
        if (!tied()) {
            placed.add(Placed.outside(Role.OUTPUT, output));
        }
        return placed;
    }

    /// The same under a layout's names.
    public Map<String, Tensor> named(TensorNames names) {
        Map<String, Tensor> named = new LinkedHashMap<>();
        placed().forEach(placed -> named.put(placed.name(names), placed.tensor()));
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
