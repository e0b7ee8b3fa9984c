package dev.tramontane.train.nano;

import dev.tramontane.chat.Chunk;
import dev.tramontane.chat.Message;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// A conversation whose last answer is to be learned.
///
/// @param prompt what precedes the answer
/// @param thought empty for an answer without thinking
/// @param answer what stands behind the thought
/// @param begins whether how the answer begins is learned as well, that is, whether to think
record Lesson(List<Message> prompt, Optional<String> thought, String answer, boolean begins) {
    Lesson {
        prompt = List.copyOf(prompt);
    }

    /// The conversation as far as the end of the answer, which stays open.
    List<Message> whole() {
        List<Chunk> chunks = new ArrayList<>();
        thought.ifPresent(text -> chunks.add(new Chunk.ThinkChunk(text, true)));
        chunks.add(new Chunk.TextChunk(answer));
        List<Message> messages = new ArrayList<>(prompt);
        messages.add(new Message.AssistantMessage(chunks, List.of(), true));
        return messages;
    }

    /// All texts of the conversation.
    List<String> texts() {
        return whole().stream()
                .flatMap(message -> message.content().stream())
                .flatMap(
                        chunk ->
                                switch (chunk) {
                                    case Chunk.TextChunk(String text) -> Optional.of(text).stream();
                                    case Chunk.ThinkChunk(String text, _) ->
                                            Optional.of(text).stream();
                                    case Chunk.ImageChunk _ -> Optional.<String>empty().stream();
                                })
                .toList();
    }
}
