package dev.tramontane.server;

import dev.tramontane.chat.InvalidRequestException;
import dev.tramontane.engine.EngineOverloadedException;
import dev.tramontane.server.store.StoreException;
import dev.tramontane.wire.ApiError;
import dev.tramontane.wire.UpstreamException;

import java.time.Duration;
import java.util.Locale;
import java.util.Optional;

/// What went wrong, as a client is told.
///
/// @param retryAfter when it may help to ask again; empty where it does not help
record Failures(ApiError error, Optional<Duration> retryAfter) {
    private static final System.Logger LOG = System.getLogger(Failures.class.getName());

    /// @param failure what nobody expected is logged, and told without its particulars
    static Failures of(Throwable failure) {
        return switch (failure) {
            case RefusedException refused -> new Failures(refused.error(), refused.retryAfter());
            case InvalidRequestException invalid ->
                    new Failures(ApiError.of(invalid), Optional.empty());
            case EngineOverloadedException full ->
                    new Failures(
                            server(503, "overloaded", String.valueOf(full.getMessage())),
                            Optional.of(full.retryAfter()));
            case UpstreamException elsewhere -> of(elsewhere);
            case StoreException kept -> of(kept);
            default -> {
                LOG.log(System.Logger.Level.WARNING, "a request failed", failure);
                yield new Failures(
                        server(
                                500,
                                "internal",
                                "the server failed, and wrote why into its log; ask its operator"),
                        Optional.empty());
            }
        };
    }

    /// What went wrong, in a word that is one of few.
    String kind() {
        return error.code().orElse(error.type());
    }

    /// What a server elsewhere did is logged for whoever runs it; its name is told.
    private static Failures of(UpstreamException elsewhere) {
        int status =
                switch (elsewhere.fault()) {
                    case UNREACHABLE, BROKEN, NONSENSE, REFUSED -> 502;
                    case RESTING -> 503;
                    case LATE -> 504;
                };
        if (elsewhere.fault() != UpstreamException.Fault.RESTING) {
            LOG.log(System.Logger.Level.WARNING, elsewhere.particulars());
        }
        return new Failures(
                server(status, "upstream", String.valueOf(elsewhere.getMessage())),
                elsewhere.retryAfter());
    }

    private static Failures of(StoreException kept) {
        boolean isFull = kept.kind() == StoreException.Kind.FULL;
        String code = "store_" + kept.kind().name().toLowerCase(Locale.ROOT);
        return new Failures(
                server(isFull ? 507 : 503, code, String.valueOf(kept.getMessage())),
                kept.kind().passes() ? Optional.of(Duration.ofSeconds(2)) : Optional.empty());
    }

    private static ApiError server(int status, String code, String message) {
        return new ApiError(status, "server_error", Optional.of(code), Optional.empty(), message);
    }
}
