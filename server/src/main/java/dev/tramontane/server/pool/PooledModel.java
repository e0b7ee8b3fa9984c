package dev.tramontane.server.pool;

import dev.tramontane.chat.ChatModel;

import java.io.IOException;
import java.time.Duration;
import java.util.Optional;

/// A model as a pool keeps it.
///
/// @param name that it is asked for by
/// @param bytes of memory that it takes while it is open
/// @param keepAlive how long it stays open while nobody uses it; empty for as long as memory allows
/// @param opener opens it anew each time
public record PooledModel<M extends ChatModel>(
        String name, long bytes, Optional<Duration> keepAlive, Opener<M> opener) {
    /// Opens a model.
    public interface Opener<M> {
        /// @throws IOException when it cannot be; the next one who asks tries again
        M open() throws IOException;
    }

    public PooledModel {
        if (bytes < 0 || keepAlive.map(Duration::isNegative).orElse(false)) {
            throw new IllegalArgumentException(
                    "%s: %d bytes kept for %s, expected 0 or more of both"
                            .formatted(name, bytes, keepAlive));
        }
    }
}
