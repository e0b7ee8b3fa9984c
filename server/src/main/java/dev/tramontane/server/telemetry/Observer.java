package dev.tramontane.server.telemetry;

import io.opentelemetry.context.Context;

import java.time.Instant;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Function;

/// Sees to it that what is noted of requests reaches those who keep account of them.
///
/// @param meters figures
/// @param log a line for each request
/// @param spans parts of traces
public record Observer(Meters meters, AccessLog log, Spans spans) implements AutoCloseable {
    static final Observed.Request NOTHING =
            new Observed.Request(
                    Instant.EPOCH, "", "", "", Optional.empty(), false, "", Context.root());

    /// What is known of a request when it comes.
    ///
    /// @param route the endpoint, such as `/v1/models/{id}`; empty where there is none
    /// @param costs whether the endpoint takes a model's time
    /// @param header the value of one of the request's headers
    public record Arrival(
            String method,
            String path,
            Optional<String> route,
            boolean costs,
            Function<String, Optional<String>> header) {}

    /// A request has come.
    public Observation begin(Arrival arrival) {
        Instant now = Instant.now();
        var request =
                new Observed.Request(
                        now,
                        UUID.randomUUID().toString(),
                        arrival.method(),
                        arrival.path(),
                        arrival.route(),
                        arrival.costs(),
                        arrival.header().apply("User-Agent").orElse(""),
                        arrival.costs() ? spans.begin(arrival, now) : Context.root());
        return new Observation(request, this::take, spans.headers(request.span()));
    }

    /// The log comes last: whoever reads a line of it finds the rest done.
    private void take(Observed observed) {
        meters.take(observed);
        spans.take(observed);
        log.take(observed);
    }

    @Override
    public void close() {
        meters.close();
        log.close();
    }
}
