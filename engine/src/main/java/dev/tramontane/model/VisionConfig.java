package dev.tramontane.model;

import dev.tramontane.weights.ModelFolder;

import tools.jackson.databind.JsonNode;

import java.util.Optional;

/// The dimensions of a model's vision part: Pixtral's tower with a merger of patches.
///
/// @param dim width of a patch in the tower
/// @param layers number of layers
/// @param heads attention heads
/// @param hiddenDim width inside the feed-forward
/// @param imageSize longest side of an image, in pixels
/// @param patchSize side of a patch, in pixels
/// @param merge side of the square of patches that become one token
/// @param ropeTheta base of the rotation's frequencies
record VisionConfig(
        int dim,
        int layers,
        int heads,
        int hiddenDim,
        int imageSize,
        int patchSize,
        int merge,
        double ropeTheta) {
    private static final double DEFAULT_ROPE_THETA = 10_000;
    private static final int MOST_PIXELS = 1 << 16;
    private static final int MOST_MERGED = 64;

    /// Reads the configuration; empty where the model sees nothing.
    ///
    /// @throws dev.tramontane.weights.ModelFormatException when it is damaged, or of another tower
    static Optional<VisionConfig> read(ModelFolder folder) {
        return switch (folder.kind()) {
            case GGUF -> Optional.empty();
            case HUGGING_FACE ->
                    folder.config()
                            .filter(config -> config.path("vision_config").isObject())
                            .map(VisionConfig::huggingFace);
            case MISTRAL ->
                    folder.config()
                            .filter(config -> config.path("vision_encoder").isObject())
                            .map(config -> mistral(config.path("vision_encoder")));
        };
    }

    private static VisionConfig huggingFace(JsonNode config) {
        ConfigFields whole = ConfigFields.of("config.json", "", config);
        JsonNode vision = config.path("vision_config");
        ConfigFields fields = ConfigFields.of("config.json", "vision_config.", vision);
        ConfigFields rope =
                ConfigFields.of(
                        "config.json",
                        "vision_config.rope_parameters.",
                        vision.path("rope_parameters"));
        refuseOther(fields, "model_type", "pixtral");
        refuseOther(fields, "hidden_act", "silu");
        refuseOther(whole, "projector_hidden_act", "gelu");
        whole.refuse("multimodal_projector_bias", "a projector with biases");
        whole.refuse("vision_feature_layer", "features of an inner layer", -1L);
        int heads = fields.requiredCount("num_attention_heads", ConfigFields.MOST_HEADS);
        return new VisionConfig(
                fields.requiredCount("hidden_size", ConfigFields.MOST_DIM),
                fields.requiredCount("num_hidden_layers", ConfigFields.MOST_LAYERS),
                heads,
                fields.requiredCount("intermediate_size", ConfigFields.MOST_HIDDEN_DIM),
                fields.requiredCount("image_size", MOST_PIXELS),
                fields.requiredCount("patch_size", MOST_PIXELS),
                whole.requiredCount("spatial_merge_size", MOST_MERGED),
                rope.ropeTheta("rope_theta")
                        .or(() -> fields.ropeTheta("rope_theta"))
                        .orElse(DEFAULT_ROPE_THETA));
    }

    private static VisionConfig mistral(JsonNode vision) {
        ConfigFields fields = ConfigFields.of("params.json", "vision_encoder.", vision);
        refuseOther(fields, "mm_projector_id", "patch_merge");
        fields.refuse("adapter_bias", "a projector with biases");
        return new VisionConfig(
                fields.requiredCount("hidden_size", ConfigFields.MOST_DIM),
                fields.requiredCount("num_hidden_layers", ConfigFields.MOST_LAYERS),
                fields.requiredCount("num_attention_heads", ConfigFields.MOST_HEADS),
                fields.requiredCount("intermediate_size", ConfigFields.MOST_HIDDEN_DIM),
                fields.count("max_image_size", MOST_PIXELS)
                        .orElseGet(() -> fields.requiredCount("image_size", MOST_PIXELS)),
                fields.requiredCount("patch_size", MOST_PIXELS),
                fields.requiredCount("spatial_merge_size", MOST_MERGED),
                fields.ropeTheta("rope_theta").orElse(DEFAULT_ROPE_THETA));
    }

    private static void refuseOther(ConfigFields fields, String key, String expected) {
        fields.text(key)
                .filter(found -> !found.equals(expected))
                .ifPresent(
                        found -> {
                            throw fields.unsupported(key, found);
                        });
    }
}
