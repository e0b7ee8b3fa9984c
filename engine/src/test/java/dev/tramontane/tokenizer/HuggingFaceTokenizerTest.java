package dev.tramontane.tokenizer;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tramontane.tokenizer.Tokenizer.SpecialTokens;
import dev.tramontane.weights.ModelFormatException;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import tools.jackson.databind.JsonNode;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.OptionalInt;
import java.util.Set;

/// What a `tokenizer.json` and the files beside it may say.
final class HuggingFaceTokenizerTest {
    private static final JsonNode RECORDED = Vectors.read("bpe/encode.json");

    @TempDir Path folder;

    @Test
    void sentencepiece_vocabularies_give_the_recorded_ids() throws IOException {
        for (var recorded : RECORDED.get("sentencepiece").properties()) {
            Path file = Vectors.FOLDER.resolve("bpe/" + recorded.getKey() + ".json");
            Tokenizer tokenizer = Tokenizer.read(file);
            assertInstanceOf(SentencePiece.class, tokenizer);
            assertTrue(tokenizer.addBos());
            for (int i = 0; i < recorded.getValue().size(); i++) {
                String text = RECORDED.get("texts").get(i).stringValue();
                int[] expected = Vectors.ids(recorded.getValue().get(i));
                assertArrayEquals(expected, tokenizer.encode(text), text);
            }
        }
    }

    @Test
    void the_files_beside_it_name_the_special_tokens() throws IOException {
        write("tokenizer.json", vocabulary());
        assertEquals(Set.of(700, 702), read().stopTokens());
        write("special_tokens_map.json", "{\"eos_token\": \"<|im_start|>\"}");
        assertEquals(OptionalInt.of(701), read().special(SpecialToken.EOS));
        write(
                "tokenizer_config.json",
                "{\"add_bos_token\": true, \"bos_token\": {\"content\": \"<|endoftext|>\"},"
                        + " \"eos_token\": \"<|im_end|>\", \"pad_token\": null}");
        write("generation_config.json", "{\"eos_token_id\": [5, 702]}");
        Tokenizer tokenizer = read();
        assertTrue(tokenizer.addBos());
        assertEquals(OptionalInt.of(700), tokenizer.special(SpecialToken.BOS));
        assertEquals(OptionalInt.of(702), tokenizer.special(SpecialToken.EOS));
        assertEquals(Set.of(5, 700, 702), tokenizer.stopTokens());
    }

    @Test
    void an_added_token_that_is_not_special_is_text_when_read() throws IOException {
        write("tokenizer.json", vocabulary());
        Tokenizer tokenizer = read();
        int think = tokenizer.special("<think>").orElseThrow();
        assertFalse(tokenizer.isSpecial(think));
        assertEquals("<think>", tokenizer.decode(new int[] {think}, SpecialTokens.IGNORE));
        assertEquals("", tokenizer.decode(new int[] {702}, SpecialTokens.IGNORE));
    }

    @Test
    void what_is_not_known_is_refused_by_name() throws IOException {
        assertRefused("model.type is \"WordPiece\"", "\"type\":\"BPE\"", "\"type\":\"WordPiece\"");
        assertRefused("model.dropout is", "\"dropout\":null", "\"dropout\":0.1");
        assertRefused("NFKC", "\"type\":\"NFC\"", "\"type\":\"NFKC\"");
        assertRefused("Punctuation", "\"type\":\"Split\"", "\"type\":\"Punctuation\"");
        assertRefused("Removed", "\"behavior\":\"Isolated\"", "\"behavior\":\"Removed\"");
        assertRefused("(?i:'x|", "(?i:'s|", "(?i:'x|");
        assertRefused("single_word", "\"single_word\":false", "\"single_word\":true");
        assertRefused("the id 0 of another", "\"id\":700,", "\"id\":0,");
        assertRefused("to be free", "\"id\":704,", "\"id\":70400,");
        assertRefused("is no token", "\"merges\":[[", "\"merges\":[[\"q\",\"qqq\"],[");
        assertRefused("START_ARRAY", "\"merges\":[[", "\"merges\":[[[");
        assertRefused("is no id", "\"vocab\":{", "\"vocab\":{\"zz\":-1,");
    }

    @Test
    void text_in_a_strange_encoding_is_the_files_fault() throws IOException {
        write("tokenizer.json", "\0{\0\0\"\"}");
        assertThrows(ModelFormatException.class, this::read);
    }

    private void assertRefused(String named, String found, String instead) throws IOException {
        String changed = vocabulary().replace(found, instead);
        assertFalse(changed.equals(vocabulary()), found);
        write("tokenizer.json", changed);
        String message =
                String.valueOf(assertThrows(ModelFormatException.class, this::read).getMessage());
        assertTrue(message.contains(named), message);
        assertTrue(message.startsWith("tokenizer.json: ") && message.contains("; "), message);
    }

    private static String vocabulary() throws IOException {
        return Files.readString(Vectors.FOLDER.resolve("bpe/qwen2.json"));
    }

    private void write(String name, String content) throws IOException {
        Files.writeString(folder.resolve(name), content);
    }

    private Tokenizer read() throws IOException {
        return Tokenizer.read(folder.resolve("tokenizer.json"));
    }
}
