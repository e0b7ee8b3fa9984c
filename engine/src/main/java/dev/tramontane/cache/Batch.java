package dev.tramontane.cache;

import dev.tramontane.tensor.Tensor;

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
/// @param given vectors that stand in the place of tokens' embeddings
public record Batch(
        int[] tokens, List<Slice> slices, int[] sampledRows, int[] stateRows, List<Given> given) {
    /// One sequence's consecutive tokens.
    ///
    /// @param start first row in the batch
    /// @param count rows
    /// @param position the first row's position in its sequence
    /// @param blocks where the sequence's keys and values lie, `position + count` positions at
    ///   least
    /// @param seen positions that each token sees besides those up to its own, counted from the
    ///   first: 0 for text, whose tokens look back; all of an image for its patches, which see one
    ///   another. The blocks hold these positions too.
    public record Slice(int start, int count, int position, BlockTable blocks, int seen) {
        /// Of tokens that look back.
        public Slice(int start, int count, int position, BlockTable blocks) {
            this(start, count, position, blocks, 0);
        }

        /// The position behind the last that the `index`-th token sees.
        public int end(int index) {
            return Math.max(position + index + 1, seen);
        }
    }

    /// Vectors for consecutive rows: what an encoder made of an image.
    ///
    /// @param row the first of the batch
    /// @param vectors float[rows][dim]
    public record Given(int row, Tensor vectors) {}

    /// One of which nobody wants hidden states, of tokens alone.
    public Batch(int[] tokens, List<Slice> slices, int[] sampledRows) {
        this(tokens, slices, sampledRows, new int[0], List.of());
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
