package dev.tramontane.tokenizer;

import dev.tramontane.weights.GgufWriter;
import dev.tramontane.weights.Metadata;
import dev.tramontane.weights.ModelFolder;
import dev.tramontane.weights.ModelFormatException;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalInt;
import java.util.Set;

/// Text ⇄ token ids. Immutable and safe for any number of threads.
///
/// The kinds differ in how they cut text; what ids stand for is their {@link Vocabulary}'s.
public sealed interface Tokenizer permits ByteLevelBpe, SentencePiece, Tekken {
    /// Longer texts are refused before anything is made of them: three bytes a character still
    /// leave room below the largest array.
    int LONGEST_TEXT_CHARS = 1 << 27;

    /// The tokenizer of a model: its `tekken.json`; else what its GGUF file says; else its
    /// `tokenizer.json`, which in folders of the family is sometimes wrong.
    ///
    /// @throws ModelFormatException when there is none, a damaged one, or one that is not known
    ///   here
    @SuppressWarnings("exports")
    static Tokenizer of(ModelFolder folder) throws IOException {
        if (folder.tekken().isPresent()) {
            return Tekken.read(folder.tekken().get());
        }
        if (folder.kind() == ModelFolder.Kind.GGUF) {
            return fromGguf(folder.weights().metadata());
        }
        return read(
                folder.tokenizerJson()
                        .orElseThrow(
                                () ->
                                        new ModelFormatException(
                                                folder.weights().location()
                                                        + ": no tekken.json or tokenizer.json among"
                                                        + " the files, expected one beside the"
                                                        + " weights; put the model's own there")));
    }

    /// The tokenizer that a GGUF file describes: model `gpt2` with any known `pre`, `llama` or
    /// `t5`.
    ///
    /// @throws ModelFormatException when the file has another one, or a damaged one
    @SuppressWarnings("exports")
    static Tokenizer fromGguf(Metadata metadata) {
        String model = metadata.text("tokenizer.ggml.model").orElse("missing");
        return switch (model) {
            case "gpt2" ->
                    GgufVocabulary.preTokenizer(metadata).equals(PreTokenizer.TEKKEN)
                            ? Tekken.fromGguf(metadata)
                            : ByteLevelBpe.fromGguf(metadata);
            case "llama", "t5" -> SentencePiece.fromGguf(metadata);
            default ->
                    throw GgufVocabulary.unsupported(metadata, "model", model, "gpt2, llama or t5");
        };
    }

    /// The tokenizer of a `tokenizer.json`, with what the files beside it say of its special
    /// tokens.
    ///
    /// @throws ModelFormatException when it is no such file, a damaged one, or one that asks for
    ///   what is not known here
    static Tokenizer read(Path tokenizerJson) throws IOException {
        return HuggingFaceTokenizer.read(tokenizerJson);
    }

    /// What the ids stand for.
    Vocabulary vocabulary();

    /// Whether a prompt begins with {@link SpecialToken#BOS}.
    boolean addBos();

    /// The ids of a text, without marks around it. A special token's spelling inside the text is
    /// plain text: only a template makes special tokens, and that is the injection barrier.
    ///
    /// @throws IllegalArgumentException when the text is longer than {@link #LONGEST_TEXT_CHARS}
    int[] encode(String text);

    /// The ids of a rendered chat template. Where the template's own text spells a special token it
    /// becomes that token; the same spelling in what a user or a tool said stays plain text, and so
    /// does one that only the two together spell. Text between two special tokens is cut as one.
    ///
    /// Nothing is put in front: templates write the first token themselves.
    ///
    /// @throws IllegalArgumentException when the text is longer than {@link #LONGEST_TEXT_CHARS}
    int[] encode(List<Span> rendered);

    /// The text of `ids`; special tokens vanish or show their spelling.
    ///
    /// Bytes between two special tokens are decoded as one run, broken UTF-8 to U+FFFD.
    default String decode(int[] ids, SpecialTokens specials) {
        return vocabulary().decode(ids, 0, ids.length, specials);
    }

    /// Number of ids; valid ids are `0 .. vocab − 1`.
    default int vocab() {
        return vocabulary().size();
    }

    /// The bytes an id stands for; empty for special tokens. The array is a copy.
    ///
    /// @throws IllegalArgumentException when there is no such id
    default byte[] bytesOf(int id) {
        return vocabulary().bytesOf(id);
    }

    /// Whether the id is a mark of the format rather than text.
    default boolean isSpecial(int id) {
        return vocabulary().isMark(id);
    }

    /// A special token's spelling, or the id's text as far as it is valid UTF-8.
    default String pieceOf(int id) {
        return vocabulary().pieceOf(id);
    }

    /// The id of the special token with this spelling, as this vocabulary spells it.
    default OptionalInt special(String spelling) {
        return vocabulary().special(spelling);
    }

    /// The id that plays this role here, by its usual spellings or the vocabulary's metadata.
    ///
    /// A template's `bos_token` is {@link #pieceOf} of this, for {@link SpecialToken#BOS}.
    default OptionalInt special(SpecialToken token) {
        return vocabulary().special(token);
    }

    /// What ends an answer: the end of the text, what the file names besides, and the usual marks
    /// of a turn's end, such as `<|im_end|>` and `<|eot_id|>`, as far as the vocabulary has them.
    default Set<Integer> stopTokens() {
        return vocabulary().stopTokens();
    }

    /// Adds the entries of a GGUF file that {@link #fromGguf} reads.
    ///
    /// @param rows of the embedding; ids beyond the vocabulary are marked as unused
    /// @throws ModelFormatException when there are fewer rows than tokens, or GGUF has no way to
    ///   say what this tokenizer does
    @SuppressWarnings("exports")
    void writeTo(GgufWriter file, int rows);

    /// A stretch of a rendered chat template.
    ///
    /// @param fromTemplate whether the template wrote it, or somebody whose words it repeats
    record Span(String text, boolean fromTemplate) {}

    /// What becomes of special tokens in decoded text.
    enum SpecialTokens {
        IGNORE,
        KEEP
    }
}
