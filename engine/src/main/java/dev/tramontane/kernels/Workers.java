package dev.tramontane.kernels;

import org.jspecify.annotations.Nullable;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.function.IntConsumer;

/// The row-parallel pool: a fixed number of platform threads, the caller among them, that share a
/// range of items in chunks. A fork and join costs about a microsecond while the threads are awake:
/// they spin for a moment before they park, and an idle pool uses no processor time.
///
/// Nobody is waited for who has not begun: a thread that the operating system runs late, because
/// there are more threads than processors or something else has them, finds its share done by the
/// others.
///
/// One thread at a time may call {@link #run}.
public final class Workers implements AutoCloseable {
    /// A part of the work: items `from` to `to`, on thread `worker`.
    public interface Task {
        void run(int worker, int from, int to);
    }

    /// Looks of a waiting thread at the next round before it parks: some tens of microseconds,
    /// longer than the serial pieces between two operations.
    private static final int SPINS = 20_000;

    /// The same where threads outnumber processors: who spins keeps a processor from who computes.
    private static final int SPINS_IN_A_CROWD = 50;

    /// In `state`: the lower half counts the threads that are in the round, this bit says that more
    /// may come, and the upper half is the round's number.
    private static final long OPEN = 1L << 31;

    private static final long JOINED = OPEN - 1;
    private static final int ROUND = 32;

    private final Thread[] threads;
    private final int spins;
    private final AtomicInteger nextItem = new AtomicInteger();
    private final AtomicLong state = new AtomicLong();
    private final AtomicInteger parked = new AtomicInteger();
    private volatile boolean closed;
    private volatile @Nullable Throwable failure;
    // Written before a round opens, read by those who have joined it.
    private Task task = (_, _, _) -> {};
    private int items;
    private int chunk;

    /// @param count threads that compute, the caller's included; at least 1
    public Workers(int count) {
        threads = new Thread[count - 1];
        spins = count > Runtime.getRuntime().availableProcessors() ? SPINS_IN_A_CROWD : SPINS;
        for (int i = 0; i < threads.length; i++) {
            int worker = i + 1;
            threads[i] =
                    Thread.ofPlatform()
                            .name("tramontane-worker-" + worker)
                            .daemon()
                            .unstarted(() -> work(worker));
        }
        for (Thread thread : threads) {
            thread.start();
        }
    }

    /// Threads that compute, the caller's included.
    public int count() {
        return threads.length + 1;
    }

    /// Runs the task over `items` items, `chunk` at a time, and returns when all are done. What a
    /// task throws is thrown here, after the others have ended.
    public void run(int items, int chunk, Task task) {
        if (threads.length == 0 || items <= chunk) {
            task.run(0, 0, items);
            return;
        }
        this.task = task;
        this.items = items;
        this.chunk = chunk;
        failure = null;
        nextItem.set(0);
        state.set(((round(state.get()) + 1) << ROUND) | OPEN);
        if (parked.get() > 0) {
            for (Thread thread : threads) {
                LockSupport.unpark(thread);
            }
        }
        share(0);
        state.getAndAdd(-OPEN); // nothing is left for who comes now
        for (int spin = 0; (state.get() & JOINED) > 0; spin++) {
            if (spin < spins) {
                Thread.onSpinWait();
            } else {
                LockSupport.parkNanos(this, 1_000); // whoever computes still wants a processor
            }
        }
        Throwable thrown = failure;
        if (thrown instanceof Error error) {
            throw error;
        }
        if (thrown instanceof RuntimeException exception) {
            throw exception;
        }
    }

    /// Runs tasks one at a time, each told its number.
    void run(int tasks, IntConsumer numbered) {
        run(
                tasks,
                1,
                (_, from, to) -> {
                    for (int i = from; i < to; i++) {
                        numbered.accept(i);
                    }
                });
    }

    private void work(int worker) {
        long round = 0;
        while (true) {
            round = awaitRoundAfter(round);
            if (closed) {
                return;
            }
            if (joins(round)) {
                share(worker);
                state.getAndDecrement();
            }
        }
    }

    private boolean joins(long round) {
        long now = state.get();
        while (round(now) == round && (now & OPEN) != 0) {
            if (state.compareAndSet(now, now + 1)) {
                return true;
            }
            now = state.get();
        }
        return false;
    }

    private static long round(long state) {
        return state >>> ROUND;
    }

    private long awaitRoundAfter(long seen) {
        for (int spin = 0; spin < spins; spin++) {
            long round = round(state.get());
            if (round != seen) {
                return round;
            }
            Thread.onSpinWait();
        }
        parked.incrementAndGet();
        try {
            while (round(state.get()) == seen && !closed) {
                LockSupport.park(this);
            }
        } finally {
            parked.decrementAndGet();
        }
        return round(state.get());
    }

    private void share(int worker) {
        try {
            while (true) {
                int from = nextItem.getAndAdd(chunk);
                if (from >= items) {
                    return;
                }
                task.run(worker, from, Math.min(items, from + chunk));
            }
        } catch (RuntimeException | Error e) {
            failure = e;
            nextItem.set(items);
        }
    }

    @Override
    public void close() {
        closed = true;
        for (Thread thread : threads) {
            LockSupport.unpark(thread);
        }
        for (Thread thread : threads) {
            boolean interrupted = false;
            while (true) {
                try {
                    thread.join();
                    break;
                } catch (InterruptedException e) {
                    interrupted = true;
                }
            }
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
