package dev.tramontane.langchain4j;

import dev.langchain4j.agent.tool.ToolExecutionRequest;
import dev.langchain4j.data.message.AiMessage;
import dev.langchain4j.data.message.ChatMessage;
import dev.langchain4j.data.message.Content;
import dev.langchain4j.data.message.SystemMessage;
import dev.langchain4j.data.message.TextContent;
import dev.langchain4j.data.message.ToolExecutionResultMessage;
import dev.langchain4j.data.message.UserMessage;
import dev.langchain4j.exception.UnsupportedFeatureException;
import dev.tramontane.chat.Chunk;
import dev.tramontane.chat.Message;
import dev.tramontane.chat.ToolCall;

import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/// Reads LangChain4j's messages as ours. Names of users and attributes are no part of the
/// conversation that a model reads.
final class MessageReader {
    private MessageReader() {}

    /// @param at its path
    /// @throws UnsupportedFeatureException when it holds more than text
    static Message read(ChatMessage message, String at) {
        return switch (message) {
            case SystemMessage system -> new Message.SystemMessage(system.text());
            case UserMessage user -> new Message.UserMessage(texts(user.contents(), at));
            case AiMessage answer -> answer(answer);
            case ToolExecutionResultMessage result ->
                    new Message.ToolMessage(
                            texts(result.contents(), at),
                            told(result.id()),
                            told(result.toolName()));
            default ->
                    throw new UnsupportedFeatureException(
                            "%s: a %s is not supported, expected a message of the system, the user, the model or a tool; send it as one of those"
                                    .formatted(at, message.getClass().getSimpleName()));
        };
    }

    /// The thinking is replayed: the family was trained on conversations that keep it.
    private static Message answer(AiMessage answer) {
        List<Chunk> content = new ArrayList<>();
        told(answer.thinking()).ifPresent(text -> content.add(new Chunk.ThinkChunk(text, true)));
        told(answer.text()).ifPresent(text -> content.add(new Chunk.TextChunk(text)));
        return new Message.AssistantMessage(
                content,
                answer.toolExecutionRequests().stream().map(MessageReader::call).toList(),
                false);
    }

    private static ToolCall call(ToolExecutionRequest call) {
        return new ToolCall(told(call.id()), call.name(), told(call.arguments()).orElse("{}"));
    }

    private static List<Chunk> texts(List<Content> contents, String at) {
        List<Chunk> chunks = new ArrayList<>();
        for (Content content : contents) {
            if (!(content instanceof TextContent text)) {
                throw new UnsupportedFeatureException(
                        "%s.contents[%d]: %s is not supported by models of this process yet, expected text; leave it out"
                                .formatted(
                                        at,
                                        chunks.size(),
                                        content.type().name().toLowerCase(Locale.ROOT)));
            }
            chunks.add(new Chunk.TextChunk(text.text()));
        }
        return chunks;
    }

    /// LangChain4j leaves out what is not told, or leaves it empty.
    private static Optional<String> told(@Nullable String text) {
        return Optional.ofNullable(text).filter(found -> !found.isEmpty());
    }
}
