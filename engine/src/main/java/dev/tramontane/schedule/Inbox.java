package dev.tramontane.schedule;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.FutureTask;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/// New sequences and errands on their way to the scheduler, and a bound on sequences that have not
/// run yet: the one place where other threads meet the scheduler's.
public final class Inbox {
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final List<Sequence> arrived = new ArrayList<>();
    private final List<FutureTask<Void>> errands = new ArrayList<>();
    private final Map<String, Integer> waitingByOwner = new HashMap<>();
    private final int capacity;
    private final int ownerCapacity;
    private int waiting;
    private State state = State.OPEN;

    private enum State {
        OPEN,
        /// Takes no more; what was taken runs to its end.
        DRAINING,
        CLOSED
    }

    /// @param capacity sequences that may wait at most
    /// @param ownerCapacity of one owner
    public Inbox(int capacity, int ownerCapacity) {
        this.capacity = capacity;
        this.ownerCapacity = ownerCapacity;
    }

    /// What became of an offered sequence.
    public enum Answer {
        /// It waits.
        TAKEN,
        /// Too many wait.
        FULL,
        /// Too many of this owner wait.
        OWNER_FULL,
        /// No more are taken, and those that were run to their ends.
        DRAINING,
        /// No more are taken.
        CLOSED
    }

    /// Leaves a sequence for the scheduler.
    public Answer offer(Sequence sequence) {
        lock.lock();
        try {
            int own = waitingByOwner.getOrDefault(sequence.ownerName(), 0);
            Answer answer =
                    switch (state) {
                        case OPEN ->
                                waiting >= capacity
                                        ? Answer.FULL
                                        : own >= ownerCapacity ? Answer.OWNER_FULL : Answer.TAKEN;
                        case DRAINING -> Answer.DRAINING;
                        case CLOSED -> Answer.CLOSED;
                    };
            if (answer == Answer.TAKEN) {
                arrived.add(sequence);
                waiting++;
                waitingByOwner.put(sequence.ownerName(), own + 1);
                changed.signal();
            }
            return answer;
        } finally {
            lock.unlock();
        }
    }

    /// Leaves something for the scheduler's thread to do between two steps. What it has not come to
    /// when this is closed is cancelled.
    ///
    /// @return false once this is closed
    public boolean offer(FutureTask<Void> errand) {
        lock.lock();
        try {
            if (state == State.CLOSED) {
                return false;
            }
            errands.add(errand);
            changed.signal();
            return true;
        } finally {
            lock.unlock();
        }
    }

    /// Number of sequences that were taken and have not run yet.
    public int size() {
        lock.lock();
        try {
            return waiting;
        } finally {
            lock.unlock();
        }
    }

    /// Takes no more; what was taken runs to its end.
    public void drain() {
        become(State.DRAINING);
    }

    /// Takes no more, and what was taken is ended.
    public void close() {
        become(State.CLOSED);
    }

    private void become(State next) {
        lock.lock();
        try {
            if (next.compareTo(state) > 0) {
                state = next;
            }
            changed.signal();
        } finally {
            lock.unlock();
        }
    }

    boolean isClosed() {
        lock.lock();
        try {
            return state == State.CLOSED;
        } finally {
            lock.unlock();
        }
    }

    /// Whether nothing is here and nothing will come.
    boolean isExhausted() {
        lock.lock();
        try {
            return state != State.OPEN && arrived.isEmpty();
        } finally {
            lock.unlock();
        }
    }

    /// Waits until a sequence is here, none will come any more, or the time is over.
    void await(long nanos) {
        long left = nanos;
        lock.lock();
        try {
            while (arrived.isEmpty() && errands.isEmpty() && state == State.OPEN && left > 0) {
                left = changed.awaitNanos(left);
            }
        } catch (
                InterruptedException _) { // nobody has a reason to: looked around, and waited again
        } finally {
            lock.unlock();
        }
    }

    /// Takes out what has arrived since the last call, in order. They still count as waiting.
    List<Sequence> takeArrived() {
        return takeAll(arrived);
    }

    /// Takes out the errands, in order.
    List<FutureTask<Void>> takeErrands() {
        return takeAll(errands);
    }

    private <T> List<T> takeAll(List<T> from) {
        lock.lock();
        try {
            if (from.isEmpty()) {
                return List.of();
            }
            List<T> all = List.copyOf(from);
            from.clear();
            return all;
        } finally {
            lock.unlock();
        }
    }

    /// A sequence does not wait any more: it runs for the first time, or ended before.
    void left(Sequence sequence) {
        lock.lock();
        try {
            waiting--;
            waitingByOwner.computeIfPresent(
                    sequence.ownerName(), (_, count) -> count == 1 ? null : count - 1);
        } finally {
            lock.unlock();
        }
    }
}
