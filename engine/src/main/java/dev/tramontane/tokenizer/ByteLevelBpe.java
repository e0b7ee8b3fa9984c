package dev.tramontane.tokenizer;

import dev.tramontane.weights.GgufWriter;
import dev.tramontane.weights.Metadata;
import dev.tramontane.weights.ModelFormatException;

import java.util.List;
import java.util.stream.IntStream;

/// Byte-pair encoding over bytes with a list of merges, as GPT-2 began it and most open models have
/// it (Radford et al. 2019, §2.2).
///
/// A text is cut by the vocabulary's {@link PreTokenizer}; within a piece the pair that stands
/// first in the list is joined first. No space is added, and nothing is normalised but to Unicode's
/// form NFC where the vocabulary wants it.
public final class ByteLevelBpe implements Tokenizer {
    private static final String PREFIX = GgufVocabulary.PREFIX;

    private final Vocabulary vocabulary;
    private final MergeList merges;
    private final PreTokenizer cut;
    private final PieceEncoder encoder;
    private final boolean addBos;
    private final String location;

    /// @param location the file, for messages
    ByteLevelBpe(
            Vocabulary vocabulary,
            MergeList merges,
            PreTokenizer cut,
            boolean addBos,
            String location) {
        this.vocabulary = vocabulary;
        this.merges = merges;
        this.cut = cut;
        this.encoder = new PieceEncoder(vocabulary, merges, cut, location);
        this.addBos = addBos;
        this.location = location;
    }

    /// The vocabulary inside a GGUF file: model `gpt2` with any pre-tokenizer that is known here.
    ///
    /// @throws ModelFormatException when the metadata has no such vocabulary, or a damaged one
    @SuppressWarnings("exports")
    public static ByteLevelBpe fromGguf(Metadata metadata) {
        GgufVocabulary.requireModel(metadata, "gpt2");
        PreTokenizer cut = GgufVocabulary.preTokenizer(metadata);
        var file = new GgufVocabulary(metadata);
        Vocabulary vocabulary = file.byteLevel();
        boolean addBos =
                metadata.bool(PREFIX + "add_bos_token").orElse(cut.equals(PreTokenizer.LLAMA3));
        return new ByteLevelBpe(
                vocabulary, file.merges(vocabulary), cut, addBos, metadata.location());
    }

    @Override
    @SuppressWarnings("exports")
    public void writeTo(GgufWriter file, int rows) {
        PreTokenizer named = namedInGguf();
        if (named.equals(PreTokenizer.TEKKEN)) {
            requireTekkensMerges();
            new TekkenExport(vocabulary).writeTo(file, rows, addBos, location);
            return;
        }
        file.put(PREFIX + "model", "gpt2").put(PREFIX + "pre", named.names().getFirst());
        new VocabularyExport(vocabulary, location).writeTo(file, rows, ByteSpelling::write, addBos);
        file.put(PREFIX + "merges", merges.merges().stream().map(this::spelled).toList());
    }

    private String spelled(MergeList.Merge merge) {
        return ByteSpelling.write(vocabulary.bytesOf(merge.left()))
                + " "
                + ByteSpelling.write(vocabulary.bytesOf(merge.right()));
    }

    /// The pre-tokenizer that a name in a GGUF file stands for and that gives the same tokens.
    private PreTokenizer namedInGguf() {
        List<PreTokenizer> alike =
                PreTokenizer.ALL.stream()
                        .filter(known -> known.patterns().equals(cut.patterns()))
                        .filter(known -> known.composes() == cut.composes())
                        .toList();
        return alike.stream()
                .filter(known -> known.wholeFirst() == cut.wholeFirst())
                .findFirst()
                .or(() -> alike.stream().filter(_ -> encoder.makesAll()).findFirst())
                .orElseThrow(
                        () ->
                                new ModelFormatException(
                                        "%s: text is cut as by %s, but with form NFC %s and ignore_merges %s, expected what a name in GGUF files stands for; run the model from its folder"
                                                .formatted(
                                                        location,
                                                        cut.names().getFirst(),
                                                        cut.composes(),
                                                        cut.wholeFirst())));
    }

    /// Readers of a `tekken` file join by the order of the tokens.
    private void requireTekkensMerges() {
        List<MergeList.Merge> listed = merges.merges();
        boolean ordered =
                IntStream.range(1, listed.size())
                        .allMatch(i -> listed.get(i - 1).makes() <= listed.get(i).makes());
        if (!ordered || listed.size() != new TekkenExport(vocabulary).merges().size()) {
            throw new ModelFormatException(
                    location
                            + ": text is cut as by tekken, but pairs are not joined in the order of"
                            + " the tokens, expected Tekken's own merges; put the model's"
                            + " tekken.json there, or run the model from its folder");
        }
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
