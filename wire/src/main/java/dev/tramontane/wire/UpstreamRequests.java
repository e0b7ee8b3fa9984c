package dev.tramontane.wire;

import tools.jackson.core.JacksonException;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpTimeoutException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/// Requests to one server of models. Redirects are not followed: a question and a key go to the
/// address that was named, and nowhere else.
///
/// One connection a running answer (HTTP/1.1), so that ending one answer ends no other.
final class UpstreamRequests implements AutoCloseable {
    private static final int MOST_ERROR_BYTES = 64 << 10;

    /// Of a body that is one value.
    static final int MOST_BYTES = 64 << 20;

    private static final JsonMapper MAPPER =
            JsonMapper.builder(
                            JsonFactory.builder()
                                    .streamReadConstraints(
                                            StreamReadConstraints.builder()
                                                    .maxNestingDepth(200)
                                                    .maxStringLength(MOST_BYTES)
                                                    .build())
                                    .build())
                    .build();

    private final UpstreamAddress address;
    private final UpstreamOptions options;
    private final EnvironmentProxies proxies;
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final HttpClient client;
    private volatile boolean closed;

    UpstreamRequests(UpstreamOptions options) {
        this.options = options;
        this.address = UpstreamAddress.of(options.base());
        this.proxies = new EnvironmentProxies(options.environment());
        this.client =
                HttpClient.newBuilder()
                        .version(HttpClient.Version.HTTP_1_1)
                        .followRedirects(HttpClient.Redirect.NEVER)
                        .connectTimeout(options.patience().connect())
                        .proxy(proxies)
                        .executor(threads)
                        .build();
    }

    UpstreamOptions options() {
        return options;
    }

    UpstreamAddress address() {
        return address;
    }

    boolean isClosed() {
        return closed;
    }

    /// The server answers with a status that is no success.
    static final class RefusedException extends IOException {
        private static final long serialVersionUID = 1;
        private final transient ApiError error;
        private final transient Optional<Duration> asked;

        RefusedException(ApiError error, Optional<Duration> asked) {
            super("answers %d (%s)".formatted(error.status(), error.message()));
            this.error = error;
            this.asked = asked;
        }

        ApiError error() {
            return error;
        }

        /// How long the server wants to be left alone.
        Optional<Duration> asked() {
            return asked;
        }
    }

    /// @param times that its answer has
    CompletableFuture<HttpResponse<TimedBody>> post(URI to, ObjectNode body, AnswerTimes times) {
        return post(to, body, Map.of(), times);
    }

    /// @param headers more of them
    CompletableFuture<HttpResponse<TimedBody>> post(
            URI to, ObjectNode body, Map<String, String> headers, AnswerTimes times) {
        HttpRequest.Builder request =
                request(to)
                        .header("Content-Type", "application/json; charset=utf-8")
                        .header("Accept", "text/event-stream, application/json")
                        .POST(BodyPublishers.ofString(body.toString()));
        headers.forEach(request::header);
        return send(request.build(), times);
    }

    private CompletableFuture<HttpResponse<TimedBody>> get(URI from, AnswerTimes times) {
        return send(request(from).header("Accept", "application/json").GET().build(), times);
    }

    private HttpRequest.Builder request(URI to) {
        HttpRequest.Builder request =
                HttpRequest.newBuilder(to).header("User-Agent", "tramontane/0.1");
        options.key().ifPresent(key -> request.header("Authorization", "Bearer " + key));
        proxies.authorization(to).ifPresent(value -> request.header("Proxy-Authorization", value));
        return request;
    }

    private CompletableFuture<HttpResponse<TimedBody>> send(
            HttpRequest request, AnswerTimes times) {
        return client.sendAsync(request, _ -> new TimedBody(options.patience(), times));
    }

    /// Waits for a status and headers.
    ///
    /// @throws RefusedException when the status is no success
    /// @throws IOException when nothing comes
    HttpResponse<TimedBody> await(
            CompletableFuture<HttpResponse<TimedBody>> sent, AnswerTimes times) throws IOException {
        HttpResponse<TimedBody> response = headers(sent, times);
        int status = response.statusCode();
        if (status >= 200 && status < 300) {
            return response;
        }
        throw new RefusedException(
                error(response), Backoff.asked(response.headers(), Instant.now()));
    }

    private HttpResponse<TimedBody> headers(
            CompletableFuture<HttpResponse<TimedBody>> sent, AnswerTimes times) throws IOException {
        Duration first = options.patience().first();
        Duration left = times.left();
        boolean isShorter = left.compareTo(first) < 0;
        try {
            return sent.get((isShorter ? left : first).toNanos(), TimeUnit.NANOSECONDS);
        } catch (TimeoutException _) {
            sent.cancel(true);
            throw isShorter
                    ? times.missed()
                    : new HttpTimeoutException("no answer for " + AnswerTimes.seconds(first));
        } catch (InterruptedException e) {
            sent.cancel(true);
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("interrupted while waiting for an answer");
        } catch (CancellationException e) {
            throw new IOException("closed", e);
        } catch (ExecutionException e) {
            throw e.getCause() instanceof IOException cause ? cause : new IOException(e.getCause());
        }
    }

    private static ApiError error(HttpResponse<TimedBody> response) {
        int status = response.statusCode();
        if (status >= 300 && status < 400) {
            String to = response.headers().firstValue("Location").orElse("nowhere");
            return ApiError.of(status, "redirects to " + HubAddress.printable(to));
        }
        try (TimedBody body = response.body()) {
            String text = new String(body.readNBytes(MOST_ERROR_BYTES), StandardCharsets.UTF_8);
            try {
                return ApiError.of(status, parse(text));
            } catch (AnswerReader.NonsenseException _) {
                return ApiError.of(status, text);
            }
        } catch (IOException broken) {
            return ApiError.of(status, "the rest broke off: " + broken.getMessage());
        }
    }

    /// Reads the whole of a body that is one JSON value.
    static JsonNode whole(InputStream body) throws IOException {
        byte[] bytes = body.readNBytes(MOST_BYTES + 1);
        if (bytes.length > MOST_BYTES) {
            throw new SseReader.TooLongException(MOST_BYTES);
        }
        return parse(new String(bytes, StandardCharsets.UTF_8));
    }

    static JsonNode parse(String text) throws AnswerReader.NonsenseException {
        try {
            JsonNode value = MAPPER.readTree(text);
            if (!value.isMissingNode()) {
                return value;
            }
        } catch (JacksonException _) {
            // said below; Jackson's words quote what nobody wants to read
        }
        throw new AnswerReader.NonsenseException(
                "found no JSON: " + HubAddress.printable(text.strip()));
    }

    /// What the server lists under `/models`.
    ///
    /// @param times that it may take
    JsonNode models(AnswerTimes times) throws IOException {
        try (TimedBody body = await(get(address.models(), times), times).body()) {
            return whole(body);
        }
    }

    @Override
    public void close() {
        closed = true;
        client.shutdownNow();
        threads.shutdownNow();
    }
}
