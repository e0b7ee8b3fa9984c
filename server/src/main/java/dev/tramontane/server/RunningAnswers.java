package dev.tramontane.server;

import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/// The answers that are being written. Until its entry is closed, an answer's owner may control it.
final class RunningAnswers {
    private final Running<Answers> known = new Running<>();
    private final Set<Runnable> others = ConcurrentHashMap.newKeySet();

    Running.Entry enter(String id, Caller caller, Answers answers) {
        return known.enter(id, caller, answers);
    }

    /// Until it is closed, something that nobody controls and that ends with the rest.
    ///
    /// @param cancel ends it; a new one each time
    Running.Entry enter(Runnable cancel) {
        others.add(cancel);
        return () -> others.remove(cancel);
    }

    /// An answer of the caller's own.
    Optional<Answers> find(String id, Caller caller) {
        return known.find(id, caller);
    }

    /// Ends all of them: each has its last event, and is over.
    void cancelAll() {
        known.forEach(Answers::close);
        others.forEach(Runnable::run);
    }
}
