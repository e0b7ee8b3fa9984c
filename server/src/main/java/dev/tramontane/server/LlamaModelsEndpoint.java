package dev.tramontane.server;

import dev.tramontane.wire.Fields;

import java.io.IOException;

/// `POST /models/load` and `/models/unload`, for programs that choose among the models of a
/// llama-server: {@link ModelsEndpoint} tells them the state of each.
record LlamaModelsEndpoint(Models models) {
    /// Answers when the model is open, so that what goes wrong has a status. It stays as long as
    /// one that somebody asked something.
    void load(Exchange exchange) throws IOException {
        models.closable(new Fields(exchange.json(), "")).open(exchange);
        succeed(exchange);
    }

    /// Answers when the model is closed, or has long been about to: it goes with its last answer.
    void unload(Exchange exchange) {
        models.closable(new Fields(exchange.json(), "")).unload(OperatorEndpoint.LONGEST_WAIT);
        succeed(exchange);
    }

    private static void succeed(Exchange exchange) {
        exchange.send(Json.object().put("success", true));
    }
}
