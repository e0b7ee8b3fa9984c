package dev.tramontane.tokenizer;

import dev.tramontane.weights.GgufWriter;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;

/// Writes a Tekken vocabulary into a GGUF file: model `gpt2` with the pre-tokenizer `tekken`.
///
/// Tekken joins pairs by the rank of the result and has no list of merges; readers that need one
/// get every way to form each token from two others, in the order of the results.
final class TekkenExport {
    private static final String PREFIX = GgufVocabulary.PREFIX;

    private final Vocabulary vocabulary;

    TekkenExport(Vocabulary vocabulary) {
        this.vocabulary = vocabulary;
    }

    /// @param rows of the embedding
    void writeTo(GgufWriter file, int rows, boolean addBos, String location) {
        file.put(PREFIX + "model", "gpt2").put(PREFIX + "pre", "tekken");
        new VocabularyExport(vocabulary, location).writeTo(file, rows, ByteSpelling::write, addBos);
        file.put(PREFIX + "scores", new float[rows]).put(PREFIX + "merges", merges());
    }

    /// One way to form a token: from two others.
    private record Pair(int left, int right, String spelling) {}

    /// Each with a space between its halves.
    List<String> merges() {
        List<String> merges = new ArrayList<>();
        for (int id = 0; id < vocabulary.size(); id++) {
            byte[] token = vocabulary.bytesOf(id);
            if (token.length > 1 && vocabulary.kind(id) == Vocabulary.Kind.TEXT) {
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
