package dev.tramontane.server;

import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;

/// What is being written, by the id that clients know it by; each caller finds its own alone.
final class Running<T> {
    private final Map<String, Owned<T>> running = new ConcurrentHashMap<>();

    private record Owned<T>(String owner, T what) {}

    /// Until it is closed, it runs.
    interface Entry extends AutoCloseable {
        @Override
        void close();
    }

    Entry enter(String id, Caller caller, T what) {
        running.put(id, new Owned<>(caller.owner(), what));
        return () -> leave(id);
    }

    /// It runs no more, though its entry may still be open.
    void leave(String id) {
        running.remove(id);
    }

    /// One of the caller's own.
    Optional<T> find(String id, Caller caller) {
        return Optional.ofNullable(running.get(id))
                .filter(each -> each.owner().equals(caller.owner()))
                .map(Owned::what);
    }

    void forEach(Consumer<T> each) {
        running.values().forEach(owned -> each.accept(owned.what()));
    }
}
