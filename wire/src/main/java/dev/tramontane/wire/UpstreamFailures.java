package dev.tramontane.wire;

import dev.tramontane.chat.InvalidRequestException;
import dev.tramontane.engine.EngineOverloadedException;
import dev.tramontane.wire.AnswerReader.ErrorException;
import dev.tramontane.wire.AnswerReader.NonsenseException;
import dev.tramontane.wire.UpstreamRequests.RefusedException;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.ConnectException;
import java.net.http.HttpConnectTimeoutException;
import java.net.http.HttpTimeoutException;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;

/// What a failure means: for whoever asked, whoever should come back, or whoever runs the server;
/// and whether to try again.
record UpstreamFailures(UpstreamOptions options) {
    /// A server that asks for more patience than this is answered with an exception that says so.
    static final Duration LONGEST_ASKED = Duration.ofMinutes(1);

    /// What callers are told where the server says nothing.
    private static final Duration USUAL_WAIT = Duration.ofSeconds(10);

    private static final Backoff BACKOFF =
            new Backoff(Duration.ofMillis(500), Duration.ofSeconds(30));

    private static final Set<Integer> PASSING = Set.of(408, 425, 429, 500, 502, 503, 504, 529);
    private static final Set<Integer> OVERLOAD = Set.of(429, 503, 529);
    private static final Set<Integer> REQUEST = Set.of(400, 413, 422);

    private static final Set<String> REQUEST_TYPES =
            Set.of(
                    "invalid_request_error",
                    "exceed_context_size_error",
                    "context_length_exceeded",
                    "BadRequestError");

    /// How long to wait before the same request is worth another try; empty where it is not.
    ///
    /// A server that says nothing may be at work on the request still, so silence is none.
    ///
    /// @param failures so far, this one among them
    Optional<Duration> pause(IOException failure, int failures) {
        if (failures >= options.patience().tries()) {
            return Optional.empty();
        }
        return switch (failure) {
            case RefusedException refused -> {
                Duration pause = refused.asked().orElseGet(() -> BACKOFF.after(failures));
                boolean mayPass =
                        PASSING.contains(refused.error().status())
                                && pause.compareTo(LONGEST_ASKED) <= 0;
                yield mayPass ? Optional.of(pause) : Optional.empty();
            }
            case ErrorException error -> {
                boolean mayPass = PASSING.contains(status(error.error()));
                yield mayPass ? Optional.of(BACKOFF.after(failures)) : Optional.empty();
            }
            case HttpConnectTimeoutException _ -> Optional.of(BACKOFF.after(failures));
            case HttpTimeoutException _,
                    NonsenseException _,
                    SseReader.TooLongException _,
                    InterruptedIOException _ ->
                    Optional.empty();
            default -> Optional.of(BACKOFF.after(failures)); // the connection broke
        };
    }

    /// What the caller is told in the end.
    ///
    /// @param failures how often it was tried
    RuntimeException explain(IOException failure, int failures) {
        return switch (failure) {
            case RefusedException refused -> explain(refused.error(), refused.asked(), failures);
            case ErrorException error -> explain(error.error(), Optional.empty(), failures);
            case HttpConnectTimeoutException _ -> failed("no connection", true, failure, failures);
            case HttpTimeoutException _ ->
                    failed(
                            failure.getMessage() + ", which is as long as anybody waits",
                            true,
                            failure,
                            failures);
            case NonsenseException _, SseReader.TooLongException _ ->
                    new UpstreamException(
                            said(
                                    failure.getMessage()
                                            + ", expected an answer of /chat/completions; check"
                                            + " that the address is that of an OpenAI- or"
                                            + " Mistral-compatible API"),
                            false,
                            failure);
            case InterruptedIOException _ ->
                    new UpstreamException(
                            said(String.valueOf(failure.getMessage())), true, failure);
            case ConnectException _ -> failed("no connection", true, failure, failures);
            default ->
                    failed(
                            "the connection broke ("
                                    + (failure.getMessage() == null
                                            ? failure.getClass().getSimpleName()
                                            : failure.getMessage())
                                    + ")",
                            true,
                            failure,
                            failures);
        };
    }

    private UpstreamException failed(
            String what, boolean mayPass, IOException failure, int failures) {
        return new UpstreamException(
                said(
                        what
                                + times(failures)
                                + "; check that the server runs and is reached, then try again"),
                mayPass,
                failure);
    }

    private static String times(int failures) {
        return failures > 1 ? ", " + failures + " times in a row" : "";
    }

    /// An error in the middle of a stream has no status of HTTP; some say it in their code.
    private static int status(ApiError error) {
        return error.status() > 0
                ? error.status()
                : error.code()
                        .filter(code -> code.matches("\\d{3}"))
                        .map(Integer::valueOf)
                        .orElse(0);
    }

    private RuntimeException explain(ApiError error, Optional<Duration> asked, int failures) {
        int status = status(error);
        boolean isRequest =
                REQUEST.contains(status)
                        || (error.status() == 0 && REQUEST_TYPES.contains(error.type()));
        if (isRequest) {
            return new InvalidRequestException(
                    error.param().orElse("request"),
                    said("refuses it (" + error.message() + "); change the request"));
        }
        if (OVERLOAD.contains(status) || error.type().equals("rate_limit_error")) {
            return new EngineOverloadedException(
                    said(
                            "is busy ("
                                    + error.message()
                                    + ")"
                                    + times(failures)
                                    + "; try again later"),
                    asked.orElse(USUAL_WAIT));
        }
        String told = status == 0 ? "tells of an error" : "answers " + status;
        return new UpstreamException(
                said(
                        "%s (%s)%s; %s"
                                .formatted(told, error.message(), times(failures), advice(status))),
                PASSING.contains(status) || (status == 0 && !isWithheld(error)),
                status == 0 ? 502 : status);
    }

    /// A filter will hold the same answer back again.
    private static boolean isWithheld(ApiError error) {
        return error.code().equals(Optional.of("content_filter"));
    }

    private String advice(int status) {
        return switch (status) {
            case 401, 403 ->
                    options.key().isEmpty()
                            ? "it wants a key; set TRAMONTANE_API_KEY to one that it knows"
                            : "expected a key that it knows and that may do this; check the key";
            case 404 -> "it has no such model, or the address is not that of its API; check both";
            case 301, 302, 303, 307, 308 ->
                    "redirects are not followed; give the address that it names";
            default -> "look at the server's own log, then try again";
        };
    }

    /// The message, with the server in front and the key nowhere.
    private String said(String text) {
        String whole = UpstreamAddress.of(options.base()).root() + ": " + text;
        return options.key().map(key -> whole.replace(key, "…")).orElse(whole);
    }
}
