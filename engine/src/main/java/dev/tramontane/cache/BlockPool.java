package dev.tramontane.cache;

import java.util.BitSet;

/// The cache's blocks and who has them: each is free, or owned by one block table.
///
/// Used by the scheduler's thread alone.
public final class BlockPool {
    private final int[] free;
    private final BitSet owned = new BitSet();
    private int freeCount;

    /// @param blocks all of the cache's blocks, free at first
    public BlockPool(int blocks) {
        free = new int[blocks];
        for (int i = 0; i < blocks; i++) {
            free[i] = blocks - 1 - i; // the last is lent first
        }
        freeCount = blocks;
    }

    /// Blocks that hold `positions` positions.
    public static int blocksFor(int positions) {
        return Math.ceilDiv(positions, KvCache.BLOCK_SIZE);
    }

    /// All blocks.
    public int blocks() {
        return free.length;
    }

    /// Blocks that nobody owns.
    public int freeBlocks() {
        return freeCount;
    }

    /// Blocks that tables own.
    public int ownedBlocks() {
        return owned.cardinality();
    }

    /// Lends `count` blocks to a table, or none.
    ///
    /// @return false when fewer are free
    public boolean lend(int count, BlockTable table) {
        if (count > freeCount) {
            return false;
        }
        for (int i = 0; i < count; i++) {
            int block = free[--freeCount];
            owned.set(block);
            table.append(block);
        }
        return true;
    }

    /// Takes back all of a table's blocks.
    public void takeBack(BlockTable table) {
        for (int i = table.count() - 1; i >= 0; i--) {
            int block = table.block(i);
            if (!owned.get(block)) {
                throw new IllegalStateException("block " + block + " was given back twice");
            }
            owned.clear(block);
            free[freeCount++] = block;
        }
        table.clear();
    }

    /// Checks the books: every block is free or owned, none both, and so many are owned.
    ///
    /// @throws IllegalStateException when they do not agree
    public void check(int expectedOwned) {
        if (owned.cardinality() != expectedOwned) {
            throw new IllegalStateException(
                    "%d blocks are owned, expected %d; a sequence ended without giving them back"
                            .formatted(owned.cardinality(), expectedOwned));
        }
        var seen = (BitSet) owned.clone();
        for (int i = 0; i < freeCount; i++) {
            if (seen.get(free[i])) {
                throw new IllegalStateException(
                        "block " + free[i] + " is free and lent, or free twice");
            }
            seen.set(free[i]);
        }
        if (seen.cardinality() != free.length) {
            throw new IllegalStateException(
                    "%d free and %d owned blocks, expected %d together"
                            .formatted(freeCount, owned.cardinality(), free.length));
        }
    }
}
