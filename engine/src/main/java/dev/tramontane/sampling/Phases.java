package dev.tramontane.sampling;

/// Tells the phase of a token stream; told each accepted token. The same rules as for {@link
/// TokenMask}: one sequence, the scheduler's thread.
public interface Phases {
    /// The phase that the next token falls into.
    Phase phase();

    /// The sequence goes on with this token.
    void accept(int token);

    /// Takes back the last `count` accepted tokens.
    void rollback(int count);
}
