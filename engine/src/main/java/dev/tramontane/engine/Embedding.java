package dev.tramontane.engine;

import dev.tramontane.sampling.Choice;
import dev.tramontane.sampling.FinishReason;
import dev.tramontane.sampling.Intervention;
import dev.tramontane.schedule.Claim;
import dev.tramontane.schedule.Sequence;
import dev.tramontane.schedule.StatePool;
import dev.tramontane.weights.ModelFormatException;

import org.jspecify.annotations.Nullable;

import java.util.concurrent.CancellationException;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/// A text that is read for its vector. Any thread may wait, and close.
public final class Embedding implements AutoCloseable {
    private final StatePool states;
    private final Sequence sequence;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition ended = lock.newCondition();
    private @Nullable FinishReason end;
    private @Nullable Throwable failure;

    Embedding(int[] text, StatePool states, Claim claim) {
        this.states = states;
        this.sequence = Sequence.read(text, states, claim, new End());
    }

    Sequence sequence() {
        return sequence;
    }

    /// The text's vector, of length 1; waits for it.
    ///
    /// @return float[dim]
    /// @throws IllegalStateException when the reading failed; the cause says why
    /// @throws ModelFormatException when somebody changed the model's file in use
    /// @throws CancellationException when it was closed before, or the thread is interrupted, which
    ///   closes it
    public float[] await() {
        lock.lock();
        try {
            while (end == null && failure == null) {
                ended.await();
            }
            if (end == FinishReason.STOP) {
                return states.vector();
            }
            if (failure != null) {
                throw Generation.failed("the reading of a text", failure);
            }
            throw new CancellationException("the reading of a text was cancelled");
        } catch (InterruptedException e) {
            close();
            Thread.currentThread().interrupt();
            var cancelled = new CancellationException("interrupted while a text was read");
            cancelled.initCause(e);
            throw cancelled;
        } finally {
            lock.unlock();
        }
    }

    /// Only the first end counts.
    private void end(@Nullable FinishReason reason, @Nullable Throwable cause) {
        lock.lock();
        try {
            if (end == null && failure == null) {
                end = reason;
                failure = cause;
                ended.signalAll();
            }
        } finally {
            lock.unlock();
        }
    }

    /// Cancels what has not been read: whoever waits learns of it at once, and the engine frees its
    /// blocks before its next step. Any number of times.
    @Override
    public void close() {
        sequence.cancel();
        end(FinishReason.CANCELLED, null);
    }

    /// What the scheduler's thread tells.
    private final class End implements Sequence.Listener {
        @Override
        public void progress(int queuePosition, int computedTokens, int cachedTokens) {}

        @Override
        public void sampled(Choice choice) {
            throw new IllegalStateException("a text that is only read got a token");
        }

        @Override
        public void intervened(Intervention what) {
            throw new IllegalStateException("control stepped in where nothing is generated");
        }

        @Override
        public void finished(FinishReason reason, int repeatedTokens, int cachedTokens) {
            end(reason, null);
        }

        @Override
        public void failed(Throwable cause) {
            end(null, cause);
        }
    }
}
