package dev.tramontane.server;

import dev.tramontane.chat.InvalidRequestException;
import dev.tramontane.server.Route.Load;
import dev.tramontane.server.connection.GuardedConnection;
import dev.tramontane.server.telemetry.Observation;
import dev.tramontane.server.telemetry.Observer;
import dev.tramontane.wire.ApiError;

import io.helidon.http.Header;
import io.helidon.http.HeaderName;
import io.helidon.http.HeaderNames;
import io.helidon.http.HeaderValues;
import io.helidon.http.Status;
import io.helidon.webserver.CloseConnectionException;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;

import tools.jackson.databind.node.ObjectNode;

import java.io.IOException;
import java.time.Duration;
import java.util.Optional;

/// What all requests have in common: who asks, whether it may, whether there is room, and what is
/// said when something goes wrong.
final class Dispatch {
    private static final int MOST_HEADERS = 100;
    private static final int MOST_LARGE_BODIES = 16;
    static final HeaderName REQUEST_ID = HeaderNames.create("x-request-id");
    private static final HeaderName API_KEY = HeaderNames.create("x-api-key");
    private static final String BEARER = "Bearer ";
    private static final int UNPROCESSABLE = 422;

    private final ServerConfig config;
    private final Admission admission;
    private final Observer observer;
    private final Origins origins;
    private final ImageRoom images;
    private final Turnstile largeBodies =
            new Turnstile("large requests are being read", MOST_LARGE_BODIES);

    Dispatch(ServerConfig config, Admission admission, Observer observer) {
        this.config = config;
        this.admission = admission;
        this.observer = observer;
        this.origins = new Origins(config);
        this.images = new ImageRoom(config.images());
    }

    /// Answers a request: the outermost frame of its thread.
    ///
    /// @throws CloseConnectionException when nothing more is to come over the connection
    void handle(Route route, ServerRequest request, ServerResponse response) {
        Observation observation = observer.begin(arrival(route, request));
        try {
            handle(route, request, response, observation);
        } finally {
            observation.ends();
        }
    }

    private static Observer.Arrival arrival(Route route, ServerRequest request) {
        return new Observer.Arrival(
                request.prologue().method().text(),
                request.path().path(),
                route.template(),
                route.load() == Load.HEAVY,
                name -> request.headers().first(HeaderNames.create(name)));
    }

    private void handle(
            Route route, ServerRequest request, ServerResponse response, Observation observation) {
        GuardedConnection connection = GuardedConnection.current();
        if (request.content().hasEntity()) {
            connection.bodyBegins();
        } else {
            connection.bodyEnds();
        }
        response.header(REQUEST_ID, observation.id());
        response.header(HeaderNames.create("request-id"), observation.id()); // Anthropic's name
        var exchange = new Exchange(request, response, connection, observation, images);
        boolean ends = request.headers().containsToken(HeaderValues.CONNECTION_CLOSE);
        try {
            check(request);
            origins.open(request, response);
            if (origins.isPreflight(request)) {
                ends |= exchange.leaveBody();
                Origins.answerPreflight(request, exchange);
            } else {
                exchange.setCaller(caller(route, request));
                ends |= !route.readsBody() && exchange.leaveBody();
                answer(route, exchange);
            }
        } catch (IOException | RuntimeException failure) {
            boolean isGone =
                    failure instanceof Exchange.GoneException
                            || failure instanceof CloseConnectionException;
            if (isGone) {
                observation.loses();
            } else if (exchange.hasBegun()) {
                observation.fails("broken_off");
            }
            if (isGone || exchange.hasBegun()) {
                throw new CloseConnectionException("the answer broke off", failure);
            }
            ends |= exchange.leavesBody();
            tellOrLose(failure, exchange, observation, ends);
        } finally {
            exchange.end();
            connection.isAnswered();
            if (exchange.hasPlace()) { // a server that stops waits for refusals too
                admission.leave();
            }
        }
        if (ends) {
            throw new CloseConnectionException("the connection was to end with this answer");
        }
    }

    private static void tellOrLose(
            Throwable failure, Exchange exchange, Observation observation, boolean ends) {
        try {
            tell(failure, exchange, ends);
        } catch (IOException gone) {
            observation.loses();
            throw new CloseConnectionException("nobody is there to be told", gone);
        }
    }

    /// The body is read before a place is taken: who sends slowly keeps none from others. Large
    /// bodies are few at a time, since they are held in memory; one that came in chunks may turn
    /// out to be small. Where none belongs to a request, none is read, whoever sends it.
    private void answer(Route route, Exchange exchange) throws IOException {
        if (!route.readsBody()) {
            place(route, exchange);
            return;
        }
        try (Turnstile.Place _ =
                exchange.mayBeLarge() ? largeBodies.enter() : Turnstile.Place.NONE) {
            exchange.readBody();
            if (exchange.isLarge()) {
                place(route, exchange);
                return;
            }
        }
        place(route, exchange);
    }

    private void place(Route route, Exchange exchange) throws IOException {
        if (route.load() == Load.LIGHT) {
            route.endpoint().answer(exchange);
            return;
        }
        admission.enter();
        exchange.takePlace();
        route.endpoint().answer(exchange);
    }

    private void check(ServerRequest request) {
        int headers = 0;
        for (Header header : request.headers()) {
            headers += header.valueCount();
        }
        if (headers > MOST_HEADERS) {
            throw RefusedException.tooManyHeaders(MOST_HEADERS);
        }
        origins.check(request);
    }

    private Caller caller(Route route, ServerRequest request) {
        return switch (route.access()) {
            case ANYBODY -> Caller.of(Optional.empty(), userAgent(request));
            case CALLER -> {
                Optional<ApiKey> key =
                        config.keys().isEmpty() ? Optional.empty() : Optional.of(key(request));
                yield Caller.of(key, userAgent(request));
            }
            case OPERATOR -> {
                String shown = secret(request);
                if (config.operator().filter(one -> one.isKnownBy(shown)).isEmpty()) {
                    throw RefusedException.noKey(
                            "the key is not the operator's, expected the token of the server's own file;"
                                    + " use tramontane ps or stop");
                }
                yield Caller.of(Optional.empty(), userAgent(request));
            }
        };
    }

    private ApiKey key(ServerRequest request) {
        return config.keys()
                .find(secret(request))
                .orElseThrow(
                        () ->
                                RefusedException.noKey(
                                        "the key is not known here, expected one that is; ask the"
                                                + " server's operator for one"));
    }

    private static String secret(ServerRequest request) {
        return request.headers()
                .first(HeaderNames.AUTHORIZATION)
                .filter(value -> value.regionMatches(true, 0, BEARER, 0, BEARER.length()))
                .map(value -> value.substring(BEARER.length()).strip())
                .or(() -> request.headers().first(API_KEY))
                .orElseThrow(
                        () ->
                                RefusedException.noKey(
                                        "no key, expected a header Authorization: Bearer KEY; ask the"
                                                + " server's operator for one"));
    }

    private static String userAgent(ServerRequest request) {
        return request.headers().first(HeaderNames.USER_AGENT).orElse("");
    }

    /// A fault in a field has status 422 and a list of faults where Mistral's clients ask.
    private static void tell(Throwable failure, Exchange exchange, boolean ends)
            throws IOException {
        Failures told = Failures.of(failure);
        exchange.observation().fails(told.kind());
        ApiError error = told.error();
        ErrorForm form = ErrorForm.of(exchange.path());
        boolean detailed =
                failure instanceof InvalidRequestException
                        && exchange.caller().readsMistral()
                        && form == ErrorForm.COMMON;
        ObjectNode body = detailed ? error.toJsonWithDetail() : form.write(error);
        if (exchange.isAwake()) {
            exchange.breakOff(body);
            return;
        }
        if (told.retryAfter().isPresent()) {
            Duration wait = told.retryAfter().get();
            exchange.header("Retry-After", Long.toString(Math.max(1, wait.toSeconds())));
            exchange.header("retry-after-ms", Long.toString(wait.toMillis()));
        }
        if (error.status() == Status.UNAUTHORIZED_401.code()) {
            exchange.header("WWW-Authenticate", "Bearer");
        }
        if (ends) {
            exchange.header("Connection", "close");
        }
        exchange.send(Status.create(detailed ? UNPROCESSABLE : error.status()), body);
    }
}
