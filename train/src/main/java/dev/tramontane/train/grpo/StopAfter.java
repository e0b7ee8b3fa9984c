package dev.tramontane.train.grpo;

import dev.tramontane.sampling.FinishReason;
import dev.tramontane.sampling.TokenMask;

import java.util.Set;

/// Ends a sequence behind its stop token instead of before it: a policy decides when to stop, so
/// that token has a log-probability and is learned from like any other.
final class StopAfter implements TokenMask {
    private final Set<Integer> stops;
    private boolean stopped;

    StopAfter(Set<Integer> stops) {
        this.stops = stops;
    }

    @Override
    public Verdict next() {
        return stopped ? new Verdict.End(FinishReason.STOP) : Verdict.ANY;
    }

    @Override
    public void accept(int token) {
        stopped = stops.contains(token);
    }

    @Override
    public void rollback(int count) {
        stopped &= count == 0;
    }
}
