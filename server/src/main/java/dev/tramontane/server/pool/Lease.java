package dev.tramontane.server.pool;

import dev.tramontane.chat.ChatModel;

import java.time.Duration;

/// A model for as long as somebody needs it: until it is closed, the model is not.
///
/// One thread awaits and closes it; any may give it up.
public final class Lease<M extends ChatModel> implements AutoCloseable {
    private final ModelPool<M> pool;
    private final Entry<M> entry;
    private final Loading<M> loading;

    // guarded by the pool's lock
    private boolean isGivenUp;
    private boolean isClosed;

    /// What came of waiting for a model.
    public sealed interface Outcome<M> {
        /// It may be used until the lease is closed.
        record Ready<M>(M model) implements Outcome<M> {}

        /// It cannot be opened.
        record Failed<M>(Throwable cause) implements Outcome<M> {}

        /// Nobody wants it any more.
        record GivenUp<M>() implements Outcome<M> {}

        /// It took longer than the caller would wait.
        record Late<M>() implements Outcome<M> {}

        /// The pool is closed.
        record Stopped<M>() implements Outcome<M> {}
    }

    Lease(ModelPool<M> pool, Entry<M> entry, Loading<M> loading) {
        this.pool = pool;
        this.entry = entry;
        this.loading = loading;
    }

    /// Waits for the model.
    ///
    /// @param longest how long
    public Outcome<M> await(Duration longest) {
        return pool.await(this, longest);
    }

    /// Ends the waiting, where it still goes on; a model that is there stays.
    public void giveUp() {
        pool.change(() -> isGivenUp = true);
    }

    @Override
    public void close() {
        pool.change(
                () -> {
                    if (!isClosed) {
                        isClosed = true;
                        pool.giveBack(entry, loading);
                    }
                });
    }

    Loading<M> loading() {
        return loading;
    }

    boolean isGivenUp() {
        return isGivenUp;
    }
}
