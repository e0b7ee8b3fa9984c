package dev.tramontane.server;

import dev.tramontane.server.pool.ModelPool.Dismissal;
import dev.tramontane.server.pool.PoolStatus;
import dev.tramontane.wire.Fields;

import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.Locale;

/// What `tramontane ps` and `tramontane stop` ask, with the token of the server's own file.
final class OperatorEndpoint {
    /// A model that still answers then is closed later.
    static final Duration LONGEST_WAIT = Duration.ofSeconds(20);

    private final Models models;
    private final Admission admission;
    private final Operator operator;
    private final Instant started = Instant.now(); // for display

    OperatorEndpoint(Models models, Admission admission, Operator operator) {
        this.models = models;
        this.admission = admission;
        this.operator = operator;
    }

    /// `GET /operator/status`.
    void status(Exchange exchange) {
        ObjectNode status =
                Json.object()
                        .put("started", started.toString())
                        .put("requests", admission.inside())
                        .put("stopping", admission.isDraining());
        ArrayNode list = status.putArray("models");
        models.all().forEach(offer -> list.add(about(offer)));
        exchange.send(status);
    }

    private static ObjectNode about(Offer offer) {
        ObjectNode model = Json.object().put("id", offer.id());
        offer.aliases().forEach(model.putArray("aliases")::add);
        switch (offer) {
            case LocalOffer local -> {
                PoolStatus status = local.status();
                model.put("state", status.state().name().toLowerCase(Locale.ROOT))
                        .put("bytes", status.bytes())
                        .put("requests", status.uses());
                status.since().ifPresent(since -> model.put("since", since.toString()));
            }
            case UpstreamOffer _ -> model.put("state", "remote");
            case ServedModel served -> model.put("state", served.runsHere() ? "loaded" : "remote");
        }
        return model;
    }

    /// `POST /operator/unload`: `{"model"}`.
    void unload(Exchange exchange) throws IOException {
        var body = new Fields(exchange.json(), "");
        LocalOffer offer = models.closable(body);
        String outcome =
                switch (offer.unload(LONGEST_WAIT)) {
                    case Dismissal.UNLOADED -> "unloaded";
                    case Dismissal.WAS_UNLOADED -> "was_unloaded";
                    case Dismissal.LEAVING -> "leaving";
                };
        exchange.send(Json.object().put("id", offer.id()).put("outcome", outcome));
    }

    /// `POST /operator/stop`. The server ends as on SIGTERM.
    void stop(Exchange exchange) {
        exchange.send(Json.object().put("stopping", true));
        operator.stop().run();
    }
}
