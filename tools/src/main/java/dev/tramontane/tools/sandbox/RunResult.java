package dev.tramontane.tools.sandbox;

import java.time.Duration;
import java.util.Map;
import java.util.Optional;

/// How a program ended, and what it left.
///
/// @param exit its exit code, or 128 and the number of the signal that ended it
/// @param endedBy the limit that ended it; absent where it ended by itself
/// @param output what it wrote to standard output
/// @param errors what it wrote to standard error
/// @param files those it made or changed in its folder, by path, but for `.cache`; owned by whoever
///   has this record
/// @param elapsed by the clock
/// @param processorTime of all its threads
/// @param peakBytes of memory at once, the interpreter's included
public record RunResult(
        int exit,
        Optional<Limit> endedBy,
        Text output,
        Text errors,
        Map<String, byte[]> files,
        Duration elapsed,
        Duration processorTime,
        long peakBytes) {
    /// @param text decoded as UTF-8
    /// @param cut whether more was written than {@link Limits#outputBytes}
    public record Text(String text, boolean cut) {}

    /// What a program can have too much of.
    public enum Limit {
        /// processor time, or time by the clock
        TIME,
        /// seen where Python itself gave up for lack of it
        MEMORY,
        /// bytes of a stream
        OUTPUT,
        /// bytes or number of files
        DISK,
        THREADS
    }

    public RunResult {
        files = Map.copyOf(files);
    }

    /// Whether it ended by itself, and well.
    public boolean isSuccess() {
        return exit == 0 && endedBy.isEmpty();
    }
}
