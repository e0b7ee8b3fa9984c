package dev.tramontane.sampling;

/// Which log-probabilities are told of the tokens that are chosen.
///
/// @param top how many of the likeliest tokens are told with each; −1 for no log-probabilities
/// @param of whose they are
public record Logprobs(int top, Of of) {
    /// The most alternatives a token can report.
    static final int MOST = 20;

    /// None.
    public static final Logprobs NONE = new Logprobs(-1, Of.MODEL);

    /// What a token may be told to have been likely in.
    public enum Of {
        /// The model's own distribution: before bias and all that follows.
        MODEL,

        /// The distribution that the token was drawn from: behind every filter. A token that had to
        /// come is certain.
        DRAW
    }

    public Logprobs {
        Ranges.check(top >= -1 && top <= MOST, "top_logprobs", top, "0 to " + MOST);
    }

    /// Of the model's own distribution.
    ///
    /// @param top as in the record
    public static Logprobs ofModel(int top) {
        return new Logprobs(top, Of.MODEL);
    }
}
