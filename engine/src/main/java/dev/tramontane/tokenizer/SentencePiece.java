package dev.tramontane.tokenizer;

import dev.tramontane.tokenizer.RenderedTemplate.Part.Mark;
import dev.tramontane.tokenizer.RenderedTemplate.Part.Text;
import dev.tramontane.weights.GgufWriter;
import dev.tramontane.weights.Metadata;
import dev.tramontane.weights.ModelFormatException;

import java.util.List;
import java.util.Optional;

/// SentencePiece (Kudo and Richardson 2018), both of its kinds. Byte-pair encoding: in GGUF files,
/// model `llama`, the adjacent pair whose token has the highest score is joined first; a
/// `tokenizer.json` lists the pairs. Unigram (model `t5`): of all ways to cut the text the most
/// probable one.
///
/// Spaces are part of the tokens, which spell them ▁, and a text gets one in front unless the file
/// says otherwise; unigram vocabularies may also want it normalised. Bytes are those of the text:
/// the first token's space is only left out when a whole text is decoded.
public final class SentencePiece implements Tokenizer {
    /// How tokens spell a space.
    static final char SPACE = '\u2581';

    private static final String PREFIX = GgufVocabulary.PREFIX;

    private final Vocabulary vocabulary;
    private final Segmentation segmentation;
    private final Preparation preparation;
    private final boolean addBos;
    private final String location;

    /// What happens to a text before it is put together from tokens.
    ///
    /// @param steps in order
    /// @param prefixes whether a text gets a space in front, which decoding leaves out
    record Preparation(List<TextStep> steps, Spacing spacing, boolean prefixes) {
        Preparation {
            steps = List.copyOf(steps);
        }

        static Preparation of(List<TextStep> steps, Spacing spacing) {
            return new Preparation(steps, spacing, spacing.prefix() != Spacing.Prefix.NONE);
        }

        /// @param first whether nothing is in front of the text
        Pieces apply(String text, boolean first) {
            Utf8.checkLength(text.length());
            String prepared = text;
            for (TextStep step : steps) {
                prepared = step.apply(prepared);
            }
            return spacing.apply(prepared, first);
        }
    }

    /// @param location the file, for messages
    SentencePiece(
            Vocabulary vocabulary,
            Segmentation segmentation,
            Preparation preparation,
            boolean addBos,
            String location) {
        this.vocabulary = vocabulary;
        this.segmentation = segmentation;
        this.preparation = preparation;
        this.addBos = addBos;
        this.location = location;
    }

    /// The vocabulary inside a GGUF file of model `llama` or `t5`.
    ///
    /// @throws ModelFormatException when the metadata has no such vocabulary, or a damaged one
    @SuppressWarnings("exports")
    public static SentencePiece fromGguf(Metadata metadata) {
        boolean unigram = metadata.text(PREFIX + "model").equals(Optional.of("t5"));
        if (!unigram) {
            GgufVocabulary.requireModel(metadata, "llama");
        }
        var file = new GgufVocabulary(metadata);
        Vocabulary vocabulary = file.sentencePiece();
        boolean prefix = metadata.bool(PREFIX + "add_space_prefix").orElse(!unigram);
        return new SentencePiece(
                vocabulary,
                unigram
                        ? file.unigram(vocabulary)
                        : new PairJoining(
                                vocabulary,
                                file.joiningByScore(vocabulary.table()),
                                metadata.location()),
                unigram
                        ? new Preparation(
                                List.of(file.sentencePieceRules(prefix)), Spacing.PLAIN, prefix)
                        : Preparation.of(
                                List.of(),
                                Spacing.of(
                                        prefix ? Spacing.Prefix.EVERY_TEXT : Spacing.Prefix.NONE)),
                metadata.bool(PREFIX + "add_bos_token").orElse(!unigram),
                metadata.location());
    }

    /// How a text is put together: `bpe` or `unigram`.
    public String algorithm() {
        return segmentation.name();
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
        if (!text.isEmpty()) {
            segmentation.encode(preparation.apply(text, first), ids);
        }
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
        return marks + (preparation.prefixes() && text.startsWith(" ") ? text.substring(1) : text);
    }
}
