package dev.tramontane.tokenizer;

import dev.tramontane.weights.GgufWriter;
import dev.tramontane.weights.ModelFormatException;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;

/// Writes a Tekken vocabulary as the `tokenizer.ggml.…` entries of a GGUF file: model `gpt2` with
/// the pre-tokenizer `tekken`, as {@link GgufVocabulary} reads them.
///
/// Tekken joins pairs by the rank of the result and has no list of merges; readers that need one
/// get every way to form each token from two others, in the order of the results.
final class TekkenExport {
    private static final String PREFIX = "tokenizer.ggml.";

    private static final int NORMAL = 1;
    private static final int CONTROL = 3;
    private static final int UNUSED = 5;

    private final Vocabulary vocabulary;

    TekkenExport(Vocabulary vocabulary) {
        this.vocabulary = vocabulary;
    }

    /// @param rows of the embedding: ids beyond the vocabulary are written as unused
    void writeTo(GgufWriter file, int rows, String location) {
        if (vocabulary.size() > rows) {
            throw new ModelFormatException(
                    "%s: the tokenizer has %d tokens, expected %d at most, the rows of the embedding; put the tokenizer of this model there"
                            .formatted(location, vocabulary.size(), rows));
        }
        List<String> tokens = new ArrayList<>(rows);
        int[] types = new int[rows];
        for (int id = 0; id < rows; id++) {
            boolean isToken = id < vocabulary.size();
            boolean isMark = isToken && vocabulary.isMark(id);
            types[id] = isMark ? CONTROL : isToken ? NORMAL : UNUSED;
            tokens.add(
                    isMark
                            ? vocabulary.pieceOf(id)
                            : isToken
                                    ? ByteSpelling.write(vocabulary.bytesOf(id))
                                    : "[PAD" + id + "]");
        }
        file.put(PREFIX + "model", "gpt2")
                .put(PREFIX + "pre", "tekken")
                .put(PREFIX + "tokens", tokens)
                .put(PREFIX + "scores", new float[rows])
                .put(PREFIX + "token_type", types)
                .put(PREFIX + "merges", merges());
        putRole(file, "bos_token_id", SpecialToken.BOS);
        putRole(file, "eos_token_id", SpecialToken.EOS);
        putRole(file, "unknown_token_id", SpecialToken.UNKNOWN);
        putRole(file, "padding_token_id", SpecialToken.PAD);
        file.put(PREFIX + "add_bos_token", true).put(PREFIX + "add_eos_token", false);
    }

    private void putRole(GgufWriter file, String key, SpecialToken role) {
        vocabulary.special(role).ifPresent(id -> file.put(PREFIX + key, id));
    }

    /// One way to form a token: from two others.
    private record Pair(int left, int right, String spelling) {}

    private List<String> merges() {
        List<String> merges = new ArrayList<>();
        for (int id = 0; id < vocabulary.size(); id++) {
            byte[] token = vocabulary.bytesOf(id);
            if (token.length > 1) {
                pairs(token).stream()
                        .sorted(Comparator.comparingInt(Pair::left).thenComparingInt(Pair::right))
                        .forEach(pair -> merges.add(pair.spelling));
            }
        }
        return merges;
    }

    private List<Pair> pairs(byte[] token) {
        byte[] padded = Arrays.copyOf(token, token.length + TokenTable.PADDING);
        String spelling = ByteSpelling.write(token);
        List<Pair> pairs = new ArrayList<>();
        for (int cut = 1; cut < token.length; cut++) {
            int left = vocabulary.table().find(padded, 0, cut);
            int right = vocabulary.table().find(padded, cut, token.length);
            if (left != TokenTable.NONE && right != TokenTable.NONE) {
                String both = spelling.substring(0, cut) + " " + spelling.substring(cut);
                pairs.add(new Pair(left, right, both));
            }
        }
        return pairs;
    }
}
