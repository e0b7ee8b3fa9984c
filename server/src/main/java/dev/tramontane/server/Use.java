package dev.tramontane.server;

import java.time.Duration;
import java.util.Optional;

/// What somebody needs a model for, which stays open as long as it lasts.
interface Use {
    /// @param gone called, perhaps from another thread and at once, when it is over before its end
    void whenGone(Runnable gone);

    /// Has something done when it is over, however it ends.
    void atEnd(Runnable what);

    /// How long whoever waits may be told nothing; empty for any time.
    default Optional<Duration> silence() {
        return Optional.empty();
    }

    /// Tells whoever waits that the model is still worked for.
    ///
    /// @throws Exchange.GoneException when nobody is there any more
    default void showLife() throws Exchange.GoneException {}
}
