package dev.tramontane.server;

import java.io.IOException;

/// What answers one kind of request.
interface Endpoint {
    /// Answers. What it throws is told to the client in the API's form, as far as nothing of an
    /// answer was sent.
    void answer(Exchange exchange) throws IOException;
}
