package dev.tramontane.server;

import io.helidon.http.Status;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;

/// `GET /openapi.json`: the description of all endpoints, in the terms of OpenAPI 3.1. It is
/// written by hand; a test holds it against {@link Routes}, against what the readers know and
/// against what is answered.
record OpenApiEndpoint(String description) implements Endpoint {
    private static final String RESOURCE = "openapi.json";

    static OpenApiEndpoint ofResource() {
        try (InputStream in = OpenApiEndpoint.class.getResourceAsStream(RESOURCE)) {
            if (in == null) {
                throw new IllegalStateException(
                        RESOURCE
                                + " is missing from the jar, expected beside its classes; build the module server again");
            }
            return new OpenApiEndpoint(new String(in.readAllBytes(), StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw new IllegalStateException(RESOURCE + " cannot be read from the jar", e);
        }
    }

    @Override
    public void answer(Exchange exchange) {
        exchange.send(Status.OK_200, Replies.JSON, description);
    }
}
