package dev.tramontane.server.connection;

import io.helidon.common.buffers.DataReader;
import io.helidon.common.concurrency.limits.Limit;
import io.helidon.common.socket.HelidonSocket;
import io.helidon.common.task.InterruptableTask;
import io.helidon.webserver.ConnectionContext;
import io.helidon.webserver.ServerConnectionException;
import io.helidon.webserver.http1.Http1ConnectionSelector;
import io.helidon.webserver.spi.ServerConnection;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;

/// A connection with deadlines, a limit for what a request may send, and an eye on its client.
///
/// A request goes through three stages, which the connection itself and whoever answers tell it:
/// its headers come, its body comes, it is answered. While it is answered, the next read from the
/// socket has begun already, on a thread of its own: where that finds the end of the stream, the
/// client is gone, and whoever answers learns of it (as Go's `net/http` does it). What it reads
/// otherwise is the next request, and kept for it.
///
/// A client that ends its own half of the connection and still wants to read counts as gone.
public final class GuardedConnection implements ServerConnection, InterruptableTask<Void> {
    private static final ScopedValue<GuardedConnection> CURRENT = ScopedValue.newInstance();
    private static final Duration LINGERING = Duration.ofSeconds(2);

    private final HelidonSocket socket;
    private final Patience patience;
    private final long mostRequestBytes;
    private final Overseer overseer;
    private final Deadline reading = new Deadline();
    private final Deadline writing = new Deadline();
    private final ServerConnection http;
    private Stage stage = Stage.IDLE;
    private long requestBytes;
    private long bodyNanos; // when the body began
    private @Nullable CompletableFuture<byte @Nullable []> ahead;
    private volatile Runnable whenGone = GuardedConnection::nobody;
    private volatile boolean isGone;

    private enum Stage {
        IDLE,
        HEADERS,
        BODY,
        ANSWER
    }

    /// @param selector of what talks HTTP over it
    GuardedConnection(
            Http1ConnectionSelector selector,
            ConnectionContext context,
            Patience patience,
            long mostRequestBytes,
            Overseer overseer) {
        this.socket = context.serverSocket();
        this.patience = patience;
        this.mostRequestBytes = mostRequestBytes;
        this.overseer = overseer;
        var reader = DataReader.create(this::read);
        var writer = new GuardedWriter(context.dataWriter(), writing, patience.write());
        this.http = selector.connection(new GuardedContext(context, reader, writer));
    }

    /// The connection that the request of this thread came over.
    public static GuardedConnection current() {
        return CURRENT.get();
    }

    /// The headers are read: the body follows.
    public void bodyBegins() {
        stage = Stage.BODY;
        requestBytes = 0;
        bodyNanos = System.nanoTime();
        reading.in(patience.body());
    }

    /// The body is read, and the request can be answered.
    public void bodyEnds() {
        stage = Stage.ANSWER;
        reading.lift();
    }

    /// The body is not read, and may come as slowly as it likes while the request is answered: the
    /// connection ends with the answer.
    public void leavesBody() {
        reading.lift();
    }

    /// From here on the client is watched.
    ///
    /// @param gone called once from another thread when the client is, perhaps at once
    public void watch(Runnable gone) {
        whenGone = gone;
        CompletableFuture<byte @Nullable []> begun = ahead;
        if (begun == null) {
            CompletableFuture<byte @Nullable []> next = new CompletableFuture<>();
            ahead = next;
            Thread.ofVirtual().name("tramontane-ahead").start(() -> readAhead(next));
        } else if (isGone) {
            gone.run();
        }
    }

    /// The request is answered, or given up. What is left of its body still has its time.
    public void isAnswered() {
        whenGone = GuardedConnection::nobody;
        if (stage == Stage.ANSWER) {
            stage = Stage.IDLE;
            requestBytes = 0;
            reading.in(patience.idle());
        }
    }

    private static void nobody() {}

    private void readAhead(CompletableFuture<byte @Nullable []> next) {
        try {
            byte[] bytes = socket.get();
            isGone = bytes == null;
            next.complete(bytes);
        } catch (RuntimeException broken) {
            isGone = true;
            next.completeExceptionally(broken);
        }
        if (isGone) {
            whenGone.run();
        }
    }

    /// What Helidon reads with: null is the end of the stream.
    private byte @Nullable [] read() {
        try {
            byte[] bytes = take();
            if (stage == Stage.IDLE && bytes != null) {
                stage = Stage.HEADERS;
                reading.in(patience.headers());
            }
            count(bytes == null ? 0 : bytes.length);
            return bytes;
        } catch (UncheckedIOException | ExecutionException broken) {
            throw new ServerConnectionException("the connection broke", broken);
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
            throw new ServerConnectionException("the server stops", stopped);
        }
    }

    private byte @Nullable [] take() throws InterruptedException, ExecutionException {
        CompletableFuture<byte @Nullable []> begun = ahead;
        if (begun == null) {
            return socket.get();
        }
        byte[] bytes = begun.get();
        ahead = null;
        return bytes;
    }

    /// A chunk's header may be of any length to Helidon: nothing endless comes in this way.
    private void count(int bytes) {
        requestBytes += bytes;
        if (requestBytes > mostRequestBytes) {
            throw new ServerConnectionException(
                    "the request is too long",
                    new IOException("more than %d bytes".formatted(mostRequestBytes)));
        }
        if (stage == Stage.BODY) {
            Duration share = Duration.ofMillis(requestBytes * 1000 / patience.bodyBytesPerSecond());
            reading.by(bodyNanos + patience.body().plus(share).toNanos());
        }
    }

    boolean isLate(long now) {
        return reading.hasPassed(now) || writing.hasPassed(now);
    }

    /// Ends the connection, whatever it is doing.
    void cut() {
        try {
            socket.close();
        } catch (UncheckedIOException _) {
            // it is closed already, or its client is gone: either way it is over
        }
    }

    @Override
    public void handle(Limit limit) throws InterruptedException {
        overseer.add(this);
        reading.in(patience.idle());
        try {
            ScopedValue.where(CURRENT, this)
                    .call(
                            () -> {
                                http.handle(limit);
                                return true;
                            });
        } finally {
            linger();
            overseer.remove(this);
            cut();
        }
    }

    /// A request that was refused before it was complete is read to its end, within limits: closed
    /// on it, the connection would be reset, and the refusal lost with it.
    private void linger() {
        if (stage == Stage.IDLE || stage == Stage.ANSWER) {
            return;
        }
        reading.in(LINGERING);
        try {
            long bytes = 0;
            for (byte[] more = take(); more != null && bytes < mostRequestBytes; more = take()) {
                bytes += more.length;
            }
        } catch (UncheckedIOException | ExecutionException _) {
            // its client has gone, or its time is over
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public boolean canInterrupt() {
        return http instanceof InterruptableTask<?> task && task.canInterrupt();
    }

    @Override
    public Duration idleTime() {
        return http.idleTime();
    }

    @Override
    public void close(boolean interrupt) {
        http.close(interrupt);
    }
}
