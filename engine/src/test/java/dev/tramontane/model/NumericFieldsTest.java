package dev.tramontane.model;

import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tramontane.tokenizer.Tekken;
import dev.tramontane.weights.ModelFormatException;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/// Each number of each file of a model, set to zero, one, minus one and the borders of the
/// machine's types: the model opens, or there is one refusal. `GgufFileTest` does the same for
/// GGUF.
class NumericFieldsTest {
    /// What no model can have none of, as GGUF, Hugging Face and Mistral spell it.
    private static final List<List<String>> COUNTS =
            List.of(
                    List.of("embedding_length", "hidden_size", "dim"),
                    List.of("block_count", "num_hidden_layers", "n_layers"),
                    List.of("feed_forward_length", "intermediate_size", "hidden_dim"),
                    List.of("attention.head_count", "num_attention_heads", "n_heads"),
                    List.of("attention.head_count_kv", "num_key_value_heads", "n_kv_heads"),
                    List.of("attention.key_length", "head_dim", "head_dim"),
                    List.of("vocab_size", "vocab_size", "vocab_size"),
                    List.of(
                            "context_length",
                            "max_position_embeddings",
                            "max_position_embeddings"));

    @TempDir Path folder;

    @Test
    void of_a_safetensors_head() throws IOException {
        SmallModel.writeMistral(folder);
        Path file = folder.resolve("consolidated.safetensors");
        ByteBuffer whole = ByteBuffer.wrap(Files.readAllBytes(file)).order(ByteOrder.LITTLE_ENDIAN);
        int headBytes = (int) whole.getLong(0);
        byte[] data = Arrays.copyOfRange(whole.array(), 8 + headBytes, whole.capacity());
        everyNumber(
                new String(whole.array(), 8, headBytes, StandardCharsets.UTF_8),
                (what, head) -> {
                    byte[] json = head.getBytes(StandardCharsets.UTF_8);
                    byte[] bytes =
                            ByteBuffer.allocate(8 + json.length + data.length)
                                    .order(ByteOrder.LITTLE_ENDIAN)
                                    .putLong(json.length)
                                    .put(json)
                                    .put(data)
                                    .array();
                    Files.write(file, bytes);
                    return Opening.of(what, bytes.length, () -> SmallModel.open(folder));
                });
    }

    @ParameterizedTest
    @ValueSource(strings = {"params.json", "config.json"})
    void of_a_configuration(String name) throws IOException {
        if (name.equals("params.json")) {
            SmallModel.writeMistral(folder);
        } else {
            SmallModel.writeHuggingFace(folder);
        }
        Path file = folder.resolve(name);
        everyNumber(
                Files.readString(file),
                (what, text) -> {
                    Files.writeString(file, text);
                    return Opening.of(what, text.length(), () -> SmallModel.open(folder));
                });
    }

    @Test
    void of_a_tekken_file() throws IOException {
        everyNumber(
                Files.readString(Path.of("src/test/resources/vectors/tiny-text-a/tekken.json")),
                (what, text) -> {
                    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
                    return Opening.of(
                            what,
                            bytes.length,
                            () -> Tekken.read(new ByteArrayInputStream(bytes), "test.json"));
                });
    }

    @Test
    void no_count_may_be_zero_or_less_in_gguf() throws IOException {
        Path file = folder.resolve("small.gguf");
        for (List<String> count : COUNTS) {
            for (int value : new int[] {0, -1}) {
                Map<String, Object> metadata = SmallModel.metadata();
                assertTrue(metadata.put("mistral3." + count.getFirst(), value) != null);
                SmallModel.writeGguf(file, metadata, Map.of());
                refused(file, count.getFirst());
            }
        }
    }

    @Test
    void no_count_may_be_zero_or_less_in_json() throws IOException {
        Path huggingFace = Files.createDirectory(folder.resolve("hf"));
        Path mistral = Files.createDirectory(folder.resolve("mistral"));
        SmallModel.writeHuggingFace(huggingFace);
        SmallModel.writeMistral(mistral);
        for (List<String> count : COUNTS) {
            for (String value : List.of("0", "-1")) {
                overwriteCount(huggingFace.resolve("config.json"), count.get(1), value);
                refused(huggingFace, count.get(1));
                overwriteCount(mistral.resolve("params.json"), count.get(2), value);
                refused(mistral, count.get(2));
            }
        }
    }

    private static void overwriteCount(Path file, String key, String value) throws IOException {
        String original =
                file.endsWith("config.json") ? SmallModel.CONFIG_JSON : SmallModel.PARAMS_JSON;
        String changed =
                original.replaceFirst("\"" + key + "\": \\d+", "\"" + key + "\": " + value);
        assertTrue(!changed.equals(original), key);
        Files.writeString(file, changed);
    }

    private static void refused(Path model, String key) {
        String message =
                String.valueOf(
                        assertThrows(ModelFormatException.class, () -> SmallModel.open(model))
                                .getMessage());
        assertTrue(message.contains(key), message);
    }

    /// Opens a text that has another number somewhere.
    private interface Attempt {
        boolean opens(String what, String text) throws IOException;
    }

    private static void everyNumber(String text, Attempt attempt) throws IOException {
        JsonNumbers numbers = JsonNumbers.of(text);
        assertTrue(attempt.opens("as it was", text), "the file itself does not open");
        int opened = 0;
        for (JsonNumbers.Place place : numbers.places()) {
            for (String value : JsonNumbers.VALUES) {
                String what = "characters " + place + " set to " + value;
                opened += attempt.opens(what, numbers.with(place, value)) ? 1 : 0;
            }
        }
        int attempts = numbers.places().size() * JsonNumbers.VALUES.size();
        assertTrue(attempts > 100, attempts + " attempts");
        assertTrue(opened < attempts, "nothing was refused");
    }
}
