package dev.tramontane.tokenizer;

import org.jspecify.annotations.Nullable;

/// Pairs waiting to be joined: lowest priority number first, leftmost among equals.
///
/// One {@link PositionQueue} for each priority and a bitmap of those that are not empty. Joining a
/// long run of one letter touches few priorities and meets positions in ascending order, so it
/// costs time in proportion to its length, which one big heap would not.
final class MergeQueue {
    private final @Nullable PositionQueue[] queues;
    private final long[] filled; // bit p: queue p is not empty
    private final long[] filledWords; // bit w: filled[w] is not 0

    /// @param priorities one more than the highest priority number
    MergeQueue(int priorities) {
        queues = new @Nullable PositionQueue[priorities];
        filled = new long[(priorities >> 6) + 1];
        filledWords = new long[(filled.length >> 6) + 1];
    }

    void add(int priority, int position) {
        PositionQueue queue = queues[priority];
        if (queue == null) {
            queue = new PositionQueue();
            queues[priority] = queue;
        }
        queue.add(position);
        filled[priority >> 6] |= 1L << priority;
        filledWords[priority >> 12] |= 1L << (priority >> 6);
    }

    /// The lowest priority number waiting, or −1 when nothing waits.
    int lowest() {
        for (int i = 0; i < filledWords.length; i++) {
            if (filledWords[i] != 0) {
                int word = (i << 6) | Long.numberOfTrailingZeros(filledWords[i]);
                return (word << 6) | Long.numberOfTrailingZeros(filled[word]);
            }
        }
        return -1;
    }

    /// Takes the leftmost position that waits with this priority, one that {@link #lowest} gave.
    int take(int priority) {
        PositionQueue queue = queues[priority];
        if (queue == null) {
            throw new IllegalStateException("nothing waits with priority " + priority);
        }
        int position = queue.take();
        if (queue.isEmpty()) {
            filled[priority >> 6] &= ~(1L << priority);
            if (filled[priority >> 6] == 0) {
                filledWords[priority >> 12] &= ~(1L << (priority >> 6));
            }
        }
        return position;
    }
}
