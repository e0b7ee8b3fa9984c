package dev.tramontane.model;

import dev.tramontane.kernels.Kernels.RopePairs;
import dev.tramontane.tensor.Tensor;
import dev.tramontane.tokenizer.Tokenizer;
import dev.tramontane.weights.GgufWriter;
import dev.tramontane.weights.ModelFolder;
import dev.tramontane.weights.ModelFormatException;
import dev.tramontane.weights.SafetensorsWriter;
import dev.tramontane.weights.TensorNames;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// One model of a few kilobytes, written in each layout, and the whole way of opening it.
final class SmallModel {
    static final ModelConfig CONFIG =
            new ModelConfig(
                    8,
                    2,
                    2,
                    1,
                    4,
                    16,
                    24,
                    1e-5f,
                    1e6,
                    RopePairs.INTERLEAVED,
                    false,
                    Optional.of(new ModelConfig.Yarn(16, 128, 32, 1, 1)),
                    Optional.of(new ModelConfig.QueryScaling(0.1f, 128)),
                    Integer.MAX_VALUE,
                    2048);

    static final String CONFIG_JSON =
            """
            {"model_type": "ministral3", "vocab_size": 24, "hidden_size": 8,
             "intermediate_size": 16, "num_hidden_layers": 2, "num_attention_heads": 2,
             "num_key_value_heads": 1, "head_dim": 4, "hidden_act": "silu",
             "max_position_embeddings": 2048, "rms_norm_eps": 1e-05,
             "tie_word_embeddings": false, "sliding_window": null,
             "rope_parameters": {"rope_type": "yarn", "rope_theta": 1000000.0, "factor": 16.0,
              "original_max_position_embeddings": 128, "beta_fast": 32.0, "beta_slow": 1.0,
              "mscale": 1.0, "mscale_all_dim": 1.0, "llama_4_scaling_beta": 0.1}}
            """;

    static final String PARAMS_JSON =
            """
            {"dim": 8, "n_layers": 2, "head_dim": 4, "hidden_dim": 16, "n_heads": 2,
             "n_kv_heads": 1, "norm_eps": 1e-05, "vocab_size": 24, "rope_theta": 1000000.0,
             "max_position_embeddings": 2048, "model_type": "transformer",
             "tied_embeddings": false,
             "yarn": {"factor": 16.0, "original_max_position_embeddings": 128, "beta": 32.0,
              "alpha": 1.0, "apply_scale": false},
             "llama_4_scaling": {"beta": 0.1, "original_max_position_embeddings": 128}}
            """;

    private SmallModel() {}

    /// The metadata of the GGUF form, which a test may change.
    static Map<String, Object> metadata() {
        List<String> tokens = new ArrayList<>();
        for (int i = 0; i < CONFIG.vocab(); i++) {
            tokens.add("token " + i);
        }
        Map<String, Object> values = new LinkedHashMap<>();
        values.put("general.architecture", "mistral3");
        values.put("general.name", "small");
        values.put("mistral3.block_count", CONFIG.layers());
        values.put("mistral3.context_length", CONFIG.context());
        values.put("mistral3.embedding_length", CONFIG.dim());
        values.put("mistral3.feed_forward_length", CONFIG.hiddenDim());
        values.put("mistral3.attention.head_count", CONFIG.heads());
        values.put("mistral3.attention.head_count_kv", CONFIG.kvHeads());
        values.put("mistral3.attention.key_length", CONFIG.headDim());
        values.put("mistral3.attention.value_length", CONFIG.headDim());
        values.put("mistral3.rope.dimension_count", CONFIG.headDim());
        values.put("mistral3.rope.freq_base", 1e6f);
        values.put("mistral3.rope.scaling.type", "yarn");
        values.put("mistral3.rope.scaling.factor", 16f);
        values.put("mistral3.rope.scaling.original_context_length", 128);
        values.put("mistral3.rope.scaling.yarn_beta_fast", 32f);
        values.put("mistral3.rope.scaling.yarn_beta_slow", 1f);
        values.put("mistral3.rope.scaling.yarn_log_multiplier", 1f);
        values.put("mistral3.attention.temperature_scale", 0.1f);
        values.put("mistral3.attention.layer_norm_rms_epsilon", CONFIG.normEps());
        values.put("mistral3.vocab_size", CONFIG.vocab());
        values.put("tokenizer.ggml.tokens", tokens);
        values.put("tokenizer.ggml.model", "llama");
        int[] types = new int[CONFIG.vocab()];
        Arrays.fill(types, 1);
        types[0] = 2;
        values.put("tokenizer.ggml.token_type", types);
        values.put("tokenizer.ggml.scores", new float[CONFIG.vocab()]);
        values.put("tokenizer.ggml.unknown_token_id", 0);
        values.put("tokenizer.ggml.add_bos_token", true);
        return values;
    }

    static void writeGguf(Path file) throws IOException {
        try (Arena arena = Arena.ofConfined()) {
            writeGguf(
                    file,
                    metadata(),
                    RandomWeights.of(CONFIG, 1, arena)
                            .named(TensorNames.of(ModelFolder.Kind.GGUF)));
        }
    }

    static void writeGguf(Path file, Map<String, Object> metadata, Map<String, Tensor> tensors)
            throws IOException {
        GgufWriter writer = new GgufWriter();
        metadata.forEach(
                (key, value) -> {
                    switch (value) {
                        case String text -> writer.put(key, text);
                        case Integer count -> writer.put(key, count);
                        case Float number -> writer.put(key, number);
                        case Boolean flag -> writer.put(key, flag);
                        case int[] numbers -> writer.put(key, numbers);
                        case float[] numbers -> writer.put(key, numbers);
                        case List<?> texts ->
                                writer.put(key, texts.stream().map(String::valueOf).toList());
                        default -> throw new IllegalArgumentException(key);
                    }
                });
        tensors.forEach(writer::add);
        writer.write(file);
    }

    /// `config.json`, two shards, and their index.
    static void writeHuggingFace(Path folder) throws IOException {
        Files.writeString(folder.resolve("config.json"), CONFIG_JSON);
        SafetensorsWriter[] shards = {new SafetensorsWriter(), new SafetensorsWriter()};
        List<String> index = new ArrayList<>();
        try (Arena arena = Arena.ofConfined()) {
            RandomWeights.of(CONFIG, 1, arena)
                    .named(TensorNames.of(ModelFolder.Kind.HUGGING_FACE))
                    .forEach(
                            (name, tensor) -> {
                                int shard = index.size() % 2;
                                shards[shard].add(name, tensor);
                                index.add("\"%s\": \"%s\"".formatted(name, shardName(shard)));
                            });
            for (int shard = 0; shard < shards.length; shard++) {
                shards[shard].write(folder.resolve(shardName(shard)));
            }
        }
        Files.writeString(
                folder.resolve("model.safetensors.index.json"),
                "{\"metadata\": {}, \"weight_map\": {" + String.join(",\n", index) + "}}");
    }

    private static String shardName(int shard) {
        return "model-0000%d-of-00002.safetensors".formatted(shard + 1);
    }

    /// `params.json` and one consolidated file.
    static void writeMistral(Path folder) throws IOException {
        Files.writeString(folder.resolve("params.json"), PARAMS_JSON);
        SafetensorsWriter writer = new SafetensorsWriter();
        try (Arena arena = Arena.ofConfined()) {
            RandomWeights.of(CONFIG, 1, arena)
                    .named(TensorNames.of(ModelFolder.Kind.MISTRAL))
                    .forEach(writer::add);
            writer.write(folder.resolve("consolidated.safetensors"));
        }
    }

    /// Everything that opening a model reads: files, configuration, weights, the vocabulary inside
    /// a GGUF file, and what a listing shows of the metadata.
    ///
    /// @throws ModelFormatException and nothing else, whatever the files hold
    static ModelConfig open(Path path) throws IOException {
        try (Arena arena = Arena.ofConfined()) {
            ModelFolder folder = ModelFolder.open(path, arena);
            ModelConfig config = ModelConfig.read(folder);
            ModelWeights weights = ModelWeights.read(folder, config);
            if (weights.layers().size() != config.layers()) {
                throw new AssertionError("layers");
            }
            for (String key : folder.weights().metadata().keys()) {
                if (folder.weights().metadata().get(key).toString().isEmpty()) {
                    throw new AssertionError(key);
                }
            }
            if (folder.kind() == ModelFolder.Kind.GGUF) {
                Tokenizer tokenizer = Tokenizer.fromGguf(folder.weights().metadata());
                if (tokenizer.encode("a token 1").length == 0) {
                    throw new AssertionError("tokens");
                }
            }
            return config;
        }
    }
}
