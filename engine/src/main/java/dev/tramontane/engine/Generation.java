package dev.tramontane.engine;

import dev.tramontane.sampling.Choice;
import dev.tramontane.sampling.FinishReason;
import dev.tramontane.sampling.Intervention;
import dev.tramontane.sampling.ThinkingBudget;
import dev.tramontane.sampling.TokenMask;
import dev.tramontane.schedule.Claim;
import dev.tramontane.schedule.Sequence;
import dev.tramontane.weights.ModelFormatException;

import org.jspecify.annotations.Nullable;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Queue;
import java.util.concurrent.CancellationException;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/// A running request: its events in order, read once by one thread. Reading blocks; the last event
/// is {@link TokenEvent.Finished}.
///
/// Events wait for their reader without bound, which `maxTokens` bounds: a slow reader never stops
/// the engine. An interrupt while reading cancels the generation.
public final class Generation implements Iterator<TokenEvent>, AutoCloseable {
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition arrived = lock.newCondition();
    private final Queue<TokenEvent> events = new ArrayDeque<>();
    private final Sequence sequence;
    private final List<ThinkingBudget> budgets;
    private final InterventionCounts interventions;
    private @Nullable Throwable failure;
    private boolean ended;

    Generation(
            GenerationRequest request,
            TokenMask mask,
            int context,
            Claim claim,
            InterventionCounts interventions) {
        this.interventions = interventions;
        this.budgets =
                request.masks().stream()
                        .filter(ThinkingBudget.class::isInstance)
                        .map(ThinkingBudget.class::cast)
                        .toList();
        this.sequence =
                new Sequence(
                        request.prompt(),
                        request.sampling(),
                        request.stopTokens(),
                        mask,
                        context,
                        claim,
                        new Events());
    }

    Sequence sequence() {
        return sequence;
    }

    /// Whether the last event has not been read.
    @Override
    public boolean hasNext() {
        lock.lock();
        try {
            return !ended;
        } finally {
            lock.unlock();
        }
    }

    /// The next event; waits for it.
    ///
    /// @throws IllegalStateException when the generation failed; the cause says why
    /// @throws ModelFormatException when somebody changed the model's file in use
    /// @throws CancellationException when the thread is interrupted, which cancels the generation
    @Override
    public TokenEvent next() {
        lock.lock();
        try {
            if (ended) {
                throw new NoSuchElementException("the generation's last event was read before");
            }
            while (events.isEmpty() && failure == null) {
                arrived.await();
            }
            TokenEvent event = events.poll();
            ended = event == null || event instanceof TokenEvent.Finished;
            if (event == null && failure instanceof ModelFormatException changed) {
                throw new ModelFormatException(String.valueOf(changed.getMessage()), changed);
            }
            if (event == null) {
                throw new IllegalStateException("the generation failed: " + failure, failure);
            }
            return event;
        } catch (InterruptedException e) {
            close();
            Thread.currentThread().interrupt();
            var cancelled = new CancellationException("interrupted while reading a generation");
            cancelled.initCause(e);
            throw cancelled;
        } finally {
            lock.unlock();
        }
    }

    /// Closes the thinking before its next token, where a budget is among the request's masks. Any
    /// thread may call.
    public void closeThinking() {
        budgets.forEach(ThinkingBudget::closeThinking);
    }

    /// Lets the thinking have so many tokens more, where a budget is among the request's masks; see
    /// {@link ThinkingBudget#extendThinking}. Any thread may call.
    public void extendThinking(int tokens) {
        budgets.forEach(budget -> budget.extendThinking(tokens));
    }

    /// Cancels what has not been generated; the engine frees its blocks before its next step.
    /// Events up to then can still be read. Any thread may call, any number of times.
    @Override
    public void close() {
        sequence.cancel();
    }

    /// What the scheduler's thread tells.
    private final class Events implements Sequence.Listener {
        @Override
        public void progress(int queuePosition, int computedTokens) {
            put(new TokenEvent.Progress(queuePosition, computedTokens));
        }

        @Override
        public void sampled(Choice choice) {
            List<TokenEvent.TokenLogprob> top = new ArrayList<>(choice.topTokens().length);
            for (int i = 0; i < choice.topTokens().length; i++) {
                top.add(
                        new TokenEvent.TokenLogprob(
                                choice.topTokens()[i], choice.topLogprobs()[i]));
            }
            put(
                    new TokenEvent.Sampled(
                            choice.token(), choice.logprob(), List.copyOf(top), choice.forced()));
        }

        @Override
        public void intervened(Intervention what) {
            interventions.count(what);
            put(new TokenEvent.Intervened(what));
        }

        @Override
        public void finished(FinishReason reason, int repeatedTokens, int cachedTokens) {
            put(new TokenEvent.Finished(reason, repeatedTokens, cachedTokens));
        }

        @Override
        public void failed(Throwable cause) {
            lock.lock();
            try {
                failure = cause;
                arrived.signalAll();
            } finally {
                lock.unlock();
            }
        }

        private void put(TokenEvent event) {
            lock.lock();
            try {
                events.add(event);
                arrived.signalAll();
            } finally {
                lock.unlock();
            }
        }
    }
}
