package dev.tramontane.server;

import io.helidon.http.HeaderNames;
import io.helidon.http.Status;
import io.helidon.webserver.http.ServerResponse;

/// Answers in one piece.
final class Replies {
    static final String JSON = "application/json; charset=utf-8";

    private Replies() {}

    /// @return bytes of the body
    static int send(ServerResponse response, Status status, String type, byte[] bytes) {
        response.status(status);
        response.header(HeaderNames.CONTENT_TYPE, type);
        response.send(bytes);
        return bytes.length;
    }

    /// What belongs to HEAD: the headers of an answer in one piece, without its body (RFC 9110,
    /// section 9.3.2).
    ///
    /// @return bytes of the body
    static int sendHeaders(ServerResponse response, Status status, String type, byte[] bytes) {
        response.status(status);
        response.header(HeaderNames.CONTENT_TYPE, type);
        response.header(HeaderNames.CONTENT_LENGTH, Integer.toString(bytes.length));
        response.send();
        return 0;
    }
}
