package dev.tramontane.chat;

import dev.tramontane.sampling.Dry;
import dev.tramontane.sampling.LogitBias;
import dev.tramontane.sampling.Penalties;
import dev.tramontane.sampling.Repetition;
import dev.tramontane.sampling.SamplingParams;
import dev.tramontane.weights.Metadata;
import dev.tramontane.weights.ModelFolder;
import dev.tramontane.weights.ModelFormatException;

import tools.jackson.databind.JsonNode;

import java.util.Optional;

/// How a model wants its tokens chosen: what its files say, else what suits its kind.
final class SamplingDefaults {
    private SamplingDefaults() {}

    /// The kind of a model, and what is advised for it.
    enum Kind {
        /// The Magistral cards' temperature 0.7 and top-p 0.95.
        THINKING(0.7f, 0.95f),
        /// The hosted service's defaults.
        INSTRUCT(0.7f, 1),
        /// A model that continues text: the likeliest token.
        BASE(0, 1);

        private final float temperature;
        private final float topP;

        Kind(float temperature, float topP) {
            this.temperature = temperature;
            this.topP = topP;
        }
    }

    /// Reads `general.sampling.…` of GGUF, or `generation_config.json`.
    ///
    /// @param context the model may generate as long as there is room
    static SamplingParams of(ModelFolder folder, Kind kind, int context) {
        Metadata metadata = folder.weights().metadata();
        Optional<JsonNode> config = folder.generationConfig();
        boolean greedy =
                config.map(node -> node.path("do_sample"))
                        .filter(JsonNode::isBoolean)
                        .map(sample -> !sample.booleanValue())
                        .orElse(false);
        double temperature = value(metadata, "temp", config, "temperature", kind.temperature);
        try {
            Repetition repetition = repetition(metadata, config);
            return new SamplingParams(
                    new Penalties(LogitBias.NONE, repetition, Dry.OFF),
                    greedy ? 0 : (float) temperature,
                    (int) value(metadata, "top_k", config, "top_k", 0),
                    (float) value(metadata, "typical_p", config, "typical_p", 1),
                    (float) value(metadata, "top_p", config, "top_p", kind.topP),
                    (float) value(metadata, "min_p", config, "min_p", 0),
                    0,
                    context,
                    -1);
        } catch (IllegalArgumentException outOfRange) {
            throw new ModelFormatException(
                    folder.weights().location()
                            + ": the default "
                            + outOfRange.getMessage()
                            + "; correct it in the model's files",
                    outOfRange);
        }
    }

    /// Hugging Face's penalty counts all tokens; GGUF's as many as another key says.
    private static Repetition repetition(Metadata metadata, Optional<JsonNode> config) {
        boolean isGguf = metadata.number("general.sampling.penalty_repeat").isPresent();
        int window = isGguf ? Repetition.DEFAULT_LAST_TOKENS : -1;
        float repeat = (float) value(metadata, "penalty_repeat", config, "repetition_penalty", 1);
        return repeat == 1
                ? Repetition.OFF
                : new Repetition(
                        repeat,
                        0,
                        0,
                        (int) value(metadata, "penalty_last_n", config, "repeat_last_n", window));
    }

    private static double value(
            Metadata metadata,
            String ggufKey,
            Optional<JsonNode> config,
            String configKey,
            double otherwise) {
        return metadata.number("general.sampling." + ggufKey)
                .or(
                        () ->
                                config.map(node -> node.path(configKey))
                                        .filter(JsonNode::isNumber)
                                        .map(JsonNode::doubleValue))
                .orElse(otherwise);
    }
}
