package dev.tramontane.cluster;

import java.time.Duration;

/// How soon a machine that says nothing is given up.
///
/// @param beat between two signs of life
/// @param pause without one, after which a machine is doubted; long enough for a pause of its
///   garbage collector
/// @param doubt after which it is given up
public record Timing(Duration beat, Duration pause, Duration doubt) {
    /// For machines of one room.
    public static final Timing USUAL =
            new Timing(Duration.ofSeconds(1), Duration.ofSeconds(10), Duration.ofSeconds(10));

    public Timing {
        if (!beat.isPositive() || pause.compareTo(beat) <= 0 || !doubt.isPositive()) {
            throw new IllegalArgumentException(
                    "a beat of %s, a pause of %s, doubts of %s; expected more than nothing, and a pause of several beats"
                            .formatted(beat, pause, doubt));
        }
    }
}
