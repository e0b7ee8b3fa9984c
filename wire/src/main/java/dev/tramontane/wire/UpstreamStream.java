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
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;

/// A running answer of an {@link UpstreamModel}. The request is sent when it is made; what comes is
/// read on the reader's thread, and there it is sent again, to another server where there is one,
/// where that may help.
final class UpstreamStream implements ChatStream {
    /// A closed answer's reader is let go after so long at most.
    private static final Duration LONGEST_NAP = Duration.ofMillis(250);

    private final Upstreams upstreams;
    private final Function<UpstreamRequests, ObjectNode> body;
    private final UpstreamHint hint = UpstreamHint.held(); // also for what is sent later
    private final long conversation;
    private final AnswerTimes times;
    private final Set<Upstreams.Member> tried = new HashSet<>();
    private final EventQueue waiting = new EventQueue();
    private AnswerReader answer;
    private @Nullable Chunks chunks;
    private int failed;
    private int crashed;
    private int computed; // of the prompt, in this try
    private volatile boolean closed;
    private volatile boolean wantsAnswer;
    private volatile Optional<String> id = Optional.empty();
    private Attempt attempt; // guarded by this

    /// A request on its way, and the server that it went to.
    private record Attempt(
            Upstreams.Lease lease, CompletableFuture<HttpResponse<TimedBody>> sent) {}

    /// @param conversation hash of its beginning
    /// @param body what is sent to a server
    /// @param first the server that is asked first
    UpstreamStream(
            Upstreams upstreams,
            long conversation,
            Function<UpstreamRequests, ObjectNode> body,
            Upstreams.Lease first) {
        this.upstreams = upstreams;
        this.body = body;
        this.conversation = conversation;
        this.times = new AnswerTimes(upstreams.patience().limits());
        this.answer = new AnswerReader(first.requests().options().opensThinking());
        this.attempt = send(first);
    }

    private Attempt send(Upstreams.Lease lease) {
        UpstreamRequests requests = lease.requests();
        try {
            ObjectNode request = body.apply(requests);
            return new Attempt(
                    lease,
                    requests.post(requests.address().chat(), request, hint.headers(), times));
        } catch (RuntimeException refused) {
            lease.left();
            throw refused;
        }
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
        Chunks open = chunks == null ? open() : chunks;
        chunks = open;
        Optional<JsonNode> chunk = open.next();
        if (chunk.isPresent()) {
            List<ChatEvent> events = answer.accept(chunk.get());
            events.forEach(this::countSign);
            if (answer.hasCalled()) {
                times.sign(true);
            }
            waiting.addAll(events);
            knowId();
        } else if (answer.isFinished()) {
            finish();
        } else {
            throw new IOException("the answer ended without a finish_reason");
        }
    }

    private Chunks open() throws IOException {
        Attempt current = attempt();
        Chunks open = Chunks.of(current.lease().requests().await(current.sent(), times));
        current.lease().answers();
        return open;
    }

    private void countSign(ChatEvent event) {
        switch (event) {
            case ChatEvent.Progress(int _, int tokens, int _, int _) -> {
                if (tokens > computed) {
                    computed = tokens;
                    times.sign(false);
                }
            }
            case ChatEvent.Thinking _,
                    ChatEvent.Text _,
                    ChatEvent.ToolCalled _,
                    ChatEvent.Scored _,
                    ChatEvent.Intervened _,
                    ChatEvent.Voted _,
                    ChatEvent.Finished _ ->
                    times.sign(true);
        }
    }

    private boolean isCancelled() {
        return closed || upstreams.isClosed();
    }

    private synchronized Attempt attempt() {
        return attempt;
    }

    private void finish() {
        Upstreams.Lease lease = attempt().lease();
        if (answer.isFinished()) {
            lease.succeeded();
        } else {
            lease.left();
        }
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
        Upstreams.Lease lease = attempt().lease();
        var failures = new UpstreamFailures(lease.requests().options(), upstreams.name());
        RuntimeException why = failures.explain(failure, failed);
        switch (UpstreamFailures.health(failure)) {
            case UpstreamFailures.Health.Well _ -> lease.succeeded();
            case UpstreamFailures.Health.Busy(Duration asked) -> lease.busy(asked);
            case UpstreamFailures.Health.Ill _ -> lease.failed(particulars(why));
        }
        tried.add(lease.member());
        Optional<Duration> pause = pause(failure);
        if (pause.isEmpty()) {
            giveUp(why);
        }
        waitFor(pause.orElseThrow());
        sendAgain(why);
    }

    private static String particulars(RuntimeException why) {
        return why instanceof UpstreamException told
                ? told.particulars()
                : String.valueOf(why.getMessage());
    }

    /// How long to wait before another try; empty where it is not worth one.
    private Optional<Duration> pause(IOException failure) {
        crashed += UpstreamFailures.isCrash(failure) ? 1 : 0;
        boolean isPoison = crashed > 1 && upstreams.name().isPresent();
        if (answer.hasBegun()
                || isPoison
                || failed >= upstreams.patience().tries()
                || !UpstreamFailures.passes(failure)) {
            return Optional.empty();
        }
        Duration pause =
                upstreams.hasAnother(tried)
                        ? upstreams.stepAside()
                        : UpstreamFailures.pause(failure, failed);
        boolean isWorthIt =
                pause.compareTo(UpstreamFailures.LONGEST_ASKED) <= 0
                        && pause.compareTo(times.left()) < 0;
        return isWorthIt ? Optional.of(pause) : Optional.empty();
    }

    private void giveUp(RuntimeException why) {
        waiting.end();
        close();
        throw why;
    }

    private void sendAgain(RuntimeException why) {
        if (isCancelled()) {
            return;
        }
        Optional<Upstreams.Lease> next = upstreams.take(conversation, tried);
        if (next.isEmpty()) {
            giveUp(why);
        }
        chunks = null;
        answer = new AnswerReader(next.orElseThrow().requests().options().opensThinking());
        id = Optional.empty();
        computed = 0;
        synchronized (this) {
            abandon();
            attempt = send(next.orElseThrow());
            if (closed) {
                abandon();
            }
        }
    }

    private void waitFor(Duration time) {
        Duration left = time;
        while (left.isPositive() && !isCancelled()) {
            Duration nap = left.compareTo(LONGEST_NAP) < 0 ? left : LONGEST_NAP;
            try {
                upstreams.patience().pause().pause(nap);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                giveUp(
                        UpstreamException.of(
                                UpstreamException.Fault.BROKEN,
                                UpstreamException.Told.toAll("interrupted between two tries"),
                                true,
                                e));
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
        UpstreamRequests requests = attempt().lease().requests();
        if (requests.options().dialect() == Dialect.OPEN) {
            ObjectNode order = JsonNodeFactory.instance.objectNode();
            order.put("id", id.orElse("")).put("action", "reasoning_end");
            var _ =
                    requests.post(requests.address().control(), order, AnswerTimes.unlimited())
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
        attempt.lease().left();
        CompletableFuture<HttpResponse<TimedBody>> sent = attempt.sent();
        if (!sent.cancel(true) && !sent.isCompletedExceptionally()) {
            sent.join().body().close();
        }
    }
}
