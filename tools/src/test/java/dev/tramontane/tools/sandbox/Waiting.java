package dev.tramontane.tools.sandbox;

import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Predicate;

/// Waits for what happens on other threads, however busy the machine is: what is waited for decides
/// how a test ends, and the time only when it is given up.
final class Waiting {
    /// No machine is so busy.
    static final Duration LONGEST = Duration.ofSeconds(60);

    private static final long BETWEEN_LOOKS_NANOS =
            1_000_000; // which leaves the others the processor

    private Waiting() {}

    /// How to see what there is.
    interface Look<T, E extends Exception> {
        T now() throws E;
    }

    /// Looks until what is there is as it is wanted.
    ///
    /// @param what is waited for, to be told where it does not come
    /// @return what was seen then
    static <T, E extends Exception> T until(
            String what, Look<? extends T, E> look, Predicate<? super T> isWanted) throws E {
        long start = System.nanoTime();
        T seen = look.now();
        while (!isWanted.test(seen)) {
            if (System.nanoTime() - start > LONGEST.toNanos() || Thread.interrupted()) {
                throw new AssertionError(
                        "waited for: %s; after %d s there was: %s"
                                .formatted(
                                        what, (System.nanoTime() - start) / 1_000_000_000, seen));
            }
            LockSupport.parkNanos(BETWEEN_LOOKS_NANOS);
            seen = look.now();
        }
        return seen;
    }
}
