package dev.tramontane.train.nano;

import dev.tramontane.tokenizer.SpecialToken;
import dev.tramontane.tokenizer.Tekken;

import org.jspecify.annotations.Nullable;

import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.StringJoiner;

/// A vocabulary as a `tekken.json`: special tokens, then the 256 bytes, then what was learned, by
/// rank. The ids are those ranks with the special tokens in front.
///
/// Published files keep a thousand ids for special tokens. `default_num_special_tokens` says how
/// many, and every reader goes by it; a small model, whose embedding is a good part of its weights,
/// keeps few.
final class TekkenFile {
    /// Ids of special tokens. The family's marks end at 35; what is left is for marks to come.
    static final int SPECIAL_TOKENS = 64;

    static final int BYTES = 256;

    /// The instruct format whose marks the vocabulary has.
    private static final String VERSION = "v13";

    /// Their ids are 0 to 19, in all vocabularies.
    private static final List<SpecialToken> FIRST_MARKS =
            List.copyOf(EnumSet.range(SpecialToken.UNKNOWN, SpecialToken.TOOL_CONTENT));

    /// As in the files of v13.
    private static final Map<SpecialToken, Integer> LATER_MARKS =
            new EnumMap<>(
                    Map.of(
                            SpecialToken.ARGS, 32,
                            SpecialToken.CALL_ID, 33,
                            SpecialToken.THINK, 34,
                            SpecialToken.END_THINK, 35));

    private TekkenFile() {}

    /// Writes a vocabulary, whole or not at all.
    ///
    /// @param learned tokens of two bytes and more, by rank
    static void write(List<byte[]> learned, Path file) throws IOException {
        var mapper = new JsonMapper();
        int vocab = BYTES + learned.size();
        ObjectNode config = mapper.createObjectNode();
        config.put("pattern", Tekken.PATTERN)
                .put("num_vocab_tokens", vocab)
                .put("default_vocab_size", SPECIAL_TOKENS + vocab)
                .put("default_num_special_tokens", SPECIAL_TOKENS)
                .put("version", VERSION);
        var specials = new StringJoiner(",\n");
        for (int rank = 0; rank < SPECIAL_TOKENS; rank++) {
            ObjectNode entry = mapper.createObjectNode();
            entry.put("rank", rank).put("token_str", spelling(rank)).put("is_control", true);
            specials.add(entry.toString());
        }
        var tokens = new StringJoiner(",\n");
        int rank = 0;
        for (byte[] token : withBytes(learned)) {
            ObjectNode entry = mapper.createObjectNode();
            entry.put("rank", rank++).put("token_bytes", token).put("token_str", text(token));
            tokens.add(entry.toString());
        }
        String json =
                "{\"config\": %s,\n\"special_tokens\": [\n%s\n],\n\"vocab\": [\n%s\n]}\n"
                        .formatted(config, specials, tokens);
        Path beside = file.resolveSibling(file.getFileName() + ".part");
        Files.writeString(beside, json);
        Files.move(beside, file, StandardCopyOption.ATOMIC_MOVE);
    }

    /// Readers want it beside the bytes; `null` where those are no UTF-8 by themselves.
    private static @Nullable String text(byte[] token) {
        String text = new String(token, StandardCharsets.UTF_8);
        return Arrays.equals(text.getBytes(StandardCharsets.UTF_8), token) ? text : null;
    }

    private static List<byte[]> withBytes(List<byte[]> learned) {
        List<byte[]> all = new ArrayList<>();
        for (int b = 0; b < BYTES; b++) {
            all.add(new byte[] {(byte) b});
        }
        all.addAll(learned);
        return all;
    }

    private static String spelling(int rank) {
        if (rank < FIRST_MARKS.size()) {
            return FIRST_MARKS.get(rank).spelling();
        }
        return LATER_MARKS.entrySet().stream()
                .filter(mark -> mark.getValue() == rank)
                .map(mark -> mark.getKey().spelling())
                .findFirst()
                .orElse("<SPECIAL_%d>".formatted(rank));
    }
}
