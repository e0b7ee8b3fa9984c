package dev.tramontane.eval.run;

import dev.tramontane.chat.InvalidRequestException;
import dev.tramontane.engine.EngineOverloadedException;
import dev.tramontane.wire.UpstreamException;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;

/// How long to wait before something is tried again, and when to give it up.
///
/// A model that is busy says when to come back, and is asked again for as long as it says so; what
/// failed otherwise is tried three times more, after 1, 2 and 4 seconds. A request that must change
/// is not repeated.
public final class Patience {
    private static final int MOST_FAILURES = 4;
    private static final int MOST_BUSY = 200;
    private static final Duration LONGEST_PAUSE = Duration.ofMinutes(5);

    private final Pause pause;

    /// Lets time pass.
    @FunctionalInterface
    public interface Pause {
        void pause(Duration time) throws InterruptedException;
    }

    public Patience(Pause pause) {
        this.pause = pause;
    }

    /// Waits as long as a clock says.
    public static Patience real() {
        return new Patience(Thread::sleep);
    }

    /// The failures of one attempt so far.
    static final class Count {
        private int failures;
        private int busy;
    }

    /// The pause after a failure; empty when it is not worth another try.
    Optional<Duration> after(RuntimeException failure, Count count) {
        return switch (failure) {
            case InvalidRequestException _ -> Optional.empty();
            case UpstreamException gone when !gone.mayPass() -> Optional.empty();
            case EngineOverloadedException busy -> {
                Duration asked = busy.retryAfter();
                Duration wait = asked.compareTo(LONGEST_PAUSE) > 0 ? LONGEST_PAUSE : asked;
                yield ++count.busy > MOST_BUSY ? Optional.empty() : Optional.of(spread(wait));
            }
            default ->
                    ++count.failures >= MOST_FAILURES
                            ? Optional.empty()
                            : Optional.of(spread(Duration.ofSeconds(1L << (count.failures - 1))));
        };
    }

    /// Up to a quarter more, so that many do not come at once.
    private static Duration spread(Duration wait) {
        long millis = Math.max(1, wait.toMillis());
        return Duration.ofMillis(millis + ThreadLocalRandom.current().nextLong(millis / 4 + 1));
    }

    void pause(Duration time) throws InterruptedException {
        pause.pause(time);
    }
}
