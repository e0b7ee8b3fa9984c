package dev.tramontane.schedule;

import dev.tramontane.cache.Batch;
import dev.tramontane.cache.BlockPool;
import dev.tramontane.sampling.Choice;
import dev.tramontane.sampling.FinishReason;
import dev.tramontane.sampling.Sampler;
import dev.tramontane.sampling.TokenMask;
import dev.tramontane.tensor.Tensor;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/// Says who computes how many tokens in a step, and what the results become.
///
/// One rule: each running sequence's computed tokens chase its tokens. A step has a budget of
/// tokens. Every running sequence gets one of it; what is left goes to those that have more to
/// compute, the earliest first. A sequence whose tokens are then all computed is sampled, which
/// gives it one more. So prompts are read in chunks between the tokens of others, and how they were
/// cut changes no result.
///
/// A sequence runs when the cache has blocks for the longest it can become; until then it waits,
/// and later ones wait behind it. So no running sequence is ever out of blocks.
///
/// One thread alone may call, but for {@link #load}.
public final class Scheduler {
    private static final long IDLE_NANOS = 1_000_000_000;

    /// How much is going on.
    ///
    /// @param running sequences
    /// @param freeBlocks blocks of the cache that no sequence owns
    public record Load(int running, int freeBlocks) {}

    private final BlockPool pool;
    private final Sampler sampler;
    private final int maxBatchTokens;
    private final int maxSequences;
    private final float[] logitsRow;
    private final List<Sequence> running = new ArrayList<>();
    private final List<Sequence> computing = new ArrayList<>();
    private volatile Load load;

    /// @param vocab length of a row of logits
    /// @param maxBatchTokens tokens a step computes at most
    /// @param maxSequences sequences that run at once
    public Scheduler(
            BlockPool pool, Sampler sampler, int vocab, int maxBatchTokens, int maxSequences) {
        this.pool = pool;
        this.sampler = sampler;
        this.maxBatchTokens = maxBatchTokens;
        this.maxSequences = Math.min(maxSequences, maxBatchTokens);
        this.logitsRow = new float[vocab];
        this.load = new Load(0, pool.freeBlocks());
    }

    /// How much is going on. Any thread may call.
    public Load load() {
        return load;
    }

    /// Rows of logits a batch wants at most.
    public int maxSampledRows() {
        return maxSequences;
    }

    /// Drops what was cancelled and lets waiting sequences run; waits while there is nothing to do.
    ///
    /// @param eachSecond what is done meanwhile; what it throws is thrown here
    /// @return false once the inbox is closed, else some sequence has something to compute
    public boolean take(Inbox inbox, Runnable eachSecond) {
        while (!inbox.isClosed()) {
            if (refresh(inbox)) {
                return true;
            }
            pool.check(0);
            inbox.await(IDLE_NANOS);
            eachSecond.run();
        }
        return false;
    }

    /// Drops what was cancelled and lets waiting sequences run.
    ///
    /// @return whether some sequence has something to compute
    boolean refresh(Inbox inbox) {
        for (Sequence sequence : inbox.remove(Sequence::isCancelled)) {
            sequence.finish(FinishReason.CANCELLED);
        }
        for (Sequence sequence : List.copyOf(running)) {
            if (sequence.isCancelled()) {
                end(sequence, s -> s.finish(FinishReason.CANCELLED));
            }
        }
        admit(inbox);
        return !running.isEmpty();
    }

    private void admit(Inbox inbox) {
        Optional<Sequence> next = inbox.poll(this::fits);
        while (next.isPresent()) {
            Sequence sequence = next.get();
            pool.lend(BlockPool.blocksFor(sequence.longest()), sequence.blocks());
            running.add(sequence);
            publish();
            next = inbox.poll(this::fits);
        }
        int place = 1;
        for (Sequence sequence : inbox.waiting()) {
            sequence.waitsAt(place++);
        }
    }

    private boolean fits(Sequence sequence) {
        return running.size() < maxSequences
                && BlockPool.blocksFor(sequence.longest()) <= pool.freeBlocks();
    }

    /// What the next step computes.
    public Batch next() {
        computing.clear();
        computing.addAll(running);
        int left = maxBatchTokens - computing.size();
        int[] counts = new int[computing.size()];
        int size = 0;
        int sampledCount = 0;
        for (int i = 0; i < counts.length; i++) {
            int pending = computing.get(i).pending();
            int more = Math.min(pending - 1, left);
            left -= more;
            counts[i] = 1 + more;
            size += counts[i];
            sampledCount += counts[i] == pending ? 1 : 0;
        }
        int[] tokens = new int[size];
        int[] sampledRows = new int[sampledCount];
        List<Batch.Slice> slices = new ArrayList<>(counts.length);
        int start = 0;
        int sampled = 0;
        for (int i = 0; i < counts.length; i++) {
            Sequence sequence = computing.get(i);
            sequence.copyPending(counts[i], tokens, start);
            slices.add(new Batch.Slice(start, counts[i], sequence.computed(), sequence.blocks()));
            start += counts[i];
            if (counts[i] == sequence.pending()) {
                sampledRows[sampled++] = start - 1;
            }
        }
        return new Batch(tokens, slices, sampledRows);
    }

    /// Samples, appends and reports a computed batch's tokens, and ends what is complete.
    ///
    /// @param logits float[sampledRows][vocab]
    public void accept(Batch batch, Tensor logits) {
        int row = 0;
        for (int i = 0; i < computing.size(); i++) {
            Sequence sequence = computing.get(i);
            sequence.advance(batch.slices().get(i).count());
            if (sequence.pending() == 0) {
                logits.copyRow(row++, logitsRow);
                extend(sequence);
            }
        }
    }

    /// Gives a sequence its next token, or its end.
    private void extend(Sequence sequence) {
        if (sequence.isCancelled()) {
            return;
        }
        Optional<FinishReason> end;
        try {
            end = sampleNext(sequence);
        } catch (RuntimeException failure) { // of its masks or its logits: its own end alone
            end(sequence, s -> s.fail(failure));
            return;
        }
        end.ifPresent(reason -> end(sequence, s -> s.finish(reason)));
    }

    /// @return why the sequence ends, if it does
    private Optional<FinishReason> sampleNext(Sequence sequence) {
        TokenMask.Verdict verdict = sequence.verdict();
        if (verdict instanceof TokenMask.Verdict.End(FinishReason reason, int repeatedTokens)) {
            sequence.repeats(repeatedTokens);
            return Optional.of(reason);
        }
        Choice choice =
                sampler.sample(
                        logitsRow,
                        verdict,
                        sequence.sampling(),
                        sequence.tokens(),
                        sequence.nextPosition());
        int instead = sequence.instead(choice.token());
        if (instead != choice.token()) {
            choice = sampler.replace(choice, instead);
        }
        if (sequence.stopsAt(choice.token())) {
            return Optional.of(FinishReason.STOP);
        }
        sequence.append(choice);
        return sequence.isFull() ? Optional.of(sequence.whyFull()) : Optional.empty();
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
        for (Sequence sequence : List.copyOf(running)) {
            end(sequence, how);
        }
        inbox.remove(_ -> true).forEach(how);
    }

    private void end(Sequence sequence, Consumer<Sequence> how) {
        running.remove(sequence);
        pool.takeBack(sequence.blocks());
        publish(); // before the end is told, so that whoever hears of it sees the blocks free
        how.accept(sequence);
    }

    private void publish() {
        load = new Load(running.size(), pool.freeBlocks());
    }
}
