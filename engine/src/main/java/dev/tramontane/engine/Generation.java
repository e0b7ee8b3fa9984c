package dev.tramontane.engine;

import dev.tramontane.sampling.Choice;
import dev.tramontane.sampling.FinishReason;
import dev.tramontane.sampling.Intervention;
import dev.tramontane.sampling.ThinkingBudget;
import dev.tramontane.sampling.TokenMask;
import dev.tramontane.schedule.Claim;
import dev.tramontane.schedule.Sequence;
import dev.tramontane.schedule.SequenceImages;
import dev.tramontane.schedule.Speculation;
import dev.tramontane.weights.ModelFormatException;

import org.jspecify.annotations.Nullable;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.CancellationException;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;

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
    private final LongSupplier weightsVersion;
    private @Nullable WeightsVersions weights;
    private @Nullable Throwable failure;
    private boolean isComplete;
    private boolean isReadWhole;
    private boolean ended;

    /// Which of the weights that an engine was given ({@link Engine#publish}) a generation's tokens
    /// were sampled from.
    ///
    /// @param first version for its first token
    /// @param last for the latest one
    public record WeightsVersions(long first, long last) {}

    Generation(
            GenerationRequest request,
            TokenMask mask,
            int context,
            Claim claim,
            SequenceImages images,
            InterventionCounts interventions,
            LongSupplier weightsVersion) {
        this.interventions = interventions;
        this.weightsVersion = weightsVersion;
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
                        new Events(),
                        images);
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
            await(false);
            TokenEvent event = events.poll();
            ended = event == null || event instanceof TokenEvent.Finished;
            if (event == null) {
                throw failed();
            }
            return event;
        } finally {
            lock.unlock();
        }
    }

    /// All events that have not been read; waits for the last. The reader is woken once, which
    /// matters where many generations run side by side.
    ///
    /// @throws IllegalStateException as {@link #next} does
    /// @throws ModelFormatException likewise
    /// @throws CancellationException likewise
    public List<TokenEvent> readAll() {
        lock.lock();
        try {
            await(true);
            ended = true;
            if (!isComplete) {
                throw failed();
            }
            List<TokenEvent> all = List.copyOf(events);
            events.clear();
            return all;
        } finally {
            lock.unlock();
        }
    }

    /// Waits for an event, or for the last, or for a failure.
    private void await(boolean whole) {
        if (ended) {
            throw new NoSuchElementException("the generation's last event was read before");
        }
        isReadWhole = whole;
        try {
            while ((whole ? !isComplete : events.isEmpty()) && failure == null) {
                arrived.await();
            }
        } catch (InterruptedException e) {
            close();
            Thread.currentThread().interrupt();
            var cancelled = new CancellationException("interrupted while reading a generation");
            cancelled.initCause(e);
            throw cancelled;
        }
    }

    private RuntimeException failed() {
        return failed("the generation", failure);
    }

    /// What whoever waited for something is told of why the engine stopped.
    static RuntimeException failed(String what, @Nullable Throwable failure) {
        if (failure instanceof ModelFormatException changed) {
            return new ModelFormatException(String.valueOf(changed.getMessage()), changed);
        }
        return new IllegalStateException(what + " failed: " + failure, failure);
    }

    /// Which weights the tokens so far were sampled from; empty before the first. Any thread may
    /// call.
    public Optional<WeightsVersions> weights() {
        lock.lock();
        try {
            return Optional.ofNullable(weights);
        } finally {
            lock.unlock();
        }
    }

    /// What guessing ahead came to so far. Any thread may call.
    public Drafts drafts() {
        Speculation.Totals drafts = sequence.drafts();
        return new Drafts(drafts.drafted(), drafts.accepted());
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
        public void progress(int queuePosition, int computedTokens, int cachedTokens) {
            put(new TokenEvent.Progress(queuePosition, computedTokens, cachedTokens));
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
                if (event instanceof TokenEvent.Sampled) {
                    note(weightsVersion.getAsLong());
                }
                isComplete |= event instanceof TokenEvent.Finished;
                if (isComplete || !isReadWhole) {
                    arrived.signalAll();
                }
            } finally {
                lock.unlock();
            }
        }

        private void note(long version) {
            if (weights == null || weights.last != version) {
                weights = new WeightsVersions(weights == null ? version : weights.first, version);
            }
        }
    }
}
