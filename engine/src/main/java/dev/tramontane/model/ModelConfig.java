package dev.tramontane.model;

import dev.tramontane.kernels.Kernels;
import dev.tramontane.weights.ModelFolder;

import java.util.Optional;

/// A decoder's dimensions and variants, in Mistral's own words. Models differ in this data, never
/// in classes.
///
/// @param dim width of the residual stream
/// @param layers number of layers
/// @param heads query heads
/// @param kvHeads key and value heads
/// @param headDim width of a head; not `dim / heads` in this family
/// @param hiddenDim width inside the feed-forward
/// @param vocab rows of the embedding
/// @param normEps epsilon of the norms
/// @param ropeTheta base of the rotation's frequencies
/// @param ropePairs which elements turn together, a property of the file's row order
/// @param headNorms whether each head's queries and keys are normalised before they turn (Qwen 3)
/// @param yarn stretching of the rotation for long contexts
/// @param queryScaling growth of the queries with the position
/// @param window positions a token sees; `Integer.MAX_VALUE` for all
/// @param context positions the model was made for
public record ModelConfig(
        int dim,
        int layers,
        int heads,
        int kvHeads,
        int headDim,
        int hiddenDim,
        int vocab,
        float normEps,
        double ropeTheta,
        Kernels.RopePairs ropePairs,
        boolean headNorms,
        Optional<Yarn> yarn,
        Optional<QueryScaling> queryScaling,
        int window,
        int context) {
    /// Reads the configuration of a model's files.
    ///
    /// @throws dev.tramontane.weights.ModelFormatException when it is damaged, inconsistent, or of
    ///   a model that we do not run
    public static ModelConfig read(ModelFolder folder) {
        return switch (folder.kind()) {
            case GGUF -> GgufConfig.read(folder.weights());
            case HUGGING_FACE ->
                    HuggingFaceConfig.read("config.json", folder.config().orElseThrow());
            case MISTRAL -> MistralConfig.read("params.json", folder.config().orElseThrow());
        };
    }

    /// The same network with another number of layers.
    public ModelConfig withLayers(int count) {
        return new ModelConfig(
                dim,
                count,
                heads,
                kvHeads,
                headDim,
                hiddenDim,
                vocab,
                normEps,
                ropeTheta,
                ropePairs,
                headNorms,
                yarn,
                queryScaling,
                window,
                context);
    }

    /// YaRN: Peng et al. 2023, section 3. Frequencies that turn more than `betaFast` times within
    /// the original context stay, those below `betaSlow` are divided by `factor`, a ramp lies
    /// between.
    ///
    /// @param attentionFactor multiplies cosines and sines (1 where a model cancels it)
    public record Yarn(
            double factor,
            int originalContext,
            double betaFast,
            double betaSlow,
            double attentionFactor) {
        /// The factor that a pair of `mscale` values asks for: the ratio of `1 + 0.1 · mscale ·
        /// ln(factor)` for each. Equal values cancel to 1; `(1, 0)` is the paper's own.
        static double attentionFactor(double factor, double scale, double scaleAllDim) {
            return magnitude(factor, scale) / magnitude(factor, scaleAllDim);
        }

        private static double magnitude(double factor, double scale) {
            return factor <= 1 ? 1 : 1 + 0.1 * scale * Math.log(factor);
        }
    }

    /// Queries at position p are multiplied by `1 + beta · ln(1 + ⌊p / originalContext⌋)`
    /// (Ministral 3).
    public record QueryScaling(double beta, int originalContext) {}

    /// Values in a token's keys, and in its values.
    public int kvDim() {
        return kvHeads * headDim;
    }

    /// Values in a token's queries.
    public int queryDim() {
        return heads * headDim;
    }

    /// The shape that attention kernels need.
    public Kernels.Heads attentionHeads() {
        return new Kernels.Heads(heads, kvHeads, headDim, window);
    }
}
