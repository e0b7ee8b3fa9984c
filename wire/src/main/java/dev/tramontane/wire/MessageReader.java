package dev.tramontane.wire;

import dev.tramontane.chat.Chunk;
import dev.tramontane.chat.ImageSource;
import dev.tramontane.chat.InvalidRequestException;
import dev.tramontane.chat.Message;
import dev.tramontane.chat.ToolCall;

import tools.jackson.databind.JsonNode;

import java.net.URISyntaxException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/// Reads messages as clients of either family send them: content as a string, a list of parts or
/// nothing; thinking as a chunk or beside the content; arguments of calls as text or as an object.
final class MessageReader {
    private MessageReader() {}

    /// @param continued whether an assistant's message is the beginning of the answer
    static Message read(Fields fields, boolean continued) {
        List<Chunk> content = content(fields, "content");
        String role = fields.requiredText("role");
        return switch (role) {
            case "system", "developer" -> new Message.SystemMessage(content);
            case "user" -> new Message.UserMessage(content);
            case "assistant" ->
                    new Message.AssistantMessage(
                            withReasoning(fields, content),
                            calls(fields),
                            continued || fields.flag("prefix").orElse(false));
            case "tool", "function" ->
                    new Message.ToolMessage(
                            content, fields.text("tool_call_id"), fields.text("name"));
            default ->
                    throw fields.unexpected("role", "system, developer, user, assistant or tool");
        };
    }

    /// The parts of a field that is a string or a list of them. The empty string is no content.
    static List<Chunk> content(Fields fields, String field) {
        Optional<JsonNode> content = fields.value(field);
        if (content.isEmpty()) {
            return List.of();
        }
        if (content.get().isString()) {
            String text = content.get().stringValue();
            return text.isEmpty() ? List.of() : List.of(new Chunk.TextChunk(text));
        }
        if (!content.get().isArray()) {
            throw fields.unexpected(field, "a string or a list of parts");
        }
        return fields.objects(field).stream().map(MessageReader::chunk).toList();
    }

    private static Chunk chunk(Fields part) {
        String type = part.requiredText("type");
        return switch (type) {
            case "text", "input_text", "output_text" ->
                    new Chunk.TextChunk(part.requiredText("text"));
            case "refusal" -> new Chunk.TextChunk(part.requiredText("refusal"));
            case "thinking" ->
                    new Chunk.ThinkChunk(thinking(part), part.flag("closed").orElse(true));
            case "image_url", "input_image" -> {
                boolean isBare = part.value("image_url").filter(JsonNode::isString).isPresent();
                yield isBare
                        ? image(part, "image_url")
                        : image(
                                part.object("image_url")
                                        .orElseThrow(
                                                () -> part.unexpected("image_url", "an address")),
                                "url");
            }
            default ->
                    throw part.unexpected(
                            "type", "text, image_url or thinking, which is all that is taken");
        };
    }

    private static String thinking(Fields part) {
        if (part.value("thinking").filter(JsonNode::isString).isPresent()) {
            return part.requiredText("thinking");
        }
        var text = new StringBuilder();
        part.objects("thinking").forEach(piece -> text.append(piece.requiredText("text")));
        return text.toString();
    }

    private static Chunk image(Fields fields, String field) {
        try {
            return new Chunk.ImageChunk(ImageSource.Address.of(fields.requiredText(field)));
        } catch (URISyntaxException _) {
            throw fields.unexpected(field, "an address, such as data:image/png;base64,…");
        }
    }

    /// The content with the thinking that stands beside it in front. Servers send the same text
    /// under both names, and clients send back what they got, with the chunks or without.
    private static List<Chunk> withReasoning(Fields fields, List<Chunk> content) {
        String reasoning =
                fields.text("reasoning_content")
                        .filter(text -> !text.isEmpty())
                        .or(() -> fields.text("reasoning"))
                        .orElse("");
        boolean isTold = content.stream().anyMatch(chunk -> chunk instanceof Chunk.ThinkChunk);
        return reasoning.isEmpty() || isTold
                ? content
                : Stream.concat(Stream.of(new Chunk.ThinkChunk(reasoning, true)), content.stream())
                        .toList();
    }

    private static List<ToolCall> calls(Fields fields) {
        List<ToolCall> calls = new ArrayList<>();
        for (Fields call : fields.objects("tool_calls")) {
            Fields function =
                    call.object("function")
                            .orElseThrow(() -> call.unexpected("function", "an object"));
            calls.add(
                    new ToolCall(
                            call.text("id").filter(id -> !id.equals("null")),
                            function.requiredText("name"),
                            arguments(function)));
        }
        return calls;
    }

    /// Of a call, as text.
    static String arguments(Fields function) {
        Optional<JsonNode> arguments = function.value("arguments");
        if (arguments.isEmpty()) {
            return "{}";
        }
        if (arguments.get().isObject()) {
            return arguments.get().toString();
        }
        return function.text("arguments")
                .orElseThrow(
                        () ->
                                new InvalidRequestException(
                                        function.path("arguments"), "absent, expected text"));
    }
}
