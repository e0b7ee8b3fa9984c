package dev.tramontane.chat;

import tools.jackson.databind.JsonNode;

/// A tool the model may call.
///
/// @param description empty when there is none
/// @param parameters a JSON Schema; key order is kept in the prompt
/// @param strict whether its calls are held to that schema while they are written; else they are
///   checked when they are complete ({@link ToolCall#fault})
public record ToolSpec(String name, String description, JsonNode parameters, boolean strict) {
    /// A tool whose calls are checked.
    public ToolSpec(String name, String description, JsonNode parameters) {
        this(name, description, parameters, false);
    }
}
