package dev.tramontane.tokenizer;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tramontane.tokenizer.Tokenizer.Span;
import dev.tramontane.tokenizer.Tokenizer.SpecialTokens;
import dev.tramontane.weights.Metadata;
import dev.tramontane.weights.ModelFormatException;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

import tools.jackson.databind.JsonNode;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import java.util.zip.GZIPInputStream;

/// Unigram vocabularies, small ones of our own, against what sentencepiece and Hugging Face's
/// library made of the same texts.
final class UnigramTest {
    private static final JsonNode RECORDED = Vectors.read("unigram/encode.json");
    private static final byte[] CHARSMAP = charsMap();

    /// Tells hours from seconds and nothing finer.
    private static final Duration CEILING = Duration.ofMinutes(3);

    private static final int LONG_BYTES = 2_000_000;

    @TempDir Path folder;

    static List<String> models() {
        return List.copyOf(RECORDED.get("sentencepiece").propertyNames());
    }

    static List<String> files() {
        return List.copyOf(RECORDED.get("tokenizers").propertyNames());
    }

    @ParameterizedTest
    @MethodSource("models")
    void a_gguf_file_gives_the_ids_of_sentencepiece(String model) {
        Tokenizer tokenizer = Tokenizer.fromGguf(gguf(model).metadata());
        assertRecorded(RECORDED.get("sentencepiece").get(model), tokenizer);
        assertEquals("unigram", ((SentencePiece) tokenizer).algorithm());
    }

    @ParameterizedTest
    @MethodSource("files")
    void a_tokenizer_json_gives_the_recorded_ids(String file) throws IOException {
        Tokenizer tokenizer = read(file, text -> text);
        assertRecorded(RECORDED.get("tokenizers").get(file), tokenizer);
        for (JsonNode template : RECORDED.get("templates").get(file)) {
            String text = template.get("text").stringValue();
            assertArrayEquals(
                    Vectors.ids(template.get("ids")),
                    tokenizer.encode(List.of(new Span(text, true))),
                    text);
            for (int id : tokenizer.encode(text)) {
                assertTrue(!tokenizer.isSpecial(id) || id == 0, text); // 0 is the unknown one
            }
        }
    }

    private static void assertRecorded(JsonNode recorded, Tokenizer tokenizer) {
        JsonNode texts = RECORDED.get("texts");
        for (int i = 0; i < texts.size(); i++) {
            String text = texts.get(i).stringValue();
            int number = i;
            assertArrayEquals(
                    Vectors.ids(recorded.get(i)),
                    tokenizer.encode(text),
                    () -> "text " + number + ": " + text);
        }
    }

    @Test
    void what_is_spelled_in_bytes_comes_back() {
        Tokenizer tokenizer = Tokenizer.fromGguf(gguf("bytes").metadata());
        for (String text : List.of("", "a", " a", "  a b ", "\n", "\uFFFD é😀 \t 中", "  ")) {
            int[] ids = tokenizer.encode(text);
            assertEquals(text, tokenizer.decode(ids, SpecialTokens.IGNORE), text);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"a", "e", " ", "中", "\u0301", "ab", " a", "😀", "▁", "\r\n", "a\u0301"})
    void two_megabytes_of_one_thing_are_encoded_in_time(String unit) throws IOException {
        String text = unit.repeat(LONG_BYTES / unit.getBytes(StandardCharsets.UTF_8).length);
        Tokenizer[] tokenizers = {
            Tokenizer.fromGguf(gguf("nfkc").metadata()),
            Tokenizer.fromGguf(gguf("bytes").metadata()),
            read("nfkc.albert", json -> json),
            read("bytes.bare", json -> json)
        };
        for (Tokenizer tokenizer : tokenizers) {
            int[] ids = assertTimeoutPreemptively(CEILING, () -> tokenizer.encode(text));
            assertArrayEquals(tokenizer.encode(text), ids);
        }
    }

    /// The way ends in a token only at the very end: nothing is settled before.
    @Test
    void a_text_that_no_place_parts_is_encoded_in_time() {
        GgufKeys keys = gguf("bytes");
        keys.tokens()[300] = "zz";
        keys.tokens()[301] = "zzz";
        Tokenizer tokenizer = Tokenizer.fromGguf(keys.metadata());
        String text = "z".repeat(LONG_BYTES);
        int[] ids = assertTimeoutPreemptively(CEILING, () -> tokenizer.encode(text));
        assertEquals(text, tokenizer.decode(ids, SpecialTokens.IGNORE));
    }

    @Test
    void what_is_wrong_with_a_gguf_file_is_named() {
        assertRefused("scores is missing", keys -> keys.remove("scores"));
        assertRefused("scores[9] is NaN", keys -> keys.scores()[9] = Float.NaN);
        assertRefused("scores[9] is -Infinity", keys -> keys.scores()[9] = Float.NEGATIVE_INFINITY);
        assertRefused("600 bytes", keys -> keys.tokens()[300] = "z".repeat(600));
        assertRefused("none of them zero", keys -> keys.tokens()[300] = "z\0z");
        assertRefused(
                "no token stands for the unknown",
                keys -> {
                    keys.types()[0] = GgufKeys.CONTROL;
                    keys.tokens()[0] = "<none>";
                });
        assertRefused(
                "precompiled_charsmap[1] is 256",
                keys -> keys.put("precompiled_charsmap", new int[] {0, 256}));
        assertRefused(
                "has 2 bytes, expected 4",
                keys -> keys.put("precompiled_charsmap", new int[] {0, 0}));
    }

    @Test
    void what_is_wrong_with_a_tokenizer_json_is_named() throws IOException {
        assertRefused("no score", "\"vocab\":[[\"<unk>\",0.0]", "\"vocab\":[[\"<unk>\",1e999]");
        assertRefused("no score", "\"vocab\":[[\"<unk>\",0.0]", "\"vocab\":[[\"<unk>\",\"a\"]");
        assertRefused("is there already", "\"vocab\":[[", "\"vocab\":[[\"<s>\",0.0],[");
        assertRefused("model.unk_id", "\"unk_id\":0", "\"unk_id\":4000");
        assertRefused("normalizer has", "\"type\":\"Strip\"", "\"type\":\"BertNormalizer\"");
        assertRefused("a String, or", " {2,}", "x+");
        assertRefused("no base64", "nmt_nfkc.gz", "%");
        assertRefused("no scores", "\"model\":{", "\"model\":{\"vocab\":{\"no token\":0},");
        assertRefused("pre_tokenizer has", "\"type\":\"Metaspace\"", "\"type\":\"Digits\"");
    }

    private void assertRefused(String named, String found, String instead) throws IOException {
        String message =
                String.valueOf(
                        assertThrows(
                                        ModelFormatException.class,
                                        () ->
                                                read(
                                                        "nfkc.always",
                                                        text -> {
                                                            assertTrue(text.contains(found), found);
                                                            return text.replace(found, instead);
                                                        }))
                                .getMessage());
        assertTrue(message.contains(named), message);
        assertTrue(message.contains("; "), message);
    }

    private static void assertRefused(String named, Consumer<GgufKeys> damage) {
        GgufKeys keys = gguf("nfkc");
        damage.accept(keys);
        Metadata metadata = keys.metadata();
        String message =
                String.valueOf(
                        assertThrows(ModelFormatException.class, () -> Tokenizer.fromGguf(metadata))
                                .getMessage());
        assertTrue(message.contains(named), message);
        assertTrue(message.startsWith("test.gguf: ") && message.contains("; "), message);
    }

    /// As a converter writes it.
    private static GgufKeys gguf(String model) {
        JsonNode file = Vectors.read("unigram/" + model + ".spm.json");
        int vocab = file.get("tokens").size();
        String[] tokens = new String[vocab];
        float[] scores = new float[vocab];
        for (int id = 0; id < vocab; id++) {
            tokens[id] = file.get("tokens").get(id).stringValue();
            scores[id] = file.get("scores").get(id).floatValue();
        }
        GgufKeys keys =
                new GgufKeys()
                        .put("model", "t5")
                        .put("tokens", tokens)
                        .put("scores", scores)
                        .put("token_type", Vectors.ids(file.get("types")))
                        .put("add_space_prefix", file.get("add_space_prefix").booleanValue())
                        .put(
                                "remove_extra_whitespaces",
                                file.get("remove_extra_whitespaces").booleanValue());
        if (file.get("charsmap").booleanValue()) {
            int[] bytes = new int[CHARSMAP.length];
            for (int i = 0; i < bytes.length; i++) {
                bytes[i] = CHARSMAP[i];
            }
            keys.put("precompiled_charsmap", bytes);
        }
        return keys;
    }

    private Tokenizer read(String file, UnaryOperator<String> change) throws IOException {
        String json = Files.readString(Vectors.FOLDER.resolve("unigram/" + file + ".json"));
        String charsMap = Base64.getEncoder().encodeToString(CHARSMAP);
        Path path = folder.resolve("tokenizer.json");
        Files.writeString(path, change.apply(json).replace("nmt_nfkc.gz", charsMap));
        return Tokenizer.read(path);
    }

    static byte[] charsMap() {
        Path file = Vectors.FOLDER.resolve("unigram/nmt_nfkc.gz");
        try (InputStream in = new GZIPInputStream(Files.newInputStream(file))) {
            return in.readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
