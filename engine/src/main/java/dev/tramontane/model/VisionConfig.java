package dev.tramontane.model;

import dev.tramontane.kernels.Kernels;
import dev.tramontane.weights.Metadata;
import dev.tramontane.weights.ModelFolder;
import dev.tramontane.weights.WeightsFile;

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
/// @param towerEps epsilon of the tower's norms
/// @param mergerEps epsilon of the norm before the merger
/// @param ropePairs which elements turn together, a property of the file's row order
public record VisionConfig(
        int dim,
        int layers,
        int heads,
        int hiddenDim,
        int imageSize,
        int patchSize,
        int merge,
        double ropeTheta,
        float towerEps,
        float mergerEps,
        Kernels.RopePairs ropePairs) {
    /// Means and deviations of red, green and blue that images are normalised with: CLIP's.
    static final float[] IMAGE_MEAN = {0.48145467f, 0.4578275f, 0.40821072f};

    static final float[] IMAGE_STD = {0.26862955f, 0.2613026f, 0.2757771f};

    static final double DEFAULT_ROPE_THETA = 10_000;

    /// Hugging Face's tower has it in its code.
    private static final float HUGGING_FACE_TOWER_EPS = 1e-5f;

    private static final int CHANNELS = 3;
    private static final int MOST_PIXELS = 1 << 16;
    private static final int MOST_MERGED = 64;
    private static final double NORMALISATION_TOLERANCE = 1e-4;

    /// Reads the configuration; empty where the model sees nothing. That of a GGUF model lies in a
    /// file of its own, see {@link #readMmproj}.
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
                            .map(VisionConfig::mistral);
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
        float textEps = HuggingFaceConfig.read("config.json", config).normEps();
        return new VisionConfig(
                        fields.requiredCount("hidden_size", ConfigFields.MOST_DIM),
                        fields.requiredCount("num_hidden_layers", ConfigFields.MOST_LAYERS),
                        fields.requiredCount("num_attention_heads", ConfigFields.MOST_HEADS),
                        fields.requiredCount("intermediate_size", ConfigFields.MOST_HIDDEN_DIM),
                        fields.requiredCount("image_size", MOST_PIXELS),
                        fields.requiredCount("patch_size", MOST_PIXELS),
                        whole.requiredCount("spatial_merge_size", MOST_MERGED),
                        rope.ropeTheta("rope_theta")
                                .or(() -> fields.ropeTheta("rope_theta"))
                                .orElse(DEFAULT_ROPE_THETA),
                        HUGGING_FACE_TOWER_EPS,
                        textEps,
                        Kernels.RopePairs.SPLIT_HALF)
                .checked(fields, "head_dim");
    }

    private static VisionConfig mistral(JsonNode config) {
        ConfigFields whole = ConfigFields.of("params.json", "", config);
        ConfigFields fields =
                ConfigFields.of("params.json", "vision_encoder.", config.path("vision_encoder"));
        refuseOther(fields, "mm_projector_id", "patch_merge");
        fields.refuse("adapter_bias", "a projector with biases");
        float eps = whole.normEps("norm_eps");
        return new VisionConfig(
                        fields.requiredCount("hidden_size", ConfigFields.MOST_DIM),
                        fields.requiredCount("num_hidden_layers", ConfigFields.MOST_LAYERS),
                        fields.requiredCount("num_attention_heads", ConfigFields.MOST_HEADS),
                        fields.requiredCount("intermediate_size", ConfigFields.MOST_HIDDEN_DIM),
                        fields.count("max_image_size", MOST_PIXELS)
                                .orElseGet(() -> fields.requiredCount("image_size", MOST_PIXELS)),
                        fields.requiredCount("patch_size", MOST_PIXELS),
                        fields.requiredCount("spatial_merge_size", MOST_MERGED),
                        fields.ropeTheta("rope_theta").orElse(DEFAULT_ROPE_THETA),
                        eps,
                        eps,
                        Kernels.RopePairs.INTERLEAVED)
                .checked(fields, "head_dim");
    }

    /// Whether a file holds a vision part for a text network of this width; those of other kinds
    /// than ours included.
    static boolean isMmproj(WeightsFile file, int textDim) {
        Metadata metadata = file.metadata();
        long width = metadata.integer("clip.vision.projection_dim").orElse((long) textDim);
        return metadata.text("general.architecture").orElse("").equals("clip") && width == textDim;
    }

    /// Reads the configuration of an `mmproj` file.
    ///
    /// @throws dev.tramontane.weights.ModelFormatException when it is damaged, or of another tower
    static VisionConfig readMmproj(WeightsFile file) {
        ConfigFields whole = ConfigFields.of(file.location(), file.metadata(), "clip");
        ConfigFields fields = ConfigFields.of(file.location(), file.metadata(), "clip.vision");
        refuseOther(whole, "projector_type", "pixtral");
        if (!whole.flag("use_silu", false)) {
            throw whole.unsupported("use_silu", "another activation than SiLU");
        }
        refuseOtherColours(fields, file.metadata(), "image_mean", IMAGE_MEAN);
        refuseOtherColours(fields, file.metadata(), "image_std", IMAGE_STD);
        float eps = fields.normEps("attention.layer_norm_epsilon");
        return new VisionConfig(
                        fields.requiredCount("embedding_length", ConfigFields.MOST_DIM),
                        fields.requiredCount("block_count", ConfigFields.MOST_LAYERS),
                        fields.requiredCount("attention.head_count", ConfigFields.MOST_HEADS),
                        fields.requiredCount("feed_forward_length", ConfigFields.MOST_HIDDEN_DIM),
                        fields.requiredCount("image_size", MOST_PIXELS),
                        fields.requiredCount("patch_size", MOST_PIXELS),
                        fields.requiredCount("spatial_merge_size", MOST_MERGED),
                        fields.ropeTheta("rope.freq_base").orElse(DEFAULT_ROPE_THETA),
                        eps,
                        eps,
                        Kernels.RopePairs.INTERLEAVED)
                .checked(fields, "attention.key_length");
    }

    private static void refuseOther(ConfigFields fields, String key, String expected) {
        fields.text(key)
                .filter(found -> !found.equals(expected))
                .ifPresent(
                        found -> {
                            throw fields.unsupported(key, found);
                        });
    }

    private static void refuseOtherColours(
            ConfigFields fields, Metadata metadata, String key, float[] expected) {
        metadata.floats("clip.vision." + key)
                .filter(found -> !areClose(found, expected))
                .ifPresent(
                        _ -> {
                            throw fields.unsupported(key, "other colours than CLIP's");
                        });
    }

    private static boolean areClose(float[] found, float[] expected) {
        boolean close = found.length == expected.length;
        for (int i = 0; close && i < expected.length; i++) {
            close = Math.abs(found[i] - expected[i]) <= NORMALISATION_TOLERANCE;
        }
        return close;
    }

    /// What must hold between the numbers.
    ///
    /// @param headDimKey where a file may name the width of a head
    private VisionConfig checked(ConfigFields fields, String headDimKey) {
        int shared = fields.sharedHeadDim(dim, heads);
        fields.count(headDimKey, ConfigFields.MOST_HEAD_DIM)
                .filter(named -> named != shared)
                .ifPresent(
                        named -> {
                            throw fields.inconsistent(
                                    "%s is %d, expected the share of %d heads in a width of %d"
                                            .formatted(headDimKey, named, heads, dim));
                        });
        if (shared % 4 != 0 || shared > ConfigFields.MOST_HEAD_DIM) {
            throw fields.inconsistent(
                    "heads of the vision part are %d wide, expected a multiple of 4 up to %d, half of whose pairs turn with the row"
                            .formatted(shared, ConfigFields.MOST_HEAD_DIM));
        }
        if ((long) dim * merge * merge > ConfigFields.MOST_HIDDEN_DIM) {
            throw fields.inconsistent(
                    "squares of %d x %d patches of width %d, expected %d values at most"
                            .formatted(merge, merge, dim, ConfigFields.MOST_HIDDEN_DIM));
        }
        return this;
    }

    /// Width of a head.
    public int headDim() {
        return dim / heads;
    }

    /// Values of a patch: red, green and blue of its pixels.
    public int patchValues() {
        return CHANNELS * patchSize * patchSize;
    }

    /// Patches along the longest side that an image may have, in whole squares.
    public int longestSide() {
        return Math.ceilDiv(imageSize, patchSize * merge) * merge;
    }

    /// The shape that attention kernels need: every head has keys of its own.
    Kernels.Heads attentionHeads() {
        return new Kernels.Heads(heads, heads, headDim(), Integer.MAX_VALUE);
    }
}
