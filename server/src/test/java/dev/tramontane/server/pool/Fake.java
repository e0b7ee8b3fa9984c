package dev.tramontane.server.pool;

import dev.tramontane.chat.ChatModel;
import dev.tramontane.chat.ChatRequest;
import dev.tramontane.chat.ChatStream;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;

/// A model of a pool that notes when it is opened and closed, and says nothing.
final class Fake implements ChatModel {
    final CountDownLatch closed = new CountDownLatch(1);
    private final String name;
    private final Notes notes;

    /// What happened, in order: `+a` opened, `-a` closed.
    ///
    /// @param held while it is there, opening the model of this name waits for the latch
    record Notes(List<String> all, String held, CountDownLatch begun, CountDownLatch release) {
        static Notes free() {
            return holding("");
        }

        static Notes holding(String name) {
            return new Notes(
                    new CopyOnWriteArrayList<>(),
                    name,
                    new CountDownLatch(1),
                    new CountDownLatch(1));
        }
    }

    private Fake(String name, Notes notes) {
        this.name = name;
        this.notes = notes;
    }

    static PooledModel<Fake> of(String name, long bytes, Optional<Duration> keep, Notes notes) {
        return new PooledModel<>(
                name,
                bytes,
                keep,
                () -> {
                    if (name.equals(notes.held())) {
                        notes.begun().countDown();
                        await(notes.release());
                    }
                    notes.all().add("+" + name);
                    return new Fake(name, notes);
                });
    }

    static PooledModel<Fake> of(String name, long bytes, Notes notes) {
        return of(name, bytes, Optional.empty(), notes);
    }

    static void await(CountDownLatch latch) throws IOException {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new IOException(e);
        }
    }

    @Override
    public ChatStream chat(ChatRequest request) {
        throw new UnsupportedOperationException("nobody talks to it");
    }

    @Override
    public void close() {
        notes.all().add("-" + name);
        closed.countDown();
    }
}
