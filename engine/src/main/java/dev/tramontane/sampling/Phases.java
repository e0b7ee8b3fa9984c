package dev.tramontane.sampling;

/// Tells the phase of a token stream; told each accepted token by the {@link PhaseTracker} alone.
/// The same rules as for {@link TokenMask}: one sequence, one thread at a time.
public interface Phases {
    /// How much of a stop the text has come to.
    enum Pause {
        /// In the middle of something.
        NONE,
        /// A sentence may have ended.
        SENTENCE,
        /// A line ended.
        LINE
    }

    /// The phase that the next token falls into.
    Phase phase();

    /// Where the text stands behind the last token.
    default Pause pause() {
        return Pause.NONE;
    }

    /// Whether the answer has begun: it has text other than white space, or a call.
    default boolean isAnswering() {
        return phase() != Phase.THINKING;
    }

    /// Whether this token, were it the next, would close the thinking or begin to.
    default boolean wouldClose(int token) {
        return false;
    }

    /// The sequence goes on with this token.
    void accept(int token);

    /// Takes back the last `count` accepted tokens.
    void rollback(int count);
}
