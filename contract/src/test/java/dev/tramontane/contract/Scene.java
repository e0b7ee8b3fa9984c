package dev.tramontane.contract;

/// What a client meets; a transcript names it, so that it can be played again.
public enum Scene {
    /// A model that knows what is asked, for whoever asks.
    KNOWING,
    /// The same, for who has {@link Serving#KEY}.
    LOCKED,
    /// It is too busy for the first request.
    BUSY,
    /// It is too busy for the first two requests.
    BUSIER,
    /// It breaks off behind its first words.
    BREAKING,
    /// It knows, under the names that articles about Magistral use.
    ARTICLES,
    /// It knows, and beside it is `tiny`, a model of random weights that makes vectors.
    VECTORS,
    /// A model of random weights that sees, under the names that articles about Magistral use.
    SEEING
}
