package dev.tramontane.wire;

import java.time.Duration;
import java.util.OptionalLong;
import java.util.function.DoubleSupplier;
import java.util.function.LongSupplier;

/// Whether a server is asked, by what came of asking it before: after so many failures in a row it
/// is left alone for a time, then one request tries it, and what comes of that one decides.
///
/// What ends a period of trust is a failure of that period: an answer that began before and ends
/// well says nothing of a server that takes nothing new.
///
/// Times are of a monotonic clock. Guarded by its owner.
final class Breaker {
    private static final double JITTER = 0.25;
    private static final int MOST_DOUBLINGS = 30;

    /// A server that asks for more, whether its clock is wrong or not, is tried all the same.
    private static final Duration LONGEST_REST = Duration.ofHours(1);

    private final UpstreamGroup.Trust trust;
    private final LongSupplier nanos;
    private final DoubleSupplier random;
    private State state = State.CLOSED;
    private long period;
    private int failuresInARow;
    private int openingsInARow;
    private long until; // meant while it is open
    private long restsUntil;
    private boolean rests;

    /// As electricians have it: a closed one lets through.
    private enum State {
        CLOSED,
        OPEN,
        HALF_OPEN
    }

    /// @param random from 0 to less than 1
    Breaker(UpstreamGroup.Trust trust, LongSupplier nanos, DoubleSupplier random) {
        this.trust = trust;
        this.nanos = nanos;
        this.random = random;
    }

    /// How long the server is left alone still; zero where it may be asked now. While one request
    /// tries it, as long as it was left alone at first.
    Duration rest() {
        Duration broken =
                switch (state) {
                    case CLOSED -> Duration.ZERO;
                    case OPEN -> timeTo(until);
                    case HALF_OPEN -> trust.shortest();
                };
        Duration busy = rests ? timeTo(restsUntil) : Duration.ZERO;
        return broken.compareTo(busy) > 0 ? broken : busy;
    }

    private Duration timeTo(long time) {
        return Duration.ofNanos(Math.max(0, time - nanos.getAsLong()));
    }

    /// Whether failures are why it is left alone, rather than that it asked to be.
    boolean isBroken() {
        return state != State.CLOSED;
    }

    /// Asks for a request to be let through; it must be told what came of it.
    ///
    /// @return the period that it belongs to; empty where the server is left alone
    OptionalLong enter() {
        if (!rest().isZero()) {
            return OptionalLong.empty();
        }
        rests = false;
        if (state == State.OPEN) {
            state = State.HALF_OPEN;
            period++;
        }
        return OptionalLong.of(period);
    }

    /// An answer has begun as it should: others may come, but the next failure counts as the last
    /// of a row.
    ///
    /// @return whether the server was not trusted before
    boolean answers(long entered) {
        if (entered != period || state != State.HALF_OPEN) {
            return false;
        }
        state = State.CLOSED;
        failuresInARow = trust.failures() - 1;
        return true;
    }

    /// An answer ended as it should.
    void succeeded(long entered) {
        if (entered == period) {
            state = State.CLOSED;
            failuresInARow = 0;
            openingsInARow = 0;
        }
    }

    /// No answer, or not all of it.
    ///
    /// @return whether that was too much
    boolean failed(long entered) {
        if (entered != period || state == State.OPEN) {
            return false;
        }
        failuresInARow++;
        if (state == State.CLOSED && failuresInARow < trust.failures()) {
            return false;
        }
        state = State.OPEN;
        period++;
        openingsInARow++;
        Duration time = trust.shortest();
        for (int i = 1; i < Math.min(openingsInARow, MOST_DOUBLINGS); i++) {
            time = time.compareTo(trust.longest()) < 0 ? time.multipliedBy(2) : time;
        }
        until = after(time.compareTo(trust.longest()) < 0 ? time : trust.longest());
        return true;
    }

    /// The server is well, and asks to be left alone for a time: it is, an hour at most.
    void busy(long entered, Duration asked) {
        left(entered);
        Duration time = asked.compareTo(LONGEST_REST) < 0 ? asked : LONGEST_REST;
        long asksUntil = nanos.getAsLong() + time.toNanos();
        restsUntil = rests && restsUntil - asksUntil > 0 ? restsUntil : asksUntil;
        rests = true;
    }

    /// Nobody waits for what would have come of it: the next one may try.
    void left(long entered) {
        if (entered == period && state == State.HALF_OPEN) {
            state = State.OPEN;
            until = nanos.getAsLong();
        }
    }

    /// Up to a quarter later, so that not all come at once.
    private long after(Duration time) {
        return nanos.getAsLong() + (long) (time.toNanos() * (1 + JITTER * random.getAsDouble()));
    }
}
