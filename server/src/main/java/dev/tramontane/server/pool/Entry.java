package dev.tramontane.server.pool;

import dev.tramontane.chat.ChatModel;
import dev.tramontane.server.pool.PoolStatus.State;

import org.jspecify.annotations.Nullable;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/// A model's place in the pool. Guarded by the pool's lock.
final class Entry<M extends ChatModel> {
    final PooledModel<M> of;

    private @Nullable M open;
    private @Nullable Instant since;

    /// The next time that it is opened, where somebody waits for that.
    @Nullable Loading<M> next;

    /// How many hold it.
    int uses;

    /// When it was last taken or given back.
    long usedNanos;

    /// How often it was closed.
    int closings;

    /// Whether it is to be closed since somebody said so.
    boolean isDismissed;

    /// Whether it is to be closed since another needs the memory.
    boolean yields;

    /// How long it stays though nobody uses it; empty for as long as memory allows.
    Optional<Duration> keepAlive;

    Entry(PooledModel<M> of) {
        this.of = of;
        this.keepAlive = of.keepAlive();
    }

    @Nullable M open() {
        return open;
    }

    void opened(M model, int holders, long now) {
        open = model;
        since = Instant.now(); // for display
        uses = holders;
        usedNanos = now;
    }

    void closed() {
        open = null;
        since = null;
        keepAlive = of.keepAlive();
        isDismissed = false;
        yields = false;
        closings++;
    }

    boolean isOpen() {
        return open != null;
    }

    boolean isIdle() {
        return open != null && uses == 0;
    }

    /// Whether it is to go as soon as nobody holds it.
    boolean isLeaving() {
        return isDismissed || yields;
    }

    boolean isLoading() {
        return next != null && next.hasBegun;
    }

    /// How much longer it stays though nobody uses it; empty for as long as memory allows.
    Optional<Duration> left(long now) {
        return keepAlive.map(time -> time.minusNanos(now - usedNanos));
    }

    /// When it goes if nobody asks for it any more, as far as that is known.
    private Optional<Instant> until(long now) {
        return open == null
                ? Optional.empty()
                : (uses > 0 ? keepAlive : left(now)).map(Instant.now()::plus); // for display
    }

    PoolStatus status(long now) {
        int waiting = next == null ? 0 : next.waiting;
        State state =
                open != null
                        ? isLeaving() ? State.LEAVING : State.LOADED
                        : next == null
                                ? State.UNLOADED
                                : next.hasBegun ? State.LOADING : State.WAITING;
        return new PoolStatus(
                of.name(),
                state,
                of.bytes(),
                uses + waiting,
                Optional.ofNullable(since),
                until(now));
    }
}
