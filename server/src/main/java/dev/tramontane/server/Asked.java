package dev.tramontane.server;

import dev.tramontane.sampling.SamplingParams;
import dev.tramontane.wire.Fields;

import tools.jackson.databind.JsonNode;

import java.util.concurrent.ThreadLocalRandom;

/// What a request asks, and the model that it asks.
record Asked(JsonNode body, ServedModel served) {
    /// @throws RefusedException when there is no such model
    static Asked of(Exchange exchange, Models models) {
        JsonNode body = exchange.json();
        ServedModel served = models.get(new Fields(body, "").text("model").orElse(""));
        exchange.observation().serves(served.id(), served.local().isPresent());
        return new Asked(body, served);
    }

    /// How the model wants its tokens chosen, with another seed each time.
    SamplingParams defaults() {
        return served.nature().sampling().withSeed(ThreadLocalRandom.current().nextInt());
    }
}
