package dev.tramontane.sampling;

/// Tells the phases each token: the one mask that does. It stands first in a sequence's list, so
/// the masks behind it, which only ask, find the phases ahead of them by the token that they are
/// being told.
///
/// @param phases of one sequence
public record PhaseTracker(Phases phases) implements TokenMask {
    @Override
    public Verdict next() {
        return Verdict.ANY;
    }

    @Override
    public void accept(int token) {
        phases.accept(token);
    }

    @Override
    public void rollback(int count) {
        phases.rollback(count);
    }
}
