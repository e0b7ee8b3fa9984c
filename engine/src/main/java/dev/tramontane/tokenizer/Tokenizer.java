package dev.tramontane.tokenizer;

import dev.tramontane.weights.Metadata;

import java.util.OptionalInt;

/// Text ⇄ token ids. Immutable and safe for any number of threads.
public interface Tokenizer {
    /// Number of ids; valid ids are `0 .. vocab − 1`.
    int vocab();

    /// The tokenizer that a GGUF file describes: model `gpt2` with pre `tekken`, or model `llama`.
    ///
    /// @throws dev.tramontane.weights.ModelFormatException when the file has another one, or a
    ///   damaged one
    @SuppressWarnings("exports")
    static Tokenizer fromGguf(Metadata metadata) {
        String model = metadata.text("tokenizer.ggml.model").orElse("missing");
        return switch (model) {
            case "gpt2" -> Tekken.fromGguf(metadata);
            case "llama" -> SentencePiece.fromGguf(metadata);
            default -> throw GgufVocabulary.unsupported(metadata, "model", model, "gpt2 or llama");
        };
    }

    /// Whether a prompt begins with {@link SpecialToken#BOS}.
    boolean addBos();

    /// The ids of a text, without marks around it. A special token's spelling inside the text is
    /// plain text: only a template makes special tokens, and that is the injection barrier.
    int[] encode(String text);

    /// The bytes an id stands for; empty for special tokens. The array is a copy.
    ///
    /// @throws IllegalArgumentException when there is no such id
    byte[] bytesOf(int id);

    /// Whether the id is a mark of the format rather than text.
    boolean isSpecial(int id);

    /// A special token's spelling, or the id's text as far as it is valid UTF-8.
    String pieceOf(int id);

    /// The id of the special token with this spelling, as this vocabulary spells it.
    OptionalInt special(String spelling);

    /// The id that plays this role here, by its usual spellings or the vocabulary's metadata.
    default OptionalInt special(SpecialToken token) {
        return special(token.spelling());
    }

    /// The text of `ids`; special tokens vanish or show their spelling.
    ///
    /// Bytes between two special tokens are decoded as one run, broken UTF-8 to U+FFFD.
    String decode(int[] ids, SpecialTokens specials);

    /// What becomes of special tokens in decoded text.
    enum SpecialTokens {
        IGNORE,
        KEEP
    }
}
