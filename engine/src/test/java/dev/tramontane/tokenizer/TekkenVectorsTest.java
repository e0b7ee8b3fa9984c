package dev.tramontane.tokenizer;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tramontane.tokenizer.Tokenizer.SpecialTokens;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import tools.jackson.databind.JsonNode;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Base64;
import java.util.HexFormat;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;

/// Tekken against what the reference recorded with the same vocabulary: every case, every id.
final class TekkenVectorsTest {
    private static final int SPECIAL_TOKENS = 1000;

    private final Tekken tekken = Vectors.tekken("v13");

    @Test
    void every_text_gives_the_recorded_ids() {
        for (JsonNode vector : Vectors.read("tokenizer/encode.json").get("cases")) {
            int[] expected = Vectors.ids(vector.get("ids"));
            String text = vector.get("text").stringValue();
            assertArrayEquals(expected, tekken.encode(text), () -> "case " + vector.get("id"));
            assertEquals(
                    new String(bytes(vector.get("utf8_b64")), StandardCharsets.UTF_8),
                    tekken.decode(expected, SpecialTokens.IGNORE),
                    () -> "case " + vector.get("id"));
        }
    }

    @Test
    void every_list_of_ids_gives_the_recorded_text() {
        for (JsonNode vector : Vectors.read("tokenizer/decode.json").get("cases")) {
            int[] ids = Vectors.ids(vector.get("ids"));
            assertEquals(
                    vector.get("ignore").stringValue(),
                    tekken.decode(ids, SpecialTokens.IGNORE),
                    () -> "case " + vector.get("id"));
            assertEquals(
                    vector.get("keep").stringValue(),
                    tekken.decode(ids, SpecialTokens.KEEP),
                    () -> "case " + vector.get("id"));
        }
    }

    @Test
    void every_piece_has_the_recorded_bytes() {
        for (JsonNode vector : Vectors.read("tokenizer/pieces.json").get("cases")) {
            int id = vector.get("id").intValue();
            assertArrayEquals(bytes(vector.get("b64")), tekken.bytesOf(id), () -> "id " + id);
        }
    }

    @Test
    void the_whole_vocabulary_has_the_recorded_digest() throws Exception {
        JsonNode recorded = Vectors.read("tokenizer/vocab_digest.json");
        assertEquals(recorded.get("vocab_size").intValue(), tekken.vocab());
        assertEquals(recorded.get("pattern").stringValue(), Tekken.PATTERN);
        MessageDigest digest = MessageDigest.getInstance("SHA-256");
        for (int id = SPECIAL_TOKENS; id < tekken.vocab(); id++) {
            byte[] bytes = tekken.bytesOf(id);
            digest.update(
                    ByteBuffer.allocate(4)
                            .order(ByteOrder.LITTLE_ENDIAN)
                            .putInt(bytes.length)
                            .array());
            digest.update(bytes);
        }
        assertEquals(
                recorded.get("sha256").stringValue(), HexFormat.of().formatHex(digest.digest()));
    }

    @ParameterizedTest
    @ValueSource(strings = {"v7", "v11", "v13", "v15"})
    void the_special_tokens_of_each_version_are_the_recorded_ones(String version) {
        Tekken tokenizer = Vectors.tekken(version);
        assertEquals(Optional.of(version), tokenizer.config().version());
        JsonNode recorded = Vectors.read("tokenizer/special_tokens.json").get(version);
        for (Map.Entry<String, JsonNode> entry : recorded.properties()) {
            int id = Integer.parseInt(entry.getKey());
            String spelling = entry.getValue().stringValue();
            assertEquals(spelling, tokenizer.pieceOf(id));
            assertEquals(OptionalInt.of(id), tokenizer.special(spelling));
            assertTrue(tokenizer.isSpecial(id));
            assertEquals(0, tokenizer.bytesOf(id).length);
        }
        assertFalse(tokenizer.isSpecial(SPECIAL_TOKENS));
        assertEquals("<SPECIAL_999>", tokenizer.pieceOf(SPECIAL_TOKENS - 1));
    }

    @Test
    void a_file_without_special_tokens_has_those_of_the_first_versions() {
        Tekken first = Vectors.tekken("v3");
        Tekken seventh = Vectors.tekken("v7");
        for (int id = 0; id < SPECIAL_TOKENS; id++) {
            assertEquals(seventh.pieceOf(id), first.pieceOf(id));
        }
    }

    @Test
    void ids_arrive_one_by_one_as_the_recorded_text() {
        for (JsonNode vector : Vectors.read("tokenizer/streaming.json").get("cases")) {
            var detokenizer = new Detokenizer(tekken, SpecialTokens.IGNORE);
            int[] ids = Vectors.ids(vector.get("ids"));
            for (int i = 0; i < ids.length; i++) {
                assertEquals(
                        vector.get("deltas").get(i).stringValue(),
                        detokenizer.append(ids[i]),
                        "case " + vector.get("id") + ", id " + i);
            }
            assertEquals(vector.get("flush").stringValue(), detokenizer.flush());
        }
    }

    private static byte[] bytes(JsonNode base64) {
        return Base64.getDecoder().decode(base64.stringValue());
    }
}
