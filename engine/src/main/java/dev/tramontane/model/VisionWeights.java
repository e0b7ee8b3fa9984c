package dev.tramontane.model;

import dev.tramontane.tensor.Tensor;

import java.util.List;
import java.util.stream.Stream;

/// The tensors of a vision part, under our names. Their memory belongs to the arena they were
/// opened in.
///
/// @param patches float[dim][3 * patchSize * patchSize], the convolution that embeds a patch
/// @param firstNorm float[1][dim]
/// @param layers one record a layer, as in a decoder whose heads all have keys of their own
/// @param mergerNorm float[1][dim]
/// @param merger any type, `[dim][dim * merge * merge]`
/// @param projectorIn any type, `[textDim][dim]`
/// @param projectorOut any type, `[textDim][textDim]`
public record VisionWeights(
        Tensor patches,
        Tensor firstNorm,
        List<ModelWeights.LayerWeights> layers,
        Tensor mergerNorm,
        Tensor merger,
        Tensor projectorIn,
        Tensor projectorOut) {
    public VisionWeights {
        layers = List.copyOf(layers);
    }

    /// Width of what comes out: that of the text network.
    public int textDim() {
        return projectorOut.rows();
    }

    /// Bytes of all tensors.
    public long bytes() {
        Stream<Tensor> outside =
                Stream.of(patches, firstNorm, mergerNorm, merger, projectorIn, projectorOut);
        Stream<Tensor> inside =
                layers.stream()
                        .flatMap(
                                layer ->
                                        Stream.of(
                                                layer.attentionNorm(),
                                                layer.query(),
                                                layer.key(),
                                                layer.value(),
                                                layer.attentionOutput(),
                                                layer.feedForwardNorm(),
                                                layer.gate(),
                                                layer.up(),
                                                layer.down()));
        return Stream.concat(outside, inside).mapToLong(Tensor::bytes).sum();
    }
}
