package dev.tramontane.wire;

import java.net.http.HttpTimeoutException;
import java.time.Duration;

/// By when the next token of an answer must have come, and its end. For the answer's reader.
final class AnswerTimes {
    private final UpstreamOptions.Limits limits;
    private final long start = System.nanoTime();
    private long last = start;
    private boolean hasBegun;

    /// For what is no answer.
    static AnswerTimes unlimited() {
        return new AnswerTimes(UpstreamOptions.Limits.NONE);
    }

    /// Time runs from here.
    AnswerTimes(UpstreamOptions.Limits limits) {
        this.limits = limits;
    }

    /// A token came, or the reading of the prompt went on.
    void sign(boolean isToken) {
        last = System.nanoTime();
        hasBegun |= isToken;
    }

    /// What is left of the time that ends first; zero or less when it is over.
    Duration left() {
        Duration next = next().minusNanos(System.nanoTime() - last);
        Duration end = limits.whole().minusNanos(System.nanoTime() - start);
        return next.compareTo(end) < 0 ? next : end;
    }

    private Duration next() {
        return hasBegun ? limits.between() : limits.first();
    }

    /// What is said when it is over.
    HttpTimeoutException missed() {
        boolean isWhole = !limits.whole().minusNanos(System.nanoTime() - start).isPositive();
        String what =
                isWhole
                        ? "the answer was not complete after " + seconds(limits.whole())
                        : hasBegun
                                ? "no more tokens came for " + seconds(limits.between())
                                : "no first token came for " + seconds(limits.first());
        return new HttpTimeoutException(what);
    }

    static String seconds(Duration time) {
        return time.toMillis() / 1000.0 + " s";
    }
}
