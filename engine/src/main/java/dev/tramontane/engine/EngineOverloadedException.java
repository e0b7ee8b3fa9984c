package dev.tramontane.engine;

import java.time.Duration;

/// The caller should come back later: the queue is full.
public final class EngineOverloadedException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final Duration wait;

    public EngineOverloadedException(String message, Duration wait) {
        super(message);
        this.wait = wait;
    }

    /// When to try again.
    public Duration retryAfter() {
        return wait;
    }
}
