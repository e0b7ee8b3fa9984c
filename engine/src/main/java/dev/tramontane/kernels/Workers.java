package dev.tramontane.kernels;

import org.jspecify.annotations.Nullable;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;

/// The row-parallel pool: a fixed number of platform threads, the caller among them, that share a
/// range of items in chunks. A fork and join costs about a microsecond while the threads are awake:
/// they spin for a moment before they park, and an idle pool uses no processor time.
///
/// One thread at a time may call {@link #run}.
final class Workers implements AutoCloseable {
    /// A part of the work: items `from` to `to`, on thread `worker`.
    interface Task {
        void run(int worker, int from, int to);
    }

    /// Looks of a waiting thread at the next epoch before it parks: some tens of microseconds,
    /// longer than the serial pieces between two operations.
    private static final int SPINS = 20_000;

    private final Thread[] threads;
    private final AtomicInteger nextItem = new AtomicInteger();
    private final AtomicInteger running = new AtomicInteger();
    private final AtomicInteger parked = new AtomicInteger();
    private final AtomicInteger epoch = new AtomicInteger();
    private volatile boolean closed;
    private volatile @Nullable Throwable failure;
    // Written before `epoch`, read after it.
    private Task task = (_, _, _) -> {};
    private int items;
    private int chunk;

    /// @param count threads that compute, the caller's included; at least 1
    Workers(int count) {
        threads = new Thread[count - 1];
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
    int count() {
        return threads.length + 1;
    }

    /// Runs the task over `items` items, `chunk` at a time, and returns when all are done. What a
    /// task throws is thrown here, after the others have ended.
    void run(int items, int chunk, Task task) {
        if (threads.length == 0 || items <= chunk) {
            task.run(0, 0, items);
            return;
        }
        this.task = task;
        this.items = items;
        this.chunk = chunk;
        failure = null;
        nextItem.set(0);
        running.set(threads.length);
        epoch.incrementAndGet();
        if (parked.get() > 0) {
            for (Thread thread : threads) {
                LockSupport.unpark(thread);
            }
        }
        share(0);
        for (int spin = 0; running.get() > 0; spin++) {
            if (spin < SPINS) {
                Thread.onSpinWait();
            } else {
                LockSupport.parkNanos(this, 1_000); // more threads than processors
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

    private void work(int worker) {
        int seen = 0;
        while (true) {
            seen = awaitEpochAfter(seen);
            if (closed) {
                return;
            }
            share(worker);
            running.decrementAndGet();
        }
    }

    private int awaitEpochAfter(int seen) {
        for (int spin = 0; spin < SPINS; spin++) {
            if (epoch.get() != seen) {
                return epoch.get();
            }
            Thread.onSpinWait();
        }
        parked.incrementAndGet();
        try {
            while (epoch.get() == seen && !closed) {
                LockSupport.park(this);
            }
        } finally {
            parked.decrementAndGet();
        }
        return epoch.get();
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
        epoch.incrementAndGet();
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
