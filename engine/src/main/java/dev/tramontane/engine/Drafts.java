package dev.tramontane.engine;

/// What guessing ahead came to for an answer. How much is guessed depends on how busy the machine
/// is: these counts are no part of what was generated, which repeats.
///
/// @param tokens that were computed as guesses
/// @param accepted those of them that were right: chosen without a step of their own
public record Drafts(long tokens, long accepted) {
    /// Nobody guessed.
    public static final Drafts NONE = new Drafts(0, 0);

    /// Those of two answers together.
    public Drafts plus(Drafts other) {
        return new Drafts(tokens + other.tokens, accepted + other.accepted);
    }
}
