package dev.tramontane.sampling;

import java.util.BitSet;
import java.util.Optional;

/// Which tokens may come next. One instance belongs to one sequence and is used by one thread at a
/// time: the engine's threads take turns, and other sequences' masks are asked meanwhile.
///
/// Budgets, the runaway guard, grammars and "answer now" are all masks: they act between two
/// tokens. A token is *forced* when the masks left one choice. Speculation takes accepted tokens
/// back, hence {@link #rollback}.
public interface TokenMask {
    /// What the mask says about the next token.
    sealed interface Verdict {
        /// No restriction.
        record Any() implements Verdict {}

        /// Only these ids. The set is the mask's own and valid until the next call.
        record Only(BitSet allowed) implements Verdict {}

        /// All but these ids. The set is the mask's own and valid until the next call.
        record Except(BitSet banned) implements Verdict {}

        /// Exactly this id.
        record Force(int token) implements Verdict {}

        /// The sequence ends here.
        ///
        /// @param repeatedTokens so many of its last tokens only repeat those before them
        record End(FinishReason reason, int repeatedTokens) implements Verdict {
            /// An end behind tokens that all count.
            public End(FinishReason reason) {
                this(reason, 0);
            }
        }

        /// The shared instance of {@link Any}.
        Verdict ANY = new Any();
    }

    /// The verdict on the token after those accepted so far.
    Verdict next();

    /// What comes in the place of the token that was chosen: itself, unless the mask replaces it.
    /// Asked before {@link #accept}, and before the token is held against those that end the
    /// sequence; a token that was forced stays.
    ///
    /// A replacement sees what the model wanted, which a ban does not: a thought that is to go on
    /// is led on where the model would have closed it, and nowhere else.
    default int instead(int token) {
        return token;
    }

    /// What the last {@link #next} or {@link #instead} stepped in with, told once; empty when it
    /// let things be. A mask that was passed over is asked in vain, and tells it again when its
    /// word counts.
    default Optional<Intervention> intervened() {
        return Optional.empty();
    }

    /// The sequence goes on with this token.
    void accept(int token);

    /// The sequence goes on with this token.
    ///
    /// @param forced whether the masks left no other
    default void accept(int token, boolean forced) {
        accept(token);
    }

    /// Takes back the last `count` accepted tokens.
    void rollback(int count);
}
