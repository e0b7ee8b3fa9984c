package dev.tramontane.server;

import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;

/// The answers that are being written. Until its entry is closed, an answer's owner may control it.
final class RunningAnswers {
    private final Running<Answers> known = new Running<>();
    private final Set<Runnable> others = ConcurrentHashMap.newKeySet();
    private volatile boolean isOver;

    Running.Entry enter(String id, Caller caller, Answers answers) {
        Running.Entry entry = known.enter(id, caller, answers);
        if (isOver) {
            answers.close();
        }
        return entry;
    }

    /// Until it is closed, something that nobody controls and that ends with the rest.
    ///
    /// @param cancel ends it, also where it has not begun; a new one each time
    Running.Entry enter(Runnable cancel) {
        others.add(cancel);
        if (isOver) {
            cancel.run();
        }
        return () -> others.remove(cancel);
    }

    /// Works for a client before there is an answer to control. It ends when the client goes, and
    /// with the rest.
    ///
    /// @param end has the work throw `CancellationException`; any thread may call
    /// @throws Exchange.GoneException when the client went
    /// @throws RefusedException when the rest ended
    <T> T whileWanted(Exchange exchange, Runnable end, Supplier<T> work)
            throws Exchange.GoneException {
        var isGone = new AtomicBoolean();
        try (Running.Entry _ = enter(end)) {
            exchange.whenGone(
                    () -> {
                        isGone.set(true);
                        end.run();
                    });
            return work.get();
        } catch (CancellationException cancelled) {
            if (isGone.get()) {
                throw new Exchange.GoneException(cancelled);
            }
            throw RefusedException.stopping();
        }
    }

    /// An answer of the caller's own.
    Optional<Answers> find(String id, Caller caller) {
        return known.find(id, caller);
    }

    /// Ends all of them, and those that come yet: each has its last event, and is over.
    void cancelAll() {
        isOver = true;
        known.forEach(Answers::close);
        others.forEach(Runnable::run);
    }
}
