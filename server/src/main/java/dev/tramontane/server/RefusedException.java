package dev.tramontane.server;

import dev.tramontane.wire.ApiError;

import java.time.Duration;
import java.util.Optional;
import java.util.stream.Collectors;

/// A request that is not answered, for a reason that lies in neither its fields nor the engine.
final class RefusedException extends RuntimeException {
    private static final long serialVersionUID = 1L;
    private static final Duration AFTER_RESTART = Duration.ofSeconds(10);

    private final transient ApiError error;
    private final transient Optional<Duration> retryAfter;

    private RefusedException(ApiError error, Optional<Duration> retryAfter) {
        super(error.message());
        this.error = error;
        this.retryAfter = retryAfter;
    }

    private static RefusedException of(int status, String type, String code, String message) {
        return new RefusedException(
                new ApiError(status, type, Optional.of(code), Optional.empty(), message),
                Optional.empty());
    }

    static RefusedException malformed(String message) {
        return of(400, "invalid_request_error", "malformed", message);
    }

    /// What is wrong with the request as HTTP.
    static RefusedException ofHttp(int status, String message) {
        return of(status, "invalid_request_error", "malformed", message);
    }

    static RefusedException noKey(String message) {
        return of(401, "authentication_error", "invalid_api_key", message);
    }

    static RefusedException foreign(String message) {
        return of(403, "permission_error", "foreign_origin", message);
    }

    static RefusedException noPath(String method, String path) {
        return of(
                404,
                "not_found_error",
                "unknown_path",
                "%s %s: no such endpoint; /openapi.json and the README list what there is"
                        .formatted(method, path));
    }

    static RefusedException wrongMethod(String method, String path, String known) {
        return of(
                405,
                "invalid_request_error",
                "wrong_method",
                "%s: found %s, expected %s; change the method".formatted(path, method, known));
    }

    static RefusedException noModel(String name, Models models) {
        String there = models.all().stream().map(Offer::id).collect(Collectors.joining(", "));
        return new RefusedException(
                new ApiError(
                        404,
                        "not_found_error",
                        Optional.of("model_not_found"),
                        Optional.of("model"),
                        "model: found %s, expected one of those there are: %s; ask for one of them"
                                .formatted(Printable.shortened(name), there)),
                Optional.empty());
    }

    /// Why stands in the log: a client is told no paths.
    static RefusedException notLoaded(String id) {
        return of(
                503,
                "server_error",
                "model_not_loaded",
                "%s cannot be opened now, and the server's log says why; ask its operator, or for another model"
                        .formatted(id));
    }

    static RefusedException noAnswer(String id) {
        return of(
                404,
                "not_found_error",
                "no_such_answer",
                "id: no answer %s is being written, expected the id of one of your own that is"
                        .formatted(Printable.shortened(id)));
    }

    static RefusedException noPageAnswer(String id) {
        return of(
                404,
                "not_found_error",
                "no_such_answer",
                "id: no answer %s is being written here, or was within minutes, expected the id of one of your own; load its conversation again, which has what is stored of it"
                        .formatted(Printable.shortened(id)));
    }

    static RefusedException noConversation(String id) {
        return of(
                404,
                "not_found_error",
                "no_such_conversation",
                "id: no conversation %s, expected the id of one of your own; load the list again"
                        .formatted(Printable.shortened(id)));
    }

    static RefusedException noStore() {
        return of(
                503,
                "server_error",
                "no_store",
                "this server keeps no conversations, as it was started without a place for them; ask for temporary answers, or start it with --store");
    }

    /// @param found what it is, what it must be, what to do
    static RefusedException wrongFile(String found) {
        return of(415, "invalid_request_error", "wrong_file", "the file: " + found);
    }

    static RefusedException noResponse(String id) {
        return of(
                404,
                "not_found_error",
                "no_such_response",
                "id: no response %s is remembered or being written, expected the id of one of your own; those that nobody asked about for longest are forgotten first"
                        .formatted(Printable.shortened(id)));
    }

    /// @param isNamed whether the request names it, rather than one that goes on from it
    static RefusedException noPrevious(String id, boolean isNamed) {
        String found = isNamed ? "found " : "the conversation went on from ";
        return new RefusedException(
                new ApiError(
                        404,
                        "invalid_request_error",
                        Optional.of("previous_response_not_found"),
                        Optional.of("previous_response_id"),
                        "previous_response_id: %s%s, which is not remembered, expected the id of a stored response of your own; send the conversation's items instead"
                                .formatted(found, Printable.shortened(id))),
                Optional.empty());
    }

    /// @param found what it is, what it must be, what to do
    static RefusedException wrongState(String id, String found) {
        return of(
                400,
                "invalid_request_error",
                "wrong_state",
                "id: %s %s".formatted(Printable.shortened(id), found));
    }

    static RefusedException tooManyHeaders(int most) {
        return of(
                431,
                "invalid_request_error",
                "too_many_headers",
                "more than %d headers, expected fewer; leave some out".formatted(most));
    }

    static RefusedException overloaded(String message, Duration wait) {
        return new RefusedException(
                new ApiError(
                        503, "server_error", Optional.of("overloaded"), Optional.empty(), message),
                Optional.of(wait));
    }

    static RefusedException stopping() {
        return overloaded(
                "the server stops, and takes nothing new; try again when it is back",
                AFTER_RESTART);
    }

    ApiError error() {
        return error;
    }

    Optional<Duration> retryAfter() {
        return retryAfter;
    }
}
