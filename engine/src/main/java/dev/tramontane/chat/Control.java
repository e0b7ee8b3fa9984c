package dev.tramontane.chat;

import java.util.OptionalInt;

/// How an answer is watched over while it is written.
///
/// @param guard whether the runaway guard is on
/// @param closingSentence whether control's own last sentence, in the conversation's language,
///   stands where it closes a thought. Off unless asked for: nobody has measured that it helps, and
///   with other models such sentences have been seen to do harm
/// @param answerReserve tokens that are left to the answer of all that may be generated; empty for
///   a quarter, 1,024 at most. Thinking is closed in time for it; with 0 it may take everything
/// @param limits ceilings
public record Control(
        boolean guard, boolean closingSentence, OptionalInt answerReserve, Limits limits) {
    /// The guard, a reserve for the answer, no ceilings.
    public static final Control STANDARD =
            new Control(true, false, OptionalInt.empty(), Limits.NONE);

    private static final int LARGEST_DEFAULT_RESERVE = 1024;
    private static final int RESERVE_SHARE = 4;

    public Control {
        if (answerReserve.orElse(0) < 0) {
            throw new IllegalArgumentException(
                    "the answer's reserve is "
                            + answerReserve.getAsInt()
                            + " tokens, expected 0 or more");
        }
    }

    public Control withGuard(boolean wanted) {
        return new Control(wanted, closingSentence, answerReserve, limits);
    }

    public Control withClosingSentence(boolean wanted) {
        return new Control(guard, wanted, answerReserve, limits);
    }

    public Control withAnswerReserve(int tokens) {
        return new Control(guard, closingSentence, OptionalInt.of(tokens), limits);
    }

    public Control withLimits(Limits others) {
        return new Control(guard, closingSentence, answerReserve, others);
    }

    /// Tokens that the thinking leaves to the answer.
    ///
    /// @param room tokens that can be generated
    int reserve(int room) {
        return answerReserve.orElse(Math.min(LARGEST_DEFAULT_RESERVE, room / RESERVE_SHARE));
    }
}
