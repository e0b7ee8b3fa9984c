package dev.tramontane.tokenizer;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tramontane.tokenizer.Tokenizer.SpecialTokens;
import dev.tramontane.weights.Metadata;
import dev.tramontane.weights.ModelFormatException;

import org.junit.jupiter.api.Test;

import tools.jackson.databind.JsonNode;

import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.Consumer;

/// Tekken's vocabulary as a GGUF file holds it.
final class GgufTekkenTest {
    @Test
    void the_same_vocabulary_gives_the_same_ids() {
        Tekken original = Vectors.tekken("v13");
        Tokenizer tokenizer = Tokenizer.fromGguf(keys(original).metadata());
        assertInstanceOf(Tekken.class, tokenizer);
        for (JsonNode vector : Vectors.read("tokenizer/encode.json").get("cases")) {
            assertArrayEquals(
                    Vectors.ids(vector.get("ids")),
                    tokenizer.encode(vector.get("text").stringValue()),
                    () -> "case " + vector.get("id"));
        }
        for (int id = 0; id < original.vocab(); id++) {
            assertArrayEquals(original.bytesOf(id), tokenizer.bytesOf(id));
            assertEquals(original.isSpecial(id), tokenizer.isSpecial(id));
        }
        assertEquals(original.special(SpecialToken.THINK), tokenizer.special(SpecialToken.THINK));
    }

    @Test
    void the_file_does_not_tell_the_instruct_version() {
        assertEquals(Optional.empty(), Tekken.fromGguf(tiny(_ -> {})).config().version());
    }

    @Test
    void the_metadata_says_which_tokens_begin_and_end() {
        Tekken tekken =
                Tekken.fromGguf(
                        tiny(
                                keys -> {
                                    keys.put("bos_token_id", 5L);
                                    keys.put("add_bos_token", false);
                                }));
        assertEquals(OptionalInt.of(5), tekken.special(SpecialToken.BOS));
        assertEquals(OptionalInt.of(1), tekken.special("<s>"));
        assertEquals(OptionalInt.of(2), tekken.special(SpecialToken.EOS));
        assertFalse(tekken.addBos());
        assertTrue(Tekken.fromGguf(tiny(_ -> {})).addBos());
    }

    @Test
    void a_user_defined_token_is_text_that_encoding_never_makes() {
        Tekken tekken =
                Tekken.fromGguf(
                        tiny(
                                keys -> {
                                    keys.tokens()[34] = "<ä b>";
                                    keys.types()[34] = GgufKeys.USER_DEFINED;
                                }));
        assertEquals(OptionalInt.of(34), tekken.special("<ä b>"));
        assertEquals("<ä b>", tekken.decode(new int[] {34}, SpecialTokens.IGNORE));
        for (int id : tekken.encode("<ä b>")) {
            assertTrue(id >= 1000, "id " + id);
        }
    }

    @Test
    void what_is_wrong_is_named() {
        assertRefused("model is missing", keys -> keys.remove("model"));
        assertRefused("model is bert", keys -> keys.put("model", "bert"));
        assertRefused("pre is bert-bpe", keys -> keys.put("pre", "bert-bpe"));
        assertRefused("pre is missing", keys -> keys.remove("pre"));
        assertRefused("tokens is missing", keys -> keys.remove("tokens"));
        assertRefused("token_type is missing", keys -> keys.remove("token_type"));
        assertRefused("token_type has 3", keys -> keys.put("token_type", new int[] {3, 3, 3}));
        assertRefused("token_type[7] is 9", keys -> keys.types()[7] = 9);
        assertRefused("tokens[1100]", keys -> keys.tokens()[1100] = "a b");
        assertRefused("bos_token_id is 1280", keys -> keys.put("bos_token_id", 1280L));
        assertRefused("are both", keys -> keys.tokens()[1270] = "A");
        assertRefused("0x41", keys -> keys.tokens()[1065] = "zebra");
    }

    private static void assertRefused(String named, Consumer<GgufKeys> damage) {
        String message =
                String.valueOf(
                        assertThrows(
                                        ModelFormatException.class,
                                        () -> Tokenizer.fromGguf(tiny(damage)))
                                .getMessage());
        assertTrue(message.contains(named), message);
        assertTrue(message.startsWith("test.gguf: ") && message.contains("expected"), message);
    }

    private static Metadata tiny(Consumer<GgufKeys> change) {
        GgufKeys keys = keys(Vectors.tiny());
        change.accept(keys);
        return keys.metadata();
    }

    private static GgufKeys keys(Tekken tekken) {
        String[] tokens = new String[tekken.vocab()];
        int[] types = new int[tekken.vocab()];
        for (int id = 0; id < tokens.length; id++) {
            boolean special = tekken.isSpecial(id);
            types[id] = special ? GgufKeys.CONTROL : GgufKeys.NORMAL;
            tokens[id] = special ? tekken.pieceOf(id) : spelled(tekken.bytesOf(id));
        }
        return new GgufKeys()
                .put("model", "gpt2")
                .put("pre", "tekken")
                .put("tokens", tokens)
                .put("token_type", types)
                .put("bos_token_id", 1L);
    }

    /// GPT-2's spelling from its definition: bytes without a printing character of their own are
    /// U+0100 and on, in order.
    private static String spelled(byte[] bytes) {
        var spelling = new StringBuilder();
        for (byte signed : bytes) {
            int b = signed & 0xFF;
            if (b <= 0x20) {
                spelling.append((char) (0x100 + b));
            } else if (b >= 0x7F && b <= 0xA0) {
                spelling.append((char) (0x100 + 33 + b - 0x7F));
            } else {
                spelling.append(b == 0xAD ? '\u0143' : (char) b);
            }
        }
        return spelling.toString();
    }
}
