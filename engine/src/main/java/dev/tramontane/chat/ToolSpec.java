package dev.tramontane.chat;

import tools.jackson.databind.JsonNode;

/// A tool the model may call.
///
/// @param description empty when there is none
/// @param parameters a JSON Schema; key order is kept in the prompt
public record ToolSpec(String name, String description, JsonNode parameters) {}
