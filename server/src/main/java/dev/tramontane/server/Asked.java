package dev.tramontane.server;

import dev.tramontane.sampling.SamplingParams;
import dev.tramontane.wire.Fields;

import org.jspecify.annotations.Nullable;

import tools.jackson.databind.JsonNode;

import java.util.concurrent.ThreadLocalRandom;

/// What a request asks, and the model that it asks, open or not. For the request's thread.
final class Asked {
    private final Exchange exchange;
    private final JsonNode body;
    private final Offer offer;
    private @Nullable ServedModel served;

    private Asked(Exchange exchange, JsonNode body, Offer offer) {
        this.exchange = exchange;
        this.body = body;
        this.offer = offer;
    }

    /// @throws RefusedException when there is no such model
    static Asked of(Exchange exchange, Models models) {
        JsonNode body = exchange.json();
        Offer offer = models.offer(new Fields(body, "").text("model").orElse(""));
        exchange.observation().serves(offer.id(), offer.runsHere());
        return new Asked(exchange, body, offer);
    }

    JsonNode body() {
        return body;
    }

    Offer offer() {
        return offer;
    }

    /// How the model wants its tokens chosen, with another seed each time.
    SamplingParams defaults() {
        return offer.nature().sampling().withSeed(ThreadLocalRandom.current().nextInt());
    }

    /// The model, which answers until the exchange is over. One that is not open is opened first,
    /// which may take its time: what is wrong with a request is best found before.
    ///
    /// @throws RefusedException when it cannot be opened
    /// @throws Exchange.GoneException when the client would not wait
    ServedModel served() throws Exchange.GoneException {
        ServedModel known = served == null ? Models.open(offer, exchange) : served;
        served = known;
        return known;
    }
}
