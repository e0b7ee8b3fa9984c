package dev.tramontane.chat;

import java.util.List;
import java.util.Optional;

/// One message of a conversation.
public sealed interface Message {
    /// The parts in order.
    List<Chunk> content();

    /// The same message with other parts.
    default Message withContent(List<Chunk> other) {
        return switch (this) {
            case SystemMessage _ -> new SystemMessage(other);
            case UserMessage _ -> new UserMessage(other);
            case AssistantMessage(var _, var calls, boolean prefix) ->
                    new AssistantMessage(other, calls, prefix);
            case ToolMessage(var _, var callId, var name) -> new ToolMessage(other, callId, name);
        };
    }

    /// Instructions that stand above the conversation.
    record SystemMessage(List<Chunk> content) implements Message {
        public SystemMessage {
            content = List.copyOf(content);
        }

        public SystemMessage(String text) {
            this(List.of(new Chunk.TextChunk(text)));
        }
    }

    /// What the person says.
    record UserMessage(List<Chunk> content) implements Message {
        public UserMessage {
            content = List.copyOf(content);
        }

        public UserMessage(String text) {
            this(List.of(new Chunk.TextChunk(text)));
        }
    }

    /// What the model said, or, with `prefix`, how it must begin.
    record AssistantMessage(List<Chunk> content, List<ToolCall> toolCalls, boolean prefix)
            implements Message {
        public AssistantMessage {
            content = List.copyOf(content);
            toolCalls = List.copyOf(toolCalls);
        }

        public AssistantMessage(String text) {
            this(List.of(new Chunk.TextChunk(text)), List.of(), false);
        }
    }

    /// What a tool returned.
    ///
    /// @param callId the call it answers, where the format has ids
    /// @param name the tool's name, where the caller gave it
    record ToolMessage(List<Chunk> content, Optional<String> callId, Optional<String> name)
            implements Message {
        public ToolMessage {
            content = List.copyOf(content);
        }
    }
}
