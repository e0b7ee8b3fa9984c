package dev.tramontane.engine;

import java.time.Duration;

/// Tokens and the seconds spent on them. Written by the engine's thread, read by any.
final class Throughput {
    private static final long WINDOW_NANOS = Duration.ofSeconds(2).toNanos();

    private volatile Totals totals = new Totals(0, 0, 0, 0, 0, 0, 0);
    private long windowNanos;
    private long windowTokens;
    private boolean windowWasFull;

    /// @param steps since the start
    /// @param sequences that took part in them, summed over the steps
    /// @param computed tokens since the start, prompts included
    /// @param sampled tokens chosen since the start, but for those that were drafted
    /// @param stepNanos what the steps took
    /// @param controlNanos what of that was not the forward pass
    /// @param sampledPerSecond drafted ones included, in the last full window of computing, or
    ///   since the start
    record Totals(
            long steps,
            long sequences,
            long computed,
            long sampled,
            long stepNanos,
            long controlNanos,
            double sampledPerSecond) {}

    /// Counts a step's tokens, and the time up to the end of its forward pass: before anybody is
    /// told of the tokens, so that who asks afterwards finds them counted.
    ///
    /// @param sequences that took part in the step
    /// @param planNanos what went before the forward pass
    void computed(int sequences, int tokens, int sampled, long planNanos, long forwardNanos) {
        windowTokens += sampled;
        add(1, sequences, tokens, sampled, planNanos + forwardNanos, planNanos);
    }

    /// Adds what choosing tokens and telling of them took; and the tokens among them that were
    /// drafted, which are counted elsewhere as they come.
    void accepted(long drafted, long nanos) {
        windowTokens += drafted;
        add(0, 0, 0, 0, nanos, nanos);
        if (windowNanos >= WINDOW_NANOS) {
            windowNanos = 0;
            windowTokens = 0;
            windowWasFull = true;
        }
    }

    private void add(
            int steps, int sequences, int computed, int sampled, long nanos, long control) {
        windowNanos += nanos;
        boolean settles = windowNanos >= WINDOW_NANOS || !windowWasFull;
        totals =
                new Totals(
                        totals.steps + steps,
                        totals.sequences + sequences,
                        totals.computed + computed,
                        totals.sampled + sampled,
                        totals.stepNanos + nanos,
                        totals.controlNanos + control,
                        settles
                                ? windowTokens * 1e9 / Math.max(1, windowNanos)
                                : totals.sampledPerSecond);
    }

    Totals totals() {
        return totals;
    }
}
