package dev.tramontane.train;

import dev.tramontane.kernels.Kernels;
import dev.tramontane.model.ModelConfig;
import dev.tramontane.model.ModelWeights;
import dev.tramontane.model.RandomWeights;
import dev.tramontane.tensor.Tensor;

import java.lang.foreign.Arena;
import java.util.Arrays;
import java.util.Optional;
import java.util.SplittableRandom;

/// Seeded models and batches, small enough for the reference.
final class TinyModels {
    private TinyModels() {}

    static ModelConfig config(int dim, int layers, int heads, int kvHeads, int headDim, int vocab) {
        return new ModelConfig(
                dim,
                layers,
                heads,
                kvHeads,
                headDim,
                3 * dim / 2 / 16 * 16 + 16,
                vocab,
                1e-5f,
                10_000,
                Kernels.RopePairs.SPLIT_HALF,
                false,
                Optional.empty(),
                Optional.empty(),
                Integer.MAX_VALUE,
                1024);
    }

    /// Two layers, grouped heads.
    static ModelConfig config() {
        return config(32, 2, 4, 2, 16, 37);
    }

    static TrainableWeights weights(ModelConfig config, boolean tied, long seed, Arena arena) {
        ModelWeights random = RandomWeights.of(config, seed, arena);
        ModelWeights source =
                tied
                        ? new ModelWeights(
                                random.output(),
                                random.layers(),
                                random.finalNorm(),
                                random.output())
                        : random;
        return TrainableWeights.copyOf(config, source, arena);
    }

    /// Sequences of random tokens; of each all but the first third are scored.
    static TrainingBatch batch(ModelConfig config, long seed, int... lengths) {
        var random = new SplittableRandom(seed);
        return TrainingBatch.of(
                Arrays.stream(lengths)
                        .mapToObj(
                                length -> {
                                    boolean[] scored = new boolean[length];
                                    for (int i = 1 + length / 3; i < length; i++) {
                                        scored[i] = true;
                                    }
                                    int[] tokens = random.ints(length, 0, config.vocab()).toArray();
                                    return new TrainingBatch.Part(tokens, scored);
                                })
                        .toList());
    }

    static double[] doubles(Tensor flat) {
        double[] values = new double[flat.cols()];
        for (int i = 0; i < values.length; i++) {
            values[i] = flat.get(0, i);
        }
        return values;
    }

    static double[] slopes(int count, long seed) {
        return new SplittableRandom(seed).doubles(count, -1, 1).toArray();
    }
}
