package dev.tramontane.model;

import dev.tramontane.tensor.Tensor;

import java.lang.foreign.Arena;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;

/// Seeded weights of any shape: what tests, benches, and training from scratch start from.
///
/// Values are normal, scaled so that activations stay near one: matrices by `1/√inner`, those that
/// write to the residual stream by another `1/√(2 · layers)` (GPT-2, section 2.3), embeddings by
/// one. Gains lie around one, so that tests notice a norm that is left out.
public final class RandomWeights {
    private static final float GAIN_DEVIATION = 0.1f;

    private final SplittableRandom random;
    private final Arena arena;

    private RandomWeights(SplittableRandom random, Arena arena) {
        this.random = random;
        this.arena = arena;
    }

    /// Weights with an output of their own. Equal seeds give equal weights, everywhere.
    ///
    /// @param arena owns the tensors, all F32 in row order
    public static ModelWeights of(ModelConfig config, long seed, Arena arena) {
        return new RandomWeights(new SplittableRandom(seed), arena).weights(config);
    }

    /// The weights of a vision part.
    ///
    /// @param textDim width of the text network
    /// @param arena owns the tensors, all F32 in row order
    public static VisionWeights vision(VisionConfig config, int textDim, long seed, Arena arena) {
        return new RandomWeights(new SplittableRandom(seed), arena).vision(config, textDim);
    }

    private VisionWeights vision(VisionConfig config, int textDim) {
        int dim = config.dim();
        int hidden = config.hiddenDim();
        int square = dim * config.merge() * config.merge();
        double residual = 1 / Math.sqrt(2.0 * config.layers());
        Tensor patches = matrix(dim, config.patchValues(), scale(config.patchValues()));
        Tensor firstNorm = gain(dim);
        List<ModelWeights.LayerWeights> layers = new ArrayList<>();
        for (int layer = 0; layer < config.layers(); layer++) {
            layers.add(
                    new ModelWeights.LayerWeights(
                            gain(dim),
                            matrix(dim, dim, scale(dim)),
                            matrix(dim, dim, scale(dim)),
                            matrix(dim, dim, scale(dim)),
                            Optional.empty(),
                            matrix(dim, dim, residual * scale(dim)),
                            gain(dim),
                            matrix(hidden, dim, scale(dim)),
                            matrix(hidden, dim, scale(dim)),
                            matrix(dim, hidden, residual * scale(hidden))));
        }
        return new VisionWeights(
                patches,
                firstNorm,
                layers,
                gain(dim),
                matrix(dim, square, scale(square)),
                matrix(textDim, dim, scale(dim)),
                matrix(textDim, textDim, scale(textDim)));
    }

    private ModelWeights weights(ModelConfig config) {
        int dim = config.dim();
        double residual = 1 / Math.sqrt(2.0 * config.layers());
        Tensor embedding = matrix(config.vocab(), dim, 1);
        List<ModelWeights.LayerWeights> layers = new ArrayList<>();
        for (int layer = 0; layer < config.layers(); layer++) {
            layers.add(
                    new ModelWeights.LayerWeights(
                            gain(dim),
                            matrix(config.queryDim(), dim, scale(dim)),
                            matrix(config.kvDim(), dim, scale(dim)),
                            matrix(config.kvDim(), dim, scale(dim)),
                            headNorms(config),
                            matrix(dim, config.queryDim(), residual * scale(config.queryDim())),
                            gain(dim),
                            matrix(config.hiddenDim(), dim, scale(dim)),
                            matrix(config.hiddenDim(), dim, scale(dim)),
                            matrix(dim, config.hiddenDim(), residual * scale(config.hiddenDim()))));
        }
        return new ModelWeights(
                embedding, layers, gain(dim), matrix(config.vocab(), dim, scale(dim)));
    }

    private Optional<ModelWeights.HeadNorms> headNorms(ModelConfig config) {
        return config.headNorms()
                ? Optional.of(
                        new ModelWeights.HeadNorms(gain(config.headDim()), gain(config.headDim())))
                : Optional.empty();
    }

    private static double scale(int inner) {
        return 1 / Math.sqrt(inner);
    }

    private Tensor gain(int dim) {
        Tensor gain = Tensor.allocate(arena, 1, dim);
        for (int col = 0; col < dim; col++) {
            gain.set(0, col, 1 + (float) (GAIN_DEVIATION * random.nextGaussian()));
        }
        return gain;
    }

    private Tensor matrix(int rows, int cols, double deviation) {
        Tensor matrix = Tensor.allocate(arena, rows, cols);
        for (int row = 0; row < rows; row++) {
            for (int col = 0; col < cols; col++) {
                matrix.set(row, col, (float) (deviation * random.nextGaussian()));
            }
        }
        return matrix;
    }
}
