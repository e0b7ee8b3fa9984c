package dev.tramontane.wire;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

import java.util.Optional;
import java.util.UUID;

/// An item of a request in the form in which it is told again: complete, and with an id.
final class KeptItem {
    private KeptItem() {}

    /// @param item one that was read
    static ObjectNode of(Fields item) {
        String type = ItemReader.type(item);
        var kept = (ObjectNode) item.node().deepCopy();
        kept.put("type", type);
        if (item.text("id").filter(id -> !id.isEmpty()).isEmpty()) {
            kept.put("id", id(prefix(type)));
        }
        if (item.value("status").isEmpty() && !type.equals("reasoning")) {
            kept.put("status", "completed");
        }
        if (type.equals("message")) {
            setContent(item, kept);
        }
        return kept;
    }

    private static String prefix(String type) {
        return switch (type) {
            case "message" -> "msg";
            case "reasoning" -> "rs";
            case "function_call" -> "fc";
            default -> "fco";
        };
    }

    /// An id that nobody guesses.
    static String id(String prefix) {
        return prefix + "_" + UUID.randomUUID().toString().replace("-", "");
    }

    /// Content that is a text becomes a list of one part.
    private static void setContent(Fields item, ObjectNode kept) {
        boolean isAssistants = item.requiredText("role").equals("assistant");
        Optional<String> text =
                item.value("content").filter(JsonNode::isString).map(JsonNode::stringValue);
        ArrayNode parts =
                text.isPresent() || item.value("content").isEmpty()
                        ? kept.putArray("content")
                        : (ArrayNode) kept.path("content");
        text.ifPresent(
                only ->
                        parts.addObject()
                                .put("type", isAssistants ? "output_text" : "input_text")
                                .put("text", only));
        for (JsonNode part : parts) {
            if (part instanceof ObjectNode output
                    && part.path("type").asString("").equals("output_text")
                    && !output.has("annotations")) {
                output.putArray("annotations");
            }
        }
    }
}
