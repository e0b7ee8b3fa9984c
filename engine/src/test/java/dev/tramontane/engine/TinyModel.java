package dev.tramontane.engine;

import dev.tramontane.kernels.Kernels;
import dev.tramontane.model.ModelConfig;
import dev.tramontane.model.ModelWeights;
import dev.tramontane.tensor.Tensor;

import java.lang.foreign.Arena;
import java.util.List;
import java.util.Optional;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;
import java.util.stream.IntStream;

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
                        Optional.empty(),
                        Optional.empty(),
                        Integer.MAX_VALUE,
                        CONTEXT);
        var random = RandomGeneratorFactory.of("L64X128MixRandom").create(7);
        Arena arena = Arena.ofShared();
        Tensor embedding = matrix(arena, random, VOCAB, config.dim());
        List<ModelWeights.LayerWeights> layers =
                IntStream.range(0, config.layers())
                        .mapToObj(_ -> layer(arena, random, config))
                        .toList();
        Tensor output = matrix(arena, random, VOCAB, config.dim());
        var weights = new ModelWeights(embedding, layers, ones(arena, config.dim()), output);
        return new TinyModel(config, weights, arena);
    }

    private static ModelWeights.LayerWeights layer(
            Arena arena, RandomGenerator random, ModelConfig config) {
        return new ModelWeights.LayerWeights(
                ones(arena, config.dim()),
                matrix(arena, random, config.queryDim(), config.dim()),
                matrix(arena, random, config.kvDim(), config.dim()),
                matrix(arena, random, config.kvDim(), config.dim()),
                matrix(arena, random, config.dim(), config.queryDim()),
                ones(arena, config.dim()),
                matrix(arena, random, config.hiddenDim(), config.dim()),
                matrix(arena, random, config.hiddenDim(), config.dim()),
                matrix(arena, random, config.dim(), config.hiddenDim()));
    }

    private static Tensor matrix(Arena arena, RandomGenerator random, int rows, int cols) {
        Tensor tensor = Tensor.allocate(arena, rows, cols);
        double deviation = 1.5 / Math.sqrt(cols);
        for (int row = 0; row < rows; row++) {
            for (int col = 0; col < cols; col++) {
                tensor.set(row, col, (float) random.nextGaussian(0, deviation));
            }
        }
        return tensor;
    }

    private static Tensor ones(Arena arena, int cols) {
        Tensor tensor = Tensor.allocate(arena, 1, cols);
        for (int col = 0; col < cols; col++) {
            tensor.set(0, col, 1);
        }
        return tensor;
    }
}
