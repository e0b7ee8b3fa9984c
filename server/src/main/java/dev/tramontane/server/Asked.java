package dev.tramontane.server;

import dev.tramontane.chat.ChatModel;
import dev.tramontane.chat.ChatRequest;
import dev.tramontane.chat.Chunk;
import dev.tramontane.chat.InvalidRequestException;
import dev.tramontane.chat.MajorityVote;
import dev.tramontane.chat.Message;
import dev.tramontane.sampling.SamplingParams;
import dev.tramontane.wire.Fields;
import dev.tramontane.wire.ReasoningFormat;

import org.jspecify.annotations.Nullable;

import tools.jackson.databind.JsonNode;

import java.util.List;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Function;

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
        return of(exchange, models, body -> body.text("model").orElse(""));
    }

    /// @param name tells by which name a request asks
    /// @throws RefusedException when there is no such model
    static Asked of(Exchange exchange, Models models, Function<Fields, String> name) {
        JsonNode body = exchange.json();
        Offer offer = models.offer(name.apply(new Fields(body, "")));
        exchange.observation().serves(offer.id(), offer.runsHere());
        new Fields(body, "").text("prompt_cache_key").ifPresent(exchange::prefers);
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

    /// The model, or so many answers of it of which the most agreed on is told.
    ///
    /// @throws Exchange.GoneException when the client would not wait for it
    ChatModel model(int votes) throws Exchange.GoneException {
        ChatModel one = served().model();
        return votes > 1 ? new MajorityVote(one, votes) : one;
    }

    /// How thinking is told: as the request says, else its key or client, else what the model is
    /// offered with, else the server.
    ///
    /// @throws Exchange.GoneException when the client would not wait for the model
    ReasoningFormat format(Optional<ReasoningFormat> wanted, ServerConfig config)
            throws Exchange.GoneException {
        return wanted.or(exchange.caller()::format)
                .or(served().terms().defaults()::format)
                .orElse(config.format());
    }

    /// A request as its model is asked it: one that runs here sees pixels, one elsewhere is told
    /// the addresses.
    ///
    /// @param places of its images in what was sent; may be too few
    /// @throws InvalidRequestException when an image cannot be seen
    /// @throws RefusedException when there is no memory for it now
    ChatRequest withPixels(ChatRequest request, List<String> places) {
        return offer.runsHere()
                ? exchange.images().decoded(request, places, offer.nature(), exchange)
                : request;
    }

    /// Images come in every shape that clients send, and are refused where nobody sees them.
    void checkSight(List<Message> messages) {
        if (offer.nature().sees()) {
            return;
        }
        for (int i = 0; i < messages.size(); i++) {
            List<Chunk> content = messages.get(i).content();
            for (int j = 0; j < content.size(); j++) {
                if (content.get(j) instanceof Chunk.ImageChunk) {
                    throw unseen("messages[%d].content[%d]".formatted(i, j));
                }
            }
        }
    }

    /// The same where a reader noted the places.
    void checkImages(List<String> paths) {
        if (!offer.nature().sees() && !paths.isEmpty()) {
            throw unseen(paths.getFirst());
        }
    }

    /// @param path of an image that nobody sees
    InvalidRequestException unseen(String path) {
        return new InvalidRequestException(
                path,
                "found an image, which %s does not see, expected text; leave it out, or ask a model that sees"
                        .formatted(offer.id()));
    }
}
