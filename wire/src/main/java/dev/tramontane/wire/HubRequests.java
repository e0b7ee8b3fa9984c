package dev.tramontane.wire;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpHeaders;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandler;
import java.net.http.HttpResponse.BodySubscriber;
import java.net.http.HttpTimeoutException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Flow;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import java.util.function.LongSupplier;

/// GET requests to a hub and to where it sends them on: redirects, the token, patience.
///
/// What may pass by itself is tried again with growing pauses: a connection that drops or stalls,
/// and the answers 408, 425, 429 and 5xx. The tries are counted anew whenever bytes have arrived,
/// so a bad line makes a download slow, not impossible.
final class HubRequests implements AutoCloseable {
    private static final Set<Integer> PASSING = Set.of(408, 425, 429, 500, 502, 503, 504);
    private static final Set<Integer> REDIRECTS = Set.of(301, 302, 303, 307, 308);
    private static final int MOST_REDIRECTS = 5;
    private static final int MOST_TRIES = 6;
    private static final Backoff BACKOFF =
            new Backoff(Duration.ofSeconds(1), Duration.ofSeconds(30));

    /// A hub that asks for more patience than this is answered with an error that says so.
    private static final Duration LONGEST_ASKED = Duration.ofMinutes(5);

    private final HubAddress hub;
    private final HubOptions options;
    private final EnvironmentProxies proxies;
    private final HttpClient client;
    private final PullProgress progress;

    HubRequests(HubOptions options, PullProgress progress) {
        this.hub = HubAddress.of(options.base());
        this.options = options;
        this.progress = progress;
        this.proxies = new EnvironmentProxies(options.environment());
        this.client =
                HttpClient.newBuilder()
                        .version(
                                HttpClient.Version
                                        .HTTP_1_1) // one connection a file; ranges, no window
                        .followRedirects(HttpClient.Redirect.NEVER)
                        .connectTimeout(options.stall())
                        .proxy(proxies)
                        .build();
    }

    HubAddress hub() {
        return hub;
    }

    /// A failure that may pass; the same request is worth another try.
    static final class PassingException extends IOException {
        private static final long serialVersionUID = 1;
        private final transient Optional<Duration> asked;

        PassingException(String message, Optional<Duration> asked) {
            super(message);
            this.asked = asked;
        }
    }

    /// One try of something that may fail for a while.
    interface Try<T> {
        T run() throws IOException;
    }

    /// Tries until it succeeds, fails for good, or has failed too often.
    ///
    /// @param what is being fetched, for the message
    /// @param arrived bytes so far; when they grow between two tries the count starts anew
    <T> T patiently(String what, LongSupplier arrived, Try<T> attempt) throws IOException {
        int failures = 0;
        while (true) {
            long before = arrived.getAsLong();
            try {
                return attempt.run();
            } catch (HubException
                    | RefusedException
                    | FileSink.DiskException
                    | InterruptedIOException e) {
                throw e;
            } catch (IOException e) {
                boolean hasMoved = arrived.getAsLong() > before;
                failures = hasMoved ? 1 : failures + 1;
                waitAfter(failures, what, e);
            }
        }
    }

    private void waitAfter(int failures, String what, IOException failure) throws IOException {
        String why = describe(failure);
        if (failures >= MOST_TRIES) {
            throw new HubException(
                    "%s: %s, %d times in a row; check the connection and run the same command again, which goes on from here"
                            .formatted(what, why, failures),
                    failure);
        }
        Duration pause = pause(failures, failure, what);
        progress.waiting(why, pause);
        try {
            options.pause().pause(pause);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("interrupted while waiting for the hub");
        }
    }

    /// Longer each time; or what the hub asked for.
    private static Duration pause(int failures, IOException failure, String what)
            throws HubException {
        if (failure instanceof PassingException passing && passing.asked.isPresent()) {
            Duration asked = passing.asked.get();
            if (asked.compareTo(LONGEST_ASKED) > 0) {
                throw new HubException(
                        "%s: %s and asks for a pause of %d s, at most %d s are waited; try again later"
                                .formatted(
                                        what,
                                        describe(failure),
                                        asked.toSeconds(),
                                        LONGEST_ASKED.toSeconds()));
            }
            return asked;
        }
        return BACKOFF.after(failures);
    }

    private static String describe(IOException failure) {
        String message = failure.getMessage();
        return switch (failure) {
            case PassingException _, HttpTimeoutException _ -> String.valueOf(message);
            case ConnectException _ ->
                    "no connection" + (message == null ? "" : " (" + message + ")");
            default ->
                    "the connection broke ("
                            + (message == null ? failure.getClass().getSimpleName() : message)
                            + ")";
        };
    }

    /// A refusal that will not pass; whoever asked knows what it means.
    static final class RefusedException extends IOException {
        private static final long serialVersionUID = 1;
        private final int status;
        private final String code;

        RefusedException(String message, int status, String code) {
            super(message);
            this.status = status;
            this.code = code;
        }

        int status() {
            return status;
        }

        /// The hub's own word for it, such as `GatedRepo`; empty where it has none.
        String code() {
            return code;
        }
    }

    /// What a request gave, and from where.
    ///
    /// @param body present where the status is 200 or 206
    record Answer<T>(int status, HttpHeaders headers, Optional<T> body, URI from) {
        Optional<String> header(String name) {
            return headers.firstValue(name);
        }
    }

    /// How a body is taken in, once it is known what comes.
    interface Intake<T> {
        BodySubscriber<T> of(HttpResponse.ResponseInfo info);
    }

    /// Follows a request to the one that answers it with a body, and takes that in.
    ///
    /// @param arrived changes as long as bytes arrive
    /// @param onWay sees each answer's headers, redirects included
    /// @throws HubException when it leads to where nobody should follow
    /// @throws RefusedException when the hub refuses
    /// @throws PassingException when it may give it later
    <T> Answer<T> get(
            URI address,
            Map<String, String> headers,
            Intake<T> intake,
            LongSupplier arrived,
            Consumer<HttpHeaders> onWay)
            throws IOException {
        URI at = address;
        for (int hop = 0; hop <= MOST_REDIRECTS; hop++) {
            HttpRequest.Builder request = HttpRequest.newBuilder(at).GET();
            request.header("User-Agent", "tramontane/0.1");
            headers.forEach(request::header);
            proxies.authorization(at)
                    .ifPresent(value -> request.header("Proxy-Authorization", value));
            boolean isTrusted = hub.isTrusted(at);
            options.token()
                    .filter(_ -> isTrusted)
                    .ifPresent(token -> request.header("Authorization", "Bearer " + token));
            var response =
                    send(
                            request.build(),
                            info -> {
                                onWay.accept(info.headers());
                                return subscriber(info, intake);
                            },
                            arrived);
            var answer =
                    new Answer<>(response.statusCode(), response.headers(), response.body(), at);
            if (REDIRECTS.contains(answer.status())) {
                at = HubAddress.redirect(at, answer.header("Location"));
            } else if (answer.body().isPresent()) {
                return answer;
            } else {
                throw refusal(address, answer);
            }
        }
        throw new HubException(
                "%s: more than %d redirects, expected a file; check the hub's address"
                        .formatted(address.getHost(), MOST_REDIRECTS));
    }

    private static <T> BodySubscriber<Optional<T>> subscriber(
            HttpResponse.ResponseInfo info, Intake<T> intake) {
        boolean hasBody = info.statusCode() == 200 || info.statusCode() == 206;
        return hasBody
                ? HttpResponse.BodySubscribers.mapping(intake.of(info), Optional::of)
                : new Unread<>();
    }

    /// Ends the connection of an answer whose body nobody wants.
    private static final class Unread<T> implements BodySubscriber<Optional<T>> {
        @Override
        public CompletionStage<Optional<T>> getBody() {
            return CompletableFuture.completedStage(Optional.empty());
        }

        @Override
        public void onSubscribe(Flow.Subscription subscription) {
            subscription.cancel();
        }

        @Override
        public void onNext(List<ByteBuffer> item) {}

        @Override
        public void onError(Throwable failure) {}

        @Override
        public void onComplete() {}
    }

    /// Sends a request and waits for all of its body, as long as bytes arrive.
    private <T> HttpResponse<T> send(HttpRequest request, BodyHandler<T> body, LongSupplier arrived)
            throws IOException {
        CompletableFuture<HttpResponse<T>> answer = client.sendAsync(request, body);
        long last = arrived.getAsLong();
        long lastChange = System.nanoTime();
        long tick = Math.min(options.stall().toMillis(), 1000) / 4;
        while (true) {
            try {
                return answer.get(tick, TimeUnit.MILLISECONDS);
            } catch (TimeoutException _) {
                long now = arrived.getAsLong();
                if (now != last) {
                    last = now;
                    lastChange = System.nanoTime();
                } else if (System.nanoTime() - lastChange > options.stall().toNanos()) {
                    answer.cancel(true);
                    throw new HttpTimeoutException(
                            "nothing has arrived for " + options.stall().toSeconds() + " s");
                }
            } catch (InterruptedException e) {
                answer.cancel(true);
                Thread.currentThread().interrupt();
                throw new InterruptedIOException("interrupted while downloading");
            } catch (ExecutionException e) {
                throw unwrapped(e);
            }
        }
    }

    private static IOException unwrapped(ExecutionException failure) {
        return failure.getCause() instanceof IOException cause
                ? cause
                : new IOException(failure.getCause());
    }

    private IOException refusal(URI address, Answer<?> answer) {
        int status = answer.status();
        boolean isElsewhere = !hub.isHub(answer.from());
        if (PASSING.contains(status)
                || (isElsewhere && status == 403)) { // a signed address expired
            return new PassingException(
                    "%s answers %d".formatted(answer.from().getHost(), status),
                    Backoff.asked(answer.headers(), Instant.now()));
        }
        String said =
                answer.header("X-Error-Message")
                        .map(text -> " (" + HubAddress.printable(text) + ")")
                        .orElse("");
        return new RefusedException(
                "%s: answers %d%s".formatted(printable(address), status, said),
                status,
                answer.header("X-Error-Code").orElse(""));
    }

    private static String printable(URI address) {
        return address.getScheme() + "://" + address.getRawAuthority() + address.getPath();
    }

    @Override
    public void close() {
        client.shutdownNow();
    }
}
