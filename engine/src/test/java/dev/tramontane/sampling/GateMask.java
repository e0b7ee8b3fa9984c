package dev.tramontane.sampling;

import java.util.concurrent.Semaphore;

/// A mask that allows everything, but keeps the engine's thread waiting before each token until a
/// test lets it pass. While one such sequence waits, nothing else in its engine moves.
///
/// Closed before its engine, which would wait for ever.
public final class GateMask implements TokenMask, AutoCloseable {
    private final Semaphore tokens = new Semaphore(0);
    private volatile boolean open;

    /// Lets so many more tokens pass.
    public void allow(int more) {
        tokens.release(more);
    }

    /// Lets everything pass from now on.
    public void open() {
        open = true;
        tokens.release();
    }

    @Override
    public Verdict next() {
        if (!open) {
            tokens.acquireUninterruptibly();
        }
        return Verdict.ANY;
    }

    @Override
    public void accept(int token) {}

    @Override
    public void rollback(int count) {}

    @Override
    public void close() {
        open();
    }
}
