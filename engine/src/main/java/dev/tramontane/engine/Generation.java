package dev.tramontane.engine;

import java.util.Iterator;

/// A running request: its events in order, read once by one thread. Reading blocks; the last event
/// is {@link TokenEvent.Finished}.
public final class Generation implements Iterator<TokenEvent>, AutoCloseable {
    Generation() {}

    @Override
    public boolean hasNext() {
        throw new UnsupportedOperationException();
    }

    @Override
    public TokenEvent next() {
        throw new UnsupportedOperationException();
    }

    /// Asks the masks of this request to end the thinking (see {@code
    /// dev.tramontane.sampling.ThinkingBudget}); the answer follows.
    public void closeThinking() {
        throw new UnsupportedOperationException();
    }

    /// Cancels what has not been generated; the engine frees its blocks before its next step.
    @Override
    public void close() {
        throw new UnsupportedOperationException();
    }
}
