package dev.tramontane.server;

import dev.tramontane.chat.LocalModel;
import dev.tramontane.server.pool.PooledModel;

import java.io.IOException;
import java.util.concurrent.atomic.LongAdder;

/// How often a model was opened since the server's start, and what that took. Any thread may call.
final class Loads {
    private final LongAdder loaded = new LongAdder();
    private final LongAdder failed = new LongAdder();
    private final LongAdder nanos = new LongAdder();

    /// Opens a model, and counts what comes of it.
    LocalModel count(PooledModel.Opener<LocalModel> opening) throws IOException {
        long start = System.nanoTime();
        LongAdder outcome = failed;
        try {
            LocalModel model = opening.open();
            outcome = loaded;
            return model;
        } finally {
            outcome.increment();
            nanos.add(System.nanoTime() - start);
        }
    }

    long loaded() {
        return loaded.sum();
    }

    /// Those that came to nothing.
    long failed() {
        return failed.sum();
    }

    double seconds() {
        return nanos.sum() / 1e9;
    }
}
