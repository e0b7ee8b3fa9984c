package dev.tramontane.sampling;

/// Ends an answer after so many tokens, counted from its first text or call: the thinking does not
/// count.
public final class AnswerLimit implements TokenMask {
    private final Phases phases;
    private final int tokens;
    private final Rewind<Integer> earlier = new Rewind<>();
    private int count;

    /// @param phases told of each token before this mask; see {@link PhaseTracker}
    /// @param tokens one at least
    public AnswerLimit(Phases phases, int tokens) {
        Ranges.check(tokens > 0, "answer tokens", tokens, "1 or more");
        this.phases = phases;
        this.tokens = tokens;
    }

    @Override
    public Verdict next() {
        return count < tokens ? Verdict.ANY : new Verdict.End(FinishReason.LENGTH);
    }

    @Override
    public void accept(int token) {
        earlier.before(count);
        count += phases.isAnswering() ? 1 : 0;
    }

    @Override
    public void rollback(int taken) {
        if (taken > 0) {
            count = earlier.takeBack(taken);
        }
    }
}
