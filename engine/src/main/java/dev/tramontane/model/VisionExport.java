package dev.tramontane.model;

import dev.tramontane.kernels.RowEncoder;
import dev.tramontane.tensor.DType;
import dev.tramontane.tensor.Tensor;
import dev.tramontane.weights.GgufWriter;
import dev.tramontane.weights.ModelFolder;
import dev.tramontane.weights.ModelFormatException;
import dev.tramontane.weights.TensorNames;
import dev.tramontane.weights.VisionPart;
import dev.tramontane.weights.WeightsFile.TensorInfo;

import java.util.HashSet;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.function.IntUnaryOperator;

/// Puts a model's vision part into a GGUF file of its own, as llama.cpp's `clip` readers expect it
/// (`mmproj`).
public final class VisionExport {
    /// Means and deviations of red, green and blue that images are normalised with: CLIP's.
    private static final float[] IMAGE_MEAN = {0.48145467f, 0.4578275f, 0.40821072f};

    private static final float[] IMAGE_STD = {0.26862955f, 0.2613026f, 0.2757771f};

    private static final double USUAL_ROPE_THETA = 10_000;
    private static final int QUANTIZATION_VERSION = 2;

    private final ModelFolder folder;
    private final ModelConfig text;
    private final VisionConfig config;
    private final DType type;
    private final Set<String> used = new HashSet<>();

    private VisionExport(ModelFolder folder, ModelConfig text, VisionConfig config, DType type) {
        this.folder = folder;
        this.text = text;
        this.config = config;
        this.type = type;
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
                        .in(folder, 0)
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
        refuseLeftovers();
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
                .put("clip.vision.image_mean", IMAGE_MEAN)
                .put("clip.vision.image_std", IMAGE_STD);
        if (config.ropeTheta() != USUAL_ROPE_THETA) {
            file.put("clip.vision.rope.freq_base", (float) config.ropeTheta());
        }
    }

    /// Adds a tensor and returns how many values it has.
    private long add(VisionPart part, int layer, GgufWriter file, RowEncoder encoder) {
        String location = folder.weights().location();
        String name =
                part.in(folder, layer)
                        .orElseThrow(
                                () ->
                                        new ModelFormatException(
                                                "%s: no tensor %s, expected one in a vision part with a merger of patches; get the model again, or one that has it"
                                                        .formatted(
                                                                location,
                                                                part.missing(
                                                                        folder.kind(), layer))));
        Tensor tensor = folder.weights().tensor(name);
        TensorInfo info = folder.weights().tensors().get(name);
        long[] shape = info == null ? new long[] {tensor.cols()} : info.shape();
        used.add(name);
        check(part, name, tensor);
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

    private void check(VisionPart part, String name, Tensor tensor) {
        int dim = config.dim();
        int squares = config.merge() * config.merge();
        switch (part) {
            case PATCHES -> check(name, tensor, dim * 3 * config.patchSize(), config.patchSize());
            case FIRST_NORM, ATTENTION_NORM, FEED_FORWARD_NORM, MERGER_NORM ->
                    check(name, tensor, 1, dim);
            case QUERY, KEY, VALUE, ATTENTION_OUTPUT -> check(name, tensor, dim, dim);
            case GATE, UP -> check(name, tensor, config.hiddenDim(), dim);
            case DOWN -> check(name, tensor, dim, config.hiddenDim());
            case MERGER -> check(name, tensor, dim, dim * squares);
            case PROJECTOR_IN -> check(name, tensor, text.dim(), dim);
            case PROJECTOR_OUT -> check(name, tensor, text.dim(), text.dim());
        }
    }

    private void check(String name, Tensor tensor, int rows, int cols) {
        if (tensor.rows() != rows || tensor.cols() != cols) {
            throw new ModelFormatException(
                    "%s: tensor %s has %d rows of %d, expected %d of %d from the configuration; weights and configuration are not of the same model"
                            .formatted(
                                    folder.weights().location(),
                                    name,
                                    tensor.rows(),
                                    tensor.cols(),
                                    rows,
                                    cols));
        }
    }

    private void refuseLeftovers() {
        TensorNames names = TensorNames.of(folder);
        for (String name : folder.weights().tensors().keySet()) {
            if (names.isBesidesText(name) && !names.isComputed(name) && !used.contains(name)) {
                throw new ModelFormatException(
                        "%s: tensor %s has no place in a vision part of %d layers, expected Pixtral's tower, a merger and a projector of two layers without biases; use another file of the model"
                                .formatted(folder.weights().location(), name, config.layers()));
            }
        }
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
