package dev.tramontane.train.grpo;

import dev.tramontane.tokenizer.SpecialToken;
import dev.tramontane.tokenizer.Tekken;

import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Base64;

/// A vocabulary of marks and single bytes: text is spelled.
final class ByteTekken {
    private static final int MARKS = 32;
    private static final int BYTES = 256;

    private ByteTekken() {}

    static Tekken in(Path folder) throws IOException {
        ObjectNode json = new JsonMapper().createObjectNode();
        json.putObject("config")
                .put("pattern", Tekken.PATTERN)
                .put("num_vocab_tokens", BYTES)
                .put("default_vocab_size", MARKS + BYTES)
                .put("default_num_special_tokens", MARKS)
                .put("version", "v13");
        ArrayNode vocab = json.putArray("vocab");
        for (int i = 0; i < BYTES; i++) {
            vocab.addObject()
                    .put("rank", i)
                    .put("token_bytes", Base64.getEncoder().encodeToString(new byte[] {(byte) i}))
                    .putNull("token_str");
        }
        ArrayNode marks = json.putArray("special_tokens");
        for (SpecialToken mark : SpecialToken.values()) {
            marks.addObject()
                    .put("rank", marks.size() - 1)
                    .put("token_str", mark.spelling())
                    .put("is_control", true);
        }
        Path file = folder.resolve("tekken.json");
        Files.writeString(file, json.toString());
        return Tekken.read(file);
    }

    /// The tokens of a text in which marks stand as they are spelled.
    static int[] tokens(Tekken tekken, String text) {
        int[] tokens = {};
        int at = 0;
        while (at < text.length()) {
            int next = text.length();
            SpecialToken found = null;
            for (SpecialToken mark : SpecialToken.values()) {
                int place = text.indexOf(mark.spelling(), at);
                if (place >= 0 && place < next) {
                    next = place;
                    found = mark;
                }
            }
            for (byte letter : text.substring(at, next).getBytes(StandardCharsets.UTF_8)) {
                tokens = plus(tokens, MARKS + (letter & 0xff));
            }
            at = next;
            if (found != null) {
                tokens = plus(tokens, tekken.special(found).orElseThrow());
                at += found.spelling().length();
            }
        }
        return tokens;
    }

    private static int[] plus(int[] tokens, int token) {
        int[] more = Arrays.copyOf(tokens, tokens.length + 1);
        more[tokens.length] = token;
        return more;
    }
}
