package dev.tramontane.server;

import dev.tramontane.chat.ChatModel;
import dev.tramontane.chat.InvalidRequestException;
import dev.tramontane.chat.LocalModel;
import dev.tramontane.sampling.SamplingParams;
import dev.tramontane.wire.AnswerWriter;

import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

import java.util.List;
import java.util.Optional;

/// A model under its public name.
///
/// @param aliases other names that mean it
/// @param created when it was opened, in seconds since 1970
/// @param model stays its opener's to close
/// @param nature what clients may know of it
/// @param local the same model where it runs in this process, for what goes below conversations;
///   empty where it does not
public record ServedModel(
        String id,
        List<String> aliases,
        long created,
        ChatModel model,
        Nature nature,
        Optional<LocalModel> local) {
    /// What a model is.
    ///
    /// @param name for people
    /// @param context positions that prompt and answer have together
    /// @param sampling how it wants its tokens chosen
    /// @param talks whether it answers conversations, rather than continuing text
    /// @param thinks whether it can
    /// @param sees whether it takes images
    public record Nature(
            String name,
            int context,
            SamplingParams sampling,
            boolean talks,
            boolean thinks,
            boolean sees) {}

    public ServedModel {
        aliases = List.copyOf(aliases);
    }

    /// A model of this process.
    public static ServedModel of(String id, List<String> aliases, long created, LocalModel model) {
        var nature =
                new Nature(
                        model.name(),
                        model.context(),
                        model.sampling(),
                        model.isInstruct(),
                        model.thinks(),
                        false);
        return new ServedModel(id, aliases, created, model, nature, Optional.of(model));
    }

    /// What an answer of it begins with.
    ///
    /// @param kind of the answer's id
    AnswerWriter.Head head(String kind) {
        return new AnswerWriter.Head(Ids.next(kind), System.currentTimeMillis() / 1000, id);
    }

    /// The model itself, for what only one in this process can do.
    ///
    /// @throws InvalidRequestException when it runs elsewhere
    LocalModel here() {
        return local.orElseThrow(
                () ->
                        new InvalidRequestException(
                                "model",
                                "found %s, which runs elsewhere, expected one of this server's own; ask for one of those"
                                        .formatted(id)));
    }

    /// As both families list models: `max_model_len` is vLLM's word for what Mistral calls
    /// `max_context_length`.
    ObjectNode card() {
        ObjectNode card = JsonNodeFactory.instance.objectNode();
        card.put("id", id).put("object", "model").put("created", created);
        card.put("owned_by", "tramontane").put("name", nature.name()).put("description", "");
        card.put("max_context_length", nature.context()).put("max_model_len", nature.context());
        aliases.forEach(card.putArray("aliases")::add);
        card.putNull("deprecation");
        card.put("default_model_temperature", round(nature.sampling().temperature()));
        card.put("type", "base");
        card.putObject("capabilities")
                .put("completion_chat", true)
                .put("function_calling", nature.talks())
                .put("reasoning", nature.thinks())
                .put("completion_fim", local.map(FimEndpoint::fills).orElse(false))
                .put("fine_tuning", false)
                .put("vision", nature.sees())
                .put("ocr", false)
                .put("classification", false)
                .put("moderation", false)
                .put("audio", false)
                .put("audio_transcription", false);
        return card;
    }

    /// As it was written, not as the nearest `float` is.
    private static double round(float value) {
        return Double.parseDouble(Float.toString(value));
    }
}
