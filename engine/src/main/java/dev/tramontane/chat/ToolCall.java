package dev.tramontane.chat;

import java.util.Optional;

/// A model's wish to run a tool.
///
/// @param id empty where the format gives none and nobody has made one
/// @param arguments a JSON object as text, exactly as the model or the caller wrote it
/// @param fault why the call does not fit the request's tools; empty where it does, and where
///   nobody has looked
public record ToolCall(Optional<String> id, String name, String arguments, Optional<String> fault) {
    /// A call that nobody has held against a tool.
    public ToolCall(Optional<String> id, String name, String arguments) {
        this(id, name, arguments, Optional.empty());
    }

    /// The same call with another id.
    ToolCall named(String other) {
        return new ToolCall(Optional.of(other), name, arguments, fault);
    }

    /// The same call with what is wrong with it.
    ToolCall with(Optional<String> found) {
        return new ToolCall(id, name, arguments, found);
    }
}
