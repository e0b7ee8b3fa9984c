package dev.tramontane.tokenizer;

import dev.tramontane.tokenizer.RenderedTemplate.Part.Mark;
import dev.tramontane.tokenizer.RenderedTemplate.Part.Text;
import dev.tramontane.weights.Metadata;
import dev.tramontane.weights.ModelFormatException;

import java.util.List;
import java.util.OptionalInt;

/// SentencePiece's byte-pair encoding as GGUF files hold it, model `llama` (Kudo and Richardson
/// 2018): the adjacent pair whose token has the highest score is joined first.
///
/// Spaces are part of the tokens, which spell them ▁, and a text gets one in front unless the file
/// says otherwise. What is no token is spelled in byte tokens. Bytes are those of the text: the
/// first token's space is only left out when a whole text is decoded.
public final class SentencePiece implements Tokenizer {
    /// How tokens spell a space.
    static final char SPACE = '\u2581';

    private final Vocabulary vocabulary;
    private final int[] priorities;
    private final int[] byteIds;
    private final boolean spacePrefix;
    private final boolean addBos;

    private SentencePiece(Metadata metadata) {
        var file = new GgufVocabulary(metadata);
        vocabulary = file.sentencePiece();
        priorities = file.prioritiesByScore();
        spacePrefix = metadata.bool("tokenizer.ggml.add_space_prefix").orElse(true);
        addBos = metadata.bool("tokenizer.ggml.add_bos_token").orElse(true);
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
                                                        .formatted(metadata.location(), stray)));
            }
        }
    }

    /// The vocabulary inside a GGUF file of model `llama`.
    ///
    /// @throws ModelFormatException when the metadata has no such vocabulary, or a damaged one
    @SuppressWarnings("exports")
    public static SentencePiece fromGguf(Metadata metadata) {
        GgufVocabulary.requireModel(metadata, "llama");
        return new SentencePiece(metadata);
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
        encode(text, ids);
        return ids.toArray();
    }

    @Override
    public int[] encode(List<Span> rendered) {
        var ids = new TokenIds(16);
        for (RenderedTemplate.Part part : RenderedTemplate.parts(rendered, vocabulary)) {
            switch (part) {
                case Mark(int id) -> ids.add(id);
                case Text(String text, boolean _) -> encode(text, ids);
            }
        }
        return ids.toArray();
    }

    private void encode(String text, TokenIds ids) {
        if (text.isEmpty()) {
            return;
        }
        String spaced = text.replace(SPACE, ' ');
        Utf8 utf8 = Utf8.of(spacePrefix ? " " + spaced : spaced);
        new PairMerger(vocabulary.table(), priorities, byteIds, utf8.bytes(), ids)
                .mergeCharacters(0, utf8.length());
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
        return marks + (spacePrefix && text.startsWith(" ") ? text.substring(1) : text);
    }
}
