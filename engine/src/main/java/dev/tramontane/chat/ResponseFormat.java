package dev.tramontane.chat;

import tools.jackson.databind.JsonNode;

import java.util.List;

/// What form an answer has. It binds the answer alone, never the thinking before it.
public sealed interface ResponseFormat {
    /// Free text.
    record Text() implements ResponseFormat {}

    /// One JSON object.
    record JsonObject() implements ResponseFormat {}

    /// A JSON document of a schema.
    ///
    /// @param schema JSON Schema, the subset of docs/structured-output.md
    record JsonSchema(JsonNode schema) implements ResponseFormat {
        public JsonSchema {
            schema = schema.deepCopy();
        }
    }

    /// Text that a regular expression describes as a whole.
    record Regex(String pattern) implements ResponseFormat {}

    /// One of these texts.
    record Choice(List<String> texts) implements ResponseFormat {
        public Choice {
            texts = List.copyOf(texts);
        }
    }

    /// Text of a grammar in the form that llama.cpp reads.
    record Grammar(String source) implements ResponseFormat {}

    /// No form.
    ResponseFormat TEXT = new Text();
}
