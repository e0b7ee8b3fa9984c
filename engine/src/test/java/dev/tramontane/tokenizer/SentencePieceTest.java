package dev.tramontane.tokenizer;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tramontane.tokenizer.Tokenizer.SpecialTokens;
import dev.tramontane.weights.Metadata;
import dev.tramontane.weights.ModelFormatException;

import org.junit.jupiter.api.Test;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.function.Consumer;

/// SentencePiece on a vocabulary small enough to follow by hand.
final class SentencePieceTest {
    private static final int UNKNOWN = 0;
    private static final int BOS = 1;
    private static final int FIRST_BYTE = 3;
    private static final int FIRST_TEXT = FIRST_BYTE + 256;

    /// Text tokens in id order, with their scores.
    private static final List<Map.Entry<String, Float>> TEXT =
            List.of(
                    Map.entry("▁", -10f),
                    Map.entry("a", -11f),
                    Map.entry("b", -12f),
                    Map.entry("c", -13f),
                    Map.entry("ab", -2f),
                    Map.entry("bc", -1f),
                    Map.entry("▁a", -3f),
                    Map.entry("▁abc", -4f),
                    Map.entry("aa", -5f),
                    Map.entry("▁▁", -5f),
                    Map.entry("ca", -5f));

    private final Tokenizer tokenizer = Tokenizer.fromGguf(metadata(_ -> {}));

    @Test
    void the_pair_of_highest_score_is_joined_first() {
        assertInstanceOf(SentencePiece.class, tokenizer);
        assertEncoded("abc", "▁abc");
        assertEncoded("cabc", "▁", "ca", "bc"); // bc before ab
    }

    @Test
    void of_equal_scores_the_leftmost_pair_is_joined_first() {
        assertEncoded("caa", "▁", "ca", "a");
        assertEncoded("aaa", "▁a", "aa");
    }

    @Test
    void what_is_no_token_is_spelled_in_bytes() {
        assertArrayEquals(
                new int[] {text("▁"), FIRST_BYTE + 0xC3, FIRST_BYTE + 0xA9, FIRST_BYTE + '\n'},
                tokenizer.encode("é\n"));
        assertEquals("é\n", tokenizer.decode(tokenizer.encode("é\n"), SpecialTokens.KEEP));
    }

    @Test
    void spaces_come_back_as_they_were() {
        for (String text : List.of("", "a", " a", "  a b ", " ", "a  b\n c", "\uFFFD é😀")) {
            assertEquals(text, tokenizer.decode(tokenizer.encode(text), SpecialTokens.KEEP), text);
        }
        assertEquals("<s>a", tokenizer.decode(new int[] {BOS, text("▁a")}, SpecialTokens.KEEP));
        assertEquals(
                "b a", tokenizer.decode(new int[] {text("b"), text("▁a")}, SpecialTokens.KEEP));
    }

    @Test
    void text_that_goes_on_keeps_its_space() {
        assertEquals(" a", new String(tokenizer.bytesOf(text("▁a")), StandardCharsets.UTF_8));
        assertEquals(" a", new Detokenizer(tokenizer, SpecialTokens.IGNORE).append(text("▁a")));
    }

    @Test
    void a_file_may_want_no_space_in_front() {
        Tokenizer bare =
                SentencePiece.fromGguf(metadata(keys -> keys.put("add_space_prefix", false)));
        assertArrayEquals(new int[] {text("a")}, bare.encode("a"));
        assertEquals(" a", bare.decode(bare.encode(" a"), SpecialTokens.KEEP));
    }

    @Test
    void what_a_user_types_never_becomes_a_mark() {
        for (int id : tokenizer.encode("<s></s><unk><0x0A>[INST]")) {
            assertFalse(tokenizer.isSpecial(id));
            assertTrue(id >= FIRST_BYTE);
        }
    }

    @Test
    void the_metadata_says_which_tokens_begin_and_end() {
        Tokenizer renamed =
                SentencePiece.fromGguf(
                        metadata(
                                keys -> {
                                    keys.tokens()[BOS] = "<bos>";
                                    keys.put("bos_token_id", (long) BOS);
                                    keys.put("add_bos_token", false);
                                }));
        assertEquals(OptionalInt.of(BOS), renamed.special(SpecialToken.BOS));
        assertEquals(OptionalInt.of(2), renamed.special(SpecialToken.EOS));
        assertEquals(OptionalInt.empty(), renamed.special(SpecialToken.THINK));
        assertFalse(renamed.addBos());
        assertTrue(tokenizer.addBos());
    }

    @Test
    void long_texts_are_joined_in_time() {
        String text = "a".repeat(1_000_000);
        int[] ids = assertTimeoutPreemptively(Duration.ofMinutes(3), () -> tokenizer.encode(text));
        assertEquals(text, tokenizer.decode(ids, SpecialTokens.IGNORE));
    }

    @Test
    void what_is_wrong_is_named() {
        assertRefused("scores is missing", keys -> keys.remove("scores"));
        assertRefused("scores has 2", keys -> keys.put("scores", new float[] {1, 2}));
        assertRefused("scores[9] is NaN", keys -> keys.scores()[9] = Float.NaN);
        assertRefused("tokens[9]", keys -> keys.tokens()[9] = "x");
        assertRefused("are both", keys -> keys.tokens()[text("bc")] = "ab");
        assertRefused(
                "0x00",
                keys -> {
                    keys.types()[FIRST_BYTE] = GgufKeys.UNUSED;
                    keys.types()[UNKNOWN] = GgufKeys.CONTROL;
                    keys.tokens()[UNKNOWN] = "none";
                });
    }

    private void assertEncoded(String text, String... expected) {
        List<String> pieces = new ArrayList<>();
        for (int id : tokenizer.encode(text)) {
            pieces.add(tokenizer.pieceOf(id).replace(' ', '▁'));
        }
        assertEquals(List.of(expected), pieces);
    }

    private static void assertRefused(String named, Consumer<GgufKeys> damage) {
        String message =
                String.valueOf(
                        assertThrows(
                                        ModelFormatException.class,
                                        () -> SentencePiece.fromGguf(metadata(damage)))
                                .getMessage());
        assertTrue(message.contains(named), message);
    }

    private static int text(String spelling) {
        for (int i = 0; i < TEXT.size(); i++) {
            if (TEXT.get(i).getKey().equals(spelling)) {
                return FIRST_TEXT + i;
            }
        }
        throw new IllegalArgumentException(spelling);
    }

    private static Metadata metadata(Consumer<GgufKeys> change) {
        int vocab = FIRST_TEXT + TEXT.size();
        String[] tokens = new String[vocab];
        float[] scores = new float[vocab];
        int[] types = new int[vocab];
        tokens[UNKNOWN] = "<unk>";
        tokens[BOS] = "<s>";
        tokens[2] = "</s>";
        types[UNKNOWN] = GgufKeys.UNKNOWN;
        types[BOS] = GgufKeys.CONTROL;
        types[2] = GgufKeys.CONTROL;
        scores[BOS] = -0f; // as in real files, where marks have either zero
        for (int b = 0; b < 256; b++) {
            tokens[FIRST_BYTE + b] = "<0x%02X>".formatted(b);
            types[FIRST_BYTE + b] = GgufKeys.BYTE;
        }
        for (int i = 0; i < TEXT.size(); i++) {
            tokens[FIRST_TEXT + i] = TEXT.get(i).getKey();
            scores[FIRST_TEXT + i] = TEXT.get(i).getValue();
            types[FIRST_TEXT + i] = GgufKeys.NORMAL;
        }
        GgufKeys keys =
                new GgufKeys()
                        .put("model", "llama")
                        .put("tokens", tokens)
                        .put("scores", scores)
                        .put("token_type", types);
        change.accept(keys);
        return keys.metadata();
    }
}
