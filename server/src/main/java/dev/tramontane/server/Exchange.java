package dev.tramontane.server;

import dev.tramontane.server.connection.GuardedConnection;
import dev.tramontane.server.telemetry.Observation;
import dev.tramontane.wire.Answering;
import dev.tramontane.wire.ChunkWriter;
import dev.tramontane.wire.UpstreamHint;

import io.helidon.http.HeaderNames;
import io.helidon.http.Method;
import io.helidon.http.RequestException;
import io.helidon.http.Status;
import io.helidon.webserver.CloseConnectionException;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;

import org.jspecify.annotations.Nullable;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/// A request and the answer to it. For one thread.
final class Exchange implements Use {
    private static final int LARGE_BODY_BYTES = 1 << 20;

    private final ServerRequest request;
    private final ServerResponse response;
    private final GuardedConnection connection;
    private final Observation observation;
    private final ImageRoom images;
    private Caller caller = Caller.of(Optional.empty(), "");
    private byte[] body = new byte[0];
    private Optional<String> affinity = Optional.empty();
    private boolean begun;
    private boolean placed;
    private Optional<Promise> promise = Optional.empty();
    private @Nullable OutputStream awake; // a stream that has only shown that it lives
    private final List<Runnable> ends = new ArrayList<>();

    Exchange(
            ServerRequest request,
            ServerResponse response,
            GuardedConnection connection,
            Observation observation,
            ImageRoom images) {
        this.request = request;
        this.response = response;
        this.connection = connection;
        this.observation = observation;
        this.images = images;
    }

    /// What makes pixels of its images.
    ImageRoom images() {
        return images;
    }

    /// Whoever answered a request with this is best asked again.
    void prefers(String key) {
        affinity = Optional.of(key);
    }

    /// What servers elsewhere may know of it.
    UpstreamHint hint() {
        return new UpstreamHint(affinity, observation.carried());
    }

    /// What is noted of it for operators.
    Observation observation() {
        return observation;
    }

    /// Nobody in particular until it is known.
    Caller caller() {
        return caller;
    }

    void setCaller(Caller known) {
        caller = known;
        observation.asksFor(known.owner());
    }

    String path() {
        return request.path().path();
    }

    /// The part of the path with this name in its {@link Route}.
    String pathPart(String name) {
        return request.path().pathParameters().get(name);
    }

    /// A parameter behind the path.
    Optional<String> query(String name) {
        return request.query().first(name).asOptional();
    }

    /// The body, once it is read.
    ///
    /// @throws RefusedException when it is no JSON
    JsonNode json() {
        return Json.parse(body);
    }

    /// The body as it came.
    byte[] bytes() {
        return body;
    }

    /// Whether the body that was read is large.
    boolean isLarge() {
        return body.length > LARGE_BODY_BYTES;
    }

    /// Whether the body is large, or may become so: nobody knows how long chunks go on.
    boolean mayBeLarge() {
        return request.content().hasEntity()
                && request.headers().contentLength().orElse(Long.MAX_VALUE) > LARGE_BODY_BYTES;
    }

    /// Reads the body, where there is one.
    ///
    /// @throws RefusedException when it is too long, or badly framed
    void readBody() throws IOException {
        if (request.content().hasEntity()) {
            body = wholeBody();
        }
        connection.bodyEnds();
    }

    private byte[] wholeBody() throws IOException {
        try {
            return request.content().inputStream().readAllBytes();
        } catch (CloseConnectionException gone) {
            throw new GoneException(gone);
        } catch (RequestException refused) {
            throw RefusedException.ofHttp(
                    refused.status().code(),
                    "the body: %s; send less, or another one".formatted(refused.getMessage()));
        } catch (RuntimeException broken) { // Helidon has no one type for what is wrong in a chunk
            throw RefusedException.ofHttp(
                    Status.BAD_REQUEST_400.code(),
                    "the body is not framed as HTTP/1.1 has it, expected a length or chunks; send it anew");
        }
    }

    /// From here on the client is watched.
    ///
    /// @param gone called, perhaps from another thread and at once, when nobody is there to read
    @Override
    public void whenGone(Runnable gone) {
        connection.watch(gone);
    }

    /// Has something done when the exchange is over, however it ends.
    @Override
    public void atEnd(Runnable what) {
        ends.add(what);
    }

    /// The exchange is over.
    void end() {
        ends.forEach(Runnable::run);
    }

    /// The whole answer.
    void send(JsonNode body) {
        send(Status.OK_200, body);
    }

    void send(Status status, JsonNode body) {
        send(status, Replies.JSON, body.toString());
    }

    void send(Status status, String contentType, String body) {
        send(status, contentType, body.getBytes(StandardCharsets.UTF_8));
    }

    /// A file.
    void send(String contentType, byte[] body) {
        send(Status.OK_200, contentType, body);
    }

    private void send(Status status, String contentType, byte[] body) {
        begin(status);
        observation.sends(
                isHead()
                        ? Replies.sendHeaders(response, status, contentType, body)
                        : Replies.send(response, status, contentType, body));
    }

    /// Whether the headers alone are asked for.
    private boolean isHead() {
        return request.prologue().method().equals(Method.HEAD);
    }

    /// An answer without a body.
    void send(Status status) {
        begin(status);
        response.status(status).send();
    }

    private void begin(Status status) {
        begun = true;
        observation.answers(status.code());
    }

    /// A stream that is promised.
    private record Promise(Answering.Framing framing, Duration silence) {}

    /// The answer is going to be a stream: comments show that it is still worked for, from here on
    /// until it begins.
    ///
    /// @param silence how long nothing may be said
    void promiseStream(Answering.Framing framing, Duration silence) {
        promise = Optional.of(new Promise(framing, silence));
    }

    /// How long a client may be told nothing: any time, where it waits for an answer in one piece.
    @Override
    public Optional<Duration> silence() {
        return promise.map(Promise::silence);
    }

    /// Shows whoever waits for a stream that it is still worked for. From here on an error has no
    /// status of its own any more.
    ///
    /// @throws GoneException when nobody is there to see it
    @Override
    public void showLife() throws GoneException {
        Promise promised = promise.orElseThrow();
        try {
            if (awake == null) {
                observation.answers(Status.OK_200.code());
                awake = openStream(promised.framing());
            }
            var chunks = new ChunkWriter(awake, promised.framing());
            chunks.comment("the model is being loaded");
            chunks.flush();
        } catch (GoneException gone) {
            throw gone;
        } catch (IOException broken) {
            throw new GoneException(broken);
        }
    }

    /// Whether a stream has begun that has told nothing of an answer.
    boolean isAwake() {
        return awake != null && !begun;
    }

    /// Ends such a stream with an error.
    void breakOff(ObjectNode error) throws IOException {
        Answering.Framing framing = promise.orElseThrow().framing();
        if (framing == Answering.Framing.NAMED_BY_TYPE) {
            error.put("type", "error");
        }
        OutputStream out = Objects.requireNonNull(awake);
        begun = true;
        var chunks = new ChunkWriter(out, framing);
        chunks.add(error);
        chunks.flush();
        out.close();
    }

    /// A header of the request.
    Optional<String> requestHeader(String name) {
        return request.headers().first(HeaderNames.create(name));
    }

    void header(String name, String value) {
        response.header(HeaderNames.create(name), value);
    }

    /// Writes an answer piece by piece.
    interface Pieces {
        void write(OutputStream out) throws IOException;
    }

    /// An answer that is never held as a whole. No error can be an HTTP status any more.
    void write(String contentType, Pieces answer) throws IOException {
        OutputStream out = open(contentType);
        begin(Status.OK_200);
        answer.write(out);
        out.close(); // only here: an answer that broke off must not look complete
    }

    private OutputStream open(String contentType) {
        response.header(HeaderNames.CONTENT_TYPE, contentType);
        return new ClientStream(response.outputStream(), observation);
    }

    /// Writes an answer in chunks, each as soon as it is there.
    interface Chunks {
        void write(ChunkWriter chunks) throws IOException;
    }

    /// The answer in chunks. No error can be an HTTP status any more.
    ///
    /// @throws RefusedException when the headers alone are asked for: Helidon sends a stream's only
    ///   with a beginning of it
    void stream(Answering.Framing framing, Chunks answer) throws IOException {
        if (isHead()) {
            throw RefusedException.wrongMethod(
                    Method.HEAD.text(), Printable.shortened(path()), Method.GET.text());
        }
        OutputStream out = awake == null ? openStream(framing) : awake;
        begin(Status.OK_200);
        answer.write(new ChunkWriter(out, framing));
        out.close(); // only here: an answer that broke off must not look complete
    }

    private OutputStream openStream(Answering.Framing framing) {
        response.header(HeaderNames.CACHE_CONTROL, "no-cache");
        response.header(HeaderNames.create("X-Accel-Buffering"), "no"); // nginx collects otherwise
        return open(framing.contentType());
    }

    /// Nobody is there to read the answer.
    static final class GoneException extends IOException {
        private static final long serialVersionUID = 1L;

        GoneException(Throwable cause) {
            super("the client has gone", cause);
        }

        GoneException() {
            super("the client has gone");
        }
    }

    /// Helidon throws what is no `IOException` where the client has gone.
    private static final class ClientStream extends OutputStream {
        private final OutputStream out;
        private final Observation observation;

        ClientStream(OutputStream out, Observation observation) {
            this.out = out;
            this.observation = observation;
        }

        @Override
        public void write(int one) throws IOException {
            write(new byte[] {(byte) one}, 0, 1);
        }

        @Override
        public void write(byte[] bytes, int from, int count) throws IOException {
            if (count == 0) {
                return; // Helidon would write an empty chunk, which is the end
            }
            try {
                out.write(bytes, from, count);
                observation.sends(count);
            } catch (CloseConnectionException gone) {
                throw new GoneException(gone);
            }
        }

        @Override
        public void flush() throws IOException {
            try {
                out.flush();
            } catch (CloseConnectionException gone) {
                throw new GoneException(gone);
            }
        }

        @Override
        public void close() throws IOException {
            try {
                out.close();
            } catch (CloseConnectionException gone) {
                throw new GoneException(gone);
            }
        }
    }

    /// Answers without the body, where there is one: the connection ends with the answer.
    ///
    /// @return whether there is one
    boolean leaveBody() {
        if (!leavesBody()) {
            return false;
        }
        header("Connection", "close");
        connection.leavesBody();
        return true;
    }

    /// Whether some of the body is still to come, though nobody reads it.
    boolean leavesBody() {
        return request.content().hasEntity() && !request.content().consumed();
    }

    /// It counts among what is answered, until all is told.
    void takePlace() {
        placed = true;
    }

    /// What it began goes on after it, and has its place from here on: whoever calls gives it back.
    void handPlaceOver() {
        placed = false;
    }

    boolean hasPlace() {
        return placed;
    }

    /// Whether something of an answer was sent.
    boolean hasBegun() {
        return begun;
    }
}
