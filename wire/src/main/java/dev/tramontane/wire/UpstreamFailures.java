package dev.tramontane.wire;

import dev.tramontane.chat.InvalidRequestException;
import dev.tramontane.engine.EngineOverloadedException;
import dev.tramontane.wire.AnswerReader.ErrorException;
import dev.tramontane.wire.AnswerReader.NonsenseException;
import dev.tramontane.wire.UpstreamException.Fault;
import dev.tramontane.wire.UpstreamRequests.RefusedException;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpConnectTimeoutException;
import java.net.http.HttpTimeoutException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// What a failure means: for whoever asked, whoever should come back, or whoever runs the server;
/// whether to try again, and whether the server is well.
///
/// @param options of the server that failed
/// @param group what callers know it by where it is one of a group: then they are told neither its
///   address nor what it says of itself, but for what is wrong with their request
record UpstreamFailures(UpstreamOptions options, Optional<String> group) {
    /// A server that asks for more patience than this is answered with an exception that says so.
    static final Duration LONGEST_ASKED = Duration.ofMinutes(1);

    /// What callers are told where the server says nothing.
    private static final Duration USUAL_WAIT = Duration.ofSeconds(10);

    private static final Backoff BACKOFF =
            new Backoff(Duration.ofMillis(500), Duration.ofSeconds(30));

    private static final Set<Integer> PASSING = Set.of(408, 425, 429, 500, 502, 503, 504, 529);
    private static final Set<Integer> OVERLOAD = Set.of(429, 503, 529);
    private static final Set<Integer> REQUEST = Set.of(400, 413, 422);

    /// llama-server's word and OpenAI's.
    private static final Set<String> TOO_LONG =
            Set.of("exceed_context_size_error", "context_length_exceeded");

    private static final String CHECK_THE_SERVER =
            "check that the server runs and is reached, then try again";

    private static final Set<String> REQUEST_TYPES =
            Set.of(
                    "invalid_request_error",
                    "exceed_context_size_error",
                    "context_length_exceeded",
                    "BadRequestError");

    private static final String TELL_THE_OPERATOR =
            "try again later, and tell whoever runs this server";

    /// What a failure says of the server.
    sealed interface Health {
        /// It does as it should: what failed is the request's fault, or the caller's.
        record Well() implements Health {}

        /// It wants to be left alone for a time.
        record Busy(Duration asked) implements Health {}

        record Ill() implements Health {}
    }

    static Health health(IOException failure) {
        return switch (failure) {
            case RefusedException refused -> health(refused.error(), refused.asked());
            case ErrorException error -> health(error.error(), Optional.empty());
            case HttpTimeoutException _ -> new Health.Ill();
            case InterruptedIOException _ -> new Health.Well();
            default -> new Health.Ill();
        };
    }

    private static Health health(ApiError error, Optional<Duration> asked) {
        int status = status(error);
        if (OVERLOAD.contains(status) && asked.isPresent()) {
            return new Health.Busy(asked.get());
        }
        boolean isWell = isRequest(error) || isBusy(error) && status != 503 || isWithheld(error);
        return isWell ? new Health.Well() : new Health.Ill();
    }

    /// Whether the request may have done it: another server may fail of it as well, so not all of
    /// them are tried.
    static boolean isCrash(IOException failure) {
        return switch (failure) {
            case RefusedException refused -> refused.error().status() == 500;
            case ErrorException _ -> true;
            case HttpTimeoutException _, ConnectException _ -> false;
            default -> true;
        };
    }

    /// Whether the same request may be worth another try.
    ///
    /// A server that says nothing may be at work on the request still, so silence is none.
    static boolean passes(IOException failure) {
        return switch (failure) {
            case RefusedException refused -> PASSING.contains(refused.error().status());
            case ErrorException error -> PASSING.contains(status(error.error()));
            case HttpConnectTimeoutException _ -> true;
            case HttpTimeoutException _,
                    NonsenseException _,
                    SseReader.TooLongException _,
                    InterruptedIOException _ ->
                    false;
            default -> true; // the connection broke
        };
    }

    /// How long to wait before the same server is asked again; it may say so itself.
    ///
    /// @param failures so far, this one among them
    static Duration pause(IOException failure, int failures) {
        return switch (failure) {
            case RefusedException refused ->
                    refused.asked().orElseGet(() -> BACKOFF.after(failures));
            default -> BACKOFF.after(failures);
        };
    }

    /// What the caller is told in the end.
    ///
    /// @param failures how often it was tried
    RuntimeException explain(IOException failure, int failures) {
        String times = times(failures);
        return switch (failure) {
            case RefusedException refused -> explain(refused.error(), refused.asked(), failures);
            case ErrorException error -> explain(error.error(), Optional.empty(), failures);
            case HttpConnectTimeoutException _, ConnectException _ ->
                    UpstreamException.of(
                            Fault.UNREACHABLE,
                            told("no connection", "", times, CHECK_THE_SERVER),
                            true,
                            failure);
            case HttpTimeoutException _ ->
                    UpstreamException.of(
                            Fault.LATE,
                            told(
                                    failure.getMessage() + ", which is as long as anybody waits",
                                    "",
                                    times,
                                    CHECK_THE_SERVER),
                            true,
                            failure);
            case NonsenseException _, SseReader.TooLongException _ ->
                    UpstreamException.of(
                            Fault.NONSENSE,
                            told(
                                    "what came is no answer",
                                    words(failure),
                                    "",
                                    "expected an answer of /chat/completions; check that the"
                                            + " address is that of an OpenAI- or Mistral-compatible"
                                            + " API"),
                            false,
                            failure);
            case InterruptedIOException _ ->
                    UpstreamException.of(
                            Fault.BROKEN, told(words(failure), "", "", "ask again"), true, failure);
            default ->
                    UpstreamException.of(
                            Fault.BROKEN,
                            told("the connection broke", words(failure), times, CHECK_THE_SERVER),
                            true,
                            failure);
        };
    }

    private static String words(IOException failure) {
        String message = failure.getMessage();
        return message == null ? failure.getClass().getSimpleName() : message;
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

    private static boolean isRequest(ApiError error) {
        return REQUEST.contains(status(error))
                || (error.status() == 0 && REQUEST_TYPES.contains(error.type()));
    }

    private static boolean isBusy(ApiError error) {
        return OVERLOAD.contains(status(error)) || error.type().equals("rate_limit_error");
    }

    private RuntimeException explain(ApiError error, Optional<Duration> asked, int failures) {
        int status = status(error);
        if (isRequest(error)) {
            return new InvalidRequestException(
                    error.param().orElse("request"),
                    called() + ": refuses it (" + clean(error.message()) + "); change the request",
                    kind(error));
        }
        String times = times(failures);
        if (isBusy(error)) {
            return new EngineOverloadedException(
                    told("is busy", error.message(), times, "try again later").message(),
                    asked.orElse(USUAL_WAIT));
        }
        String what =
                isWithheld(error)
                        ? "withholds the answer"
                        : status == 0 ? "tells of an error" : "answers " + status;
        return UpstreamException.refused(
                told(what, error.message(), times, advice(status)),
                PASSING.contains(status) || (status == 0 && !isWithheld(error)),
                status == 0 ? 502 : status);
    }

    private static InvalidRequestException.Kind kind(ApiError error) {
        boolean isTooLong =
                TOO_LONG.contains(error.type())
                        || error.code().filter(TOO_LONG::contains).isPresent();
        return isTooLong
                ? InvalidRequestException.Kind.CONTEXT_LENGTH
                : InvalidRequestException.Kind.PARAMETER;
    }

    /// A filter will hold the same answer back again.
    private static boolean isWithheld(ApiError error) {
        return error.code().equals(Optional.of("content_filter"));
    }

    private String advice(int status) {
        return switch (status) {
            case 401, 403 ->
                    options.key().isEmpty()
                            ? "it wants a key; name one that it knows: TRAMONTANE_API_KEY for eval, key-variable or key-file of the upstream for serve"
                            : "expected a key that it knows and that may do this; check the key";
            case 404 -> "it has no such model, or the address is not that of its API; check both";
            case 301, 302, 303, 307, 308 ->
                    "redirects are not followed; give the address that it names";
            default -> "look at the server's own log, then try again";
        };
    }

    private String root() {
        return UpstreamAddress.of(options.base()).root().toString();
    }

    /// By which name the caller knows the server.
    private String called() {
        return group.orElseGet(this::root);
    }

    /// What is said to the caller, and to whoever runs the server.
    ///
    /// @param detail for the latter alone, where they are not the same person; may be empty
    private UpstreamException.Told told(String what, String detail, String times, String advice) {
        String said = detail.isEmpty() ? "" : " (" + detail + ")";
        String particulars = withoutKey(root() + ": " + what + said + times + "; " + advice);
        String message =
                group.map(name -> name + ": " + what + times + "; " + TELL_THE_OPERATOR)
                        .orElse(particulars);
        return new UpstreamException.Told(message, particulars);
    }

    /// What a server says of a request, without its key, and in a group without its address.
    private String clean(String words) {
        String text = withoutKey(words);
        if (group.isEmpty()) {
            return text;
        }
        URI root = UpstreamAddress.of(options.base()).root();
        for (String part : List.of(root.toString(), root.getAuthority(), root.getHost())) {
            String alone = "(?<![\\w.-])" + Pattern.quote(part) + "(?![\\w.-])";
            text = text.replaceAll(alone, Matcher.quoteReplacement(group.get()));
        }
        return text;
    }

    private String withoutKey(String text) {
        return options.key().map(key -> text.replace(key, "…")).orElse(text);
    }
}
