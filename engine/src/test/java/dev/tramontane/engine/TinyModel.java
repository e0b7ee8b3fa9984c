package dev.tramontane.engine;

import dev.tramontane.kernels.Kernels;
import dev.tramontane.model.ModelConfig;
import dev.tramontane.model.ModelWeights;
import dev.tramontane.model.RandomWeights;

import java.lang.foreign.Arena;
import java.util.Optional;

/// A decoder of two small layers with seeded random weights, and an arena that owns them.
record TinyModel(ModelConfig config, ModelWeights weights, Arena arena) {
    static final int VOCAB = 300;
    static final int CONTEXT = 256;

    @SuppressWarnings("MustBeClosedChecker") // whoever gets the model closes its arena
    static TinyModel create() {
        var config =
                new ModelConfig(
                        32,
                        2,
                        4,
                        2,
                        16,
                        48,
                        VOCAB,
                        1e-5f,
                        10_000,
                        Kernels.RopePairs.INTERLEAVED,
                        false,
                        Optional.empty(),
                        Optional.empty(),
                        Integer.MAX_VALUE,
                        CONTEXT);
        Arena arena = Arena.ofShared();
        return new TinyModel(config, RandomWeights.of(config, 7, arena), arena);
    }
}
