package dev.tramontane.model;

import dev.tramontane.kernels.Kernels;

import tools.jackson.databind.JsonNode;

import java.util.Arrays;
import java.util.Optional;

/// Reads a configuration from Hugging Face's `config.json`: model types `mistral`, `ministral3` and
/// `qwen3`, the first two alone or as the text part of a `mistral3`.
final class HuggingFaceConfig {
    /// `MistralConfig`'s own default.
    private static final double DEFAULT_ROPE_THETA = 10_000;

    /// `Qwen3Config`'s default of the layer from which windows apply.
    private static final double DEFAULT_MAX_WINDOW_LAYERS = 28;

    private final Family family;
    private final ConfigFields fields;
    private final ConfigFields rope;

    /// What a model type alone says, and what it leaves out.
    private enum Family {
        MISTRAL("mistral", false, false),
        MINISTRAL3("ministral3", false, false),
        QWEN3("qwen3", true, true);

        private final String word;
        private final boolean headNorms;

        /// Whether the window counts with `use_sliding_window` alone; and heads have a default
        /// width then, about which readers disagree.
        private final boolean followsQwen3Config;

        Family(String word, boolean headNorms, boolean followsQwen3Config) {
            this.word = word;
            this.headNorms = headNorms;
            this.followsQwen3Config = followsQwen3Config;
        }
    }

    private HuggingFaceConfig(String location, String prefix, Family family, JsonNode text) {
        this.family = family;
        this.fields = ConfigFields.of(location, prefix, text);
        // Older files write `rope_scaling`, null when there is none, and the base beside it.
        String block = text.path("rope_parameters").isObject() ? "rope_parameters" : "rope_scaling";
        this.rope = ConfigFields.of(location, prefix + block + ".", text.path(block));
    }

    static ModelConfig read(String location, JsonNode config) {
        Quantization.checkMethod(location, config.path("quantization_config"));
        String type = config.path("model_type").asString("");
        JsonNode text = config;
        String prefix = "";
        if (type.equals("mistral3") && config.path("text_config").isObject()) {
            text = config.path("text_config");
            prefix = "text_config.";
            type = text.path("model_type").asString("");
            Quantization.checkMethod(location, text.path("quantization_config"));
        }
        String where = location + ": " + prefix + "model_type";
        String found = type.isEmpty() ? "absent" : type;
        Family family =
                Arrays.stream(Family.values())
                        .filter(known -> known.word.equals(found))
                        .findFirst()
                        .orElseThrow(
                                () ->
                                        OtherNetworks.refusal(
                                                where,
                                                found,
                                                "mistral, ministral3, qwen3, or mistral3 with a text_config"));
        return new HuggingFaceConfig(location, prefix, family, text).read();
    }

    private ModelConfig read() {
        refuseUnsupported();
        int dim = fields.requiredCount("hidden_size", ConfigFields.MOST_DIM);
        int heads = fields.requiredCount("num_attention_heads", ConfigFields.MOST_HEADS);
        int kvHeads = fields.requiredCount("num_key_value_heads", ConfigFields.MOST_HEADS);
        int headDim =
                family.followsQwen3Config
                        ? fields.requiredCount("head_dim", ConfigFields.MOST_HEAD_DIM)
                        : fields.count("head_dim", ConfigFields.MOST_HEAD_DIM)
                                .orElseGet(() -> fields.sharedHeadDim(dim, heads));
        fields.checkHeads(heads, kvHeads, headDim);
        int context = fields.requiredCount("max_position_embeddings", ConfigFields.MOST_CONTEXT);
        Optional<Integer> written =
                rope.count("original_max_position_embeddings", ConfigFields.MOST_CONTEXT);
        int original = written.orElse(context);
        Optional<ModelConfig.Yarn> yarn = yarn(context, original);
        return new ModelConfig(
                dim,
                fields.requiredCount("num_hidden_layers", ConfigFields.MOST_LAYERS),
                heads,
                kvHeads,
                headDim,
                fields.requiredCount("intermediate_size", ConfigFields.MOST_HIDDEN_DIM),
                fields.requiredCount("vocab_size", ConfigFields.MOST_VOCAB),
                fields.normEps("rms_norm_eps"),
                rope.ropeTheta("rope_theta")
                        .or(() -> fields.ropeTheta("rope_theta"))
                        .orElse(DEFAULT_ROPE_THETA),
                Kernels.RopePairs.SPLIT_HALF,
                family.headNorms,
                yarn,
                rope.number("llama_4_scaling_beta", 0, 100)
                        .filter(beta -> beta != 0)
                        .map(beta -> new ModelConfig.QueryScaling(beta, original)),
                window(),
                fields.contextWith(yarn.filter(_ -> written.isPresent()), context));
    }

    private void refuseUnsupported() {
        fields.refuse("attention_bias", "biases");
        fields.refuse("mlp_bias", "biases");
        fields.refuse("use_qk_norm", "normalised queries and keys");
        fields.refuse("num_local_experts", "a mixture of experts");
        fields.refuse("num_experts", "a mixture of experts");
        fields.refuse("n_routed_experts", "a mixture of experts");
        fields.refuse("q_lora_rank", "latent attention");
        fields.refuse("kv_lora_rank", "latent attention");
        fields.refuse("partial_rotary_factor", "a partial rotation", 1.0);
        rope.refuse("partial_rotary_factor", "a partial rotation", 1.0);
        String activation = fields.text("hidden_act").orElse("silu");
        if (!activation.equals("silu")) {
            throw fields.unsupported("hidden_act", activation);
        }
    }

    private Optional<ModelConfig.Yarn> yarn(int context, int original) {
        String type = rope.text("rope_type").or(() -> rope.text("type")).orElse("default");
        switch (type) {
            case "default" -> {
                rope.refuse("factor", "scaling without a type", 1.0);
                rope.refuse("full_attention", "rotations that differ between layers");
                rope.refuse("sliding_attention", "rotations that differ between layers");
                return Optional.empty();
            }
            case "yarn" -> {}
            default -> throw rope.unsupported("rope_type", type + " scaling");
        }
        if (!rope.flag("truncate", true)) {
            throw rope.unsupported("truncate", "a ramp between fractions of dimensions");
        }
        double factor =
                rope.has("factor")
                        ? rope.yarnFactor("factor")
                        : Math.max(1, (double) context / original);
        double scale = rope.number("mscale", 0, 100).orElse(0.0);
        double scaleAllDim = rope.number("mscale_all_dim", 0, 100).orElse(0.0);
        // vLLM's word, which DeepSeek-R1-0528-Qwen3-8B uses: a factor beside YaRN's own.
        double beside = rope.number("attn_factor", 1e-3, 1e3).orElse(1.0);
        double attentionFactor =
                rope.number("attention_factor", 1e-3, 1e3)
                        .orElseGet(
                                () ->
                                        scale != 0 && scaleAllDim != 0
                                                ? ModelConfig.Yarn.attentionFactor(
                                                        factor, scale, scaleAllDim)
                                                : ModelConfig.Yarn.attentionFactor(factor, 1, 0));
        return Optional.of(
                rope.yarn(factor, original, "beta_fast", "beta_slow", attentionFactor * beside));
    }

    /// The window, unless `layer_types` says that no layer looks through one.
    private int window() {
        boolean ignored = family.followsQwen3Config && !fields.flag("use_sliding_window", false);
        int window = ignored ? Integer.MAX_VALUE : fields.window("sliding_window");
        Optional<Object> types = fields.value("layer_types");
        if (types.isEmpty()) {
            return family.followsQwen3Config && !ignored ? laterLayers(window) : window;
        }
        if (!(types.get() instanceof JsonNode layers) || !layers.isArray() || layers.isEmpty()) {
            throw fields.wrong("layer_types", types.get(), "a list with a word for each layer");
        }
        String first = layers.get(0).asString("");
        for (JsonNode layer : layers) {
            if (!layer.asString("").equals(first)) {
                throw fields.unsupported("layer_types", "windows that differ between layers");
            }
        }
        return switch (first) {
            case "full_attention" -> Integer.MAX_VALUE;
            case "sliding_attention" -> window;
            default -> throw fields.unsupported("layer_types", "layers of " + first);
        };
    }

    /// The window of all layers, where only those from `max_window_layers` on have one.
    private int laterLayers(int window) {
        double first =
                fields.number("max_window_layers", 0, ConfigFields.MOST_LAYERS)
                        .orElse(DEFAULT_MAX_WINDOW_LAYERS);
        if (first == 0) {
            return window;
        }
        if (first < fields.requiredCount("num_hidden_layers", ConfigFields.MOST_LAYERS)) {
            throw fields.unsupported("max_window_layers", "windows that differ between layers");
        }
        return Integer.MAX_VALUE;
    }
}
