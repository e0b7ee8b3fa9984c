package dev.tramontane.tokenizer;

import dev.tramontane.weights.ModelFormatException;

import java.util.OptionalInt;

/// Byte-pair encoding that begins with characters; what is no token is spelled in byte tokens.
final class PairJoining implements Segmentation {
    private final Vocabulary vocabulary;
    private final Joining joining;
    private final int[] byteIds;

    /// @param joining how pairs are joined
    /// @param location the file, for messages
    PairJoining(Vocabulary vocabulary, Joining joining, String location) {
        this.vocabulary = vocabulary;
        this.joining = joining;
        byteIds = vocabulary.byteIds().clone();
        OptionalInt unknown = vocabulary.special(SpecialToken.UNKNOWN);
        for (int b = 0; b < byteIds.length; b++) {
            if (byteIds[b] == TokenTable.NONE) {
                int stray = b;
                byteIds[b] =
                        unknown.orElseThrow(
                                () ->
                                        new ModelFormatException(
                                                "%s: no token stands for the byte 0x%02X and none for the unknown, expected one or the other; convert the file again"
                                                        .formatted(location, stray)));
            }
        }
    }

    @Override
    public String name() {
        return "bpe";
    }

    @Override
    public void encode(Pieces pieces, TokenIds ids) {
        var merger =
                new PairMerger(vocabulary.table(), joining, byteIds, pieces.text().bytes(), ids);
        for (int piece = 0; piece < pieces.count(); piece++) {
            merger.mergeCharacters(pieces.begin(piece), pieces.end(piece));
        }
    }
}
