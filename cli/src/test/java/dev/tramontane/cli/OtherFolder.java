package dev.tramontane.cli;

import dev.tramontane.kernels.Kernels.RopePairs;
import dev.tramontane.model.ModelConfig;
import dev.tramontane.model.RandomWeights;
import dev.tramontane.weights.ModelFolder;
import dev.tramontane.weights.SafetensorsWriter;
import dev.tramontane.weights.TensorNames;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/// A folder as models outside the family are published: a tiny dense Qwen 3 with random weights, a
/// byte-level `tokenizer.json`, and a chat template of our own in Jinja.
final class OtherFolder {
    /// Rows of the embedding: some more than there are tokens, as in published models.
    static final int ROWS = 712;

    static final String TEMPLATE =
            """
            {%- for message in messages %}
            {{- '<|im_start|>' + message.role + '\n' + message.content + '<|im_end|>\n' }}
            {%- endfor %}
            {%- if add_generation_prompt %}
            {{- '<|im_start|>assistant\n' }}
            {%- if enable_thinking is defined and not enable_thinking %}{{ '<think>\n\n' }}{% endif %}
            {%- endif %}
            """;

    private static final String CONFIG =
            """
            {"model_type": "qwen3", "hidden_size": 32, "intermediate_size": 64,
             "num_hidden_layers": 2, "num_attention_heads": 4, "num_key_value_heads": 2,
             "head_dim": 16, "vocab_size": 712, "rms_norm_eps": 1e-06, "hidden_act": "silu",
             "rope_theta": 1000000.0, "max_position_embeddings": 512,
             "tie_word_embeddings": false}
            """;

    private OtherFolder() {}

    static Path write(Path folder) throws IOException {
        Files.createDirectories(folder);
        Files.copy(Tramontane.VECTORS.resolve("bpe/qwen2.json"), folder.resolve("tokenizer.json"));
        Files.writeString(folder.resolve("config.json"), CONFIG);
        Files.writeString(
                folder.resolve("tokenizer_config.json"),
                Json.object()
                        .put("add_bos_token", false)
                        .put("eos_token", "<|im_end|>")
                        .put("pad_token", "<|endoftext|>")
                        .put("chat_template", TEMPLATE)
                        .toString());
        Files.writeString(
                folder.resolve("generation_config.json"),
                "{\"eos_token_id\": [702, 700], \"temperature\": 0.6, \"top_k\": 20,"
                        + " \"top_p\": 0.95, \"repetition_penalty\": 1.05}");
        var config =
                new ModelConfig(
                        32,
                        2,
                        4,
                        2,
                        16,
                        64,
                        ROWS,
                        1e-6f,
                        1e6,
                        RopePairs.SPLIT_HALF,
                        true,
                        Optional.empty(),
                        Optional.empty(),
                        Integer.MAX_VALUE,
                        512);
        var weights = new SafetensorsWriter();
        try (Arena arena = Arena.ofConfined()) {
            RandomWeights.of(config, 3, arena)
                    .named(TensorNames.of(ModelFolder.Kind.HUGGING_FACE))
                    .forEach(weights::add);
            weights.write(folder.resolve("model.safetensors"));
        }
        return folder;
    }
}
