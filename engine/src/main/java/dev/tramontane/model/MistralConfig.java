package dev.tramontane.model;

import dev.tramontane.kernels.Kernels;

import tools.jackson.databind.JsonNode;

import java.util.Optional;

/// Reads a configuration from Mistral's own `params.json`.
final class MistralConfig {
    /// What other readers of these files assume where no context is written.
    private static final int DEFAULT_CONTEXT = 128_000;

    private final String location;
    private final JsonNode params;
    private final ConfigFields fields;

    private MistralConfig(String location, JsonNode params) {
        this.location = location;
        this.params = params;
        this.fields = ConfigFields.of(location, "", params);
    }

    static ModelConfig read(String location, JsonNode params) {
        return new MistralConfig(location, params).read();
    }

    private ModelConfig read() {
        refuseUnsupported();
        int heads = fields.requiredCount("n_heads", ConfigFields.MOST_HEADS);
        int kvHeads = fields.requiredCount("n_kv_heads", ConfigFields.MOST_HEADS);
        int headDim = fields.requiredCount("head_dim", ConfigFields.MOST_HEAD_DIM);
        fields.checkHeads(heads, kvHeads, headDim);
        return new ModelConfig(
                fields.requiredCount("dim", ConfigFields.MOST_DIM),
                fields.requiredCount("n_layers", ConfigFields.MOST_LAYERS),
                heads,
                kvHeads,
                headDim,
                fields.requiredCount("hidden_dim", ConfigFields.MOST_HIDDEN_DIM),
                fields.requiredCount("vocab_size", ConfigFields.MOST_VOCAB),
                fields.normEps("norm_eps"),
                fields.ropeTheta("rope_theta").orElseThrow(() -> fields.missing("rope_theta")),
                Kernels.RopePairs.INTERLEAVED,
                false,
                yarn(),
                queryScaling(),
                window(),
                fields.count("max_position_embeddings", ConfigFields.MOST_CONTEXT)
                        .or(() -> fields.count("max_seq_len", ConfigFields.MOST_CONTEXT))
                        .orElse(DEFAULT_CONTEXT));
    }

    private void refuseUnsupported() {
        String type = fields.text("model_type").orElse("transformer");
        if (!type.equals("transformer")) {
            throw fields.unsupported("model_type", type);
        }
        Quantization.checkFormat(location, params.path("quantization"));
        Quantization.checkMethod(location, params.path("quantization_config"));
        fields.refuse("moe", "a mixture of experts");
        fields.refuse("q_lora_rank", "latent attention");
        fields.refuse("kv_lora_rank", "latent attention");
        fields.refuse("lora", "an adapter");
        fields.refuse("use_biases", "biases");
        fields.refuse("qk_norm", "normalised queries and keys");
        fields.refuse("multimodal", "audio");
        if (!fields.flag("causal", true)) {
            throw fields.unsupported("causal", "attention to later tokens");
        }
    }

    private Optional<ModelConfig.Yarn> yarn() {
        JsonNode block = params.path("yarn");
        if (!block.isObject()) {
            fields.refuse("yarn", "an unknown kind of YaRN");
            return Optional.empty();
        }
        ConfigFields yarn = ConfigFields.of(location, "yarn.", block);
        double factor = yarn.yarnFactor("factor");
        return Optional.of(
                yarn.yarn(
                        factor,
                        yarn.requiredCount(
                                "original_max_position_embeddings", ConfigFields.MOST_CONTEXT),
                        "beta",
                        "alpha",
                        yarn.flag("apply_scale", true)
                                ? ModelConfig.Yarn.attentionFactor(factor, 1, 0)
                                : 1));
    }

    private Optional<ModelConfig.QueryScaling> queryScaling() {
        JsonNode block = params.path("llama_4_scaling");
        if (!block.isObject()) {
            fields.refuse("llama_4_scaling", "an unknown scaling of queries");
            return Optional.empty();
        }
        ConfigFields scaling = ConfigFields.of(location, "llama_4_scaling.", block);
        int original =
                scaling.requiredCount(
                        "original_max_position_embeddings", ConfigFields.MOST_CONTEXT);
        return scaling.number("beta", 0, 100)
                .filter(beta -> beta != 0)
                .map(beta -> new ModelConfig.QueryScaling(beta, original));
    }

    private int window() {
        if (params.path("sliding_window").isArray()) {
            throw fields.unsupported("sliding_window", "windows that differ between layers");
        }
        return fields.window("sliding_window");
    }
}
