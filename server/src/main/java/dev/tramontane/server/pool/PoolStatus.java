package dev.tramontane.server.pool;

import java.time.Instant;
import java.util.Optional;

/// A model of a pool at one moment.
///
/// @param bytes that it takes while it is open
/// @param uses how many hold it, or wait for it
/// @param since when it was opened; empty while it is not
/// @param until when it goes if nobody asks for it any more; empty while it is not open, or stays
///   for as long as memory allows
public record PoolStatus(
        String name,
        State state,
        long bytes,
        int uses,
        Optional<Instant> since,
        Optional<Instant> until) {
    /// Where it is between being asked for and being let go.
    public enum State {
        /// Nobody needs it.
        UNLOADED,
        /// Asked for: others are opened first, or memory is still to come free.
        WAITING,
        /// It is being opened.
        LOADING,
        /// It is open, and answers whoever asks.
        LOADED,
        /// It is open for those who hold it, and closed when they are done.
        LEAVING
    }
}
