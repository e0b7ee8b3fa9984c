package dev.tramontane.model;

import dev.tramontane.kernels.RowEncoder;
import dev.tramontane.tensor.DType;
import dev.tramontane.tensor.Tensor;
import dev.tramontane.weights.GgufWriter;
import dev.tramontane.weights.ModelFolder;
import dev.tramontane.weights.ModelFormatException;
import dev.tramontane.weights.VisionPart;
import dev.tramontane.weights.WeightsFile.TensorInfo;

import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.IntUnaryOperator;

/// Puts a model's vision part into a GGUF file of its own, as llama.cpp's `clip` readers expect it
/// (`mmproj`).
public final class VisionExport {
    private static final int QUANTIZATION_VERSION = 2;

    private final ModelFolder folder;
    private final ModelConfig text;
    private final VisionConfig config;
    private final DType type;
    private final VisionReader reader;

    private VisionExport(ModelFolder folder, ModelConfig text, VisionConfig config, DType type) {
        this.folder = folder;
        this.text = text;
        this.config = config;
        this.type = type;
        this.reader = new VisionReader(config, folder, folder.weights(), text.dim());
    }

    /// The vision part of a model, if it has one.
    ///
    /// @param type of the file's text part; matrices here become it where it is a float type, and
    ///   stay as they are otherwise, since little is won by rounding them
    /// @throws ModelFormatException when the part is of another kind than Pixtral's
    public static Optional<VisionExport> of(ModelFolder folder, FileType type) {
        ModelConfig text = ModelConfig.read(folder);
        return VisionConfig.read(folder)
                .map(config -> new VisionExport(folder, text, config, matrixType(folder, type)));
    }

    private static DType matrixType(ModelFolder folder, FileType type) {
        return type.isFloat()
                ? type.type()
                : VisionPart.MERGER
                        .in(folder.kind(), folder.weights(), 0)
                        .map(name -> folder.weights().tensor(name).type())
                        .filter(DType::isInGguf)
                        .orElse(DType.F16);
    }

    /// Adds all entries and tensors. Rows are encoded when the file is written; until then encoder
    /// and model stay open.
    ///
    /// @param rowBreak the token between two rows of an image: its embedding is kept here too
    /// @throws ModelFormatException when a tensor is missing, of another shape, or has no place
    public void addTo(GgufWriter file, RowEncoder encoder, OptionalInt rowBreak) {
        long parameters = 0;
        for (VisionPart part : VisionPart.values()) {
            for (int layer = 0; layer < (part.isInLayers() ? config.layers() : 1); layer++) {
                parameters += add(part, layer, file, encoder);
            }
        }
        reader.refuseLeftovers();
        describe(file, parameters);
        rowBreak.ifPresent(token -> addRowBreak(token, file));
    }

    private void describe(GgufWriter file, long parameters) {
        file.put("general.architecture", "clip")
                .put("general.type", "mmproj")
                .put("general.name", folder.name())
                .put("general.size_label", SizeLabel.of(parameters))
                .put("general.file_type", FileType.unmixed(type).orElse(FileType.F16).id())
                .put("general.quantization_version", QUANTIZATION_VERSION)
                .put("clip.has_vision_encoder", true)
                .put("clip.projector_type", "pixtral")
                .put("clip.use_silu", true)
                .put("clip.vision.projection_dim", text.dim())
                .put("clip.vision.image_size", config.imageSize())
                .put("clip.vision.patch_size", config.patchSize())
                .put("clip.vision.embedding_length", config.dim())
                .put("clip.vision.feed_forward_length", config.hiddenDim())
                .put("clip.vision.block_count", config.layers())
                .put("clip.vision.attention.head_count", config.heads())
                .put("clip.vision.attention.layer_norm_epsilon", text.normEps())
                .put("clip.vision.spatial_merge_size", config.merge())
                .put("clip.vision.image_mean", VisionConfig.IMAGE_MEAN)
                .put("clip.vision.image_std", VisionConfig.IMAGE_STD);
        if (config.ropeTheta() != VisionConfig.DEFAULT_ROPE_THETA) {
            file.put("clip.vision.rope.freq_base", (float) config.ropeTheta());
        }
    }

    /// Adds a tensor and returns how many values it has.
    private long add(VisionPart part, int layer, GgufWriter file, RowEncoder encoder) {
        String location = folder.weights().location();
        String name = reader.name(part, layer);
        Tensor tensor = folder.weights().tensor(name);
        TensorInfo info = folder.weights().tensors().get(name);
        long[] shape = info == null ? new long[] {tensor.cols()} : info.shape();
        String to = part.gguf(layer);
        DType as = typeOf(part);
        file.add(to, as, shape, new EncodedRows(location, to, tensor, order(part), as, encoder));
        return (long) tensor.rows() * tensor.cols();
    }

    /// Norms stay F32; the convolution has kernels for F32 and F16 alone.
    private DType typeOf(VisionPart part) {
        return switch (part) {
            case FIRST_NORM, ATTENTION_NORM, FEED_FORWARD_NORM, MERGER_NORM -> DType.F32;
            case PATCHES -> type == DType.F16 ? DType.F16 : DType.F32;
            case QUERY, KEY, VALUE, ATTENTION_OUTPUT, GATE, UP, DOWN -> type;
            case MERGER, PROJECTOR_IN, PROJECTOR_OUT -> type;
        };
    }

    private IntUnaryOperator order(VisionPart part) {
        boolean turns = part == VisionPart.QUERY || part == VisionPart.KEY;
        return turns && folder.kind() == ModelFolder.Kind.HUGGING_FACE
                ? TextExport.interleaved(config.dim() / config.heads())
                : row -> row;
    }

    private void addRowBreak(int token, GgufWriter file) {
        Tensor embedding = ModelWeights.read(folder, text).embedding();
        if (token >= embedding.rows()) {
            throw new ModelFormatException(
                    "%s: [IMG_BREAK] is token %d, expected less than the embedding's %d rows; put the tokenizer of this model there"
                            .formatted(folder.weights().location(), token, embedding.rows()));
        }
        file.add("v.token_embd.img_break", Tensor.of(embedding.row(token), 1, embedding.cols()));
    }
}
