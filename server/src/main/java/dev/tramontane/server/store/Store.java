package dev.tramontane.server.store;

import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.JdbiException;
import org.jspecify.annotations.Nullable;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.ReentrantLock;

/// One database, opened when it is first used, and again after it could not be. Any thread may
/// call.
///
/// Work runs on a few platform threads of the store's own: SQLite waits inside native code, where a
/// virtual thread would keep all others from running. A store that fails makes its callers fail,
/// and nobody else.
public final class Store implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger(Store.class.getName());
    private static final int THREADS = 4;
    private static final int MOST_WAITING = 1024;

    /// Longer than the database itself waits for what is locked or far.
    private static final Duration LONGEST = Duration.ofMinutes(1);

    private static final Duration BEFORE_NEXT_TRY = Duration.ofSeconds(1);

    private final StoreSettings settings;
    private final Opening opening;
    private final ThreadPoolExecutor threads;
    private final ReentrantLock lock = new ReentrantLock();

    // guarded by the lock
    private @Nullable Database database;
    private @Nullable StoreException refusal;
    private long refusedNanos;
    private boolean isClosed;

    private volatile @Nullable StoreException failure;

    /// Puts in order what somebody left, each time the database was opened.
    public interface Opening {
        /// @param isAlone whether nobody else can have the database open; where nobody knows, false
        void opened(Handle handle, boolean isAlone);
    }

    /// Something to do with the database.
    public interface Work<T extends @Nullable Object> {
        T run(Handle handle);
    }

    public Store(StoreSettings settings, Opening opening) {
        this.settings = settings;
        this.opening = opening;
        this.threads =
                new ThreadPoolExecutor(
                        THREADS,
                        THREADS,
                        1,
                        TimeUnit.MINUTES,
                        new ArrayBlockingQueue<>(MOST_WAITING),
                        Thread.ofPlatform().daemon().name("tramontane-store-", 0).factory());
        this.threads.allowCoreThreadTimeOut(true);
    }

    /// Reads; what several statements find need not be of one moment.
    ///
    /// @throws StoreException when that cannot be done
    public <T extends @Nullable Object> T read(Work<T> work) {
        return run(() -> database().read(work));
    }

    /// Does all of it, or nothing.
    ///
    /// @throws StoreException when nothing was done; where it took too long, that is not sure
    public <T extends @Nullable Object> T write(Work<T> work) {
        return run(() -> database().write(work));
    }

    /// What the last use failed of; empty where it did not.
    public Optional<StoreException> failure() {
        return Optional.ofNullable(failure);
    }

    private <T extends @Nullable Object> T run(Callable<T> work) {
        var task = new FutureTask<>(work);
        try {
            threads.execute(task);
            T done = task.get(LONGEST.toNanos(), TimeUnit.NANOSECONDS);
            failure = null;
            return done;
        } catch (RejectedExecutionException full) {
            throw failed(new StoreException(StoreException.Kind.BUSY, full));
        } catch (TimeoutException late) {
            task.cancel(true);
            throw failed(new StoreException(StoreException.Kind.BUSY, late));
        } catch (InterruptedException stopped) {
            task.cancel(true);
            Thread.currentThread().interrupt();
            throw new StoreException(StoreException.Kind.CLOSED, stopped);
        } catch (ExecutionException broken) {
            throw failed(broken.getCause());
        }
    }

    /// What is no fault of the store, such as a request's, goes through as it is.
    private RuntimeException failed(@Nullable Throwable cause) {
        return switch (cause) {
            case StoreException known -> noted(known);
            case JdbiException broken -> noted(StoreException.of(broken));
            case RuntimeException other -> other;
            case Error error -> throw error;
            case null, default -> noted(StoreException.of(new IllegalStateException(cause)));
        };
    }

    private StoreException noted(StoreException known) {
        StoreException before = failure;
        if (before == null
                || before.kind() != known.kind()) { // a log full of the same helps nobody
            LOG.log(System.Logger.Level.WARNING, settings + ": " + known.getMessage(), known);
        }
        failure = known;
        return known;
    }

    /// The database, opened if need be: not more often than once a second while it cannot be.
    private Database database() {
        lock.lock();
        try {
            if (isClosed) {
                throw new StoreException(StoreException.Kind.CLOSED);
            }
            Database open = database;
            if (open != null) {
                return open;
            }
            StoreException refused = refusal;
            if (refused != null && System.nanoTime() - refusedNanos < BEFORE_NEXT_TRY.toNanos()) {
                throw refused;
            }
            return opened();
        } finally {
            lock.unlock();
        }
    }

    private Database opened() {
        try {
            Database opened = Database.open(settings, opening);
            database = opened;
            refusal = null;
            return opened;
        } catch (StoreException refused) {
            refusal = refused;
            refusedNanos = System.nanoTime();
            throw refused;
        }
    }

    /// Ends what runs and closes the database.
    @Override
    public void close() {
        threads.shutdown();
        try {
            if (!threads.awaitTermination(LONGEST.toSeconds(), TimeUnit.SECONDS)) {
                threads.shutdownNow();
            }
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
        lock.lock();
        try {
            isClosed = true;
            Database open = database;
            database = null;
            if (open != null) {
                open.close();
            }
        } finally {
            lock.unlock();
        }
    }
}
