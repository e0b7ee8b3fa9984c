package dev.tramontane.wire;

import tools.jackson.databind.JsonNode;

import java.util.Optional;
import java.util.OptionalInt;

/// What a server tells of a model, as far as it does.
///
/// @param context positions that prompt and answer have together
/// @param thinks whether it can
/// @param sees whether it takes images
public record UpstreamCard(OptionalInt context, Optional<Boolean> thinks, Optional<Boolean> sees) {
    /// A server that tells nothing.
    public static final UpstreamCard NOTHING =
            new UpstreamCard(OptionalInt.empty(), Optional.empty(), Optional.empty());

    /// Reads what `/models` lists of a model: vLLM tells `max_model_len`, Mistral
    /// `max_context_length` and `capabilities`, this project's server all of them; llama-server
    /// `meta.n_ctx`, and `multimodal` in a list beside this one; routers `context_length` and
    /// `architecture.input_modalities`.
    ///
    /// @param list as the server sends it
    static UpstreamCard of(JsonNode list, String model) {
        for (JsonNode card : list.path("data")) {
            if (card.path("id").asString("").equals(model)) {
                return of(card);
            }
        }
        if (list.path("data").size() != 1) {
            return NOTHING;
        }
        // llama-server answers to every name; it has one model
        UpstreamCard only = of(list.path("data").path(0));
        JsonNode can = list.path("models").path(0).path("capabilities");
        return new UpstreamCard(
                only.context, only.thinks, only.sees.or(() -> named(can, "multimodal")));
    }

    private static UpstreamCard of(JsonNode card) {
        OptionalInt context = OptionalInt.empty();
        for (JsonNode told :
                new JsonNode[] {
                    card.path("max_model_len"),
                    card.path("max_context_length"),
                    card.path("context_length"),
                    card.path("context_window"),
                    card.path("meta").path("n_ctx"),
                    card.path("meta").path("n_ctx_train")
                }) {
            boolean isCount = told.isIntegralNumber() && told.canConvertToInt();
            if (context.isEmpty() && isCount && told.intValue() > 0) {
                context = OptionalInt.of(told.intValue());
            }
        }
        JsonNode can = card.path("capabilities");
        JsonNode inputs = card.path("architecture").path("input_modalities");
        return new UpstreamCard(
                context,
                flag(can.path("reasoning"))
                        .or(() -> named(card.path("supported_parameters"), "reasoning")),
                flag(can.path("vision")).or(() -> named(inputs, "image")));
    }

    private static Optional<Boolean> flag(JsonNode told) {
        return told.isBoolean() ? Optional.of(told.booleanValue()) : Optional.empty();
    }

    /// Whether a list has a word; empty where there is no list.
    private static Optional<Boolean> named(JsonNode list, String word) {
        if (!list.isArray()) {
            return Optional.empty();
        }
        boolean has = false;
        for (JsonNode each : list) {
            has |= each.asString("").equals(word);
        }
        return Optional.of(has);
    }

    /// What two servers of the same model have in common.
    UpstreamCard and(UpstreamCard other) {
        boolean isLess =
                context.orElse(Integer.MAX_VALUE) <= other.context.orElse(Integer.MAX_VALUE);
        return new UpstreamCard(
                isLess ? context : other.context,
                both(thinks, other.thinks),
                both(sees, other.sees));
    }

    private static Optional<Boolean> both(Optional<Boolean> one, Optional<Boolean> other) {
        return one.isPresent() && other.isPresent()
                ? Optional.of(one.get() && other.get())
                : one.or(() -> other);
    }
}
