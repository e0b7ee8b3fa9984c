package dev.tramontane.server;

import java.time.Duration;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/// How many requests are answered at once, and whether any more are.
final class Admission {
    private static final Duration SOON = Duration.ofSeconds(1);

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition left = lock.newCondition();
    private final int most;
    private int inside;
    private boolean drains;

    Admission(int most) {
        this.most = most;
    }

    /// @throws RefusedException when there are too many, or the server stops
    void enter() {
        lock.lock();
        try {
            if (drains) {
                throw RefusedException.stopping();
            }
            if (inside >= most) {
                throw RefusedException.overloaded(
                        "%d requests are being answered already, expected fewer; try again later"
                                .formatted(inside),
                        SOON);
            }
            inside++;
        } finally {
            lock.unlock();
        }
    }

    void leave() {
        lock.lock();
        try {
            inside--;
            left.signalAll();
        } finally {
            lock.unlock();
        }
    }

    int inside() {
        lock.lock();
        try {
            return inside;
        } finally {
            lock.unlock();
        }
    }

    boolean isDraining() {
        lock.lock();
        try {
            return drains;
        } finally {
            lock.unlock();
        }
    }

    /// Lets nobody in from here on, and waits for those inside.
    ///
    /// @return whether all have left in time; an interrupt ends the waiting, and is kept
    boolean drain(Duration longest) {
        lock.lock();
        try {
            drains = true;
            long nanos = longest.toNanos();
            while (inside > 0 && nanos > 0) {
                nanos = left.awaitNanos(nanos);
            }
            return inside == 0;
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
            return false;
        } finally {
            lock.unlock();
        }
    }
}
