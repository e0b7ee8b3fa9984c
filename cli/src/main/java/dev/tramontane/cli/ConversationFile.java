package dev.tramontane.cli;

import dev.tramontane.chat.ChatRequestReader;
import dev.tramontane.chat.Chunk;
import dev.tramontane.chat.ImageSource;
import dev.tramontane.chat.Message;
import dev.tramontane.chat.Message.AssistantMessage;
import dev.tramontane.chat.Message.SystemMessage;
import dev.tramontane.chat.Message.ToolMessage;
import dev.tramontane.chat.Message.UserMessage;
import dev.tramontane.chat.ToolCall;

import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/// A conversation as a file: a chat request in the Mistral API's JSON, so that `tokenize --chat`
/// reads it too.
final class ConversationFile {
    private ConversationFile() {}

    static void save(List<Message> messages, Path file) throws IOException {
        ObjectNode request = Json.object();
        ArrayNode list = request.putArray("messages");
        for (Message message : messages) {
            write(message, list.addObject());
        }
        Files.writeString(file, request.toPrettyString() + "\n");
    }

    /// @throws dev.tramontane.chat.InvalidRequestException when the file holds no chat request
    static List<Message> load(Path file) throws IOException {
        return ChatRequestReader.read(Files.readString(file)).messages();
    }

    private static void write(Message message, ObjectNode out) {
        switch (message) {
            case SystemMessage _ -> out.put("role", "system");
            case UserMessage _ -> out.put("role", "user");
            case AssistantMessage _ -> out.put("role", "assistant");
            case ToolMessage tool -> {
                out.put("role", "tool");
                tool.callId().ifPresent(id -> out.put("tool_call_id", id));
                tool.name().ifPresent(name -> out.put("name", name));
            }
        }
        ArrayNode content = out.putArray("content");
        for (Chunk chunk : message.content()) {
            write(chunk, content.addObject());
        }
        if (message instanceof AssistantMessage assistant && !assistant.toolCalls().isEmpty()) {
            ArrayNode calls = out.putArray("tool_calls");
            for (ToolCall call : assistant.toolCalls()) {
                ObjectNode node = calls.addObject();
                call.id().ifPresent(id -> node.put("id", id));
                node.put("type", "function")
                        .putObject("function")
                        .put("name", call.name())
                        .put("arguments", call.arguments());
            }
        }
    }

    private static void write(Chunk chunk, ObjectNode out) {
        switch (chunk) {
            case Chunk.TextChunk(String text) -> out.put("type", "text").put("text", text);
            case Chunk.ThinkChunk(String text, boolean closed) ->
                    out.put("type", "thinking").put("thinking", text).put("closed", closed);
            case Chunk.ImageChunk(ImageSource.Address(URI address)) ->
                    out.put("type", "image_url").put("image_url", address.toString());
            case Chunk.ImageChunk(ImageSource.Pixels _) ->
                    throw new IllegalStateException(
                            "a conversation keeps its images as they were sent");
        }
    }
}
