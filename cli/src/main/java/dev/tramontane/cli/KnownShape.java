package dev.tramontane.cli;

import dev.tramontane.kernels.Kernels;
import dev.tramontane.model.ModelConfig;
import dev.tramontane.model.ModelShape;
import dev.tramontane.tensor.DType;

import java.util.Optional;

/// Shapes of published models, for people who have not downloaded one yet.
enum KnownShape {
    /// Ministral 3 3B.
    MINISTRAL_3B("3b", 3072, 26, 9216, true),
    /// Ministral 3 8B.
    MINISTRAL_8B("8b", 4096, 34, 14_336, false),
    /// Ministral 3 14B.
    MINISTRAL_14B("14b", 5120, 40, 16_384, false),
    /// Magistral Small, and Mistral Small 3.
    MAGISTRAL_SMALL("24b", 5120, 40, 32_768, false);

    private static final int HEADS = 32;
    private static final int KV_HEADS = 8;
    private static final int HEAD_DIM = 128;
    private static final int VOCAB = 131_072;
    private static final int CONTEXT = 131_072;

    private final String label;
    private final int dim;
    private final int layers;
    private final int hiddenDim;
    private final boolean tied;

    KnownShape(String label, int dim, int layers, int hiddenDim, boolean tied) {
        this.label = label;
        this.dim = dim;
        this.layers = layers;
        this.hiddenDim = hiddenDim;
        this.tied = tied;
    }

    /// The shape in a type, or in the mixture that is called after it.
    ModelShape in(DType type) {
        var config =
                new ModelConfig(
                        dim,
                        layers,
                        HEADS,
                        KV_HEADS,
                        HEAD_DIM,
                        hiddenDim,
                        VOCAB,
                        1e-5f,
                        1e9,
                        Kernels.RopePairs.INTERLEAVED,
                        false,
                        Optional.empty(),
                        Optional.empty(),
                        Integer.MAX_VALUE,
                        CONTEXT);
        return ModelShape.of(config, type, tied);
    }

    /// What people type: `24b`.
    @Override
    public String toString() {
        return label;
    }
}
