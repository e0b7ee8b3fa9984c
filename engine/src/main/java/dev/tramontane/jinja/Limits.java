package dev.tramontane.jinja;

import java.time.Duration;

/// What one rendering may spend.
///
/// @param steps evaluated nodes, items walked over, and 256 characters written or compared at a
///   time
/// @param outputBytes of the result in UTF-8, and the characters of any text on the way
/// @param depth macros within macros, and recursive loops
/// @param time by a monotonic clock
public record Limits(int steps, int outputBytes, int depth, Duration time) {
    /// A million steps, 8 MB, 64 deep, a quarter of a second.
    public static final Limits STANDARD =
            new Limits(1_000_000, 8_000_000, 64, Duration.ofMillis(250));

    /// The same with another time.
    public Limits within(Duration longest) {
        return new Limits(steps, outputBytes, depth, longest);
    }
}
