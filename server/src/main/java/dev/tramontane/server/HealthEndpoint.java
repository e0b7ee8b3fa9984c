package dev.tramontane.server;

import io.helidon.http.Status;

/// `GET /health`, whether the process lives; `GET /ready`, whether it takes requests.
record HealthEndpoint(Admission admission) {
    void health(Exchange exchange) {
        exchange.send(Json.object().put("status", "ok"));
    }

    void ready(Exchange exchange) {
        if (admission.isDraining()) {
            exchange.send(Status.SERVICE_UNAVAILABLE_503, Json.object().put("status", "stopping"));
        } else {
            exchange.send(Json.object().put("status", "ready"));
        }
    }
}
