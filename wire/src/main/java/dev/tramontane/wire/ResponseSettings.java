package dev.tramontane.wire;

import dev.tramontane.chat.InvalidRequestException;
import dev.tramontane.chat.ToolSpec;
import dev.tramontane.sampling.SamplingParams;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;

/// What a response tells again of its request: what was asked, with the values that hold where
/// nothing was.
record ResponseSettings(Fields body) {
    private static final int MOST_METADATA = 16;
    private static final int LONGEST_METADATA_NAME = 64;
    private static final int LONGEST_METADATA_VALUE = 512;

    ObjectNode tell(List<ToolSpec> tools, SamplingParams sampling) {
        ObjectNode told = JsonNodeFactory.instance.objectNode();
        told.put("background", false);
        told.put("instructions", body.text("instructions").orElse(null));
        putInteger("max_output_tokens", told);
        putInteger("max_tool_calls", told);
        told.set("metadata", metadata());
        told.put("parallel_tool_calls", body.flag("parallel_tool_calls").orElse(true));
        told.put("previous_response_id", body.text("previous_response_id").orElse(null));
        putText("prompt_cache_key", told);
        Optional<Fields> reasoning = body.object("reasoning");
        ObjectNode effort = told.putObject("reasoning");
        effort.put("effort", reasoning.flatMap(each -> each.text("effort")).orElse(null));
        effort.put("summary", summary(reasoning).orElse(null));
        putText("safety_identifier", told);
        told.put("service_tier", "default").put("store", body.flag("store").orElse(true));
        SamplingParams open = RequestWriter.LEFT_OPEN; // what the model's own server decides
        told.put(
                "temperature",
                sampling.temperature() == open.temperature()
                        ? null
                        : Double.valueOf(rounded(sampling.temperature())));
        ObjectNode text = told.putObject("text");
        Optional<Fields> asked = body.object("text");
        asked.flatMap(each -> each.value("format"))
                .ifPresentOrElse(
                        format -> text.set("format", format),
                        () -> text.putObject("format").put("type", "text"));
        text.put("verbosity", asked.flatMap(each -> each.text("verbosity")).orElse("medium"));
        body.value("tool_choice")
                .ifPresentOrElse(
                        choice -> told.set("tool_choice", choice),
                        () -> told.put("tool_choice", "auto"));
        ArrayNode list = told.putArray("tools");
        tools.forEach(tool -> write(tool, list.addObject()));
        told.put("top_logprobs", Math.max(0, sampling.topLogprobs()));
        told.put(
                "top_p",
                sampling.topP() == open.topP() ? null : Double.valueOf(rounded(sampling.topP())));
        told.put("truncation", truncation(body));
        putText("user", told);
        return told;
    }

    private void putText(String field, ObjectNode into) {
        body.text(field).ifPresent(text -> into.put(field, text));
    }

    private void putInteger(String field, ObjectNode into) {
        OptionalInt value = body.integer(field, 1, Integer.MAX_VALUE);
        if (value.isPresent()) {
            into.put(field, value.getAsInt());
        } else {
            into.putNull(field);
        }
    }

    /// Nobody summarises here; the thinking itself is told.
    private static Optional<String> summary(Optional<Fields> reasoning) {
        Optional<String> summary = reasoning.flatMap(each -> each.text("summary"));
        if (summary.isPresent() && !Set.of("auto", "concise", "detailed").contains(summary.get())) {
            throw reasoning.orElseThrow().unexpected("summary", "auto, concise or detailed");
        }
        return summary;
    }

    private ObjectNode metadata() {
        ObjectNode told = JsonNodeFactory.instance.objectNode();
        Optional<Fields> metadata = body.object("metadata");
        if (metadata.isEmpty()) {
            return told;
        }
        for (String name : metadata.get().node().propertyNames()) {
            JsonNode value = metadata.get().node().path(name);
            boolean fits =
                    name.length() <= LONGEST_METADATA_NAME
                            && value.isString()
                            && value.stringValue().length() <= LONGEST_METADATA_VALUE;
            if (!fits || told.size() == MOST_METADATA) {
                throw new InvalidRequestException(
                        "metadata",
                        "expected %d texts of %d characters at most, under names of %d; shorten them or leave some out"
                                .formatted(
                                        MOST_METADATA,
                                        LONGEST_METADATA_VALUE,
                                        LONGEST_METADATA_NAME));
            }
            told.put(name, value.stringValue());
        }
        return told;
    }

    private static void write(ToolSpec tool, ObjectNode into) {
        into.put("type", "function").put("name", tool.name());
        into.put("description", tool.description().isEmpty() ? null : tool.description());
        into.set("parameters", tool.parameters());
        into.put("strict", tool.strict());
    }

    /// As it was written, not as the nearest `float` is.
    private static double rounded(float value) {
        return Double.parseDouble(Float.toString(value));
    }

    static String truncation(Fields body) {
        String truncation = body.text("truncation").orElse("disabled");
        if (!truncation.equals("auto") && !truncation.equals("disabled")) {
            throw body.unexpected("truncation", "auto or disabled");
        }
        return truncation;
    }
}
