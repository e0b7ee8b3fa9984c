package dev.tramontane.wire;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.security.MessageDigest;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Flow;

/// A response's body on its way into a file, hashed as it passes. The client's thread writes; the
/// thread that waits reads {@link #bytes} and may close the sink at any moment.
final class FileSink implements HttpResponse.BodySubscriber<Long> {
    private final FileChannel file;
    private final MessageDigest digest;
    private final long most;
    private final CompletableFuture<Long> body = new CompletableFuture<>();
    private Flow.@Nullable Subscription subscription;
    private volatile long bytes;
    private boolean closed;

    /// The disk did not take the bytes; asking the hub again would not help.
    static final class DiskException extends IOException {
        private static final long serialVersionUID = 1;

        DiskException(IOException cause) {
            super(cause);
        }
    }

    /// @param file at whose position the body goes on
    /// @param digest of what is in the file already; goes on with the body
    /// @param most bytes that the body may have
    FileSink(FileChannel file, MessageDigest digest, long most) {
        this.file = file;
        this.digest = digest;
        this.most = most;
    }

    /// A sink that takes nothing, since what comes is not what was asked for.
    static FileSink refusing(FileChannel file, MessageDigest digest, IOException why) {
        var sink = new FileSink(file, digest, 0);
        sink.closed = true;
        sink.body.completeExceptionally(why);
        return sink;
    }

    /// Bytes that are in the file so far, of this body.
    long bytes() {
        return bytes;
    }

    /// Takes no more bytes; file and digest are the caller's alone from here on.
    synchronized void close() {
        closed = true;
        if (subscription != null) {
            subscription.cancel();
        }
    }

    @Override
    public CompletionStage<Long> getBody() {
        return body;
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
    public synchronized void onNext(List<ByteBuffer> buffers) {
        if (closed || subscription == null) {
            return;
        }
        try {
            for (ByteBuffer buffer : buffers) {
                if (bytes + buffer.remaining() > most) {
                    throw new IOException("the hub sends more than the " + most + " bytes it said");
                }
                write(buffer);
            }
            subscription.request(1);
        } catch (IOException e) {
            close();
            body.completeExceptionally(e);
        }
    }

    private synchronized void write(ByteBuffer buffer) throws DiskException {
        ByteBuffer hashed = buffer.duplicate();
        long length = buffer.remaining();
        try {
            while (buffer.hasRemaining()) {
                file.write(buffer);
            }
        } catch (IOException e) {
            throw new DiskException(e);
        }
        digest.update(hashed);
        bytes += length;
    }

    @Override
    public void onError(Throwable failure) {
        body.completeExceptionally(failure);
    }

    @Override
    public void onComplete() {
        body.complete(bytes);
    }
}
