package dev.tramontane.cache;

import java.util.Arrays;

/// A sequence's cache blocks in order: position `p` lies in block `p / blockSize`, row `p %
/// blockSize`.
///
/// Owned and changed by the scheduler's thread alone.
public final class BlockTable {
    private int[] blocks = new int[8];
    private int count;

    /// Number of blocks held.
    public int count() {
        return count;
    }

    /// The pool's number of the `index`-th block.
    public int block(int index) {
        if (index >= count) {
            throw new IndexOutOfBoundsException("block " + index + " of " + count);
        }
        return blocks[index];
    }

    /// Appends a block.
    public void append(int block) {
        if (count == blocks.length) {
            blocks = Arrays.copyOf(blocks, 2 * count);
        }
        blocks[count++] = block;
    }

    /// Puts another block in a place that is taken.
    void replace(int index, int block) {
        blocks[index] = block;
    }

    /// Forgets all blocks but the first `left`.
    void truncate(int left) {
        count = Math.min(count, left);
    }
}
