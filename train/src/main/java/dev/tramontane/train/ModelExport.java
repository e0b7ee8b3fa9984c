package dev.tramontane.train;

import dev.tramontane.kernels.RowEncoder;
import dev.tramontane.model.FileType;
import dev.tramontane.model.ModelConfig;
import dev.tramontane.model.TextExport;
import dev.tramontane.tensor.DType;
import dev.tramontane.tokenizer.Tokenizer;
import dev.tramontane.weights.GgufWriter;
import dev.tramontane.weights.ModelFolder;
import dev.tramontane.weights.SafetensorsWriter;

import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/// Writes trained weights as the files that others read: a folder in Hugging Face's layout, and
/// from that a GGUF file.
public final class ModelExport {
    private ModelExport() {}

    /// Writes `config.json` and `model.safetensors`. The tokenizer's files are put beside them by
    /// who has them.
    ///
    /// @param type of the matrices: F32, F16 or BF16; norms stay F32
    public static void toFolder(TrainedModel model, Path folder, DType type) throws IOException {
        switch (type) {
            case F32, F16, BF16 -> {}
            case Q4_0,
                    Q4_1,
                    Q5_0,
                    Q5_1,
                    Q8_0,
                    Q2_K,
                    Q3_K,
                    Q4_K,
                    Q5_K,
                    Q6_K,
                    IQ4_NL,
                    IQ4_XS,
                    TQ1_0,
                    TQ2_0,
                    MXFP4,
                    F8_E4M3 ->
                    throw new IllegalArgumentException(
                            "a folder of %s, expected F32, F16 or BF16; write F32 and make a GGUF file of it"
                                    .formatted(type));
        }
        Files.createDirectories(folder);
        try (var encoder = new RowEncoder(1)) {
            var file = new SafetensorsWriter().note("format", "pt");
            for (TrainedModel.Part part : model.parts()) {
                boolean isGain = part.kind() == TrainableWeights.Kind.GAIN;
                DType written = isGain ? DType.F32 : type;
                long[] shape =
                        isGain ? new long[] {part.cols()} : new long[] {part.rows(), part.cols()};
                file.add(part.name(), written, shape, rows -> encode(part, written, encoder, rows));
            }
            file.write(folder.resolve("model.safetensors"));
        }
        String config = config(model.config(), model.tied(), type).toPrettyString();
        Files.writeString(folder.resolve("config.json"), config + "\n");
    }

    private static void encode(
            TrainedModel.Part part, DType type, RowEncoder encoder, GgufWriter.Rows rows)
            throws IOException {
        try {
            encoder.encode(part.values().get(), row -> row, type, rows::append);
        } catch (RowEncoder.UnfitValueException e) {
            throw new IOException(
                    "%s of %s, which %s cannot hold; write BF16 or F32"
                            .formatted(e.getMessage(), part.name(), type),
                    e);
        }
    }

    /// The keys of `MistralConfig`.
    private static ObjectNode config(ModelConfig config, boolean tied, DType type) {
        ObjectNode json = new JsonMapper().createObjectNode();
        json.putArray("architectures").add("MistralForCausalLM");
        json.put("model_type", "mistral")
                .put("hidden_act", "silu")
                .put("hidden_size", config.dim())
                .put("intermediate_size", config.hiddenDim())
                .put("num_hidden_layers", config.layers())
                .put("num_attention_heads", config.heads())
                .put("num_key_value_heads", config.kvHeads())
                .put("head_dim", config.headDim())
                .put("vocab_size", config.vocab())
                .put("max_position_embeddings", config.context())
                .put("rms_norm_eps", config.normEps())
                .put("rope_theta", config.ropeTheta())
                .put("tie_word_embeddings", tied)
                .put("torch_dtype", torchName(type));
        json.putNull("sliding_window");
        return json;
    }

    private static String torchName(DType type) {
        return type == DType.F32 ? "float32" : type == DType.F16 ? "float16" : "bfloat16";
    }

    /// Makes a GGUF file of a model's folder, its tokenizer included where the folder has one.
    ///
    /// @param type what most matrices become
    public static void toGguf(Path folder, Path file, FileType type, int threads)
            throws IOException {
        toGguf(folder, Optional.empty(), file, type, threads);
    }

    /// The same with a tokenizer that does not lie in the folder.
    ///
    /// @param tokenizer empty for the folder's own
    public static void toGguf(
            Path folder, Optional<Tokenizer> tokenizer, Path file, FileType type, int threads)
            throws IOException {
        try (Arena arena = Arena.ofShared();
                var encoder = new RowEncoder(threads)) {
            ModelFolder source = ModelFolder.open(folder, arena);
            var text = new TextExport(source, Optional.of(type), false);
            var writer = new GgufWriter();
            text.describe(writer);
            boolean hasOwn = source.tekken().isPresent() || source.tokenizerJson().isPresent();
            Optional<Tokenizer> written =
                    tokenizer.isEmpty() && hasOwn ? Optional.of(Tokenizer.of(source)) : tokenizer;
            if (written.isPresent()) {
                written.get().writeTo(writer, ModelConfig.read(source).vocab());
            }
            text.addTensors(writer, encoder);
            writer.write(file);
        }
    }
}
