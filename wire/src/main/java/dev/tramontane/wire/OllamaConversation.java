package dev.tramontane.wire;

import dev.tramontane.chat.Chunk;
import dev.tramontane.chat.ImageSource;
import dev.tramontane.chat.InvalidRequestException;
import dev.tramontane.chat.Message;
import dev.tramontane.chat.ToolCall;

import tools.jackson.databind.JsonNode;

import java.net.URISyntaxException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Reads the conversation of a request to Ollama's API. Its older clients know no ids of calls: a
/// result belongs to the first call without one, of the tool that it names where it names one. An
/// assistant's message at the end is the beginning of the answer.
final class OllamaConversation {
    private final List<Message> messages = new ArrayList<>();
    private final List<String> images = new ArrayList<>();

    /// Calls of the last assistant that have no result, by their ids: their names.
    private final Map<String, String> unanswered = new LinkedHashMap<>();

    private int calls;

    List<Message> messages() {
        return messages;
    }

    /// Where they are.
    List<String> images() {
        return images;
    }

    void read(List<Fields> list) {
        for (Fields message : list) {
            messages.add(message(message, messages.size() == list.size() - 1));
        }
    }

    private Message message(Fields message, boolean isLast) {
        String role = message.requiredText("role");
        String text = message.text("content").orElse("");
        List<Chunk> said = said(text, message);
        return switch (role) {
            case "system", "developer" -> new Message.SystemMessage(said);
            case "user" -> new Message.UserMessage(said);
            case "assistant" -> {
                List<ToolCall> made = calls(message);
                yield new Message.AssistantMessage(
                        thought(said, message), made, isLast && made.isEmpty());
            }
            case "tool" -> result(said, message);
            default -> throw message.unexpected("role", "system, user, assistant or tool");
        };
    }

    /// A text, and in front of it the images that stand beside it, where Ollama puts them too.
    List<Chunk> said(String text, Fields beside) {
        List<Chunk> said = new ArrayList<>();
        List<String> list = beside.texts("images");
        for (int i = 0; i < list.size(); i++) {
            images.add(beside.path("images") + "[" + i + "]");
            try {
                said.add(new Chunk.ImageChunk(ImageSource.Address.ofBase64(list.get(i))));
            } catch (URISyntaxException _) {
                throw beside.unexpected("images", "images in base64");
            }
        }
        if (!text.isEmpty()) {
            said.add(new Chunk.TextChunk(text));
        }
        return said;
    }

    private static List<Chunk> thought(List<Chunk> said, Fields message) {
        message.text("thinking")
                .filter(text -> !text.isEmpty())
                .ifPresent(text -> said.addFirst(new Chunk.ThinkChunk(text, true)));
        return said;
    }

    private List<ToolCall> calls(Fields message) {
        unanswered.clear();
        List<ToolCall> made = new ArrayList<>();
        for (Fields call : message.objects("tool_calls")) {
            Fields function =
                    call.object("function")
                            .orElseThrow(() -> call.unexpected("function", "an object"));
            String id = call.text("id").filter(told -> !told.isEmpty()).orElse("call-" + calls);
            calls++;
            String name = function.requiredText("name");
            unanswered.put(id, name);
            made.add(new ToolCall(Optional.of(id), name, arguments(function)));
        }
        return made;
    }

    private static String arguments(Fields function) {
        Optional<JsonNode> arguments = function.value("arguments");
        if (arguments.isPresent() && !arguments.get().isObject()) {
            throw function.unexpected("arguments", "an object");
        }
        return arguments.map(JsonNode::toString).orElse("{}");
    }

    private Message result(List<Chunk> said, Fields message) {
        Optional<String> name = message.text("tool_name").or(() -> message.text("name"));
        String id =
                message.text("tool_call_id")
                        .filter(told -> !told.isEmpty())
                        .or(() -> named(name))
                        .orElseThrow(() -> unasked(message));
        Optional<String> called = Optional.ofNullable(unanswered.remove(id));
        return new Message.ToolMessage(said, Optional.of(id), called.or(() -> name));
    }

    private Optional<String> named(Optional<String> name) {
        return unanswered.entrySet().stream()
                .filter(call -> name.isEmpty() || name.get().equals(call.getValue()))
                .map(Map.Entry::getKey)
                .findFirst();
    }

    private static InvalidRequestException unasked(Fields message) {
        return message.unexpected(
                "tool_name", "the tool of a call in the assistant's message before, each once");
    }
}
