package dev.tramontane.tokenizer;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;
import static org.junit.jupiter.api.Assertions.assertTrue;

import static java.util.Objects.requireNonNull;

import dev.tramontane.tokenizer.Tokenizer.Span;
import dev.tramontane.tokenizer.Tokenizer.SpecialTokens;
import dev.tramontane.weights.GgufFile;
import dev.tramontane.weights.GgufWriter;
import dev.tramontane.weights.ModelFormatException;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

import tools.jackson.databind.JsonNode;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.text.Normalizer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.IntStream;

/// Byte-level vocabularies of every pre-tokenizer, small ones of our own, against what Hugging
/// Face's library made of them; from a `tokenizer.json` and as a GGUF file holds them.
final class ByteLevelBpeTest {
    private static final JsonNode RECORDED = Vectors.read("bpe/encode.json");
    private static final Duration CEILING = Duration.ofMinutes(3);
    private static final int LONG_BYTES = 200_000;

    @TempDir Path temp;

    static List<String> families() {
        return List.copyOf(RECORDED.get("ids").propertyNames());
    }

    /// All but `tekken`, whose vocabulary here is not in the order of its merges.
    static List<String> exportableFamilies() {
        return families().stream().filter(family -> !family.equals("tekken")).toList();
    }

    @ParameterizedTest
    @MethodSource("families")
    void a_tokenizer_json_gives_the_recorded_ids(String family) throws IOException {
        assertRecorded(family, Tokenizer.read(file(family)));
    }

    @ParameterizedTest
    @MethodSource("families")
    void a_gguf_file_gives_the_recorded_ids(String family) {
        Tokenizer tokenizer = Tokenizer.fromGguf(gguf(family).metadata());
        if (family.equals("tekken")) {
            // Tekken joins by the tokens' order, and this vocabulary's order is not its merges'.
            assertInstanceOf(Tekken.class, tokenizer);
        } else {
            assertRecorded(family, tokenizer);
        }
    }

    /// Two pre-tokenizers that only GGUF files name.
    @Test
    void what_only_gguf_files_name_gives_the_ids_that_llama_cpp_recorded() {
        for (var named : RECORDED.get("llama.cpp").properties()) {
            GgufKeys keys = gguf(named.getValue().get("vocabulary").stringValue());
            Tokenizer tokenizer = Tokenizer.fromGguf(keys.put("pre", named.getKey()).metadata());
            JsonNode texts = RECORDED.get("texts");
            for (int i = 0; i < texts.size(); i++) {
                String text = texts.get(i).stringValue();
                assertArrayEquals(
                        Vectors.ids(named.getValue().get("ids").get(i)),
                        tokenizer.encode(text),
                        text);
            }
        }
    }

    private static void assertRecorded(String family, Tokenizer tokenizer) {
        JsonNode texts = RECORDED.get("texts");
        JsonNode ids = RECORDED.get("ids").get(family);
        boolean composes = family.equals("qwen2");
        for (int i = 0; i < texts.size(); i++) {
            String text = texts.get(i).stringValue();
            int[] expected = Vectors.ids(ids.get(i));
            int number = i;
            assertArrayEquals(expected, tokenizer.encode(text), () -> "text " + number);
            assertEquals(
                    composes ? Normalizer.normalize(text, Normalizer.Form.NFC) : text,
                    tokenizer.decode(expected, SpecialTokens.IGNORE));
        }
    }

    @ParameterizedTest
    @MethodSource("exportableFamilies")
    void a_tokenizer_json_written_as_gguf_gives_the_same_ids(String family) throws IOException {
        Tokenizer source = Tokenizer.read(file(family));
        Tokenizer written = written(source, source.vocab() + 3);
        assertRecorded(family, written);
        int rows = source.vocab() + 3;
        assertEquals(rows, written.vocab());
        assertEquals(source.vocabulary().unusedIds(rows), written.vocabulary().unusedIds(rows));
        assertEquals(source.addBos(), written.addBos());
        assertEquals(source.stopTokens(), written.stopTokens());
        for (int id = 0; id < source.vocab(); id++) {
            assertEquals(source.pieceOf(id), written.pieceOf(id));
            assertEquals(source.isSpecial(id), written.isSpecial(id));
        }
        for (SpecialToken role : SpecialToken.values()) {
            assertEquals(source.special(role), written.special(role));
        }
        for (JsonNode template : RECORDED.get("templates").path(family)) {
            List<Span> spans = List.of(new Span(template.get("text").stringValue(), true));
            assertArrayEquals(Vectors.ids(template.get("ids")), written.encode(spans));
        }
    }

    @Test
    void all_that_ends_an_answer_is_written() throws IOException {
        for (String name : List.of("tokenizer.json", "generation_config.json")) {
            Files.writeString(
                    temp.resolve(name),
                    name.equals("tokenizer.json")
                            ? Files.readString(file("qwen2"))
                            : "{\"eos_token_id\": [700, 5, 6, 7, 8]}");
        }
        Tokenizer source = Tokenizer.read(temp.resolve("tokenizer.json"));
        assertEquals(Set.of(5, 6, 7, 8, 700, 702), source.stopTokens());
        assertEquals(source.stopTokens(), written(source, 705).stopTokens());
    }

    @Test
    void what_gguf_has_no_word_for_is_not_written() throws IOException {
        assertNotWritten("not joined in the order of the tokens", "tekken", "", "");
        assertNotWritten("form NFC false", "qwen2", "{\"type\":\"NFC\"}", "null");
        assertNotWritten(
                "ignore_merges true",
                "qwen2",
                "\"ignore_merges\":false,\"vocab\":{",
                "\"ignore_merges\":true,\"vocab\":{\"zzzz\":706,");
        Tokenizer small = Tokenizer.read(file("qwen2"));
        assertThrows(ModelFormatException.class, () -> small.writeTo(new GgufWriter(), 704));
    }

    private void assertNotWritten(String named, String family, String found, String instead)
            throws IOException {
        String source = Files.readString(file(family));
        assertTrue(source.contains(found), found);
        Path changed = temp.resolve("tokenizer.json");
        Files.writeString(changed, source.replace(found, instead));
        Tokenizer tokenizer = Tokenizer.read(changed);
        String message =
                String.valueOf(
                        assertThrows(
                                        ModelFormatException.class,
                                        () -> tokenizer.writeTo(new GgufWriter(), 1000))
                                .getMessage());
        assertTrue(message.contains(named), message);
    }

    private Tokenizer written(Tokenizer source, int rows) throws IOException {
        var writer = new GgufWriter();
        source.writeTo(writer, rows);
        Path path = temp.resolve("written.gguf");
        Files.deleteIfExists(path);
        writer.write(path);
        try (Arena arena = Arena.ofShared()) {
            return Tokenizer.fromGguf(GgufFile.open(path, arena).metadata());
        }
    }

    @Test
    void rendered_templates_give_the_recorded_ids() throws IOException {
        for (var templates : RECORDED.get("templates").properties()) {
            Tokenizer tokenizer = Tokenizer.read(file(templates.getKey()));
            for (JsonNode template : templates.getValue()) {
                String text = template.get("text").stringValue();
                assertArrayEquals(
                        Vectors.ids(template.get("ids")),
                        tokenizer.encode(List.of(new Span(text, true))),
                        text);
                int[] typed = tokenizer.encode(List.of(new Span(text, false)));
                assertArrayEquals(tokenizer.encode(text), typed);
                assertTrue(IntStream.of(typed).noneMatch(tokenizer::isSpecial), text);
            }
        }
    }

    @Test
    void the_file_says_what_begins_and_ends() throws IOException {
        Tokenizer llama = Tokenizer.read(file("llama-bpe"));
        assertTrue(llama.addBos());
        assertEquals(llama.special("<|begin_of_text|>"), llama.special(SpecialToken.BOS));
        assertEquals(Set.of(701, 702), llama.stopTokens());
        assertFalse(Tokenizer.read(file("qwen2")).addBos());
        Tokenizer harmony = Tokenizer.read(file("gpt-4o"));
        assertEquals(OptionalInt.of(703), harmony.special("<|end|>"));
        assertFalse(harmony.stopTokens().contains(703));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "a",
                "A",
                " ",
                "1",
                "!",
                "\n",
                " \n",
                "aB",
                "\u0301",
                "\u0301\u0323",
                "中",
                "'s"
            })
    void long_runs_are_encoded_in_time(String unit) throws IOException {
        String text = unit.repeat(LONG_BYTES / unit.getBytes(StandardCharsets.UTF_8).length);
        for (String family : families()) {
            Tokenizer tokenizer = Tokenizer.read(file(family));
            String expected =
                    family.equals("qwen2")
                            ? tokenizer.decode(
                                    tokenizer.encode(Composition.of(text)), SpecialTokens.IGNORE)
                            : text;
            int[] ids = assertTimeoutPreemptively(CEILING, () -> tokenizer.encode(text));
            assertEquals(expected, tokenizer.decode(ids, SpecialTokens.IGNORE), family);
        }
    }

    @Test
    void what_is_wrong_with_a_gguf_file_is_named() {
        assertRefused("merges is missing", keys -> keys.remove("merges"));
        assertRefused(
                "merges[1] is \"ab\"", keys -> keys.put("merges", new String[] {"h e", "ab"}));
        assertRefused(
                "\"zq\", which is no token", keys -> keys.put("merges", new String[] {"z q"}));
        assertRefused(
                "merges[0] is \"\u4e2d", keys -> keys.put("merges", new String[] {"\u4e2d a"}));
        assertRefused("expected one of deepseek-coder, ", keys -> keys.put("pre", "other"));
        assertRefused(
                "0x41",
                keys -> {
                    keys.tokens()[32] = "zzzzzz";
                    keys.put("merges", new String[0]);
                });
    }

    private static void assertRefused(String named, Consumer<GgufKeys> damage) {
        GgufKeys keys = gguf("qwen2");
        damage.accept(keys);
        String message =
                String.valueOf(
                        assertThrows(
                                        ModelFormatException.class,
                                        () -> Tokenizer.fromGguf(keys.metadata()))
                                .getMessage());
        assertTrue(message.contains(named), message);
        assertTrue(message.startsWith("test.gguf: ") && message.contains("; "), message);
    }

    private static Path file(String family) {
        return Vectors.FOLDER.resolve("bpe/" + family + ".json");
    }

    /// The same vocabulary as llama.cpp's converter would write it.
    private static GgufKeys gguf(String family) {
        JsonNode file = Vectors.read("bpe/" + family + ".json");
        JsonNode vocab = file.get("model").get("vocab");
        JsonNode added = file.get("added_tokens");
        String[] tokens = new String[vocab.size() + added.size()];
        int[] types = new int[tokens.length];
        for (var token : vocab.properties()) {
            tokens[token.getValue().intValue()] = token.getKey();
            types[token.getValue().intValue()] = GgufKeys.NORMAL;
        }
        for (JsonNode token : added) {
            tokens[token.get("id").intValue()] = token.get("content").stringValue();
            types[token.get("id").intValue()] =
                    token.get("special").booleanValue() ? GgufKeys.CONTROL : GgufKeys.USER_DEFINED;
        }
        List<String> merges = new ArrayList<>();
        for (JsonNode merge : file.get("model").get("merges")) {
            merges.add(merge.get(0).stringValue() + " " + merge.get(1).stringValue());
        }
        for (String token : tokens) {
            requireNonNull(token);
        }
        return new GgufKeys()
                .put("model", "gpt2")
                .put("pre", family)
                .put("tokens", tokens)
                .put("token_type", types)
                .put("merges", merges.toArray(String[]::new));
    }
}
