package dev.tramontane.wire;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.net.http.HttpResponse.BodySubscriber;
import java.net.http.HttpTimeoutException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.Flow;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/// An answer's body as a stream that does not wait for ever: where nothing comes for so long, a
/// read fails. What is not read yet is not asked for, so a slow reader slows the server down
/// instead of filling the memory.
///
/// One thread reads; any may close, which also wakes the reader.
final class TimedBody extends InputStream implements BodySubscriber<TimedBody> {
    /// How long the rest of an answer that has been read may take before its connection is ended.
    private static final int REST_SECONDS = 2;

    private sealed interface Arrival {
        record Bytes(List<ByteBuffer> buffers) implements Arrival {}

        record End() implements Arrival {}

        record Failed(IOException why) implements Arrival {}
    }

    private final Duration silence;
    private final AnswerTimes times;
    private final long mostBytes;
    private final LinkedBlockingQueue<Arrival> arrivals = new LinkedBlockingQueue<>();
    private final Queue<ByteBuffer> current = new ArrayDeque<>();
    private Duration patience;
    private long bytesRead;
    private boolean ended;
    private volatile boolean discards;
    private Flow.@Nullable Subscription subscription; // guarded by this
    private boolean closed; // guarded by this

    /// @param patience how long the first byte may take, how long it may be quiet after it, and how
    ///   many bytes there may be
    /// @param times beside those, whatever comes
    TimedBody(UpstreamOptions.Patience patience, AnswerTimes times) {
        this.patience = patience.first();
        this.silence = patience.silence();
        this.mostBytes = patience.limits().bytes();
        this.times = times;
    }

    @Override
    public CompletionStage<TimedBody> getBody() {
        return CompletableFuture.completedStage(this);
    }

    @Override
    public synchronized void onSubscribe(Flow.Subscription given) {
        subscription = given;
        if (closed) {
            given.cancel();
        } else {
            given.request(1);
        }
    }

    @Override
    public void onNext(List<ByteBuffer> buffers) {
        if (discards) {
            ask();
        } else {
            arrivals.add(new Arrival.Bytes(buffers));
        }
    }

    @Override
    public void onError(Throwable failure) {
        arrivals.add(
                new Arrival.Failed(
                        failure instanceof IOException broken ? broken : new IOException(failure)));
    }

    @Override
    public void onComplete() {
        arrivals.add(new Arrival.End());
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] out, int from, int length) throws IOException {
        if (length == 0) {
            return 0;
        }
        while (current.isEmpty()) {
            if (ended) {
                return -1;
            }
            take();
        }
        ByteBuffer buffer = current.element();
        int bytes = Math.min(length, buffer.remaining());
        buffer.get(out, from, bytes);
        bytesRead += bytes;
        if (bytesRead > mostBytes) {
            close();
            throw new AnswerReader.NonsenseException(
                    "an answer of more than " + mostBytes + " bytes");
        }
        if (!buffer.hasRemaining()) {
            current.remove();
        }
        return bytes;
    }

    private void take() throws IOException {
        switch (next()) {
            case Arrival.Bytes(List<ByteBuffer> buffers) -> {
                patience = silence;
                buffers.stream().filter(ByteBuffer::hasRemaining).forEach(current::add);
                ask();
            }
            case Arrival.End() -> ended = true;
            case Arrival.Failed(IOException why) -> {
                ended = true;
                throw new IOException(why.getMessage(), why);
            }
        }
    }

    private Arrival next() throws IOException {
        try {
            Duration left = times.left();
            boolean isShorter = left.compareTo(patience) < 0;
            Duration wait = isShorter ? left : patience;
            Arrival next = left.isPositive() ? poll(wait) : null;
            if (next == null) {
                close();
                throw isShorter
                        ? times.missed()
                        : new HttpTimeoutException(
                                "nothing has arrived for " + AnswerTimes.seconds(patience));
            }
            return next;
        } catch (InterruptedException e) {
            close();
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("interrupted while reading an answer");
        }
    }

    private @Nullable Arrival poll(Duration wait) throws InterruptedException {
        return arrivals.poll(wait.toNanos(), TimeUnit.NANOSECONDS);
    }

    private synchronized void ask() {
        if (subscription != null && !closed) {
            subscription.request(1);
        }
    }

    /// Wants nothing more, since all that matters was read. A server that ends the answer now keeps
    /// its connection for the next one.
    void finish() {
        discards = true;
        ask();
        Executor later = CompletableFuture.delayedExecutor(REST_SECONDS, TimeUnit.SECONDS);
        later.execute(this::close);
    }

    @Override
    public void close() {
        synchronized (this) {
            if (closed) {
                return;
            }
            closed = true;
            if (subscription != null) {
                subscription.cancel();
            }
        }
        arrivals.add(new Arrival.Failed(new IOException("closed")));
    }
}
