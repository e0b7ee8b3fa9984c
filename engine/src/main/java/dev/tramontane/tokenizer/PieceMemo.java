package dev.tramontane.tokenizer;

import java.util.Arrays;

/// The pieces of one text that were put together already, and where their ids stand in the result.
///
/// Rare words come back within a text, and copying their ids is much cheaper than joining them
/// again. The memo keeps references only; a new piece takes the place of an old one.
final class PieceMemo {
    private static final int SMALLEST = 1 << 4;
    private static final int LARGEST = 1 << 12;

    private final byte[] text;
    private final TokenIds ids;

    /// Slot i, at 4i: where its piece begins and ends, and its ids in the result likewise.
    private final int[] slots;

    private final int shift;

    PieceMemo(byte[] text, TokenIds ids) {
        this.text = text;
        this.ids = ids;
        int size = Math.clamp(Integer.highestOneBit(text.length >> 6), SMALLEST, LARGEST);
        this.slots = new int[4 * size];
        this.shift = Long.SIZE - Integer.numberOfTrailingZeros(size);
    }

    /// Adds the ids of `text[from .. to)` when the memo has them.
    ///
    /// @param hash of the piece
    boolean repeat(int from, int to, long hash) {
        int slot = (int) (hash >>> shift) << 2;
        if (!Arrays.equals(text, slots[slot], slots[slot + 1], text, from, to)) {
            return false;
        }
        ids.repeat(slots[slot + 2], slots[slot + 3]);
        return true;
    }

    /// Remembers that `text[from .. to)` gave the ids from `firstId` to the end of the result.
    void remember(int from, int to, long hash, int firstId) {
        int slot = (int) (hash >>> shift) << 2;
        slots[slot] = from;
        slots[slot + 1] = to;
        slots[slot + 2] = firstId;
        slots[slot + 3] = ids.size();
    }
}
