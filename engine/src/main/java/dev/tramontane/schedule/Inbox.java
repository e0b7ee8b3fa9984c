package dev.tramontane.schedule;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Predicate;

/// Sequences that wait to run, first come, first served: the one place where other threads meet the
/// scheduler's.
public final class Inbox {
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final List<Sequence> waiting = new ArrayList<>();
    private final int capacity;
    private boolean closed;

    /// @param capacity sequences that may wait at most
    public Inbox(int capacity) {
        this.capacity = capacity;
    }

    /// What became of an offered sequence.
    public enum Answer {
        /// It waits.
        TAKEN,
        /// Too many wait.
        FULL,
        /// No more are taken.
        CLOSED
    }

    /// Leaves a sequence for the scheduler.
    public Answer offer(Sequence sequence) {
        lock.lock();
        try {
            if (closed) {
                return Answer.CLOSED;
            }
            if (waiting.size() >= capacity) {
                return Answer.FULL;
            }
            waiting.add(sequence);
            changed.signal();
            return Answer.TAKEN;
        } finally {
            lock.unlock();
        }
    }

    /// Number of sequences that wait.
    public int size() {
        lock.lock();
        try {
            return waiting.size();
        } finally {
            lock.unlock();
        }
    }

    /// Takes no more; the scheduler's thread, should it wait, goes on.
    public void close() {
        lock.lock();
        try {
            closed = true;
            changed.signal();
        } finally {
            lock.unlock();
        }
    }

    boolean isClosed() {
        lock.lock();
        try {
            return closed;
        } finally {
            lock.unlock();
        }
    }

    /// Waits until a sequence is here, the inbox is closed, or the time is over.
    void await(long nanos) {
        long left = nanos;
        lock.lock();
        try {
            while (waiting.isEmpty() && !closed && left > 0) {
                left = changed.awaitNanos(left);
            }
        } catch (
                InterruptedException _) { // nobody has a reason to: looked around, and waited again
        } finally {
            lock.unlock();
        }
    }

    /// The longest waiting sequence, if it meets the condition; those behind it are not considered,
    /// so that a large request is not overtaken for ever.
    Optional<Sequence> poll(Predicate<Sequence> condition) {
        lock.lock();
        try {
            if (waiting.isEmpty() || !condition.test(waiting.getFirst())) {
                return Optional.empty();
            }
            return Optional.of(waiting.removeFirst());
        } finally {
            lock.unlock();
        }
    }

    /// Removes the sequences that meet the condition.
    List<Sequence> remove(Predicate<Sequence> condition) {
        List<Sequence> removed = new ArrayList<>();
        lock.lock();
        try {
            for (Iterator<Sequence> all = waiting.iterator(); all.hasNext(); ) {
                Sequence sequence = all.next();
                if (condition.test(sequence)) {
                    all.remove();
                    removed.add(sequence);
                }
            }
        } finally {
            lock.unlock();
        }
        return removed;
    }

    /// Those that wait, in order.
    List<Sequence> waiting() {
        lock.lock();
        try {
            return List.copyOf(waiting);
        } finally {
            lock.unlock();
        }
    }
}
