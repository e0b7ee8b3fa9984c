package dev.tramontane.server.pool;

import org.jspecify.annotations.Nullable;

/// One try to open a model, and who waits for it. Guarded by the pool's lock.
final class Loading<M> {
    int waiting;
    boolean hasBegun;
    private @Nullable M model;
    private @Nullable Throwable failure;

    /// What is open already.
    static <M> Loading<M> of(M model) {
        Loading<M> done = new Loading<>();
        done.model = model;
        return done;
    }

    void succeed(M opened) {
        model = opened;
    }

    void fail(Throwable cause) {
        failure = cause;
    }

    @Nullable M model() {
        return model;
    }

    @Nullable Throwable failure() {
        return failure;
    }
}
