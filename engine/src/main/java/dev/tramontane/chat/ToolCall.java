package dev.tramontane.chat;

import java.util.Optional;

/// A model's wish to run a tool.
///
/// @param id empty where the format gives none and nobody has made one
/// @param arguments a JSON object as text, exactly as the model or the caller wrote it
public record ToolCall(Optional<String> id, String name, String arguments) {}
