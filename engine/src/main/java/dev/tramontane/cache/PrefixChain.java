package dev.tramontane.cache;

import static dev.tramontane.cache.KvCache.BLOCK_SIZE;

import java.util.Arrays;
import java.util.List;

/// The names under which a sequence's full blocks are kept and found again: block `i` is called by
/// a hash of who may use it and of all tokens up to its end, each made from the one before (the
/// hash chain of PagedAttention, Kwon et al. 2023, section 4.4, as vLLM does it).
///
/// A hash only finds a candidate; {@link BlockPool} compares owner, tokens and images before it
/// shares a block, so equal hashes of different tokens cost time and nothing else. The seed is
/// secret to keep others from choosing tokens whose hashes are equal.
///
/// Used by the scheduler's thread alone, with one array of tokens that grows.
public final class PrefixChain {
    private static final long MULTIPLIER = 0x9E3779B97F4A7C15L; // 2⁶⁴ / golden ratio, odd

    private final String owner;
    private final long root;
    private final ShownImages images;
    private long[] hashes = new long[8];
    private int known;

    /// @param owner whose blocks they are: sequences of others never meet them
    /// @param seed the same for all chains of a pool
    public PrefixChain(String owner, long seed) {
        this(owner, seed, ShownImages.NONE);
    }

    /// The same for a sequence that shows images.
    public PrefixChain(String owner, long seed, ShownImages images) {
        this.images = images;
        this.owner = owner;
        this.root = next(seed, owner.hashCode());
    }

    /// Whose blocks they are.
    String owner() {
        return owner;
    }

    /// What the `index`-th block shows besides its tokens.
    List<ShownImages.Run> shown(int index) {
        return images.between(index * BLOCK_SIZE, (index + 1) * BLOCK_SIZE);
    }

    /// The name of the `index`-th block, whose tokens will not change any more.
    ///
    /// @param tokens of the sequence, up to the block's end at least
    public long hash(int index, int[] tokens) {
        while (known <= index) {
            long hash = known == 0 ? root : hashes[known - 1];
            for (int i = known * BLOCK_SIZE; i < (known + 1) * BLOCK_SIZE; i++) {
                hash = next(hash, tokens[i]);
            }
            for (ShownImages.Run run : shown(known)) {
                hash = next(hash, run.hashCode());
            }
            if (known == hashes.length) {
                hashes = Arrays.copyOf(hashes, 2 * known);
            }
            hashes[known++] = hash;
        }
        return hashes[index];
    }

    private static long next(long hash, int token) {
        long product = (hash ^ token) * MULTIPLIER;
        return product ^ (product >>> 32);
    }
}
