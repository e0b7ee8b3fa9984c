package dev.tramontane.wire;

import dev.tramontane.chat.ChatEvent;

import tools.jackson.databind.node.ObjectNode;

import java.util.List;

/// How an API tells the answers to one request. For one answer and one thread.
public sealed interface Answering permits AnswerWriter, TextWriter {
    /// The chunks that tell an event; none for what the API has no words for.
    List<ObjectNode> chunks(int choice, ChatEvent event);

    /// Whether the last event of every choice is told.
    boolean isFinished();

    /// The answers in one piece.
    ///
    /// @param answers as many as there are choices, in their order
    ObjectNode whole(List<AnswerWriter.Choice> answers);
}
