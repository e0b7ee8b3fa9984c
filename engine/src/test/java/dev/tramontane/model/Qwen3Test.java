package dev.tramontane.model;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tramontane.kernels.Kernels.RopePairs;
import dev.tramontane.model.ModelConfig.Yarn;
import dev.tramontane.tensor.Tensor;
import dev.tramontane.weights.GgufWriter;
import dev.tramontane.weights.ModelFolder;
import dev.tramontane.weights.ModelFormatException;
import dev.tramontane.weights.SafetensorsWriter;
import dev.tramontane.weights.TensorNames;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// The dense Qwen 3 network as its files describe it; its logits are in {@link GoldenLogitsTest}.
class Qwen3Test {
    private static final Path VECTORS = Path.of("src/test/resources/vectors");
    private static final JsonMapper JSON = new JsonMapper();

    /// What a factor of six digits and its inverse may miss 1 by.
    private static final double ROUNDED = 1e-6;

    private static final ModelConfig PLAIN =
            new ModelConfig(
                    32,
                    2,
                    4,
                    2,
                    16,
                    64,
                    96,
                    1e-6f,
                    1e6,
                    RopePairs.SPLIT_HALF,
                    true,
                    Optional.empty(),
                    Optional.empty(),
                    Integer.MAX_VALUE,
                    512);

    @TempDir Path folder;

    @Test
    void both_kinds_of_file_say_the_same() throws IOException {
        assertEquals(PLAIN, huggingFace("tiny-qwen3", "{}"));
        assertEquals(PLAIN, read(VECTORS.resolve("tiny-qwen3/model-f32.gguf")));
    }

    @Test
    void deepseeks_factor_cancels_yarns_magnitude() throws IOException {
        for (ModelConfig config :
                List.of(
                        huggingFace("tiny-qwen3-yarn", "{}"),
                        read(VECTORS.resolve("tiny-qwen3-yarn/model-f32.gguf")),
                        gguf("rope.scaling.yarn_attn_factor", 0.878249f))) {
            Yarn yarn = config.yarn().orElseThrow();
            assertEquals(1, yarn.attentionFactor(), ROUNDED);
            assertEquals(4, yarn.factor());
            assertEquals(80, yarn.originalContext());
            assertEquals(320, config.context());
        }
    }

    @Test
    void yarn_that_somebody_added_reaches_as_far_as_it_says() throws IOException {
        String added =
                """
                {"max_position_embeddings": 40960, "rope_scaling": {"rope_type": "yarn",
                 "factor": 4.0, "original_max_position_embeddings": 32768}}
                """;
        ModelConfig config = huggingFace("tiny-qwen3", added);
        assertEquals(131_072, config.context());
        assertEquals(1 + 0.1 * Math.log(4), config.yarn().orElseThrow().attentionFactor());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            value = {
                "{\"sliding_window\": 4096}; 2147483647",
                "{\"use_sliding_window\": true, \"sliding_window\": 64}; 2147483647",
                "{\"use_sliding_window\": true, \"sliding_window\": 64, \"max_window_layers\": 0}; 64",
                "{\"use_sliding_window\": true, \"sliding_window\": null, \"max_window_layers\": 0}; 2147483647",
                "{\"use_sliding_window\": true, \"sliding_window\": 64, \"layer_types\": [\"sliding_attention\", \"sliding_attention\"]}; 64",
                "{\"sliding_window\": null, \"layer_types\": [\"full_attention\", \"full_attention\"]}; 2147483647",
            })
    void a_window_counts_where_it_is_used(String fields, int window) throws IOException {
        assertEquals(window, huggingFace("tiny-qwen3", fields).window());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            value = {
                "{\"head_dim\": null}; no head_dim",
                "{\"attention_bias\": true}; attention_bias asks for biases",
                "{\"num_experts\": 8}; num_experts asks for a mixture of experts",
                "{\"use_sliding_window\": true, \"max_window_layers\": 1}; windows that differ between layers",
                "{\"use_sliding_window\": 1}; use_sliding_window is 1, expected true or false",
                "{\"rope_scaling\": {\"rope_type\": \"dynamic\", \"factor\": 4}}; dynamic scaling",
                "{\"rope_scaling\": {\"rope_type\": \"yarn\", \"factor\": 4, \"attn_factor\": 0}}; rope_scaling.attn_factor is 0",
            })
    void what_we_do_not_run_is_refused_by_name(String fields, String message) {
        refused(message, () -> huggingFace("tiny-qwen3", fields));
    }

    @Test
    void a_layer_without_its_heads_norms_is_refused() throws IOException {
        SafetensorsWriter incomplete = new SafetensorsWriter();
        try (Arena arena = Arena.ofConfined()) {
            named(arena, ModelFolder.Kind.HUGGING_FACE)
                    .forEach(
                            (name, tensor) -> {
                                if (!name.equals("model.layers.1.self_attn.k_norm.weight")) {
                                    incomplete.add(name, tensor);
                                }
                            });
            incomplete.write(folder.resolve("model.safetensors"));
        }
        Files.copy(VECTORS.resolve("tiny-qwen3/config.json"), folder.resolve("config.json"));
        refused("no tensor model.layers.1.self_attn.k_norm.weight", () -> weights(folder));
    }

    @Test
    void norms_of_heads_have_no_place_in_a_mistral_network() throws IOException {
        GgufWriter writer = new GgufWriter();
        try (Arena arena = Arena.ofConfined()) {
            describe(writer, "llama");
            named(arena, ModelFolder.Kind.GGUF).forEach(writer::add);
            writer.write(folder.resolve("model.gguf"));
        }
        refused(
                "attn_q_norm.weight has no place in this dense decoder",
                () -> weights(folder.resolve("model.gguf")));
    }

    private static Map<String, Tensor> named(Arena arena, ModelFolder.Kind kind) {
        return RandomWeights.of(PLAIN, 1, arena).named(TensorNames.of(kind));
    }

    private static GgufWriter describe(GgufWriter writer, String architecture) {
        return writer.put("general.architecture", architecture)
                .put(architecture + ".block_count", PLAIN.layers())
                .put(architecture + ".context_length", 320)
                .put(architecture + ".embedding_length", PLAIN.dim())
                .put(architecture + ".feed_forward_length", PLAIN.hiddenDim())
                .put(architecture + ".attention.head_count", PLAIN.heads())
                .put(architecture + ".attention.head_count_kv", PLAIN.kvHeads())
                .put(architecture + ".attention.key_length", PLAIN.headDim())
                .put(architecture + ".attention.layer_norm_rms_epsilon", PLAIN.normEps())
                .put(architecture + ".vocab_size", PLAIN.vocab());
    }

    /// A file that stretches 80 positions by 4, with one key more.
    private ModelConfig gguf(String key, float value) throws IOException {
        Path file = folder.resolve("yarn.gguf");
        describe(new GgufWriter(), "qwen3")
                .put("qwen3.rope.scaling.type", "yarn")
                .put("qwen3.rope.scaling.factor", 4f)
                .put("qwen3.rope.scaling.original_context_length", 80)
                .put("qwen3." + key, value)
                .write(file);
        return read(file);
    }

    private ModelConfig huggingFace(String model, String changes) throws IOException {
        var config = (ObjectNode) JSON.readTree(VECTORS.resolve(model).resolve("config.json"));
        config.setAll((ObjectNode) JSON.readTree(changes));
        Files.writeString(folder.resolve("config.json"), config.toString());
        Path file = folder.resolve("model.safetensors");
        new SafetensorsWriter().add("x", Tensor.of(new float[1], 1, 1)).write(file);
        return read(file);
    }

    private static ModelConfig read(Path path) throws IOException {
        try (Arena arena = Arena.ofConfined()) {
            return ModelConfig.read(ModelFolder.open(path, arena));
        }
    }

    private static ModelWeights weights(Path path) throws IOException {
        try (Arena arena = Arena.ofConfined()) {
            ModelFolder opened = ModelFolder.open(path, arena);
            return ModelWeights.read(opened, ModelConfig.read(opened));
        }
    }

    private static void refused(String message, org.junit.jupiter.api.function.Executable reading) {
        ModelFormatException e = assertThrows(ModelFormatException.class, reading);
        assertTrue(
                String.valueOf(e.getMessage()).contains(message),
                () -> String.valueOf(e.getMessage()));
    }
}
