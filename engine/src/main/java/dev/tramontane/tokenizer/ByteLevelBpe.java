package dev.tramontane.tokenizer;

import dev.tramontane.weights.Metadata;

import java.util.List;

/// Byte-pair encoding over bytes with a list of merges, as GPT-2 began it and most open models have
/// it (Radford et al. 2019, §2.2).
///
/// A text is cut by the vocabulary's {@link PreTokenizer}; within a piece the pair that stands
/// first in the list is joined first. No space is added, and nothing is normalised but to Unicode's
/// form NFC where the vocabulary wants it.
public final class ByteLevelBpe implements Tokenizer {
    private final Vocabulary vocabulary;
    private final PieceEncoder encoder;
    private final boolean addBos;

    ByteLevelBpe(Vocabulary vocabulary, PieceEncoder encoder, boolean addBos) {
        this.vocabulary = vocabulary;
        this.encoder = encoder;
        this.addBos = addBos;
    }

    /// The vocabulary inside a GGUF file: model `gpt2` with any pre-tokenizer that is known here.
    ///
    /// @throws dev.tramontane.weights.ModelFormatException when the metadata has no such
    ///   vocabulary, or a damaged one
    @SuppressWarnings("exports")
    public static ByteLevelBpe fromGguf(Metadata metadata) {
        GgufVocabulary.requireModel(metadata, "gpt2");
        PreTokenizer cut = GgufVocabulary.preTokenizer(metadata);
        var file = new GgufVocabulary(metadata);
        Vocabulary vocabulary = file.byteLevel();
        var encoder =
                new PieceEncoder(
                        vocabulary,
                        file.merges(vocabulary),
                        cut.wholeFirst(),
                        cut.automata(),
                        cut.composes(),
                        metadata.location());
        boolean addBos =
                metadata.bool("tokenizer.ggml.add_bos_token")
                        .orElse(cut.equals(PreTokenizer.LLAMA3));
        return new ByteLevelBpe(vocabulary, encoder, addBos);
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
        return encoder.encode(text);
    }

    @Override
    public int[] encode(List<Span> rendered) {
        return encoder.encode(rendered);
    }
}
