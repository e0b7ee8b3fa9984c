package dev.tramontane.chat;

import dev.tramontane.chat.Message.AssistantMessage;

import java.util.ArrayList;
import java.util.List;

/// Thoughts of earlier answers for a format that has no place for them: as the text that the model
/// itself wrote around them, or left out where it writes none.
final class SpelledThinking {
    private SpelledThinking() {}

    /// Messages without chunks of thinking among the answers. One that a model is to go on with
    /// keeps its thinking where there are no marks to spell.
    static List<Message> in(List<Message> messages, ThinkingFormat format) {
        List<Message> spelled = new ArrayList<>(messages.size());
        for (Message message : messages) {
            boolean isLeft =
                    !(message instanceof AssistantMessage answer)
                            || answer.prefix() && !format.thinks();
            Message written = isLeft ? message : message.withContent(texts(message, format));
            if (isLeft || !isEmpty(written)) {
                spelled.add(written);
            }
        }
        return spelled;
    }

    private static boolean isEmpty(Message message) {
        return message.content().isEmpty()
                && message instanceof AssistantMessage answer
                && answer.toolCalls().isEmpty();
    }

    private static List<Chunk> texts(Message message, ThinkingFormat format) {
        List<Chunk> chunks = new ArrayList<>();
        var thoughts = new StringBuilder();
        for (Chunk chunk : message.content()) {
            switch (chunk) {
                case Chunk.ThinkChunk think -> thoughts.append(spelled(think, format));
                case Chunk.TextChunk(String text) when !thoughts.isEmpty() -> {
                    chunks.add(new Chunk.TextChunk(thoughts + text));
                    thoughts.setLength(0);
                }
                case Chunk.TextChunk _, Chunk.ImageChunk _ -> chunks.add(chunk);
            }
        }
        if (!thoughts.isEmpty()) {
            chunks.add(new Chunk.TextChunk(thoughts.toString()));
        }
        return chunks;
    }

    private static String spelled(Chunk.ThinkChunk think, ThinkingFormat format) {
        if (!format.thinks()) {
            return "";
        }
        String open = format.open() + "\n" + think.text();
        return think.closed() ? open + "\n" + format.close() + "\n\n" : open;
    }
}
