package dev.tramontane.cluster;

import java.util.HashMap;
import java.util.Map;

/// Attempts in vain at one piece of work, and when there have been enough of them.
///
/// @param <W> what a worker is known by
final class Attempts<W> {
    /// Workers that may fail at it, and how often one of them may, before the work is taken for the
    /// culprit.
    static final int MOST_FAILURES = 5;

    /// How often it may go with its worker, or a message of it get lost. Machines go for reasons of
    /// their own, but what kills whoever begins it must not wander for ever.
    static final int MOST_LOSSES = 20;

    private final Map<W, Integer> failures = new HashMap<>();
    private int losses;

    /// A worker could not do it.
    void failed(W worker) {
        failures.merge(worker, 1, Integer::sum);
    }

    /// It was lost, and no worker has failed.
    void lost() {
        losses++;
    }

    int failuresOf(W worker) {
        return failures.getOrDefault(worker, 0);
    }

    boolean areEnough() {
        return losses >= MOST_LOSSES
                || failures.size() >= MOST_FAILURES
                || failures.containsValue(MOST_FAILURES);
    }

    int count() {
        return losses + failures.values().stream().mapToInt(Integer::intValue).sum();
    }
}
