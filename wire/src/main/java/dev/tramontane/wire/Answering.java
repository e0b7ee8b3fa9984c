package dev.tramontane.wire;

import dev.tramontane.chat.ChatEvent;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

import java.util.List;
import java.util.Optional;

/// How an API tells the answers to one request. For one answer and one thread.
public sealed interface Answering
        permits AnswerWriter,
                AnthropicWriter,
                LlamaWriter,
                OllamaWriter,
                ResponseWriter,
                TextWriter {
    /// How the chunks of an API stand in a stream.
    enum Framing {
        /// Events without names, the last of them `[DONE]`.
        UNNAMED_TO_DONE,
        /// Events without names; the last chunk is the end.
        UNNAMED,
        /// Events with the name that is their `type`; the last chunk is the end.
        NAMED_BY_TYPE,
        /// Lines of JSON; the last chunk is the end.
        LINES;

        /// Of the stream, for HTTP.
        public String contentType() {
            return switch (this) {
                case UNNAMED_TO_DONE, UNNAMED, NAMED_BY_TYPE -> "text/event-stream; charset=utf-8";
                case LINES -> "application/x-ndjson";
            };
        }
    }

    default Framing framing() {
        return Framing.UNNAMED_TO_DONE;
    }

    /// The chunks that a stream begins with, before anything of an answer is there.
    default List<ObjectNode> begin() {
        return List.of();
    }

    /// What shows that the answer is still being worked on; empty where a comment does.
    default Optional<ObjectNode> sign() {
        return Optional.empty();
    }

    /// The chunks that end a stream whose answers broke off.
    default List<ObjectNode> failed(ApiError error) {
        return List.of(error.toJson());
    }

    /// The chunks that tell an event; none for what the API has no words for.
    List<ObjectNode> chunks(int choice, ChatEvent event);

    /// Whether the last event of every choice is told.
    boolean isFinished();

    /// The answers in one piece.
    ///
    /// @param answers as many as there are choices, in their order
    ObjectNode whole(List<AnswerWriter.Choice> answers);

    /// What is sent of the answers in one piece, where that is no object.
    default JsonNode sent(ObjectNode whole) {
        return whole;
    }

    /// Tells how long the answers took.
    ///
    /// @param last of the chunks, or the answers in one piece
    default void tell(Timings timings, ObjectNode last) {
        last.set("timings", timings.toJson());
    }
}
