package dev.tramontane.chat;

import tools.jackson.databind.JsonNode;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Which reasoning efforts a model's settings block can name: `model_settings_builder` in
/// `tekken.json`.
///
/// @param values the efforts the model knows
/// @param mayBeAbsent whether a request may leave the effort open
/// @param fallback what is written then; empty for no settings block
record EffortSetting(List<String> values, boolean mayBeAbsent, Optional<String> fallback) {
    /// For files that know the settings block but do not say what it may hold.
    static final EffortSetting NONE_OR_HIGH =
            new EffortSetting(List.of("none", "high"), true, Optional.of("none"));

    EffortSetting {
        values = List.copyOf(values);
    }

    /// Reads the builder; empty when it knows no effort.
    static Optional<EffortSetting> of(JsonNode builder) {
        JsonNode field = builder.path("reasoning_effort");
        if (!field.isObject()) {
            return Optional.empty();
        }
        List<String> values = new ArrayList<>();
        for (JsonNode value : field.path("values")) {
            values.add(value.asString());
        }
        Optional<String> fallback =
                Optional.of(field.path("default"))
                        .filter(JsonNode::isString)
                        .map(JsonNode::stringValue);
        return Optional.of(
                new EffortSetting(values, field.path("accepts_none").asBoolean(false), fallback));
    }

    /// What the settings block names; empty for no block.
    Optional<String> resolve(Optional<String> asked) {
        if (asked.isEmpty()) {
            if (!mayBeAbsent) {
                throw new InvalidRequestException(
                        "reasoning_effort", "absent, expected one of " + values + "; name one");
            }
            return fallback;
        }
        if (!values.contains(asked.get())) {
            throw new InvalidRequestException(
                    "reasoning_effort",
                    "found " + asked.get() + ", expected one of " + values + "; name one of these");
        }
        return asked;
    }
}
