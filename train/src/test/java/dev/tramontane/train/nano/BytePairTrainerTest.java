package dev.tramontane.train.nano;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tramontane.tokenizer.SpecialToken;
import dev.tramontane.tokenizer.Tekken;
import dev.tramontane.tokenizer.Tokenizer;
import dev.tramontane.weights.GgufFile;
import dev.tramontane.weights.GgufWriter;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import java.io.IOException;
import java.io.InputStream;
import java.lang.foreign.Arena;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

class BytePairTrainerTest {
    private static final int LEARNED = 128;

    @TempDir private Path folder;

    private static List<String> learned(List<String> texts, int most) {
        var trainer = new BytePairTrainer();
        texts.forEach(trainer::add);
        return trainer.tokens(most).stream()
                .map(token -> new String(token, StandardCharsets.UTF_8))
                .toList();
    }

    @Test
    void what_neighbours_make_most_often_becomes_a_token() {
        // low 5, lower 2, newest 6, widest 3 (Sennrich et al. 2016, section 3.2)
        List<String> texts = new ArrayList<>();
        texts.addAll(Collections.nCopies(5, "low"));
        texts.addAll(Collections.nCopies(2, "lower"));
        texts.addAll(Collections.nCopies(6, "newest"));
        texts.addAll(Collections.nCopies(3, "widest"));
        assertEquals(List.of("es", "est", "lo", "low", "ew", "ewest"), learned(texts, 6));
    }

    @Test
    void neighbours_are_counted_by_what_they_make_however_it_is_cut() {
        // after "bc" and "ab" are tokens, "abc" is made of a|bc twice and of ab|c twice
        List<String> texts = new ArrayList<>();
        texts.addAll(Collections.nCopies(9, "bc"));
        texts.addAll(Collections.nCopies(2, "abc"));
        texts.addAll(Collections.nCopies(3, "xy"));
        assertEquals(List.of("bc", "xy", "abc"), learned(texts, 3));
    }

    @Test
    void tokens_never_cross_pieces_and_digits_stay_alone() {
        List<String> tokens = learned(Collections.nCopies(50, "ab 1234 ab, ab: 12"), 100);
        assertEquals(List.of("ab", " ab"), tokens);
    }

    @Test
    void of_equals_the_lower_bytes_win_and_the_order_of_texts_does_not_matter() {
        List<String> texts = List.of("zz", "qq", "zz", "qq", "ÿÿ");
        assertEquals(learned(texts, 9), learned(texts.reversed(), 9));
        assertEquals(List.of("qq", "zz", "ÿ"), learned(texts, 9));
    }

    @Test
    void what_occurs_once_is_not_learned_and_tokens_have_a_greatest_length() {
        assertEquals(List.of(), learned(List.of("once"), 9));
        String long_ = "abcdefghijklmnopqrstuvwxyz";
        List<String> tokens = learned(List.of(long_, long_), 100);
        assertTrue(tokens.contains("abcdefghijklmnop"), tokens.toString());
        assertTrue(tokens.stream().allMatch(token -> token.length() <= 16), tokens.toString());
    }

    @Test
    void tokens_are_whole_characters_or_a_part_of_one() {
        var trainer = new BytePairTrainer();
        for (String text : List.of("的一", "的七", "的一", "的丁", "之年", "之乱", "aé", "aè")) {
            trainer.add(text);
        }
        List<byte[]> tokens = trainer.tokens(100);
        assertFalse(tokens.isEmpty());
        for (byte[] token : tokens) {
            String text = new String(token, StandardCharsets.UTF_8);
            boolean whole = Arrays.equals(token, text.getBytes(StandardCharsets.UTF_8));
            boolean part = token.length <= 3 && text.codePoints().allMatch(c -> c == 0xFFFD);
            assertTrue(whole || part, text);
        }
    }

    private static InputStream resource(String name) {
        return Objects.requireNonNull(
                BytePairTrainerTest.class.getResourceAsStream("/nano/" + name), name);
    }

    private static List<String> lines() throws IOException {
        try (InputStream in = resource("texts.txt")) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8).lines().toList();
        }
    }

    private Tekken tekken() throws IOException {
        var trainer = new BytePairTrainer();
        lines().forEach(trainer::add);
        String keep = System.getProperty("tramontane.keep");
        Path file = (keep == null ? folder : Path.of(keep)).resolve("tekken.json");
        TekkenFile.write(trainer.tokens(LEARNED), file);
        return Tekken.read(file);
    }

    @Test
    void a_learned_vocabulary_encodes_as_mistral_common_does() throws IOException {
        Tekken tekken = tekken();
        JsonNode recorded;
        try (InputStream in = resource("ids.json")) {
            recorded = new JsonMapper().readTree(in);
        }
        assertEquals(recorded.get("specials").intValue(), TekkenFile.SPECIAL_TOKENS);
        assertEquals(recorded.get("words").intValue(), tekken.vocab());
        List<String> lines = lines();
        assertEquals(recorded.get("ids").size(), lines.size());
        for (int i = 0; i < lines.size(); i++) {
            JsonNode ids = recorded.get("ids").get(i);
            int[] expected = ids.valueStream().mapToInt(JsonNode::intValue).toArray();
            assertArrayEquals(expected, tekken.encode(lines.get(i)), lines.get(i));
        }
    }

    @Test
    void a_learned_vocabulary_gives_texts_back_and_has_the_familys_marks() throws IOException {
        Tekken tekken = tekken();
        for (String line : lines()) {
            assertEquals(line, tekken.decode(tekken.encode(line), Tokenizer.SpecialTokens.IGNORE));
        }
        assertEquals(64 + 256 + LEARNED, tekken.vocab());
        assertEquals(Optional.of("v13"), tekken.config().version());
        assertEquals(1, tekken.special(SpecialToken.BOS).orElseThrow());
        assertEquals(2, tekken.special(SpecialToken.EOS).orElseThrow());
        assertEquals(4, tekken.special(SpecialToken.END_INST).orElseThrow());
        assertEquals(34, tekken.special(SpecialToken.THINK).orElseThrow());
        assertEquals(35, tekken.special(SpecialToken.END_THINK).orElseThrow());
        assertEquals(64 + 'A', tekken.encode("A")[0]);
    }

    @Test
    void a_gguf_file_carries_the_learned_vocabulary() throws IOException {
        Tekken tekken = tekken();
        Path file = folder.resolve("vocabulary.gguf");
        var writer = new GgufWriter();
        writer.put("general.architecture", "llama");
        tekken.writeTo(writer, tekken.vocab());
        writer.write(file);
        try (Arena arena = Arena.ofConfined()) {
            Tekken read = Tekken.fromGguf(GgufFile.open(file, arena).metadata());
            assertEquals(tekken.vocab(), read.vocab());
            assertEquals(tekken.config(), read.config());
            for (String line : lines()) {
                assertArrayEquals(tekken.encode(line), read.encode(line), line);
            }
        }
    }
}
