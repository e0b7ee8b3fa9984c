package dev.tramontane.chat;

import dev.tramontane.kernels.Kernels.RopePairs;
import dev.tramontane.model.ModelConfig;
import dev.tramontane.model.RandomWeights;
import dev.tramontane.tokenizer.SentencePiece;
import dev.tramontane.tokenizer.Tokenizer;
import dev.tramontane.weights.GgufWriter;
import dev.tramontane.weights.Metadata;
import dev.tramontane.weights.ModelFolder;
import dev.tramontane.weights.TensorNames;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// A model outside the family, of a few kilobytes and with random weights: bytes and ChatML's marks
/// for a vocabulary, and a template of our own.
final class OtherModel {
    static final List<String> CONTROL = List.of("<s>", "</s>", "<|im_start|>", "<|im_end|>");
    static final List<String> USER_DEFINED =
            List.of("<think>", "</think>", "<tool_call>", "</tool_call>");

    static final String TEMPLATE =
            """
            {%- if tools %}
            {{- '<|im_start|>system\\n<tools>' }}
            {%- for tool in tools %}{{ '\\n' ~ (tool | tojson) }}{% endfor %}
            {{- '\\n</tools><|im_end|>\\n' }}
            {%- endif %}
            {%- for message in messages %}
            {{- '<|im_start|>' + message.role + '\\n' }}
            {%- if message.reasoning_content %}{{ '<think>' + message.reasoning_content + '</think>' }}{% endif %}
            {{- message.content | trim }}
            {%- for call in message.tool_calls or [] %}
            {{- '<tool_call>' ~ {'name': call.function.name, 'arguments': call.function.arguments} | tojson ~ '</tool_call>' }}
            {%- endfor %}
            {{- '<|im_end|>\\n' }}
            {%- endfor %}
            {%- if add_generation_prompt %}
            {{- '<|im_start|>assistant\\n' }}
            {%- if enable_thinking is defined and not enable_thinking %}{{ '<think></think>' }}{% endif %}
            {%- if reasoning_effort == 'high' %}{{ '<think>' }}{% endif %}
            {%- endif %}
            """;

    private static final int BYTES = 256;
    private static final int CONTEXT = 2048;

    private OtherModel() {}

    static Map<String, Object> metadata() {
        List<String> tokens = new ArrayList<>(List.of("<unk>"));
        List<Integer> types = new ArrayList<>(List.of(2));
        for (int b = 0; b < BYTES; b++) {
            tokens.add("<0x%02X>".formatted(b));
            types.add(6);
        }
        CONTROL.forEach(token -> tokens.add(token));
        CONTROL.forEach(_ -> types.add(3));
        USER_DEFINED.forEach(token -> tokens.add(token));
        USER_DEFINED.forEach(_ -> types.add(4));
        Map<String, Object> values = new LinkedHashMap<>();
        values.put("general.architecture", "llama");
        values.put("tokenizer.ggml.model", "llama");
        values.put("tokenizer.ggml.tokens", tokens.toArray(String[]::new));
        values.put(
                "tokenizer.ggml.token_type", types.stream().mapToInt(Integer::intValue).toArray());
        values.put("tokenizer.ggml.scores", new float[tokens.size()]);
        values.put("tokenizer.ggml.bos_token_id", (long) tokens.indexOf("<s>"));
        values.put("tokenizer.ggml.eos_token_id", (long) tokens.indexOf("<|im_end|>"));
        values.put("tokenizer.ggml.unknown_token_id", 0L);
        values.put("tokenizer.ggml.add_space_prefix", false);
        values.put("tokenizer.chat_template", TEMPLATE);
        return values;
    }

    static Tokenizer tokenizer() {
        return SentencePiece.fromGguf(new Metadata("other.gguf", metadata()));
    }

    /// Writes the whole model as a GGUF file.
    static void write(Path file) throws IOException {
        Map<String, Object> values = metadata();
        int vocab = 1 + BYTES + CONTROL.size() + USER_DEFINED.size();
        var config =
                new ModelConfig(
                        8,
                        1,
                        2,
                        1,
                        4,
                        16,
                        vocab,
                        1e-5f,
                        1e4,
                        RopePairs.INTERLEAVED,
                        false,
                        Optional.empty(),
                        Optional.empty(),
                        Integer.MAX_VALUE,
                        CONTEXT);
        GgufWriter writer = new GgufWriter();
        values.forEach(
                (key, value) -> {
                    switch (value) {
                        case String text -> writer.put(key, text);
                        case Long number -> writer.put(key, number.intValue());
                        case Boolean flag -> writer.put(key, flag);
                        case int[] numbers -> writer.put(key, numbers);
                        case float[] numbers -> writer.put(key, numbers);
                        case String[] texts -> writer.put(key, List.of(texts));
                        default -> throw new IllegalArgumentException(key);
                    }
                });
        writer.put("llama.block_count", config.layers());
        writer.put("llama.context_length", config.context());
        writer.put("llama.embedding_length", config.dim());
        writer.put("llama.feed_forward_length", config.hiddenDim());
        writer.put("llama.attention.head_count", config.heads());
        writer.put("llama.attention.head_count_kv", config.kvHeads());
        writer.put("llama.attention.key_length", config.headDim());
        writer.put("llama.attention.value_length", config.headDim());
        writer.put("llama.rope.dimension_count", config.headDim());
        writer.put("llama.rope.freq_base", 1e4f);
        writer.put("llama.attention.layer_norm_rms_epsilon", config.normEps());
        writer.put("llama.vocab_size", vocab);
        try (Arena arena = Arena.ofConfined()) {
            RandomWeights.of(config, 1, arena)
                    .named(TensorNames.of(ModelFolder.Kind.GGUF))
                    .forEach(writer::add);
            writer.write(file);
        }
    }
}
