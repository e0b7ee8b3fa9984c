package dev.tramontane.server.connection;

import java.time.Duration;

/// By when something must have happened, if at all. One thread sets it, another looks.
final class Deadline {
    private static final long NONE = 0;

    private volatile long nanos = NONE; // of System.nanoTime()

    void in(Duration time) {
        by(System.nanoTime() + time.toNanos());
    }

    /// @param at of System.nanoTime()
    void by(long at) {
        nanos = at == NONE ? 1 : at;
    }

    void lift() {
        nanos = NONE;
    }

    /// @param now of System.nanoTime()
    boolean hasPassed(long now) {
        long at = nanos;
        return at != NONE && now - at > 0;
    }
}
