package dev.tramontane.model;

import dev.tramontane.kernels.Kernels;
import dev.tramontane.weights.GgufArray;
import dev.tramontane.weights.ModelFormatException;
import dev.tramontane.weights.WeightsFile;

import java.util.Arrays;
import java.util.Optional;

/// Reads a configuration from a GGUF file's metadata. The architectures `llama` and `mistral3` mean
/// the same network where no YaRN and no temperature keys are present.
final class GgufConfig {
    private static final double DEFAULT_ROPE_THETA = 10_000;

    /// How far a factor and its inverse, both rounded in a file, may miss 1.
    private static final double CANCELS = 1e-3;

    private final WeightsFile file;
    private final Architecture architecture;
    private final ConfigFields fields;

    /// What an architecture's name alone says. Converters reorder the rows of Mistral's queries and
    /// keys, and leave Qwen's.
    private enum Architecture {
        LLAMA("llama", Kernels.RopePairs.INTERLEAVED, false),
        MISTRAL3("mistral3", Kernels.RopePairs.INTERLEAVED, false),
        QWEN3("qwen3", Kernels.RopePairs.SPLIT_HALF, true);

        private final String word;
        private final Kernels.RopePairs ropePairs;
        private final boolean headNorms;

        Architecture(String word, Kernels.RopePairs ropePairs, boolean headNorms) {
            this.word = word;
            this.ropePairs = ropePairs;
            this.headNorms = headNorms;
        }
    }

    private GgufConfig(WeightsFile file, Architecture architecture) {
        this.file = file;
        this.architecture = architecture;
        this.fields = ConfigFields.of(file.location(), file.metadata(), architecture.word);
    }

    static ModelConfig read(WeightsFile file) {
        String word =
                file.metadata()
                        .text("general.architecture")
                        .orElseThrow(
                                () ->
                                        new ModelFormatException(
                                                file.location()
                                                        + ": no general.architecture; get or"
                                                        + " convert the file again"));
        Architecture architecture =
                Arrays.stream(Architecture.values())
                        .filter(known -> known.word.equals(word))
                        .findFirst()
                        .orElseThrow(
                                () ->
                                        OtherNetworks.refusal(
                                                file.location() + ": the architecture",
                                                word,
                                                "llama, mistral3 or qwen3"));
        return new GgufConfig(file, architecture).read();
    }

    private ModelConfig read() {
        refuseUnsupported();
        int dim = fields.requiredCount("embedding_length", ConfigFields.MOST_DIM);
        int heads = fields.requiredCount("attention.head_count", ConfigFields.MOST_HEADS);
        int kvHeads =
                fields.count("attention.head_count_kv", ConfigFields.MOST_HEADS).orElse(heads);
        int headDim =
                fields.count("attention.key_length", ConfigFields.MOST_HEAD_DIM)
                        .orElseGet(() -> fields.sharedHeadDim(dim, heads));
        fields.checkHeads(heads, kvHeads, headDim);
        refuseOther("attention.value_length", headDim);
        refuseOther("rope.dimension_count", headDim);
        int context = fields.requiredCount("context_length", ConfigFields.MOST_CONTEXT);
        Optional<Integer> written =
                fields.count("rope.scaling.original_context_length", ConfigFields.MOST_CONTEXT);
        int original = written.orElse(context);
        Optional<ModelConfig.Yarn> yarn = yarn(original);
        return new ModelConfig(
                dim,
                fields.requiredCount("block_count", ConfigFields.MOST_LAYERS),
                heads,
                kvHeads,
                headDim,
                fields.requiredCount("feed_forward_length", ConfigFields.MOST_HIDDEN_DIM),
                vocab(),
                fields.normEps("attention.layer_norm_rms_epsilon"),
                fields.ropeTheta("rope.freq_base").orElse(DEFAULT_ROPE_THETA),
                architecture.ropePairs,
                architecture.headNorms,
                yarn,
                queryScaling(original),
                fields.window("attention.sliding_window"),
                fields.contextWith(yarn.filter(_ -> written.isPresent()), context));
    }

    private void refuseUnsupported() {
        fields.refuse("expert_count", "a mixture of experts");
        fields.refuse("attention.q_lora_rank", "latent attention");
        fields.refuse("attention.kv_lora_rank", "latent attention");
        fields.refuse("attention.sliding_window_pattern", "windows that differ between layers");
        if (!fields.flag("attention.causal", true)) {
            throw fields.unsupported("attention.causal", "attention to later tokens");
        }
        fields.refuse("attention.scale", "another scale of attention");
        fields.refuse("attention.clamp_kqv", "clamped queries and keys");
        fields.refuse("attn_logit_softcapping", "capped attention");
        fields.refuse("final_logit_softcapping", "capped logits");
        fields.refuse("logit_scale", "scaled logits", 1.0);
        fields.refuse("embedding_scale", "scaled embeddings", 1.0);
        fields.refuse("residual_scale", "a scaled residual", 1.0);
        fields.refuse("use_parallel_residual", "a parallel residual");
        fields.refuse("rope.scale_linear", "linear scaling of positions", 1.0);
        fields.refuse("rope.scaling.alpha", "NTK scaling of positions", 1.0);
    }

    /// Refuses a width that differs from the heads'.
    private void refuseOther(String key, int headDim) {
        fields.count(key, ConfigFields.MOST_HEAD_DIM)
                .filter(width -> width != headDim)
                .ifPresent(
                        width -> {
                            throw fields.unsupported(
                                    key, "a width of %d in heads of %d".formatted(width, headDim));
                        });
    }

    /// Rows of the embedding; the tokenizer inside the file, where there is one, must agree.
    private int vocab() {
        Optional<Integer> tokens =
                file.metadata()
                        .get("tokenizer.ggml.tokens")
                        .filter(GgufArray.class::isInstance)
                        .map(array -> ((GgufArray) array).size());
        int vocab =
                fields.count("vocab_size", ConfigFields.MOST_VOCAB)
                        .or(() -> tokens)
                        .orElseThrow(() -> fields.missing("vocab_size"));
        if (vocab < 1 || vocab > ConfigFields.MOST_VOCAB || tokens.orElse(vocab) != vocab) {
            throw fields.inconsistent(
                    "the vocabulary has %d tokens, but tokenizer.ggml.tokens has %s"
                            .formatted(vocab, tokens.map(String::valueOf).orElse("none")));
        }
        return vocab;
    }

    private Optional<ModelConfig.Yarn> yarn(int original) {
        String type = fields.text("rope.scaling.type").orElse("");
        switch (type) {
            case "yarn" -> {}
            case "none" -> {
                return Optional.empty();
            }
            case "", "linear" -> {
                // Without a type a factor means linear scaling.
                fields.refuse("rope.scaling.factor", "linear scaling of positions", 1.0);
                return Optional.empty();
            }
            default -> throw fields.unsupported("rope.scaling.type", type + " scaling");
        }
        double ramp = fields.number("rope.scaling.yarn_ext_factor", -1, 1).orElse(1.0);
        if (ramp >= 0 && ramp != 1) {
            throw fields.unsupported("rope.scaling.yarn_ext_factor", "a mixture of YaRN and none");
        }
        double factor = fields.yarnFactor("rope.scaling.factor");
        double attentionFactor =
                ModelConfig.Yarn.attentionFactor(
                                factor,
                                1,
                                fields.number("rope.scaling.yarn_log_multiplier", 0, 100)
                                        .orElse(0.0))
                        * fields.number("rope.scaling.attn_factor", 1e-3, 1e3).orElse(1.0);
        attentionFactor *= cancelling(attentionFactor);
        return Optional.of(
                fields.yarn(
                        factor,
                        original,
                        "rope.scaling.yarn_beta_fast",
                        "rope.scaling.yarn_beta_slow",
                        attentionFactor));
    }

    /// `yarn_attn_factor`, where it cancels YaRN's own magnitude. Converters write two things under
    /// this key: a factor beside YaRN's, and one instead of it; those two mean different networks
    /// unless the first kind cancels (DeepSeek-R1-0528-Qwen3-8B), which is all we take.
    private double cancelling(double attentionFactor) {
        String key = "rope.scaling.yarn_attn_factor";
        double factor = fields.number(key, 1e-3, 1e3).orElse(1.0);
        if (factor != 1 && Math.abs(factor * attentionFactor - 1) > CANCELS) {
            throw fields.unsupported(key, "another factor of YaRN");
        }
        return factor;
    }

    private Optional<ModelConfig.QueryScaling> queryScaling(int original) {
        int length =
                fields.count("attention.temperature_length", ConfigFields.MOST_CONTEXT)
                        .orElse(original);
        return fields.number("attention.temperature_scale", 0, 100)
                .filter(beta -> beta != 0)
                .map(beta -> new ModelConfig.QueryScaling(beta, length));
    }
}
