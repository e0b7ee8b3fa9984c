package dev.tramontane.cache;

import java.util.BitSet;

/// The cache's blocks and who has them. Each is *free*; or *owned* by one or more block tables; or
/// *resting*: nobody has it, and it is kept for its contents until the room is needed.
///
/// A full block whose tokens are certain can be {@linkplain #keep kept}. Sequences of the same
/// owner that begin with the same tokens then {@linkplain #adopt adopt} it instead of computing it.
/// When blocks run out, those that rest are given up, the longest unused first and a prefix's end
/// before its beginning; an owner whose resting blocks are more than its share loses its own before
/// anybody else does.
///
/// Used by the scheduler's thread alone.
public final class BlockPool {
    private final int[] free;
    private final int[] users;
    private final PrefixIndex kept;
    private int freeCount;
    private int owned;

    /// @param blocks all of the cache's blocks, free at first
    public BlockPool(int blocks) {
        this(blocks, blocks);
    }

    /// @param blocks all of the cache's blocks, free at first
    /// @param ownerBlocks an owner's share: resting blocks beyond it are given up before those of
    ///   others
    public BlockPool(int blocks, int ownerBlocks) {
        free = new int[blocks];
        for (int i = 0; i < blocks; i++) {
            free[i] = blocks - 1 - i; // the last is lent first
        }
        freeCount = blocks;
        users = new int[blocks];
        kept = new PrefixIndex(blocks, ownerBlocks);
    }

    /// Blocks that hold `positions` positions.
    public static int blocksFor(int positions) {
        return Math.ceilDiv(positions, KvCache.BLOCK_SIZE);
    }

    /// All blocks.
    public int blocks() {
        return free.length;
    }

    /// Blocks that can be lent: free ones, and those that rest.
    public int availableBlocks() {
        return freeCount + kept.resting();
    }

    /// Blocks that are kept for their contents while no table has them.
    public int restingBlocks() {
        return kept.resting();
    }

    /// Blocks that tables have, each counted once.
    public int ownedBlocks() {
        return owned;
    }

    /// Lends `count` blocks to a table, or none.
    ///
    /// @return false when fewer are available
    public boolean lend(int count, BlockTable table) {
        if (count > availableBlocks()) {
            return false;
        }
        for (int i = 0; i < count; i++) {
            int block = freeCount > 0 ? free[--freeCount] : kept.evict();
            users[block] = 1;
            owned++;
            table.append(block);
        }
        return true;
    }

    /// Takes back all of a table's blocks.
    public void takeBack(BlockTable table) {
        takeBack(table, 0);
    }

    /// Takes back a table's blocks but the first `left`.
    public void takeBack(BlockTable table, int left) {
        for (int i = table.count() - 1; i >= left; i--) { // the end of a prefix rests first
            release(table.block(i));
        }
        table.truncate(left);
    }

    private void release(int block) {
        if (users[block] == 0) {
            throw new IllegalStateException("block " + block + " was given back twice");
        }
        if (--users[block] > 0) {
            return;
        }
        owned--;
        if (kept.holds(block)) {
            kept.rest(block);
        } else {
            free[freeCount++] = block;
        }
    }

    private void use(int block) {
        if (users[block]++ == 0) {
            owned++;
            kept.wake(block);
        }
    }

    /// What of a sequence is kept.
    ///
    /// @param blocks from its first on
    /// @param resting those of them that no table has
    public record Match(int blocks, int resting) {}

    /// How many of a sequence's first blocks are kept, `most` at most.
    public Match match(PrefixChain chain, int[] tokens, int most) {
        int resting = 0;
        int parent = -1;
        for (int index = 0; index < most; index++) {
            int block = kept.find(chain, index, parent, tokens);
            if (block < 0) {
                return new Match(index, resting);
            }
            resting += kept.rests(block) ? 1 : 0;
            parent = block;
        }
        return new Match(most, resting);
    }

    /// Gives a table the kept block that holds the keys and values of its sequence's tokens, should
    /// there be one: as its `index`-th, instead of its own where it has one. The table's blocks
    /// before it are kept ones.
    ///
    /// @return whether there was one
    public boolean adopt(BlockTable table, int index, PrefixChain chain, int[] tokens) {
        int block = find(table, index, chain, tokens);
        if (block < 0) {
            return false;
        }
        put(table, index, block);
        return true;
    }

    /// Keeps a table's `index`-th block, which is completely computed from tokens that will not
    /// change. Where a block with this content is kept already, the table gets that one: what was
    /// computed twice is the same to the bit. The table's blocks before it are kept ones.
    public void keep(BlockTable table, int index, PrefixChain chain, int[] tokens) {
        if (kept.holds(table.block(index))) {
            return;
        }
        int same = find(table, index, chain, tokens);
        if (same >= 0) {
            put(table, index, same);
        } else {
            int parent = index == 0 ? -1 : table.block(index - 1);
            kept.add(table.block(index), chain, index, parent, tokens);
        }
    }

    /// Forgets what blocks hold: those that rest are free now, and those that tables have are kept
    /// no more, but stay theirs.
    public void forget() {
        for (int block = 0; block < users.length; block++) {
            if (kept.rests(block)) {
                free[freeCount++] = block;
            }
        }
        kept.clear();
    }

    private int find(BlockTable table, int index, PrefixChain chain, int[] tokens) {
        return kept.find(chain, index, index == 0 ? -1 : table.block(index - 1), tokens);
    }

    private void put(BlockTable table, int index, int block) {
        use(block);
        if (index < table.count()) {
            release(table.block(index));
            table.replace(index, block);
        } else {
            table.append(block);
        }
    }

    /// Blocks that come back when this table's do: those that no other has.
    public int ownedAlone(BlockTable table) {
        int alone = 0;
        for (int i = 0; i < table.count(); i++) {
            alone += users[table.block(i)] == 1 ? 1 : 0;
        }
        return alone;
    }

    /// Checks the books: every block is free, owned or resting, and no two of these; each is owned
    /// as often as the tables say.
    ///
    /// @param tables all that have blocks
    /// @throws IllegalStateException when they do not agree
    public void check(Iterable<BlockTable> tables) {
        int[] expected = new int[users.length];
        for (BlockTable table : tables) {
            for (int i = 0; i < table.count(); i++) {
                expected[table.block(i)]++;
            }
        }
        var seen = new BitSet();
        for (int i = 0; i < freeCount; i++) {
            if (seen.get(free[i]) || users[free[i]] > 0 || kept.holds(free[i])) {
                throw new IllegalStateException(
                        "block " + free[i] + " is free and lent or kept, or free twice");
            }
            seen.set(free[i]);
        }
        int lent = 0;
        for (int block = 0; block < users.length; block++) {
            if (users[block] != expected[block]) {
                throw new IllegalStateException(
                        "block %d is lent %d times, expected %d; a sequence ended without giving it back"
                                .formatted(block, users[block], expected[block]));
            }
            lent += users[block] > 0 ? 1 : 0;
            if (kept.rests(block) != (kept.holds(block) && users[block] == 0)) {
                throw new IllegalStateException("block " + block + " is lent and rests");
            }
        }
        kept.check();
        if (lent != owned || freeCount + lent + kept.resting() != users.length) {
            throw new IllegalStateException(
                    "%d free, %d owned and %d resting blocks, expected %d together and %d owned"
                            .formatted(freeCount, lent, kept.resting(), users.length, owned));
        }
    }
}
