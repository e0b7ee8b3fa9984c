package dev.tramontane.server;

import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/// The answers that are being written, by the id that their clients know them by.
final class RunningAnswers {
    private final Map<String, Running> running = new ConcurrentHashMap<>();
    private final Set<Runnable> others = ConcurrentHashMap.newKeySet();

    private record Running(String owner, Answers answers) {}

    /// Until it is closed, its owner may control an answer.
    interface Entry extends AutoCloseable {
        @Override
        void close();
    }

    Entry enter(String id, Caller caller, Answers answers) {
        running.put(id, new Running(caller.owner(), answers));
        return () -> running.remove(id);
    }

    /// Until it is closed, something that nobody controls and that ends with the rest.
    ///
    /// @param cancel ends it; a new one each time
    Entry enter(Runnable cancel) {
        others.add(cancel);
        return () -> others.remove(cancel);
    }

    /// An answer of the caller's own.
    Optional<Answers> find(String id, Caller caller) {
        return Optional.ofNullable(running.get(id))
                .filter(each -> each.owner().equals(caller.owner()))
                .map(Running::answers);
    }

    /// Ends all of them: each has its last event, and is over.
    void cancelAll() {
        running.values().forEach(each -> each.answers().close());
        others.forEach(Runnable::run);
    }
}
