package dev.tramontane.server;

import dev.tramontane.chat.LocalModel;
import dev.tramontane.server.connection.GuardedSelector;
import dev.tramontane.server.connection.Overseer;
import dev.tramontane.server.connection.Patience;
import dev.tramontane.server.telemetry.AccessLog;
import dev.tramontane.server.telemetry.EngineMeters;
import dev.tramontane.server.telemetry.Meters;
import dev.tramontane.server.telemetry.Observation;
import dev.tramontane.server.telemetry.Observer;
import dev.tramontane.server.telemetry.Spans;
import dev.tramontane.wire.ApiError;

import io.helidon.http.DirectHandler;
import io.helidon.http.HeaderNames;
import io.helidon.http.ServerResponseHeaders;
import io.helidon.http.Status;
import io.helidon.webserver.WebServer;
import io.helidon.webserver.http.DirectHandlers;
import io.helidon.webserver.http1.Http1Config;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/// A port that answers. The models stay their opener's to close, behind it.
///
/// {@link #close} ends it as an operator wants it: what runs is finished within the grace period,
/// what is new is told to come back.
public final class Server implements AutoCloseable {
    private static final int MOST_PATH_BYTES = 8 << 10;
    private static final int MOST_HEADER_BYTES = 16 << 10;
    private static final Duration LAST_WORDS = Duration.ofSeconds(10); // on a busy machine

    private final ServerConfig config;
    private final Admission admission;
    private final RunningAnswers running = new RunningAnswers();
    private final Overseer overseer = new Overseer();
    private final Observer observer;
    private final Page page;
    private final WebServer web;

    private Server(ServerConfig config, Models models, Telemetry telemetry, Patience patience)
            throws IOException {
        config.checkGuarded();
        this.config = config;
        this.admission = new Admission(config.limits().requests());
        this.observer = observer(telemetry, models);
        var dispatch = new Dispatch(config, admission, observer);
        this.page = Page.of(config, running, admission);
        Routes routes = Routes.of(config, models, running, admission, observer.meters(), page);
        this.web =
                WebServer.builder()
                        .bindAddress(new InetSocketAddress(config.host(), config.port()))
                        .shutdownHook(false)
                        .featuresDiscoverServices(false)
                        .protocolsDiscoverServices(false)
                        .addConnectionSelector(selector(patience))
                        .maxTcpConnections(config.limits().connections())
                        .maxPayloadSize(config.limits().bodyBytes())
                        .writeBufferSize(0)
                        .shutdownGracePeriod(Duration.ofSeconds(1))
                        .connectionOptions(options -> options.tcpNoDelay(true))
                        .directHandlers(refusals())
                        .routing(routes.routing(dispatch))
                        .build();
    }

    private Observer observer(Telemetry telemetry, Models models) throws IOException {
        var log = new AccessLog(telemetry.openLog());
        var meters = new Meters(() -> engines(models));
        meters.show(
                "tramontane.requests.answering",
                "Requests that are being answered.",
                admission::inside);
        meters.show("tramontane.connections", "Connections that are open.", overseer::connections);
        meters.show(
                "tramontane.access.log.left.out",
                "Lines that the access log had no time to write.",
                log::leftOut);
        models.all().stream()
                .filter(LocalOffer.class::isInstance)
                .map(LocalOffer.class::cast)
                .forEach(offer -> showLoads(offer.id(), offer.loads(), meters));
        String address = config.host().getHostAddress();
        return new Observer(meters, log, new Spans(telemetry.traces(), address, this::port));
    }

    private static void showLoads(String model, Loads loads, Meters meters) {
        String name = "tramontane.model.loads";
        String what = "Models that were opened, or could not be.";
        meters.count(name, what, loads::loaded, "model", model, "outcome", "loaded");
        meters.count(name, what, loads::failed, "model", model, "outcome", "failed");
        meters.count(
                "tramontane.model.load.seconds",
                "What opening models took.",
                loads::seconds,
                "model",
                model);
    }

    private static Map<String, EngineMeters.State> engines(Models models) {
        Map<String, EngineMeters.State> states = new LinkedHashMap<>();
        for (Offer served : models.all()) {
            served.local()
                    .map(LocalModel::engine)
                    .ifPresent(
                            engine ->
                                    states.put(
                                            served.id(),
                                            new EngineMeters.State(
                                                    engine.stats(), engine.maxSequences())));
        }
        return states;
    }

    private GuardedSelector selector(Patience patience) {
        Http1Config http =
                Http1Config.builder()
                        .maxPrologueLength(MOST_PATH_BYTES)
                        .maxHeadersSize(MOST_HEADER_BYTES)
                        .sendKeepAliveHeader(false)
                        .build();
        // chunks have a frame of their own: twice the body is more than any sane client sends
        long mostBytes = 2L * config.limits().bodyBytes() + MOST_PATH_BYTES + MOST_HEADER_BYTES;
        return new GuardedSelector(http, patience, mostBytes, overseer);
    }

    /// What Helidon refuses by itself is told in the API's form as well.
    private DirectHandlers refusals() {
        DirectHandlers.Builder handlers = DirectHandlers.builder();
        for (DirectHandler.EventType type : DirectHandler.EventType.values()) {
            handlers.addHandler(
                    type,
                    (request, _, status, headers, message) ->
                            refusal(request, status, headers, message));
        }
        // what goes wrong in answering is told by Dispatch: this is a request that is no HTTP
        handlers.addHandler(
                DirectHandler.EventType.INTERNAL_ERROR,
                (request, _, _, headers, _) ->
                        refusal(
                                request,
                                Status.BAD_REQUEST_400,
                                headers,
                                "the request is no HTTP/1.1, or broke off; send it anew"));
        return handlers.build();
    }

    private DirectHandler.TransportResponse refusal(
            DirectHandler.TransportRequest request,
            Status status,
            ServerResponseHeaders headers,
            String message) {
        Observation observation = observe(request, status);
        boolean isServers = status.code() >= 500;
        var error =
                new ApiError(
                        status.code(),
                        isServers ? "server_error" : "invalid_request_error",
                        Optional.empty(),
                        Optional.empty(),
                        message == null || message.isBlank() ? status.reasonPhrase() : message);
        return DirectHandler.TransportResponse.builder()
                .status(status)
                .headers(headers)
                .header(HeaderNames.CONTENT_TYPE, Replies.JSON)
                .header(Dispatch.REQUEST_ID, observation.id())
                .entity(error.toJson().toString().getBytes(StandardCharsets.UTF_8))
                .build();
    }

    private Observation observe(DirectHandler.TransportRequest request, Status status) {
        Observation observation =
                observer.begin(
                        new Observer.Arrival(
                                request.method(),
                                request.path(),
                                Optional.empty(),
                                false,
                                name -> request.headers().first(HeaderNames.create(name))));
        observation.answers(status.code());
        observation.fails("malformed");
        observation.ends();
        return observation;
    }

    /// Opens the port, and tells operators nothing but figures.
    ///
    /// @throws IOException when it cannot be had
    /// @throws IllegalArgumentException when other machines would reach it without a key
    public static Server start(ServerConfig config, Models models) throws IOException {
        return start(config, models, Telemetry.NONE);
    }

    /// Opens the port.
    ///
    /// @throws IOException when it cannot be had, or the access log cannot be written
    /// @throws IllegalArgumentException when other machines would reach it without a key
    public static Server start(ServerConfig config, Models models, Telemetry telemetry)
            throws IOException {
        return start(config, models, telemetry, Patience.STANDARD);
    }

    /// For tests: with another patience.
    static Server start(ServerConfig config, Models models, Telemetry telemetry, Patience patience)
            throws IOException {
        var server = new Server(config, models, telemetry, patience);
        server.web.start();
        if (!server.web.isRunning()) { // Helidon tells nobody but its log
            server.page.close();
            server.overseer.close();
            server.observer.close();
            throw new IOException(
                    "%s:%d: nobody can listen there, since somebody does already or it is no address of this machine; choose another with --port or --host"
                            .formatted(config.host().getHostAddress(), config.port()));
        }
        return server;
    }

    /// The port that it listens on.
    public int port() {
        return web.port();
    }

    /// Connections that are open.
    public int connections() {
        return overseer.connections();
    }

    /// Requests that are being answered.
    public int answering() {
        return admission.inside();
    }

    /// Takes nothing new, waits for what runs as long as the grace period, cancels what has not
    /// ended by then, which its client is told as usual, and closes the port.
    @Override
    public void close() {
        if (!admission.drain(config.limits().grace())) {
            running.cancelAll();
            admission.drain(LAST_WORDS);
        }
        page.close();
        web.stop();
        overseer.close();
        observer.close();
    }
}
