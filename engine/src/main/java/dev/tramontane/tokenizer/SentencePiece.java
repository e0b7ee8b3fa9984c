package dev.tramontane.tokenizer;

import dev.tramontane.tokenizer.RenderedTemplate.Part.Mark;
import dev.tramontane.tokenizer.RenderedTemplate.Part.Text;
import dev.tramontane.weights.GgufWriter;
import dev.tramontane.weights.Metadata;
import dev.tramontane.weights.ModelFormatException;

import java.util.List;
import java.util.OptionalInt;

/// SentencePiece's byte-pair encoding (Kudo and Richardson 2018): in GGUF files, model `llama`, the
/// adjacent pair whose token has the highest score is joined first; a `tokenizer.json` lists the
/// pairs.
///
/// Spaces are part of the tokens, which spell them ▁, and a text gets one in front unless the file
/// says otherwise. What is no token is spelled in byte tokens. Bytes are those of the text: the
/// first token's space is only left out when a whole text is decoded.
public final class SentencePiece implements Tokenizer {
    /// How tokens spell a space.
    static final char SPACE = '\u2581';

    private final Vocabulary vocabulary;
    private final Joining joining;
    private final int[] byteIds;
    private final SpacePrefix spacePrefix;
    private final boolean addBos;
    private final String location;

    /// Which texts get a space in front: a text is what stands between two special tokens.
    enum SpacePrefix {
        NONE,
        EVERY_TEXT,
        TEXTS_WITHOUT_ONE,
        FIRST_TEXT_WITHOUT_ONE;

        boolean fits(String text, boolean first) {
            return switch (this) {
                case NONE -> false;
                case EVERY_TEXT -> true;
                case TEXTS_WITHOUT_ONE -> !text.startsWith(" ");
                case FIRST_TEXT_WITHOUT_ONE -> first && !text.startsWith(" ");
            };
        }
    }

    /// @param joining how pairs are joined
    /// @param location the file, for messages
    SentencePiece(
            Vocabulary vocabulary,
            Joining joining,
            SpacePrefix spacePrefix,
            boolean addBos,
            String location) {
        this.vocabulary = vocabulary;
        this.joining = joining;
        this.spacePrefix = spacePrefix;
        this.addBos = addBos;
        this.location = location;
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

    /// The vocabulary inside a GGUF file of model `llama`.
    ///
    /// @throws ModelFormatException when the metadata has no such vocabulary, or a damaged one
    @SuppressWarnings("exports")
    public static SentencePiece fromGguf(Metadata metadata) {
        GgufVocabulary.requireModel(metadata, "llama");
        var file = new GgufVocabulary(metadata);
        Vocabulary vocabulary = file.sentencePiece();
        boolean prefix = metadata.bool("tokenizer.ggml.add_space_prefix").orElse(true);
        return new SentencePiece(
                vocabulary,
                file.joiningByScore(vocabulary.table()),
                prefix ? SpacePrefix.EVERY_TEXT : SpacePrefix.NONE,
                metadata.bool("tokenizer.ggml.add_bos_token").orElse(true),
                metadata.location());
    }

    @Override
    public Vocabulary vocabulary() {
        return vocabulary;
    }

    @Override
    public boolean addBos() {
        return addBos;
    }

    @Override
    public int[] encode(String text) {
        var ids = new TokenIds(text.length() / 3);
        encode(text, true, ids);
        return ids.toArray();
    }

    @Override
    public int[] encode(List<Span> rendered) {
        var ids = new TokenIds(16);
        for (RenderedTemplate.Part part : RenderedTemplate.parts(rendered, vocabulary)) {
            switch (part) {
                case Mark(int id) -> ids.add(id);
                case Text(String text, boolean first) -> encode(text, first, ids);
            }
        }
        return ids.toArray();
    }

    private void encode(String text, boolean first, TokenIds ids) {
        if (text.isEmpty()) {
            return;
        }
        String spaced = text.replace(SPACE, ' ');
        Utf8 utf8 = Utf8.of(spacePrefix.fits(spaced, first) ? " " + spaced : spaced);
        new PairMerger(vocabulary.table(), joining, byteIds, utf8.bytes(), ids)
                .mergeCharacters(0, utf8.length());
    }

    @Override
    @SuppressWarnings("exports")
    public void writeTo(GgufWriter file, int rows) {
        throw new ModelFormatException(
                location
                        + ": a SentencePiece vocabulary, which is not written as GGUF yet, expected"
                        + " a tekken.json or a byte-level tokenizer.json; run the model from its"
                        + " folder");
    }

    /// The text of `ids` as of a whole text: the space that encoding put in front is left out.
    @Override
    public String decode(int[] ids, SpecialTokens specials) {
        int first = 0;
        while (first < ids.length && vocabulary.isMark(ids[first])) {
            first++;
        }
        String marks = vocabulary.decode(ids, 0, first, specials);
        String text = vocabulary.decode(ids, first, ids.length, specials);
        return marks
                + (spacePrefix != SpacePrefix.NONE && text.startsWith(" ")
                        ? text.substring(1)
                        : text);
    }
}
