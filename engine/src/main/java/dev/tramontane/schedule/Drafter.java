package dev.tramontane.schedule;

import java.util.List;

/// Guesses how sequences go on, so that several of their tokens are computed in one step
/// (speculative decoding, Leviathan et al. 2023). A guess costs time when it is wrong and never
/// changes a result: the sampler chooses every token as it would have anyway.
///
/// What became of a guess a drafter reads from the sequence's tokens at the next call: they only
/// grow, and all of them are certain.
///
/// Used by the scheduler's thread alone.
public interface Drafter {
    /// Nothing can be guessed.
    int NOTHING = -1;

    /// How much speaks for the next guess, or {@link #NOTHING}: the longer a text has been followed
    /// the surer it is. The guess behind a right guess has one more. Costs next to nothing.
    int evidence(Sequence sequence);

    /// Adds to each sequence's draft as many tokens as are wanted, or fewer.
    void propose(List<Sequence> sequences);

    /// Nothing more will be guessed for this sequence, unless it comes back after it was set back.
    void forget(Sequence sequence);
}
