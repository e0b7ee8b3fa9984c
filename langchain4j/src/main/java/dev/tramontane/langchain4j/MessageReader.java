package dev.tramontane.langchain4j;

import dev.langchain4j.agent.tool.ToolExecutionRequest;
import dev.langchain4j.data.image.Image;
import dev.langchain4j.data.message.AiMessage;
import dev.langchain4j.data.message.ChatMessage;
import dev.langchain4j.data.message.Content;
import dev.langchain4j.data.message.ImageContent;
import dev.langchain4j.data.message.SystemMessage;
import dev.langchain4j.data.message.TextContent;
import dev.langchain4j.data.message.ToolExecutionResultMessage;
import dev.langchain4j.data.message.UserMessage;
import dev.langchain4j.exception.InvalidRequestException;
import dev.langchain4j.exception.UnsupportedFeatureException;
import dev.tramontane.chat.Chunk;
import dev.tramontane.chat.Message;
import dev.tramontane.chat.ToolCall;

import org.jspecify.annotations.Nullable;

import java.net.URI;
import java.net.URISyntaxException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/// Reads LangChain4j's messages as ours. Names of users and attributes are no part of the
/// conversation that a model reads.
final class MessageReader {
    private MessageReader() {}

    /// @param at its path
    /// @return nothing for an answer that never came to anything, as a memory keeps it: no format
    ///   writes one
    /// @throws UnsupportedFeatureException when it holds more than text, and a user's more than
    ///   text and images
    static Optional<Message> read(ChatMessage message, String at) {
        return switch (message) {
            case SystemMessage system -> Optional.of(new Message.SystemMessage(system.text()));
            case UserMessage user ->
                    Optional.of(new Message.UserMessage(user(user.contents(), at)));
            case AiMessage answer -> answer(answer);
            case ToolExecutionResultMessage result ->
                    Optional.of(
                            new Message.ToolMessage(
                                    texts(result.contents(), at),
                                    told(result.id()),
                                    told(result.toolName())));
            default ->
                    throw new UnsupportedFeatureException(
                            "%s: a %s is not supported, expected a message of the system, the user, the model or a tool; send it as one of those"
                                    .formatted(at, message.getClass().getSimpleName()));
        };
    }

    /// The thinking is replayed: the family was trained on conversations that keep it.
    private static Optional<Message> answer(AiMessage answer) {
        List<Chunk> content = new ArrayList<>();
        told(answer.thinking()).ifPresent(text -> content.add(new Chunk.ThinkChunk(text, true)));
        told(answer.text()).ifPresent(text -> content.add(new Chunk.TextChunk(text)));
        List<ToolCall> calls =
                answer.toolExecutionRequests().stream().map(MessageReader::call).toList();
        return content.isEmpty() && calls.isEmpty()
                ? Optional.empty()
                : Optional.of(new Message.AssistantMessage(content, calls, false));
    }

    private static ToolCall call(ToolExecutionRequest call) {
        return new ToolCall(told(call.id()), call.name(), told(call.arguments()).orElse("{}"));
    }

    private static List<Chunk> user(List<Content> contents, String at) {
        List<Chunk> chunks = new ArrayList<>();
        for (Content content : contents) {
            String place = place(at, chunks.size());
            chunks.add(
                    switch (content) {
                        case TextContent text -> new Chunk.TextChunk(text.text());
                        case ImageContent image ->
                                new Chunk.ImageChunk(address(image.image(), place));
                        default -> throw unsupported(content, place, "text or an image");
                    });
        }
        return chunks;
    }

    private static List<Chunk> texts(List<Content> contents, String at) {
        List<Chunk> chunks = new ArrayList<>();
        for (Content content : contents) {
            if (!(content instanceof TextContent text)) {
                throw unsupported(content, place(at, chunks.size()), "text");
            }
            chunks.add(new Chunk.TextChunk(text.text()));
        }
        return chunks;
    }

    /// Where a part of a message stands.
    static String place(String message, int part) {
        return "%s.contents[%d]".formatted(message, part);
    }

    private static UnsupportedFeatureException unsupported(
            Content content, String place, String expected) {
        return new UnsupportedFeatureException(
                "%s: %s is not supported here, expected %s; leave it out"
                        .formatted(
                                place, content.type().name().toLowerCase(Locale.ROOT), expected));
    }

    /// An image that comes as itself is an address that holds it.
    private static URI address(Image image, String place) {
        if (image.url() != null) {
            return image.url();
        }
        try {
            return new URI(
                    "data:%s;base64,%s"
                            .formatted(
                                    told(image.mimeType()).orElse(""),
                                    told(image.base64Data()).orElse("")));
        } catch (URISyntaxException _) {
            throw new InvalidRequestException(
                    place
                            + ": found base64 that is broken, expected a whole one; encode the file anew");
        }
    }

    /// LangChain4j leaves out what is not told, or leaves it empty.
    private static Optional<String> told(@Nullable String text) {
        return Optional.ofNullable(text).filter(found -> !found.isEmpty());
    }
}
