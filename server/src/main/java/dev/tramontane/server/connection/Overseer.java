package dev.tramontane.server.connection;

import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/// Ends connections whose deadline has passed: one thread looks at all of them four times a second.
public final class Overseer implements AutoCloseable {
    private static final Duration PERIOD = Duration.ofMillis(250);

    private final Set<GuardedConnection> connections = ConcurrentHashMap.newKeySet();
    private final CountDownLatch closed = new CountDownLatch(1);

    public Overseer() {
        Thread.ofPlatform().name("tramontane-deadlines").daemon().start(this::run);
    }

    private void run() {
        try {
            while (!closed.await(PERIOD.toNanos(), TimeUnit.NANOSECONDS)) {
                long now = System.nanoTime();
                for (GuardedConnection connection : connections) {
                    if (connection.isLate(now)) {
                        connection.cut();
                    }
                }
            }
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }

    void add(GuardedConnection connection) {
        connections.add(connection);
    }

    void remove(GuardedConnection connection) {
        connections.remove(connection);
    }

    /// Connections that are open.
    public int connections() {
        return connections.size();
    }

    @Override
    public void close() {
        closed.countDown();
    }
}
