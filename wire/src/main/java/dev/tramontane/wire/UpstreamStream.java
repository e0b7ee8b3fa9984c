package dev.tramontane.wire;

import dev.tramontane.chat.ChatEvent;
import dev.tramontane.chat.ChatStream;
import dev.tramontane.chat.EventQueue;

import org.jspecify.annotations.Nullable;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

import java.io.IOException;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Iterator;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/// A running answer of an {@link UpstreamModel}. The request is sent when it is made; what comes is
/// read on the reader's thread, and there it is sent again where that may help.
final class UpstreamStream implements ChatStream {
    /// A closed answer's reader is let go after so long at most.
    private static final Duration LONGEST_NAP = Duration.ofMillis(250);

    private final UpstreamRequests requests;
    private final UpstreamFailures failures;
    private final ObjectNode body;
    private final EventQueue waiting = new EventQueue();
    private final AnswerReader answer;
    private @Nullable Chunks chunks;
    private int failed;
    private volatile boolean closed;
    private volatile boolean wantsAnswer;
    private volatile Optional<String> id = Optional.empty();
    private CompletableFuture<HttpResponse<TimedBody>> sent; // guarded by this

    UpstreamStream(UpstreamRequests requests, ObjectNode body) {
        this.requests = requests;
        this.body = body;
        this.failures = new UpstreamFailures(requests.options());
        this.answer = new AnswerReader(requests.options().opensThinking());
        this.sent = requests.post(requests.address().chat(), body);
    }

    @Override
    public Iterator<ChatEvent> iterator() {
        return waiting.read(this::advance);
    }

    private void advance() {
        try {
            take();
        } catch (IOException e) {
            recover(e);
        }
    }

    private void take() throws IOException {
        if (isCancelled()) {
            finish();
            return;
        }
        Chunks open = chunks == null ? Chunks.of(requests.await(sent())) : chunks;
        chunks = open;
        Optional<JsonNode> chunk = open.next();
        if (chunk.isPresent()) {
            waiting.addAll(answer.accept(chunk.get()));
            knowId();
        } else if (answer.isFinished()) {
            finish();
        } else {
            throw new IOException("the answer ended without a finish_reason");
        }
    }

    private boolean isCancelled() {
        return closed || requests.isClosed();
    }

    private synchronized CompletableFuture<HttpResponse<TimedBody>> sent() {
        return sent;
    }

    private void finish() {
        waiting.addAll(answer.end());
        waiting.end();
    }

    /// Sends the request again if that may help and nothing was generated yet.
    private void recover(IOException failure) {
        if (isCancelled() || answer.isFinished()) {
            finish(); // only the usage is lost
            return;
        }
        failed++;
        Optional<Duration> pause =
                answer.hasBegun() ? Optional.empty() : failures.pause(failure, failed);
        if (pause.isEmpty()) {
            waiting.end();
            close();
            throw failures.explain(failure, failed);
        }
        waitFor(pause.get());
        synchronized (this) {
            abandon();
            chunks = null;
            if (!closed) {
                sent = requests.post(requests.address().chat(), body);
            }
        }
    }

    private void waitFor(Duration time) {
        Duration left = time;
        while (left.isPositive() && !isCancelled()) {
            Duration nap = left.compareTo(LONGEST_NAP) < 0 ? left : LONGEST_NAP;
            try {
                requests.options().patience().pause().pause(nap);
            } catch (InterruptedException e) {
                waiting.end();
                close();
                Thread.currentThread().interrupt();
                throw new UpstreamException("interrupted between two tries", true, e);
            }
            left = left.minus(nap);
        }
    }

    private void knowId() {
        if (id.isEmpty() && answer.id().isPresent()) {
            id = answer.id();
            if (wantsAnswer) {
                endThinking();
            }
        }
    }

    @Override
    public void answerNow() {
        wantsAnswer = true;
        if (id.isPresent()) {
            endThinking();
        }
    }

    /// As llama-server and this project's server have it. Servers that know no such call say so,
    /// and nobody listens: their thinking goes on.
    private void endThinking() {
        if (requests.options().dialect() == Dialect.OPEN) {
            ObjectNode order = JsonNodeFactory.instance.objectNode();
            order.put("id", id.orElse("")).put("action", "reasoning_end");
            var _ =
                    requests.post(requests.address().control(), order)
                            .thenAccept(response -> response.body().close());
        }
    }

    /// No server has a call for this: nothing happens.
    @Override
    public void thinkLonger(int tokens) {}

    @Override
    public void close() {
        synchronized (this) {
            closed = true;
            abandon();
        }
    }

    /// Ends the connection, whatever it has come to.
    private synchronized void abandon() {
        if (!sent.cancel(true) && !sent.isCompletedExceptionally()) {
            sent.join().body().close();
        }
    }
}
