package dev.tramontane.server;

import dev.tramontane.chat.ChatRequest;
import dev.tramontane.chat.InvalidRequestException;
import dev.tramontane.chat.Message;
import dev.tramontane.server.conversation.AnswerPlan;
import dev.tramontane.server.conversation.Content;
import dev.tramontane.wire.Fields;

import tools.jackson.databind.JsonNode;

import java.util.ArrayList;
import java.util.List;

/// An answer as a request of the page wants it, and the model that is to write it.
record Planned(Offer offer, AnswerPlan plan) {
    /// @throws RefusedException when there is no such model
    static Planned read(Exchange exchange, Fields body, Models models) {
        Fields wish =
                body.object("answer").orElseThrow(() -> body.unexpected("answer", "an object"));
        AnswerPlan plan = AnswerPlan.read(wish);
        Offer offer = models.offer(plan.model());
        exchange.observation().serves(offer.id(), offer.runsHere());
        return new Planned(offer, plan.withModel(offer.id()));
    }

    /// Images that a person sends now are looked at before anything is stored.
    ///
    /// @param field where the content stands
    void checkImages(Exchange exchange, Content content, String field) {
        checkSight(content, field);
        if (!offer.runsHere()) {
            return;
        }
        List<String> places = new ArrayList<>();
        int place = 0;
        for (JsonNode part : content.parts()) {
            if (part.path("type").stringValue("").equals("image")) {
                places.add("%s[%d]".formatted(field, place));
            }
            place++;
        }
        var message = new Message.UserMessage(content.chunks());
        exchange.images().check(ChatRequest.of(List.of(message)), places);
    }

    /// Images are refused where nobody sees them.
    ///
    /// @param field where the content stands
    void checkSight(Content content, String field) {
        if (offer.nature().sees()) {
            return;
        }
        int place = 0;
        for (JsonNode part : content.parts()) {
            if (part.path("type").stringValue("").equals("image")) {
                throw new InvalidRequestException(
                        "%s[%d]".formatted(field, place),
                        "found an image, which %s does not see, expected text; leave it out, or ask a model that sees"
                                .formatted(offer.id()));
            }
            place++;
        }
    }
}
