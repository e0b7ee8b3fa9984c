package dev.tramontane.model;

import dev.tramontane.kernels.Kernels;
import dev.tramontane.weights.GgufWriter;

/// Writes a configuration as the metadata that {@link GgufConfig} reads, under the keys that other
/// readers of GGUF know.
final class GgufConfigWriter {
    /// How far two factors may differ by rounding alone.
    private static final double EQUAL = 1e-6;

    private static final String MISTRAL3 = "mistral3";

    private final GgufWriter file;
    private final String architecture;

    private GgufConfigWriter(GgufWriter file, String architecture) {
        this.file = file;
        this.architecture = architecture;
    }

    /// The architecture's name for a network.
    ///
    /// @param multimodal whether the network is the text part of a model that sees; converters call
    ///   it `mistral3` even where it is a plain `llama`
    static String architecture(ModelConfig config, boolean multimodal) {
        if (config.headNorms()) {
            return "qwen3";
        }
        return multimodal || config.queryScaling().isPresent() ? MISTRAL3 : "llama";
    }

    /// Which elements turn together in a file of this architecture.
    static Kernels.RopePairs ropePairs(ModelConfig config) {
        return config.headNorms() ? Kernels.RopePairs.SPLIT_HALF : Kernels.RopePairs.INTERLEAVED;
    }

    static void write(ModelConfig config, String architecture, GgufWriter file) {
        new GgufConfigWriter(file, architecture).write(config);
    }

    private void write(ModelConfig config) {
        file.put(key("block_count"), config.layers())
                .put(key("context_length"), config.context())
                .put(key("embedding_length"), config.dim())
                .put(key("feed_forward_length"), config.hiddenDim())
                .put(key("attention.head_count"), config.heads())
                .put(key("attention.head_count_kv"), config.kvHeads())
                .put(key("attention.key_length"), config.headDim())
                .put(key("attention.value_length"), config.headDim())
                .put(key("attention.layer_norm_rms_epsilon"), config.normEps())
                .put(key("rope.dimension_count"), config.headDim())
                .put(key("rope.freq_base"), (float) config.ropeTheta())
                .put(key("vocab_size"), config.vocab());
        if (config.window() != Integer.MAX_VALUE) {
            file.put(key("attention.sliding_window"), config.window());
        }
        config.yarn().ifPresent(this::writeYarn);
        config.queryScaling().ifPresent(scaling -> writeQueryScaling(scaling, config));
    }

    /// Readers multiply cosines and sines by `1 + 0.1 · ln factor` and by the attention factor.
    /// That the two cancel has a way of its own in `mistral3`, which other architectures do not
    /// read.
    private void writeYarn(ModelConfig.Yarn yarn) {
        file.put(key("rope.scaling.type"), "yarn")
                .put(key("rope.scaling.factor"), (float) yarn.factor())
                .put(key("rope.scaling.original_context_length"), yarn.originalContext())
                .put(key("rope.scaling.yarn_beta_fast"), (float) yarn.betaFast())
                .put(key("rope.scaling.yarn_beta_slow"), (float) yarn.betaSlow());
        double usual = ModelConfig.Yarn.attentionFactor(yarn.factor(), 1, 0);
        if (architecture.equals(MISTRAL3) && Math.abs(yarn.attentionFactor() - 1) < EQUAL) {
            file.put(key("rope.scaling.yarn_log_multiplier"), 1f);
        } else if (Math.abs(yarn.attentionFactor() - usual) > EQUAL) {
            file.put(key("rope.scaling.attn_factor"), (float) (yarn.attentionFactor() / usual));
        }
    }

    private void writeQueryScaling(ModelConfig.QueryScaling scaling, ModelConfig config) {
        file.put(key("attention.temperature_scale"), (float) scaling.beta());
        if (config.yarn().isEmpty()) {
            file.put(key("rope.scaling.original_context_length"), scaling.originalContext());
        } else if (config.yarn().get().originalContext() != scaling.originalContext()) {
            file.put(key("attention.temperature_length"), scaling.originalContext());
        }
    }

    private String key(String name) {
        return architecture + "." + name;
    }
}
