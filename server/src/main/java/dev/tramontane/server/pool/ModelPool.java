package dev.tramontane.server.pool;

import dev.tramontane.chat.ChatModel;
import dev.tramontane.server.pool.Lease.Outcome;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;

/// Models that share an amount of memory: each is opened when it is first asked for, and closed
/// when nobody has used it for its time or another needs its place.
///
/// One thread opens and closes, in the order in which models were asked for, while those that are
/// open answer. Where memory is short, the one that rested longest goes; where none rests, the one
/// used longest ago gets no new work, so that it is free when its running answers end. Nobody's
/// model is closed under it. Whoever asks for a model that is to go waits until it is opened again:
/// models that do not fit together take turns.
///
/// A model that needs more than there is for all is opened alone.
public final class ModelPool<M extends ChatModel> implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger(ModelPool.class.getName());

    private final long mostBytes;
    private final LongSupplier nanoTime;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final Map<String, Entry<M>> entries = new LinkedHashMap<>();
    private final Queue<Entry<M>> wanted = new ArrayDeque<>();
    private final Thread porter;
    private boolean isClosed;

    /// @param mostBytes that models which are open take together
    public ModelPool(List<PooledModel<M>> models, long mostBytes) {
        this(models, mostBytes, System::nanoTime);
    }

    /// For tests: with a clock of their own, which {@link #look} reads.
    ModelPool(List<PooledModel<M>> models, long mostBytes, LongSupplier nanoTime) {
        this.mostBytes = mostBytes;
        this.nanoTime = nanoTime;
        models.forEach(model -> entries.put(model.name(), new Entry<>(model)));
        this.porter = Thread.ofPlatform().name("tramontane-pool").daemon().start(this::run);
    }

    /// Asks for a model. Close the lease, whatever comes of it.
    public Lease<M> lease(String name) {
        lock.lock();
        try {
            Entry<M> entry = entry(name);
            M open = entry.open();
            if (open != null && !entry.isLeaving()) {
                entry.uses++;
                entry.usedNanos = nanoTime.getAsLong();
                return new Lease<>(this, entry, Loading.of(open));
            }
            Loading<M> next = entry.next;
            if (next == null) {
                next = new Loading<>();
                entry.next = next;
                wanted.add(entry);
                changed.signalAll();
            }
            next.waiting++;
            return new Lease<>(this, entry, next);
        } finally {
            lock.unlock();
        }
    }

    private Entry<M> entry(String name) {
        Entry<M> entry = entries.get(name);
        if (entry == null) {
            throw new IllegalArgumentException(
                    name + ": not in the pool, expected one of " + entries.keySet());
        }
        return entry;
    }

    /// The model itself, where it is open now. It may be closed at any time.
    public Optional<M> openNow(String name) {
        lock.lock();
        try {
            return Optional.ofNullable(entry(name).open());
        } finally {
            lock.unlock();
        }
    }

    Outcome<M> await(Lease<M> lease, Duration longest) {
        lock.lock();
        try {
            long left = longest.toNanos();
            while (true) {
                M model = lease.loading().model();
                Throwable failure = lease.loading().failure();
                if (model != null) {
                    return new Outcome.Ready<>(model);
                }
                if (failure != null) {
                    return new Outcome.Failed<>(failure);
                }
                if (lease.isGivenUp()) {
                    return new Outcome.GivenUp<>();
                }
                if (isClosed) {
                    return new Outcome.Stopped<>();
                }
                if (left <= 0) {
                    return new Outcome.Late<>();
                }
                left = changed.awaitNanos(left);
            }
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
            return new Outcome.Stopped<>();
        } finally {
            lock.unlock();
        }
    }

    /// Changes what this pool's lock guards, and tells whoever waits.
    void change(Runnable what) {
        lock.lock();
        try {
            what.run();
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /// Ends a use, or the waiting for one. A model that nobody waits for any more is not opened.
    void giveBack(Entry<M> entry, Loading<M> loading) {
        if (loading.model() != null) {
            entry.uses--;
            entry.usedNanos = nanoTime.getAsLong();
        } else if (loading.failure() == null) {
            loading.waiting--;
            if (loading.waiting == 0 && !loading.hasBegun) {
                wanted.remove(entry);
                entry.next = null;
            }
        }
    }

    /// Has a model stay for another time than its own, until it is closed.
    ///
    /// @param time empty for as long as memory allows
    public void keep(String name, Optional<Duration> time) {
        change(() -> entry(name).keepAlive = time);
    }

    /// What came of closing a model.
    public enum Dismissal {
        /// It was not open, or could not be opened.
        WAS_UNLOADED,
        /// It is closed.
        UNLOADED,
        /// It still answers, and is closed when that is done.
        LEAVING
    }

    /// Closes a model when those are done who hold it.
    ///
    /// @param longest how long to wait for that
    public Dismissal unload(String name, Duration longest) {
        lock.lock();
        try {
            Entry<M> entry = entry(name);
            if (!entry.isOpen() && !entry.isLoading()) {
                return Dismissal.WAS_UNLOADED;
            }
            entry.isDismissed = true;
            changed.signalAll();
            int before = entry.closings;
            long left = longest.toNanos();
            while (entry.isDismissed && entry.closings == before && left > 0 && !isClosed) {
                left = changed.awaitNanos(left);
            }
            if (entry.closings > before) {
                return Dismissal.UNLOADED;
            }
            return entry.isDismissed ? Dismissal.LEAVING : Dismissal.WAS_UNLOADED;
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
            return Dismissal.LEAVING;
        } finally {
            lock.unlock();
        }
    }

    /// All models, in their order.
    public List<PoolStatus> status() {
        lock.lock();
        try {
            long now = nanoTime.getAsLong();
            return entries.values().stream().map(each -> each.status(now)).toList();
        } finally {
            lock.unlock();
        }
    }

    /// One model.
    public PoolStatus status(String name) {
        lock.lock();
        try {
            return entry(name).status(nanoTime.getAsLong());
        } finally {
            lock.unlock();
        }
    }

    /// Has the pool look at its clock.
    void look() {
        change(() -> {});
    }

    private void run() {
        lock.lock();
        try {
            while (!isClosed) {
                decideWhoYields();
                Optional<Entry<M>> leaving = nextToLeave();
                Entry<M> first = wanted.peek();
                if (leaving.isPresent()) {
                    closeModel(leaving.get());
                } else if (first != null && hasRoom(first)) {
                    wanted.remove();
                    openModel(first);
                } else {
                    changed.awaitNanos(nanosToNextLeave());
                }
            }
            entries.values().stream().filter(Entry::isOpen).forEach(this::closeModel);
        } catch (InterruptedException _) { // nobody has a reason to: it is as good as closing
            isClosed = true;
            Thread.currentThread().interrupt();
        } finally {
            changed.signalAll();
            lock.unlock();
        }
    }

    private long openBytes() {
        return entries.values().stream()
                .filter(Entry::isOpen)
                .mapToLong(entry -> entry.of.bytes())
                .sum();
    }

    private boolean hasRoom(Entry<M> entry) {
        long taken = openBytes();
        return !entry.isOpen() && (taken == 0 || taken + entry.of.bytes() <= mostBytes);
    }

    /// Those that rest go before those that answer, and whoever was used longest ago first; a model
    /// that is to be opened again is closed before.
    private void decideWhoYields() {
        entries.values().forEach(entry -> entry.yields = false);
        Entry<M> first = wanted.peek();
        if (first == null) {
            return;
        }
        long missing = openBytes() + first.of.bytes() - mostBytes;
        if (first.isOpen()) {
            first.yields = true;
            missing -= first.of.bytes();
        }
        List<Entry<M>> inOrder =
                entries.values().stream()
                        .filter(entry -> entry.isOpen() && entry != first)
                        .sorted(
                                Comparator.comparing((Entry<M> entry) -> !entry.isIdle())
                                        .thenComparingLong(entry -> entry.usedNanos))
                        .toList();
        for (Entry<M> entry : inOrder) {
            if (missing <= 0) {
                break;
            }
            entry.yields = true;
            missing -= entry.of.bytes();
        }
    }

    private Optional<Entry<M>> nextToLeave() {
        long now = nanoTime.getAsLong();
        return entries.values().stream()
                .filter(Entry::isIdle)
                .filter(
                        entry ->
                                entry.isLeaving()
                                        || entry.left(now)
                                                .map(left -> !left.isPositive())
                                                .orElse(false))
                .findFirst();
    }

    /// Until the first of those that rest has rested long enough.
    private long nanosToNextLeave() {
        long now = nanoTime.getAsLong();
        return entries.values().stream()
                .filter(Entry::isIdle)
                .flatMap(entry -> entry.left(now).stream())
                .min(Comparator.naturalOrder())
                .map(Duration::toNanos)
                .orElse(Long.MAX_VALUE);
    }

    /// Opens a model, with the lock let go meanwhile.
    private void openModel(Entry<M> entry) {
        Loading<M> loading = entry.next;
        if (loading == null) {
            throw new IllegalStateException(entry.of.name() + " is wanted by nobody");
        }
        loading.hasBegun = true;
        @Nullable M model = null;
        @Nullable Throwable failure = null;
        lock.unlock();
        try {
            model = entry.of.opener().open();
        } catch (IOException | RuntimeException | Error cause) { // whoever waits must learn of it
            LOG.log(System.Logger.Level.WARNING, entry.of.name() + " cannot be opened", cause);
            failure = cause;
        } finally {
            lock.lock();
        }
        entry.next = null;
        if (model != null) {
            entry.opened(model, loading.waiting, nanoTime.getAsLong());
            loading.succeed(model);
        } else if (failure != null) {
            entry.isDismissed = false;
            loading.fail(failure);
        }
        changed.signalAll();
    }

    private void closeModel(Entry<M> entry) {
        M model = entry.open();
        entry.isDismissed = true; // nobody is given it any more
        lock.unlock();
        try {
            if (model != null) {
                model.close();
            }
        } catch (RuntimeException | Error cause) { // its memory may be lost, the others go on
            LOG.log(System.Logger.Level.WARNING, entry.of.name() + " cannot be closed", cause);
        } finally {
            lock.lock();
        }
        entry.closed();
        changed.signalAll();
    }

    /// Closes all models, also those that somebody holds. Whoever waits for one is told.
    @Override
    public void close() {
        change(() -> isClosed = true);
        boolean interrupted = false;
        while (porter.isAlive()) {
            try {
                porter.join();
            } catch (InterruptedException _) { // models must not outlive their pool
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
