package dev.tramontane.model;

import dev.tramontane.kernels.Kernels;
import dev.tramontane.kernels.RowEncoder;
import dev.tramontane.tensor.DType;
import dev.tramontane.tensor.Tensor;
import dev.tramontane.weights.GgufWriter;
import dev.tramontane.weights.Metadata;
import dev.tramontane.weights.ModelFolder;
import dev.tramontane.weights.ModelFormatException;
import dev.tramontane.weights.TensorNames;
import dev.tramontane.weights.TensorNames.Role;

import tools.jackson.databind.JsonNode;

import java.util.Collections;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.IntUnaryOperator;

/// Puts a model's text network into a GGUF file: its metadata, and its tensors in the element types
/// that a {@link FileType} gives them. Tokens are somebody else's: this package knows none.
public final class TextExport {
    /// The version of the blocks' layouts (`GGML_QNT_VERSION`).
    private static final int QUANTIZATION_VERSION = 2;

    /// What a copied file says about the file it was, not about the model.
    private static final Set<String> ABOUT_THE_FILE =
            Set.of(
                    "general.file_type",
                    "general.quantization_version",
                    "general.alignment",
                    "split.no",
                    "split.count",
                    "split.tensors.count");

    /// Keys of `generation_config.json`, and what GGUF calls them; in an order of their own, so
    /// that a model's file is the same each time.
    private static final SequencedMap<String, String> SAMPLING_FLOATS =
            Collections.unmodifiableSequencedMap(
                    new TreeMap<>(
                            Map.of(
                                    "temperature", "temp",
                                    "top_p", "top_p",
                                    "min_p", "min_p",
                                    "typical_p", "typical_p",
                                    "repetition_penalty", "penalty_repeat")));

    private final ModelFolder folder;
    private final ModelConfig config;
    private final ModelWeights weights;
    private final FileType type;
    private final boolean pure;

    /// @param type what most matrices become; empty for what most of them are
    /// @param pure whether all matrices become it, none of them more
    /// @throws ModelFormatException when the model cannot be read, or no file type is like it
    public TextExport(ModelFolder folder, Optional<FileType> type, boolean pure) {
        this.folder = folder;
        this.config = ModelConfig.read(folder);
        this.weights = ModelWeights.read(folder, config);
        this.type = type.orElseGet(this::likeTheSource);
        this.pure = pure;
    }

    /// What most matrices become.
    public FileType type() {
        return type;
    }

    /// The element type of most of the model's matrices as they are.
    public DType sourceType() {
        return weights.layers().getFirst().gate().type();
    }

    private FileType likeTheSource() {
        if (sourceType() == DType.F8_E4M3) {
            return FileType.BF16; // GGUF has no such type, and this holds eight bits times a scale
        }
        return FileType.unmixed(sourceType())
                .filter(FileType::isFloat)
                .orElseThrow(
                        () ->
                                new ModelFormatException(
                                        "%s: the weights are %s, expected F32, F16 or BF16 to be kept as they are; name a type"
                                                .formatted(
                                                        folder.weights().location(),
                                                        sourceType())));
    }

    /// Adds the entries that describe network and file.
    public void describe(GgufWriter file) {
        if (folder.kind() == ModelFolder.Kind.GGUF) {
            Metadata metadata = folder.weights().metadata();
            metadata.keys().stream()
                    .filter(key -> !ABOUT_THE_FILE.contains(key))
                    .forEach(key -> file.copy(metadata, key));
        } else {
            String architecture = GgufConfigWriter.architecture(config, isMultimodal());
            file.put("general.architecture", architecture)
                    .put("general.type", "model")
                    .put("general.name", folder.name())
                    .put("general.size_label", SizeLabel.of(parameters()));
            GgufConfigWriter.write(config, architecture, file);
            folder.generationConfig().ifPresent(json -> describeSampling(json, file));
        }
        file.put("general.quantization_version", QUANTIZATION_VERSION)
                .put("general.file_type", type.id());
    }

    /// How the model wants its tokens chosen.
    private static void describeSampling(JsonNode json, GgufWriter file) {
        String prefix = "general.sampling.";
        SAMPLING_FLOATS.forEach(
                (theirs, ours) -> {
                    if (json.path(theirs).isNumber()) {
                        file.put(prefix + ours, json.path(theirs).floatValue());
                    }
                });
        if (json.path("top_k").canConvertToInt()) {
            file.put(prefix + "top_k", json.path("top_k").intValue());
        }
        if (json.path("repetition_penalty").isNumber()) {
            file.put(prefix + "penalty_last_n", -1f); // all tokens
        }
    }

    private boolean isMultimodal() {
        return folder.config()
                .map(json -> json.path("model_type").asString("").equals("mistral3"))
                .orElse(false);
    }

    private long parameters() {
        return weights.placed().stream()
                .mapToLong(placed -> (long) placed.tensor().rows() * placed.tensor().cols())
                .sum();
    }

    /// Adds the tensors. Their rows are encoded when the file is written; until then encoder and
    /// model stay open.
    ///
    /// @throws ModelFormatException while writing, when a value does not fit its type
    public void addTensors(GgufWriter file, RowEncoder encoder) {
        TensorNames names = TensorNames.of(ModelFolder.Kind.GGUF);
        for (ModelWeights.Placed placed : weights.placed()) {
            Tensor tensor = placed.tensor();
            DType to =
                    pure
                            ? type.pure(placed.role(), tensor.cols())
                            : type.of(
                                    placed.role(),
                                    placed.layer(),
                                    tensor.cols(),
                                    config,
                                    weights.tied());
            String name = placed.name(names);
            long[] shape =
                    isNorm(placed.role())
                            ? new long[] {tensor.cols()}
                            : new long[] {tensor.rows(), tensor.cols()};
            IntUnaryOperator order = rowOrder(placed.role());
            String from = folder.weights().location();
            file.add(name, to, shape, new EncodedRows(from, name, tensor, order, to, encoder));
        }
    }

    private static boolean isNorm(Role role) {
        return switch (role) {
            case ATTENTION_NORM, FEED_FORWARD_NORM, FINAL_NORM, QUERY_NORM, KEY_NORM -> true;
            case EMBEDDING, OUTPUT, QUERY, KEY, VALUE, ATTENTION_OUTPUT, GATE, UP, DOWN -> false;
        };
    }

    /// From which row of the source each row comes.
    private IntUnaryOperator rowOrder(Role role) {
        boolean turns = role == Role.QUERY || role == Role.KEY;
        boolean differs =
                config.ropePairs() == Kernels.RopePairs.SPLIT_HALF
                        && GgufConfigWriter.ropePairs(config) == Kernels.RopePairs.INTERLEAVED;
        return turns && differs ? interleaved(config.headDim()) : row -> row;
    }

    /// Rows 2j and 2j + 1 of each head are rows j of its first and of its second half.
    static IntUnaryOperator interleaved(int headDim) {
        return row -> {
            int inHead = row % headDim;
            return row - inHead + inHead / 2 + inHead % 2 * (headDim / 2);
        };
    }

    /// How many tensors of each type the model has now.
    public Map<DType, Integer> sourceTypes() {
        Map<DType, Integer> types = new TreeMap<>();
        weights.placed().forEach(placed -> types.merge(placed.tensor().type(), 1, Integer::sum));
        return types;
    }

    /// Bytes of the model's tensors now.
    public long sourceBytes() {
        return weights.bytes();
    }
}
