package dev.tramontane.model;

import dev.tramontane.cache.CacheFormat;
import dev.tramontane.cache.CacheType;
import dev.tramontane.image.ImagePatches;
import dev.tramontane.kernels.Kernels;
import dev.tramontane.tensor.Tensor;

import java.lang.foreign.Arena;
import java.util.List;

/// Pixtral's vision encoder (Agrawal et al. 2024, section 2) with Mistral Small 3.1's merger:
/// patches in, vectors of the text network's width out, one for each square of patches. It calls
/// {@link Kernels} and never reads an element of a weight or an activation itself.
///
/// ```
/// x = rmsNorm(patches · W)
/// each layer:  x += Wo · attention(rope(Wq n), rope(Wk n), Wv n),  n = rmsNorm(x)
///              x += Wdown · (silu(Wgate n) ⊙ Wup n),               n = rmsNorm(x)
/// out = W2 · gelu(W1 · (Wmerge · squares(rmsNorm(x))))
/// ```
///
/// Patches of an image see one another, all of them, and those of no other image. Attention is
/// never whole: keys and values lie in a cache of one layer, and queries go over it in chunks.
///
/// One thread at a time may call, here and in what {@link #begin} gives.
public final class VisionEncoder {
    private static final long SMALLEST_ROUNDED_BYTES = 64L << 20;

    private final VisionConfig config;
    private final VisionWeights weights;
    private final Kernels kernels;
    private final CacheFormat keysAndValues;
    private final boolean rounds;
    private final Runnable beforeLayer;

    /// @param weights read by every call; their memory must outlive this object
    /// @param type of the keys and values of the layer that is computed; where it is not `F32`,
    ///   products may round too
    /// @param beforeLayer done before weights are read; what it throws ends an encoding
    public VisionEncoder(
            VisionConfig config,
            VisionWeights weights,
            Kernels kernels,
            CacheType type,
            Runnable beforeLayer) {
        this.config = config;
        this.weights = weights;
        this.kernels = kernels;
        this.keysAndValues = new CacheFormat(type, config.heads(), config.headDim());
        this.rounds = type != CacheType.F32;
        this.beforeLayer = beforeLayer;
    }

    /// What keys and values of a layer are where nobody asked: floats where the weights are so few
    /// that kernels are exact too, and half the memory elsewhere.
    ///
    /// @param weightBytes of the vision part
    public static CacheType usualCache(long weightBytes) {
        return weightBytes < SMALLEST_ROUNDED_BYTES ? CacheType.F32 : CacheType.F16;
    }

    /// Bytes that encoding so many patches takes besides the weights and the result: an upper
    /// bound.
    ///
    /// @param weightBytes of the vision part
    public static long workspaceBytes(VisionConfig config, long weightBytes, int patches) {
        int elementBytes = usualCache(weightBytes) == CacheType.F32 ? Float.BYTES : Short.BYTES;
        return VisionEncoding.bytes(config, elementBytes, patches);
    }

    public VisionConfig config() {
        return config;
    }

    VisionWeights weights() {
        return weights;
    }

    Kernels kernels() {
        return kernels;
    }

    CacheFormat keysAndValues() {
        return keysAndValues;
    }

    /// Whether products may round ({@link Kernels#matmulRounded}).
    boolean rounds() {
        return rounds;
    }

    void beforeLayer() {
        beforeLayer.run();
    }

    /// Vectors that an image becomes.
    public int vectors(ImagePatches image) {
        return image.count() / (config.merge() * config.merge());
    }

    /// Room for what an image becomes.
    ///
    /// @return float[vectors][textDim]
    public Tensor room(ImagePatches image, Arena arena) {
        return Tensor.allocate(arena, vectors(image), weights.textDim());
    }

    /// Begins to encode images, side by side; nothing is computed yet.
    ///
    /// @param images with patches of the model's size, in whole squares
    /// @param outs for each image, float[vectors][textDim]
    public VisionEncoding begin(List<ImagePatches> images, List<Tensor> outs) {
        for (ImagePatches image : images) {
            check(image);
        }
        return new VisionEncoding(this, images, outs);
    }

    /// Encodes images, all at once.
    ///
    /// @param arena owns what comes back
    /// @return for each image, float[vectors][textDim]
    public List<Tensor> encode(List<ImagePatches> images, Arena arena) {
        List<Tensor> outs = images.stream().map(image -> room(image, arena)).toList();
        try (VisionEncoding encoding = begin(images, outs)) {
            while (!encoding.isDone()) {
                encoding.step();
            }
        }
        return outs;
    }

    /// @throws IllegalArgumentException when the model cannot see such an image
    public void check(ImagePatches image) {
        int longest = config.longestSide();
        if (image.patchSize() != config.patchSize()
                || image.rows() % config.merge() != 0
                || image.columns() % config.merge() != 0
                || Math.max(image.rows(), image.columns()) > longest) {
            throw new IllegalArgumentException(
                    "%s, expected patches of %d x %d, up to %d and a whole multiple of %d each way; cut the image as this model has it"
                            .formatted(
                                    image,
                                    config.patchSize(),
                                    config.patchSize(),
                                    longest,
                                    config.merge()));
        }
    }
}
