package dev.tramontane.jinja;

import java.time.LocalDateTime;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/// All that a rendering knows of the world outside its variables.
///
/// @param limits what it may spend
/// @param nanoTime a monotonic clock, as {@link System#nanoTime}
/// @param now the date and time that `strftime_now` tells
public record Surroundings(Limits limits, LongSupplier nanoTime, Supplier<LocalDateTime> now) {}
