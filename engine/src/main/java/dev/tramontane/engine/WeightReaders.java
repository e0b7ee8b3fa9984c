package dev.tramontane.engine;

import java.util.concurrent.locks.ReentrantReadWriteLock;
import java.util.function.Supplier;

/// Who reads an engine's weights beside its loop. Machine code is given plain addresses, which
/// nothing keeps valid, so the weights' memory is freed while none of them reads, and none reads it
/// afterwards.
///
/// Any thread may call.
final class WeightReaders {
    private final ReentrantReadWriteLock lock = new ReentrantReadWriteLock();
    private final Supplier<RuntimeException> whyFreed;
    private boolean freed; // guarded by the lock

    /// @param whyFreed what readers are told who come too late
    WeightReaders(Supplier<RuntimeException> whyFreed) {
        this.whyFreed = whyFreed;
    }

    /// Of weights whose owner frees them when nobody reads.
    static WeightReaders ofCaller() {
        return new WeightReaders(IllegalStateException::new);
    }

    /// Reads weights, side by side with others. What frees them waits for it, so it is short: a
    /// chunk of tokens, an image.
    <T> T read(Supplier<T> reading) {
        lock.readLock().lock();
        try {
            if (freed) {
                throw whyFreed.get();
            }
            return reading.get();
        } finally {
            lock.readLock().unlock();
        }
    }

    /// Frees the weights as soon as nobody reads them.
    void free(Runnable freeing) {
        lock.writeLock().lock();
        try {
            freed = true;
            freeing.run();
        } finally {
            lock.writeLock().unlock();
        }
    }
}
