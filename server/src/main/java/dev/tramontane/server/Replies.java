package dev.tramontane.server;

import io.helidon.http.HeaderNames;
import io.helidon.http.Status;
import io.helidon.webserver.http.ServerResponse;

import tools.jackson.databind.JsonNode;

import java.nio.charset.StandardCharsets;

/// Answers in one piece.
final class Replies {
    static final String JSON = "application/json; charset=utf-8";

    private Replies() {}

    static void send(ServerResponse response, Status status, JsonNode body) {
        send(response, status, JSON, body.toString());
    }

    static void send(ServerResponse response, Status status, String type, String body) {
        response.status(status);
        response.header(HeaderNames.CONTENT_TYPE, type);
        response.send(body.getBytes(StandardCharsets.UTF_8));
    }
}
