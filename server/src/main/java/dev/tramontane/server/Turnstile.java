package dev.tramontane.server;

import java.time.Duration;
import java.util.concurrent.Semaphore;

/// Lets few in at a time, and sends the others away: for what takes much memory.
final class Turnstile {
    private static final Duration SOON = Duration.ofSeconds(1);

    private final String what;
    private final int most;
    private final Semaphore places;

    /// @param what those inside are, for people
    Turnstile(String what, int most) {
        this.what = what;
        this.most = most;
        this.places = new Semaphore(most);
    }

    /// A place, until it is closed.
    interface Place extends AutoCloseable {
        /// Takes none.
        Place NONE = () -> {};

        @Override
        void close();
    }

    /// @throws RefusedException when there are as many as may be
    Place enter() {
        if (!places.tryAcquire()) {
            throw RefusedException.overloaded(
                    "%d %s already, expected fewer; try again later".formatted(most, what), SOON);
        }
        return places::release;
    }
}
