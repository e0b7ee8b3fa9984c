package dev.tramontane.server;

import dev.tramontane.wire.ApiError;

import tools.jackson.databind.node.ObjectNode;

/// In whose form errors are told: that of the API whose path was asked.
enum ErrorForm {
    /// OpenAI's and Mistral's in one object.
    COMMON,
    ANTHROPIC,
    OLLAMA,
    /// The common one but for a type.
    LLAMA;

    static ErrorForm of(String path) {
        if (path.startsWith("/v1/messages")) {
            return ANTHROPIC;
        }
        if (path.startsWith("/api/")) {
            return OLLAMA;
        }
        return path.startsWith("/v1/") ? COMMON : LLAMA;
    }

    ObjectNode write(ApiError error) {
        return switch (this) {
            case COMMON -> error.toJson();
            case ANTHROPIC -> error.toAnthropicJson();
            case OLLAMA -> error.toOllamaJson();
            case LLAMA -> error.toLlamaJson();
        };
    }
}
