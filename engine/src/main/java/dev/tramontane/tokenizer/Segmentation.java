package dev.tramontane.tokenizer;

/// How SentencePiece puts a text together from tokens.
sealed interface Segmentation permits PairJoining, Unigram {
    /// Whether a text is cut by pairs joined (`bpe`) or by scores summed (`unigram`).
    String name();

    /// Adds the ids of each piece.
    void encode(Pieces pieces, TokenIds ids);
}
