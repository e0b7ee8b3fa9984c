package dev.tramontane.schedule;

import dev.tramontane.cache.Batch;
import dev.tramontane.cache.BlockPool;
import dev.tramontane.cache.FeatureStore;
import dev.tramontane.cache.KvCache;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;

/// Says which running sequence computes how many of its tokens in a step.
///
/// Each gets one token of the step's budget, in the order in which they stand, and the block for
/// it; where there is none, whoever stands last is set back. A sequence whose next block is just
/// being computed by another waits, and adopts it; one whose next token stands in an image that is
/// not encoded yet waits as well. Of what is left of the budget a part is for tokens that may come
/// next ({@link Speculation}); the rest goes to those that have more to compute: the least served
/// owner's first, then by arrival, as far as there are blocks.
final class Plan {
    /// Drafts get this part of what prompts could have: one in so many.
    private static final int DRAFTS_ONE_IN = 4;

    private static final Comparator<Sequence> BY_NEED =
            Comparator.comparing(Sequence::yields)
                    .thenComparingLong(Sequence::urgency)
                    .thenComparingLong(Sequence::arrival);

    private final BlockPool pool;
    private final Lineup lineup;
    private final int maxBatchTokens;
    private final Speculation speculation;
    private final FeatureStore features;
    private final List<Sequence> computing = new ArrayList<>();
    private final List<Sequence> unfinished = new ArrayList<>();
    private final List<Sequence> generating = new ArrayList<>();

    /// @param features of the images that sequences show
    Plan(
            BlockPool pool,
            Lineup lineup,
            int maxBatchTokens,
            Speculation speculation,
            FeatureStore features) {
        this.features = features;
        this.pool = pool;
        this.lineup = lineup;
        this.maxBatchTokens = maxBatchTokens;
        this.speculation = speculation;
    }

    /// Those that compute in the step planned last, in the batch's order.
    List<Sequence> computing() {
        return computing;
    }

    /// Plans a step; its batch is empty when all wait for images.
    Batch next() {
        lineup.rank();
        computing.clear();
        List<Sequence> running = lineup.running();
        for (int i = 0; i < running.size(); i++) { // from its end they are set back
            Sequence sequence = running.get(i);
            sequence.adopt(pool);
            sequence.images().update(sequence.computed(), features);
            if (sequence.computable() > 0 && !waits(sequence) && lendNext(sequence)) {
                sequence.share(1);
                sequence.urgency(sequence.owner().served());
                computing.add(sequence);
            }
        }
        sort();
        draft();
        shareTheRest();
        return batch();
    }

    /// Whether another computes the block that this one would; then the need is the other's too.
    private boolean waits(Sequence sequence) {
        for (Sequence other : computing) {
            if (sequence.waitsFor(other)) {
                other.urgency(Math.min(other.urgency(), sequence.owner().served()));
                return true;
            }
        }
        return false;
    }

    /// Lends the block of the next token, setting back others if need be.
    ///
    /// @return false when the sequence itself was set back, being the last
    private boolean lendNext(Sequence sequence) {
        int needed = blocksLacking(sequence, 1);
        while (!pool.lend(needed, sequence.blocks())) {
            if (lineup.setBackLast() == sequence) {
                return false;
            }
        }
        return true;
    }

    /// Tells those that have more to compute from those that can have drafts.
    private void sort() {
        unfinished.clear();
        generating.clear();
        boolean spare = pool.availableBlocks() >= 2 * computing.size();
        for (Sequence sequence : computing) {
            sequence.draft().allow(0);
            if (sequence.pending() > 1) {
                unfinished.add(sequence);
            } else if (draftable(sequence, spare) > 0) {
                sequence.draft().allow(draftable(sequence, spare));
                generating.add(sequence);
            }
        }
    }

    /// Drafted tokens that a sequence has room for, in its own blocks or one more: no draft makes
    /// another sequence go short.
    private static int draftable(Sequence sequence, boolean spare) {
        int blocks = sequence.blocks().count() + (spare ? 1 : 0);
        int positions = blocks * KvCache.BLOCK_SIZE - sequence.computed() - 1;
        return Math.min(positions, sequence.draftable());
    }

    private void draft() {
        int left = maxBatchTokens - computing.size();
        int most = unfinished.isEmpty() ? left : left / DRAFTS_ONE_IN;
        speculation.draft(generating, computing.size(), most, unfinished.isEmpty());
        for (Sequence sequence : generating) {
            pool.lend(blocksLacking(sequence, sequence.rows()), sequence.blocks());
        }
    }

    private void shareTheRest() {
        int left = maxBatchTokens - computing.size() - speculation.draftedRows();
        unfinished.sort(BY_NEED);
        for (Sequence sequence : unfinished) {
            int share = Math.min(sequence.computable(), 1 + left);
            int lendable = sequence.blocks().count() + pool.availableBlocks();
            long room = (long) lendable * KvCache.BLOCK_SIZE - sequence.computed();
            share = (int) Math.min(share, room);
            pool.lend(blocksLacking(sequence, share), sequence.blocks());
            sequence.share(share);
            left -= share - 1;
        }
    }

    /// Blocks that a sequence needs to compute so many tokens and does not have.
    private static int blocksLacking(Sequence sequence, int tokens) {
        return BlockPool.blocksFor(sequence.computed() + tokens) - sequence.blocks().count();
    }

    private Batch batch() {
        int size = 0;
        int sampledCount = 0;
        for (Sequence sequence : computing) {
            size += sequence.rows();
            sampledCount += isSampled(sequence) ? 1 + sequence.draft().count() : 0;
        }
        int[] tokens = new int[size];
        int[] sampledRows = new int[sampledCount];
        IntStream.Builder stateRows = IntStream.builder();
        List<Batch.Given> given = new ArrayList<>();
        List<Batch.Slice> slices = new ArrayList<>(computing.size());
        int start = 0;
        int sampled = 0;
        for (Sequence sequence : computing) {
            int rows = sequence.rows();
            sequence.copyRows(tokens, start);
            slices.add(new Batch.Slice(start, rows, sequence.computed(), sequence.blocks()));
            int first = start;
            sequence.stateRows().forEach(row -> stateRows.add(first + row));
            sequence.give(first, given);
            start += rows;
            if (isSampled(sequence)) {
                for (int i = sequence.draft().count(); i >= 0; i--) {
                    sampledRows[sampled++] = start - 1 - i;
                }
            }
        }
        return new Batch(tokens, slices, sampledRows, stateRows.build().toArray(), given);
    }

    /// Whether the step computes all that the sequence has, so that it gets a token more.
    private static boolean isSampled(Sequence sequence) {
        return !sequence.isRead() && sequence.share() == sequence.pending();
    }
}
