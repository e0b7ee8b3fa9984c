package dev.tramontane.server;

import dev.tramontane.chat.LocalModel;
import dev.tramontane.engine.Vision;
import dev.tramontane.server.ServedModel.Nature;
import dev.tramontane.wire.image.VisionCard;

import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;

/// A model under its public name, whether or not it can answer at once.
public sealed interface Offer permits ServedModel, LocalOffer, UpstreamOffer {
    String id();

    /// Other names that mean it.
    List<String> aliases();

    /// Since when it is offered, in seconds since 1970.
    long created();

    Nature nature();

    Terms terms();

    /// Whether it runs in this process.
    boolean runsHere();

    /// The model where it runs in this process and is open now. Only a {@link ServedModel} that
    /// {@link Models#get} gave is sure not to be closed meanwhile.
    Optional<LocalModel> local();

    /// As both families list models: `max_model_len` is vLLM's word for what Mistral calls
    /// `max_context_length`.
    default ObjectNode card() {
        ObjectNode card = JsonNodeFactory.instance.objectNode();
        card.put("id", id()).put("object", "model").put("created", created());
        card.put("owned_by", "tramontane").put("name", nature().name());
        card.put("description", terms().description());
        if (nature().context() > 0) {
            card.put("max_context_length", nature().context());
            card.put("max_model_len", nature().context());
        }
        aliases().forEach(card.putArray("aliases")::add);
        card.putNull("deprecation");
        card.set("default_model_temperature", nature().temperature());
        card.put("type", "base");
        card.putObject("capabilities")
                .put("completion_chat", true)
                .put("function_calling", nature().talks())
                .put("reasoning", nature().thinks())
                .put("completion_fim", nature().fillsGaps())
                .put("fine_tuning", false)
                .put("vision", nature().sees())
                .put("ocr", false)
                .put("classification", false)
                .put("moderation", false)
                .put("audio", false)
                .put("audio_transcription", false);
        nature().vision()
                .ifPresent(
                        vision ->
                                VisionCard.write(
                                        vision, seconds(vision), card.putObject("vision")));
        terms().prices().ifPresent(prices -> card.set("pricing", prices.toJson()));
        return card;
    }

    /// What the largest image takes, where the model is open and so can be measured.
    private OptionalDouble seconds(Vision vision) {
        return local().map(model -> model.imageSeconds(vision.grid().largest()))
                .orElse(OptionalDouble.empty());
    }
}
