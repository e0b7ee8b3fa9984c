package dev.tramontane.wire;

import dev.tramontane.chat.TokenScore;
import dev.tramontane.chat.ToolCall;
import dev.tramontane.chat.Usage;

import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

import java.util.List;
import java.util.Locale;

/// What a response is made of.
sealed interface OutputItem {
    /// How far an item is.
    enum Status {
        IN_PROGRESS,
        COMPLETED,
        INCOMPLETE;

        String word() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    String id();

    /// As clients read it.
    ObjectNode toJson();

    /// What the model thought.
    ///
    /// @param text none yet where it has only begun
    record Thought(String id, String text, Status status) implements OutputItem {
        @Override
        public ObjectNode toJson() {
            ObjectNode item = veiled();
            ArrayNode content = item.putArray("content");
            if (!text.isEmpty()) {
                content.add(part(text));
            }
            return item;
        }

        static ObjectNode part(String text) {
            return JsonNodeFactory.instance
                    .objectNode()
                    .put("type", "reasoning_text")
                    .put("text", text);
        }

        /// That something was thought, without a word of it.
        ObjectNode veiled() {
            ObjectNode item = begin("reasoning", id, status);
            item.putArray("summary");
            return item.putNull("encrypted_content");
        }
    }

    /// What it said.
    ///
    /// @param scores of the text's tokens, where they are asked for
    record Spoken(String id, String text, List<TokenScore> scores, Status status)
            implements OutputItem {
        public Spoken {
            scores = List.copyOf(scores);
        }

        /// Without the repeats of an answer that went in circles, and without its scores.
        Spoken trimmed(Usage.Repetition repetition) {
            return new Spoken(id, repetition.trim(text), List.of(), status);
        }

        @Override
        public ObjectNode toJson() {
            ObjectNode item = begin("message", id, status).put("role", "assistant");
            ArrayNode content = item.putArray("content");
            if (status != Status.IN_PROGRESS) {
                content.add(part(text, scores));
            }
            return item;
        }

        static ObjectNode part(String text, List<TokenScore> scores) {
            ObjectNode part = JsonNodeFactory.instance.objectNode();
            part.put("type", "output_text").put("text", text).putArray("annotations");
            Scores.write(part.putArray("logprobs"), scores);
            return part;
        }
    }

    /// What it wants called.
    ///
    /// @param callId by which the caller tells the result
    record Called(String id, String callId, String name, String arguments, Status status)
            implements OutputItem {
        static Called of(ToolCall call) {
            return new Called(
                    KeptItem.id("fc"),
                    call.id().orElseGet(() -> KeptItem.id("call")),
                    call.name(),
                    call.arguments(),
                    Status.COMPLETED);
        }

        /// The same before its arguments are told.
        Called begun() {
            return new Called(id, callId, name, "", Status.IN_PROGRESS);
        }

        @Override
        public ObjectNode toJson() {
            return begin("function_call", id, status)
                    .put("call_id", callId)
                    .put("name", name)
                    .put("arguments", arguments);
        }
    }

    private static ObjectNode begin(String type, String id, Status status) {
        return JsonNodeFactory.instance
                .objectNode()
                .put("id", id)
                .put("type", type)
                .put("status", status.word());
    }
}
