package dev.tramontane.cache;

import static dev.tramontane.cache.KvCache.BLOCK_SIZE;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// Kept blocks: found by their content, and given up in the order in which they were last used.
///
/// Kept blocks form a tree for each owner. A block's parent is the kept block before it in its
/// sequences, so same parent, same 32 tokens and same images mean the same from the first token on:
/// comparing those is exact. A table that has a block has all its ancestors too. Blocks *rest* when
/// no table has them; of each table that comes back the last block rests first. So in the list of
/// an owner's resting blocks children stand before their parents, and taking the oldest never
/// leaves a block without its parent.
final class PrefixIndex {
    private static final int NONE = -1;

    /// An owner's kept blocks; those that rest in a list from the longest to the shortest rest.
    private static final class Holder {
        final String owner;
        int kept;
        int resting;
        int oldest = NONE;
        int newest = NONE;

        Holder(String owner) {
            this.owner = owner;
        }
    }

    private static final Holder NOBODY = new Holder("");

    private final int ownerBlocks;
    private final int[] firstInBucket;
    private final int[] nextInBucket;
    private final long[] hashes;
    private final int[] parents;
    private final int[] tokens;
    private final List<List<ShownImages.Run>> shown;
    private final Holder[] holders;
    private final int[] older;
    private final int[] newer;
    private final long[] restsSince;
    private final Map<String, Holder> byOwner = new HashMap<>();
    private long clock;
    private int resting;

    /// @param blocks of the pool
    /// @param ownerBlocks resting blocks of one owner, beyond which it gives way to others
    PrefixIndex(int blocks, int ownerBlocks) {
        this.ownerBlocks = ownerBlocks;
        firstInBucket = new int[Math.max(1, Integer.highestOneBit(blocks) * 2)];
        Arrays.fill(firstInBucket, NONE);
        nextInBucket = new int[blocks];
        hashes = new long[blocks];
        parents = new int[blocks];
        tokens = new int[Math.multiplyExact(blocks, BLOCK_SIZE)];
        shown = new ArrayList<>(Collections.nCopies(blocks, List.of()));
        holders = new Holder[blocks];
        Arrays.fill(holders, NOBODY);
        older = new int[blocks];
        newer = new int[blocks];
        restsSince = new long[blocks];
        Arrays.fill(restsSince, NONE);
    }

    /// Kept blocks that no table has.
    int resting() {
        return resting;
    }

    boolean holds(int block) {
        return holders[block] != NOBODY;
    }

    boolean rests(int block) {
        return restsSince[block] != NONE;
    }

    /// The kept block with these contents, or −1.
    ///
    /// @param index the block's place in its sequence
    /// @param parent the kept block before it; anything where `index` is 0
    int find(PrefixChain chain, int index, int parent, int[] sequence) {
        long hash = chain.hash(index, sequence);
        int from = index * BLOCK_SIZE;
        int block = firstInBucket[bucket(hash)];
        while (block != NONE) {
            if (hashes[block] == hash
                    && parents[block] == (index == 0 ? NONE : parent)
                    && (index > 0 || holders[block].owner.equals(chain.owner()))
                    && Arrays.equals(
                            tokens,
                            block * BLOCK_SIZE,
                            (block + 1) * BLOCK_SIZE,
                            sequence,
                            from,
                            from + BLOCK_SIZE)
                    && shown.get(block).equals(chain.shown(index))) {
                return block;
            }
            block = nextInBucket[block];
        }
        return NONE;
    }

    /// Keeps a block, which some table has.
    void add(int block, PrefixChain chain, int index, int parent, int[] sequence) {
        Holder holder =
                index == 0 ? byOwner.computeIfAbsent(chain.owner(), Holder::new) : holders[parent];
        holder.kept++;
        holders[block] = holder;
        parents[block] = index == 0 ? NONE : parent;
        hashes[block] = chain.hash(index, sequence);
        System.arraycopy(sequence, index * BLOCK_SIZE, tokens, block * BLOCK_SIZE, BLOCK_SIZE);
        shown.set(block, chain.shown(index));
        int bucket = bucket(hashes[block]);
        nextInBucket[block] = firstInBucket[bucket];
        firstInBucket[bucket] = block;
    }

    /// No table has the block any more.
    void rest(int block) {
        Holder holder = holders[block];
        older[block] = holder.newest;
        newer[block] = NONE;
        if (holder.newest == NONE) {
            holder.oldest = block;
        } else {
            newer[holder.newest] = block;
        }
        holder.newest = block;
        holder.resting++;
        resting++;
        restsSince[block] = clock++;
    }

    /// A table has the block again.
    void wake(int block) {
        Holder holder = holders[block];
        if (older[block] == NONE) {
            holder.oldest = newer[block];
        } else {
            newer[older[block]] = newer[block];
        }
        if (newer[block] == NONE) {
            holder.newest = older[block];
        } else {
            older[newer[block]] = older[block];
        }
        holder.resting--;
        resting--;
        restsSince[block] = NONE;
    }

    /// Gives up a resting block, of which there is one at least: of an owner that has more than its
    /// share the oldest, else the oldest of all.
    int evict() {
        Holder greatest = NOBODY;
        Holder first = NOBODY;
        for (Holder holder : byOwner.values()) {
            if (holder.resting > greatest.resting) {
                greatest = holder;
            }
            if (holder.resting > 0
                    && (first == NOBODY || restsSince[holder.oldest] < restsSince[first.oldest])) {
                first = holder;
            }
        }
        int block = greatest.resting > ownerBlocks ? greatest.oldest : first.oldest;
        wake(block);
        remove(block);
        return block;
    }

    private void remove(int block) {
        int bucket = bucket(hashes[block]);
        if (firstInBucket[bucket] == block) {
            firstInBucket[bucket] = nextInBucket[block];
        } else {
            int before = firstInBucket[bucket];
            while (nextInBucket[before] != block) {
                before = nextInBucket[before];
            }
            nextInBucket[before] = nextInBucket[block];
        }
        Holder holder = holders[block];
        holders[block] = NOBODY;
        if (--holder.kept == 0) {
            byOwner.remove(holder.owner);
        }
    }

    /// Forgets all blocks, those that rest included.
    void clear() {
        Arrays.fill(firstInBucket, NONE);
        Arrays.fill(holders, NOBODY);
        Arrays.fill(restsSince, NONE);
        byOwner.clear();
        resting = 0;
    }

    private int bucket(long hash) {
        return (int) (hash & (firstInBucket.length - 1));
    }

    /// The kept block before this one, or −1.
    int parent(int block) {
        return parents[block];
    }

    /// Checks the books of what is kept.
    ///
    /// @throws IllegalStateException when they do not agree
    void check() {
        int kept = 0;
        int asleep = 0;
        for (int block = 0; block < holders.length; block++) {
            if (holds(block)) {
                kept++;
                asleep += rests(block) ? 1 : 0;
                int parent = parents[block];
                if (parent != NONE
                        && (holders[parent] != holders[block]
                                || (rests(parent)
                                        && !(rests(block)
                                                && restsSince[block] < restsSince[parent])))) {
                    throw new IllegalStateException(
                            "block " + block + " is kept longer than its parent " + parent);
                }
            } else if (rests(block)) {
                throw new IllegalStateException("block " + block + " rests and is not kept");
            }
        }
        int held = byOwner.values().stream().mapToInt(holder -> holder.kept).sum();
        int listed = byOwner.values().stream().mapToInt(this::listed).sum();
        if (held != kept || listed != asleep || resting != asleep) {
            throw new IllegalStateException(
                    "%d blocks are kept and %d rest, the owners' lists say %d and %d, the count %d"
                            .formatted(kept, asleep, held, listed, resting));
        }
    }

    private int listed(Holder holder) {
        int count = 0;
        for (int block = holder.oldest; block != NONE; block = newer[block]) {
            count++;
        }
        return count;
    }
}
