package dev.tramontane.cache;

import java.util.List;

/// Tokens of many sequences laid end to end: what one step computes.
///
/// Slice `s` holds tokens `start .. start + count` of the batch, at consecutive positions of its
/// sequence from `position` on. Arrays are shared with the scheduler, which fills them anew each
/// step.
///
/// @param tokens token ids, `int[tokens]`
/// @param slices the sequences' parts, in order and without gaps
/// @param sampledRows rows of the batch whose logits are wanted, rising
/// @param stateRows rows of the batch whose final hidden states are wanted, rising
public record Batch(int[] tokens, List<Slice> slices, int[] sampledRows, int[] stateRows) {
    /// One sequence's consecutive tokens.
    ///
    /// @param start first row in the batch
    /// @param count rows
    /// @param position the first row's position in its sequence
    /// @param blocks where the sequence's keys and values lie, `position + count` positions at
    ///   least
    public record Slice(int start, int count, int position, BlockTable blocks) {}

    /// One of which nobody wants hidden states.
    public Batch(int[] tokens, List<Slice> slices, int[] sampledRows) {
        this(tokens, slices, sampledRows, new int[0]);
    }

    public Batch {
        int next = 0;
        for (Slice slice : slices) {
            if (slice.start() != next || slice.count() <= 0 || slice.position() < 0) {
                throw new IllegalArgumentException("slices must lie end to end: " + slices);
            }
            next += slice.count();
        }
        if (next != tokens.length) {
            throw new IllegalArgumentException(
                    "the slices cover " + next + " of " + tokens.length + " tokens");
        }
    }
}
