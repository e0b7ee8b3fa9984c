package dev.tramontane.server.connection;

import java.time.Duration;

/// How long a client may take.
///
/// @param idle until the first byte of a request, the connection's first or another
/// @param headers from a request's first byte until its headers are complete
/// @param body from there until its body is complete
/// @param bodyBytesPerSecond what a body must come in with; each byte prolongs the time for it by
///   its share
/// @param write until a piece of what was written is taken
public record Patience(
        Duration idle, Duration headers, Duration body, int bodyBytesPerSecond, Duration write) {
    /// What suits clients of the open network.
    public static final Patience STANDARD =
            new Patience(
                    Duration.ofSeconds(60),
                    Duration.ofSeconds(10),
                    Duration.ofSeconds(30),
                    64 << 10,
                    Duration.ofSeconds(30));
}
