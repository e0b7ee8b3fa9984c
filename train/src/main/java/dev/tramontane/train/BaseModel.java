package dev.tramontane.train;

import dev.tramontane.eval.benchmark.Seeds;
import dev.tramontane.kernels.Kernels;
import dev.tramontane.model.ModelConfig;
import dev.tramontane.model.ModelWeights;
import dev.tramontane.tensor.Tensor;
import dev.tramontane.weights.ModelFolder;
import dev.tramontane.weights.TensorNames.Role;

import java.security.MessageDigest;
import java.util.HexFormat;

/// A model to start from, of any type and layout, seen as the trainer has it: the rows of queries
/// and keys in the order of split halves, values as floats.
///
/// GGUF files and Mistral's own have neighbouring elements turned together; element `i` of a head's
/// first half is there row `2i`, of its second half row `2i + 1`. Nothing is copied here.
public final class BaseModel {
    private final ModelConfig config;
    private final ModelWeights weights;
    private final boolean neighbours;

    /// @param config as the model's files have it
    /// @param weights in the order that the configuration says; their memory stays the caller's
    /// @throws IllegalArgumentException when the network has something that the trainer cannot
    ///   differentiate
    public BaseModel(ModelConfig config, ModelWeights weights) {
        this.neighbours = config.ropePairs() == Kernels.RopePairs.INTERLEAVED;
        this.config = neighbours ? inHalves(config) : config;
        this.weights = weights;
        Differentiable.check(this.config);
    }

    /// The model of opened files.
    ///
    /// @throws dev.tramontane.weights.ModelFormatException when they are no model
    public static BaseModel of(ModelFolder folder) {
        ModelConfig config = ModelConfig.read(folder);
        return new BaseModel(config, ModelWeights.read(folder, config));
    }

    private static ModelConfig inHalves(ModelConfig config) {
        return new ModelConfig(
                config.dim(),
                config.layers(),
                config.heads(),
                config.kvHeads(),
                config.headDim(),
                config.hiddenDim(),
                config.vocab(),
                config.normEps(),
                config.ropeTheta(),
                Kernels.RopePairs.SPLIT_HALF,
                config.headNorms(),
                config.yarn(),
                config.queryScaling(),
                config.window(),
                config.context());
    }

    /// The network, with split halves.
    public ModelConfig config() {
        return config;
    }

    /// Tells models of one network apart: the SHA-256 of the last norm's gains, in hexadecimal. A
    /// whole model takes too long to read.
    public String fingerprint() {
        MessageDigest digest = Seeds.sha256();
        digest.update(weights.finalNorm().data().asByteBuffer());
        return HexFormat.of().formatHex(digest.digest());
    }

    /// The weights as they lie in memory.
    ModelWeights weights() {
        return weights;
    }

    /// Decodes a row of a tensor.
    ///
    /// @param row in the trainer's order
    void decodeRow(Role role, Tensor tensor, int row, float[] out) {
        boolean turned = neighbours && (role == Role.QUERY || role == Role.KEY);
        tensor.decodeRow(turned ? neighbour(row, config.headDim()) : row, out);
    }

    /// Where a row of split halves lies among neighbours.
    static int neighbour(int row, int headDim) {
        int inHead = row % headDim;
        int half = headDim / 2;
        return row - inHead + (inHead < half ? 2 * inHead : 2 * (inHead - half) + 1);
    }
}
