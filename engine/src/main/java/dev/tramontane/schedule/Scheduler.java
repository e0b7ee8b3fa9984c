package dev.tramontane.schedule;

import dev.tramontane.cache.Batch;
import dev.tramontane.cache.BlockPool;
import dev.tramontane.sampling.FinishReason;
import dev.tramontane.sampling.Samplers;
import dev.tramontane.tensor.Tensor;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/// Says who computes how many tokens in a step, and what the results become.
///
/// One rule: each running sequence's computed tokens chase its tokens. A step has a budget of
/// tokens. Every running sequence gets one of it; what is left goes to those that have more to
/// compute ({@link Plan}). A sequence whose tokens are then all computed is sampled, which gives it
/// one more. So prompts are read in chunks between the tokens of others, and how they were cut
/// changes no result.
///
/// Sequences are sampled side by side ({@link Turn}), which changes no result: none looks at
/// another's.
///
/// Behind its last token a sequence may compute drafted ones ({@link Speculation}), which stay as
/// far as they turn out to be what is sampled.
///
/// Blocks of the cache are lent as a sequence grows. When they run out, the sequence that stands
/// last ({@link Lineup}) is set back: it waits, and computes again later what it lost. That changes
/// no result either. A sequence whose longest course is no longer than the whole cache always comes
/// to its end, whatever arrives beside it.
///
/// One thread alone may call, but for {@link #load}.
public final class Scheduler {
    /// Sequences that start before a waiting one that yields, until it yields no more.
    static final int MOST_PASSES = 32;

    /// Sequences that start before any waiting one, until it is next.
    static final int OVERDUE_PASSES = 1024;

    private static final long IDLE_NANOS = 1_000_000_000;

    /// How much is going on.
    ///
    /// @param running sequences
    /// @param setBack sequences that have run and wait
    /// @param freeBlocks blocks of the cache that no sequence owns
    /// @param restingBlocks those of them that are kept for their contents
    /// @param setBacks how often a sequence was set back
    /// @param reusedTokens prompt tokens that sequences which have ended did not compute
    public record Load(
            int running,
            int setBack,
            int freeBlocks,
            int restingBlocks,
            long setBacks,
            long reusedTokens) {}

    private final BlockPool pool;
    private final Samplers samplers;
    private final Lineup lineup;
    private final Plan plan;
    private final Speculation speculation;
    private final ImageReader images;
    private final Turn.Ends ends = new TurnEnds();
    private long reusedTokens;
    private volatile Load load;

    /// Without drafts.
    public Scheduler(BlockPool pool, Samplers samplers, int maxBatchTokens, int maxSequences) {
        this(pool, samplers, maxBatchTokens, maxSequences, Speculation.off());
    }

    /// @param maxBatchTokens tokens a step computes at most
    /// @param maxSequences sequences that run at once
    /// @param speculation who drafts; its own
    public Scheduler(
            BlockPool pool,
            Samplers samplers,
            int maxBatchTokens,
            int maxSequences,
            Speculation speculation) {
        this(pool, samplers, maxBatchTokens, maxSequences, speculation, ImageReader.blind());
    }

    /// @param images encodes what sequences show; its own
    public Scheduler(
            BlockPool pool,
            Samplers samplers,
            int maxBatchTokens,
            int maxSequences,
            Speculation speculation,
            ImageReader images) {
        this.images = images;
        this.pool = pool;
        this.samplers = samplers;
        this.lineup = new Lineup(pool, Math.min(maxSequences, maxBatchTokens));
        this.speculation = speculation;
        this.plan = new Plan(pool, lineup, maxBatchTokens, speculation, images.store());
        this.load = new Load(0, 0, pool.blocks(), 0, 0, 0);
    }

    /// How much is going on. Any thread may call.
    public Load load() {
        return load;
    }

    /// Rows of logits a batch wants at most.
    ///
    /// @param drafts whether there may be any
    public static int maxSampledRows(int maxBatchTokens, int maxSequences, boolean drafts) {
        int rows = Math.min(maxSequences, maxBatchTokens);
        return drafts ? Math.min(rows + Speculation.MOST_ROWS, maxBatchTokens) : rows;
    }

    /// Tokens that the step planned last gives at least: those of its rows that are no drafts.
    public int certainRows(Batch batch) {
        return batch.sampledRows().length - speculation.draftedRows();
    }

    /// Does errands, drops what was cancelled and lets waiting sequences run; waits while there is
    /// nothing to do.
    ///
    /// @param eachSecond what is done meanwhile; what it throws is thrown here
    /// @return false once the inbox is closed, or drained and all has ended; else some sequence has
    ///   something to compute
    public boolean take(Inbox inbox, Runnable eachSecond) {
        while (!inbox.isClosed()) {
            if (refresh(inbox)) {
                return true;
            }
            images.abandon();
            pool.check(List.of());
            images.store().checkUnused();
            if (inbox.isExhausted()) {
                return false;
            }
            inbox.await(IDLE_NANOS);
            eachSecond.run();
        }
        return false;
    }

    /// Does errands, drops what was cancelled and lets waiting sequences run.
    ///
    /// @return whether some sequence has something to compute
    boolean refresh(Inbox inbox) {
        inbox.takeErrands().forEach(Runnable::run);
        inbox.takeArrived().forEach(lineup::arrive);
        for (Sequence sequence : lineup.cancelled()) {
            end(sequence, inbox, s -> s.finish(FinishReason.CANCELLED));
        }
        lineup.admit(inbox);
        publish();
        return !lineup.running().isEmpty();
    }

    /// What the next step computes; nothing when all wait for images.
    public Batch next() {
        Batch batch = plan.next();
        for (Sequence setBack : lineup.waiting()) {
            setBack.images().giveBackAll(images.store());
        }
        publish();
        return batch;
    }

    /// Gives the sequences that are only read the hidden states of a computed batch, which is then
    /// {@link #accept}ed.
    ///
    /// @param states float[stateRows][dim]
    public void read(Batch batch, Tensor states) {
        int next = 0;
        for (Sequence sequence : plan.computing()) {
            int count = (int) sequence.stateRows().count();
            for (int i = 0; i < count; i++) {
                sequence.states().orElseThrow().add(states, next++);
            }
        }
        assert next == batch.stateRows().length;
    }

    /// Samples, appends and reports a computed batch's tokens, and ends what is complete.
    ///
    /// @param logits float[sampledRows][vocab]
    public void accept(Batch batch, Tensor logits) {
        long computeNanos = speculation.computed();
        List<Turn> turns = new ArrayList<>(plan.computing().size());
        int row = 0;
        for (Sequence sequence : plan.computing()) {
            sequence.advance(pool);
            if (sequence.isRead()) {
                if (sequence.pending() == 0) {
                    end(sequence, s -> s.finish(FinishReason.STOP));
                }
            } else if (sequence.pending() == 0) {
                turns.add(new Turn(sequence, row));
                row += 1 + sequence.draft().count();
            }
        }
        samplers.forEach(turns.size(), (sampler, i) -> turns.get(i).choose(sampler, logits));
        for (Turn turn : turns) {
            turn.tell(pool, speculation, ends);
        }
        speculation.settle(computeNanos);
    }

    /// Encodes images that sequences wait for, for a while: between steps.
    public void readImages() {
        images.read(lineup.running(), plan.computing().isEmpty());
    }

    /// The model has other weights now: what is kept for others to share is forgotten, and running
    /// sequences go on with what they have computed, which nobody shares any more.
    public void weightsChanged() {
        pool.forget();
        lineup.running().forEach(Sequence::weightsChanged);
        publish();
    }

    /// Whether nobody runs or waits, here or in the inbox.
    public boolean isIdle(Inbox inbox) {
        return lineup.running().isEmpty() && lineup.waiting().isEmpty() && inbox.size() == 0;
    }

    /// Ends all sequences, running and waiting, as cancelled.
    public void cancelAll(Inbox inbox) {
        endAll(inbox, sequence -> sequence.finish(FinishReason.CANCELLED));
    }

    /// Ends all sequences, running and waiting, by an error.
    public void failAll(Inbox inbox, Throwable cause) {
        endAll(inbox, sequence -> sequence.fail(cause));
    }

    private void endAll(Inbox inbox, Consumer<Sequence> how) {
        inbox.takeErrands().forEach(errand -> errand.cancel(false));
        inbox.takeArrived().forEach(lineup::arrive);
        List<Sequence> all = new ArrayList<>(lineup.running());
        all.addAll(lineup.waiting());
        all.forEach(sequence -> end(sequence, inbox, how));
    }

    private void end(Sequence sequence, Inbox inbox, Consumer<Sequence> how) {
        if (!sequence.hasStarted()) {
            inbox.left(sequence);
        }
        end(sequence, how);
    }

    private void end(Sequence sequence, Consumer<Sequence> how) {
        lineup.leave(sequence);
        sequence.images().giveBackAll(images.store());
        speculation.forget(sequence);
        reusedTokens += sequence.cachedTokens();
        publish(); // before the end is told, so that whoever hears of it sees the blocks free
        how.accept(sequence);
    }

    private final class TurnEnds implements Turn.Ends {
        @Override
        public void finish(Sequence sequence, FinishReason reason) {
            end(sequence, s -> s.finish(reason));
        }

        @Override
        public void fail(Sequence sequence, RuntimeException cause) {
            end(sequence, s -> s.fail(cause));
        }
    }

    private void publish() {
        int setBack = 0;
        for (Sequence sequence : lineup.waiting()) {
            setBack += sequence.hasStarted() ? 1 : 0;
        }
        load =
                new Load(
                        lineup.running().size(),
                        setBack,
                        pool.availableBlocks(),
                        pool.restingBlocks(),
                        lineup.setBacks(),
                        reusedTokens);
    }

    /// The running sequences.
    List<Sequence> running() {
        return lineup.running();
    }

    /// Checks the books of the blocks.
    void check() {
        pool.check(lineup.running().stream().map(Sequence::blocks).toList());
    }
}
