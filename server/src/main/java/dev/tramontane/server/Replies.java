package dev.tramontane.server;

import io.helidon.http.HeaderNames;
import io.helidon.http.Status;
import io.helidon.webserver.http.ServerResponse;

import java.nio.charset.StandardCharsets;

/// Answers in one piece.
final class Replies {
    static final String JSON = "application/json; charset=utf-8";

    private Replies() {}

    /// @return bytes of the body
    static int send(ServerResponse response, Status status, String type, String body) {
        return send(response, status, type, body.getBytes(StandardCharsets.UTF_8));
    }

    /// @return bytes of the body
    static int send(ServerResponse response, Status status, String type, byte[] bytes) {
        response.status(status);
        response.header(HeaderNames.CONTENT_TYPE, type);
        response.send(bytes);
        return bytes.length;
    }
}
