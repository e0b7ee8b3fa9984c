package dev.tramontane.engine;

import java.time.Duration;

/// Tokens and the seconds spent on them. Written by the engine's thread, read by any.
final class Throughput {
    private static final long WINDOW_NANOS = Duration.ofSeconds(2).toNanos();

    private volatile Totals totals = new Totals(0, 0, 0, 0, 0);
    private long windowNanos;
    private long windowTokens;
    private boolean windowWasFull;

    /// @param computed tokens since the start, prompts included
    /// @param sampled tokens chosen since the start, but for those that were drafted
    /// @param stepNanos what the steps took
    /// @param controlNanos what of that was not the forward pass
    /// @param sampledPerSecond drafted ones included, in the last full window of computing, or
    ///   since the start
    record Totals(
            long computed,
            long sampled,
            long stepNanos,
            long controlNanos,
            double sampledPerSecond) {}

    /// Counts a step's tokens: before anybody is told of them, so that who asks afterwards finds
    /// them counted.
    void count(int computed, int sampled) {
        windowTokens += sampled;
        totals =
                new Totals(
                        totals.computed + computed,
                        totals.sampled + sampled,
                        totals.stepNanos,
                        totals.controlNanos,
                        totals.sampledPerSecond);
    }

    /// Adds what the step took in all, and its forward pass alone; and its tokens that were
    /// drafted, which are counted elsewhere as they come.
    void took(long drafted, long nanos, long forwardNanos) {
        windowTokens += drafted;
        windowNanos += nanos;
        double rate = totals.sampledPerSecond;
        boolean full = windowNanos >= WINDOW_NANOS;
        if (full || !windowWasFull) {
            rate = windowTokens * 1e9 / Math.max(1, windowNanos);
        }
        totals =
                new Totals(
                        totals.computed,
                        totals.sampled,
                        totals.stepNanos + nanos,
                        totals.controlNanos + nanos - forwardNanos,
                        rate);
        if (full) {
            windowNanos = 0;
            windowTokens = 0;
            windowWasFull = true;
        }
    }

    Totals totals() {
        return totals;
    }
}
