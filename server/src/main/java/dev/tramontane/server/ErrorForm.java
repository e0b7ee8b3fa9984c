package dev.tramontane.server;

import dev.tramontane.wire.ApiError;

import tools.jackson.databind.node.ObjectNode;

/// In whose form errors are told: that of the API whose path was asked.
enum ErrorForm {
    /// OpenAI's and Mistral's in one object.
    COMMON,
    ANTHROPIC,
    OLLAMA;

    static ErrorForm of(String path) {
        if (path.startsWith("/v1/messages")) {
            return ANTHROPIC;
        }
        return path.startsWith("/api/") ? OLLAMA : COMMON;
    }

    ObjectNode write(ApiError error) {
        return switch (this) {
            case COMMON -> error.toJson();
            case ANTHROPIC -> error.toAnthropicJson();
            case OLLAMA -> error.toOllamaJson();
        };
    }
}
