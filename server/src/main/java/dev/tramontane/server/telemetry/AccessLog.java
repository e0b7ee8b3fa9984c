package dev.tramontane.server.telemetry;

import tools.jackson.core.json.JsonWriteFeature;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.atomic.AtomicLong;

/// A line of JSON for each request, without anything of its body.
///
/// Nobody who answers waits for it: lines are written by a thread of their own, and where it does
/// not keep up, some are left out and counted. Everything that is not printable ASCII is escaped,
/// so that no client can write to an operator's terminal.
public final class AccessLog implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger(AccessLog.class.getName());
    private static final int MOST_WAITING = 8192;
    private static final Duration LAST_WORDS = Duration.ofSeconds(2);
    private static final JsonMapper MAPPER =
            JsonMapper.builder().enable(JsonWriteFeature.ESCAPE_NON_ASCII).build();

    private final Optional<LogTarget> target;
    private final BlockingQueue<Optional<Observed>> waiting = // empty wakes the writer
            new ArrayBlockingQueue<>(MOST_WAITING);
    private final AtomicLong leftOut = new AtomicLong();
    private final Optional<Thread> writer;
    private volatile boolean closing;
    private boolean fails;

    /// @param target empty where no log is kept
    public AccessLog(Optional<LogTarget> target) {
        this.target = target;
        this.writer =
                target.map(
                        to ->
                                Thread.ofPlatform()
                                        .name("tramontane-access-log")
                                        .daemon()
                                        .start(() -> run(to)));
    }

    void take(Observed observed) {
        if (target.isPresent() && !waiting.offer(Optional.of(observed))) {
            leftOut.incrementAndGet();
        }
    }

    /// Lines that were left out so far.
    public long leftOut() {
        return leftOut.get();
    }

    private void run(LogTarget to) {
        List<Optional<Observed>> batch = new ArrayList<>();
        try {
            while (!closing || !waiting.isEmpty()) {
                batch.add(waiting.take());
                waiting.drainTo(batch);
                write(batch.stream().flatMap(Optional::stream).toList(), to);
                batch.clear();
            }
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }

    /// What goes wrong is told once, until it goes well again.
    private void write(List<Observed> batch, LogTarget to) {
        var lines = new StringBuilder();
        batch.forEach(observed -> lines.append(line(observed)).append('\n'));
        try {
            to.write(lines.toString().getBytes(StandardCharsets.US_ASCII));
            fails = false;
        } catch (IOException failure) {
            leftOut.addAndGet(batch.size());
            if (!fails) {
                LOG.log(
                        System.Logger.Level.WARNING,
                        "the access log cannot be written, and lines are left out until it can: "
                                + failure);
            }
            fails = true;
        }
    }

    /// What is told of a request.
    static String line(Observed observed) {
        Observed.Request request = observed.request();
        Observed.Outcome outcome = observed.outcome();
        ObjectNode line = JsonNodeFactory.instance.objectNode();
        line.put("time", request.time().truncatedTo(ChronoUnit.MILLIS).toString());
        line.put("id", request.id());
        line.put("method", request.method());
        line.put("path", request.path());
        line.put("status", outcome.status());
        line.put("ms", millis(outcome.took()));
        line.put("bytes", outcome.bytes());
        if (!outcome.owner().isEmpty()) {
            line.put("owner", outcome.owner());
        }
        observed.generated().ifPresent(generated -> tell(generated, line));
        if (!request.userAgent().isEmpty()) {
            line.put("user_agent", request.userAgent());
        }
        if (outcome.cancelled()) {
            line.put("cancelled", true);
        }
        outcome.error().ifPresent(error -> line.put("error", error));
        return MAPPER.writeValueAsString(line).replace("\u007f", "\\u007f");
    }

    private static void tell(Observed.Generated generated, ObjectNode line) {
        line.put("model", generated.asked().model());
        line.put("stream", generated.asked().stream());
        line.put("input_tokens", generated.tokens().input());
        line.put("cached_tokens", generated.tokens().cached());
        line.put("output_tokens", generated.tokens().output());
        line.put("reasoning_tokens", generated.tokens().reasoning());
        generated.firstToken().ifPresent(time -> line.put("first_token_ms", millis(time)));
    }

    private static double millis(Duration time) {
        return Math.round(time.toNanos() / 1e3) / 1e3;
    }

    /// Writes what waits, for two seconds at most.
    @Override
    public void close() {
        closing = true;
        waiting.offer(Optional.empty()); // a queue that is full wakes it anyway
        try {
            if (writer.isPresent()) {
                writer.get().join(LAST_WORDS);
            }
            if (target.isPresent()) {
                target.get().close();
            }
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        } catch (IOException failure) {
            LOG.log(System.Logger.Level.WARNING, "the access log was not closed: " + failure);
        }
    }
}
