package dev.tramontane.chat;

import dev.tramontane.chat.Message.AssistantMessage;
import dev.tramontane.chat.Message.SystemMessage;
import dev.tramontane.chat.Message.ToolMessage;
import dev.tramontane.chat.Message.UserMessage;
import dev.tramontane.chat.PythonJson.NotJsonException;

import tools.jackson.databind.JsonNode;

import java.net.URISyntaxException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/// Reads a chat completion request as strictly as the reference library: an unknown field, role or
/// kind of chunk is refused, and so is a value outside its range. One thing is added, since clients
/// send it: `reasoning_content` or `reasoning` beside an assistant's content is its thinking.
///
/// It serves tools that render prompts; a public server reads more generously. Sampling parameters
/// are checked and left out: they do not touch the prompt.
public final class ChatRequestReader {
    private static final Set<String> FIELDS =
            Set.of(
                    "model",
                    "messages",
                    "tools",
                    "tool_choice",
                    "response_format",
                    "truncate_for_context_length",
                    "reasoning_effort",
                    "continue_final_message",
                    "temperature",
                    "top_p",
                    "max_tokens",
                    "random_seed");

    private ChatRequestReader() {}

    /// Reads a request's JSON text.
    ///
    /// @throws InvalidRequestException when it is no JSON or no request
    public static ChatRequest read(String json) {
        try {
            return read(PythonJson.parse(json));
        } catch (NotJsonException broken) {
            throw refusal("request", broken.getMessage() + "; correct the JSON");
        }
    }

    /// Reads a request.
    ///
    /// @throws InvalidRequestException when it is no request
    public static ChatRequest read(JsonNode request) {
        var fields = RequestFields.of(request, "", FIELDS);
        fields.optionalText("model");
        checkSampling(fields);
        checkChoices(fields);
        List<Message> messages = new ArrayList<>();
        List<RequestFields> parts = fields.objects("messages", false);
        boolean continued = fields.flag("continue_final_message", false);
        for (int i = 0; i < parts.size(); i++) {
            boolean last = i == parts.size() - 1;
            messages.add(message(parts.get(i), continued && last));
        }
        if (continued
                && (messages.isEmpty() || !(messages.getLast() instanceof AssistantMessage))) {
            throw refusal(
                    "continue_final_message",
                    "true, expected an assistant message at the end; add it or say false");
        }
        List<ToolSpec> tools =
                fields.objects("tools", true).stream().map(ChatRequestReader::tool).toList();
        return ChatRequest.of(messages).withTools(tools).withThinking(thinking(fields));
    }

    private static void checkSampling(RequestFields fields) {
        fields.range("temperature", 1, false);
        fields.range("top_p", 1, false);
        fields.range("max_tokens", Double.MAX_VALUE, true);
        fields.range("random_seed", Double.MAX_VALUE, true);
    }

    private static void checkChoices(RequestFields fields) {
        fields.flag("truncate_for_context_length", false);
        fields.object("response_format", Set.of("type"))
                .ifPresent(format -> format.choice("type", "text", Set.of("text", "json_object")));
        Optional<JsonNode> choice = fields.value("tool_choice");
        if (choice.isPresent() && choice.get().isObject()) {
            fields.object("tool_choice", Set.of("type", "function"))
                    .ifPresent(
                            named -> {
                                named.choice("type", "function", Set.of("function"));
                                named.requiredObject("function", Set.of("name")).text("name");
                            });
        } else {
            fields.choice("tool_choice", "auto", Set.of("auto", "none", "any", "required"));
        }
    }

    private static Thinking thinking(RequestFields fields) {
        Optional<String> effort = fields.optionalText("reasoning_effort");
        if (effort.isEmpty()) {
            return Thinking.DEFAULT;
        }
        return switch (effort.get()) {
            case "none" -> new Thinking.Off();
            case "high" -> new Thinking.Effort(Thinking.Level.HIGH);
            default -> throw fields.unexpected("reasoning_effort", "none or high");
        };
    }

    private static Message message(RequestFields fields, boolean continued) {
        String role = fields.text("role");
        return switch (role) {
            case "system" -> {
                fields.only(Set.of("role", "content"));
                yield new SystemMessage(content(fields, Set.of("text", "thinking")));
            }
            case "user" -> {
                fields.only(Set.of("role", "content"));
                yield new UserMessage(content(fields, Set.of("text", "image_url", "image")));
            }
            case "assistant" -> {
                fields.only(
                        Set.of(
                                "role",
                                "content",
                                "reasoning_content",
                                "reasoning",
                                "tool_calls",
                                "prefix"));
                List<ToolCall> calls = new ArrayList<>();
                for (RequestFields call : fields.objects("tool_calls", true)) {
                    calls.add(call(call));
                }
                boolean absent = fields.value("content").filter(node -> !node.isNull()).isEmpty();
                List<Chunk> content =
                        absent ? List.of() : content(fields, Set.of("text", "thinking"));
                boolean prefix = fields.flag("prefix", false) || continued;
                yield new AssistantMessage(withReasoning(fields, content), calls, prefix);
            }
            case "tool" -> {
                fields.only(Set.of("role", "content", "tool_call_id", "name"));
                yield new ToolMessage(
                        content(fields, Set.of("text", "image_url", "image")),
                        fields.optionalText("tool_call_id"),
                        fields.optionalText("name"));
            }
            default -> throw fields.unexpected("role", "system, user, assistant or tool");
        };
    }

    /// The content with what a client sends beside it in front, as thinking. Servers send the same
    /// text under both names, and clients send back what they got, with the chunks or without.
    private static List<Chunk> withReasoning(RequestFields fields, List<Chunk> content) {
        List<Chunk> whole = content;
        for (String field : List.of("reasoning_content", "reasoning")) {
            String text = fields.optionalText(field).orElse("");
            if (text.isEmpty()) {
                continue;
            }
            Optional<String> told =
                    whole.stream()
                            .flatMap(
                                    chunk ->
                                            chunk instanceof Chunk.ThinkChunk(var held, var _)
                                                    ? Stream.of(held)
                                                    : Stream.empty())
                            .findFirst();
            if (told.isEmpty()) {
                whole =
                        Stream.concat(Stream.of(new Chunk.ThinkChunk(text, true)), whole.stream())
                                .toList();
            } else if (!told.get().equals(text)) {
                throw refusal(
                        fields.path(field),
                        "found another thinking than the message holds already, expected the same"
                                + " or none; send one of them");
            }
        }
        return whole;
    }

    /// A string, or a list of chunks; the empty string is no content at all.
    private static List<Chunk> content(RequestFields fields, Set<String> allowed) {
        JsonNode content = fields.required("content");
        if (content.isString()) {
            String text = content.stringValue();
            return text.isEmpty() ? List.of() : List.of(new Chunk.TextChunk(text));
        }
        List<Chunk> chunks = new ArrayList<>();
        for (RequestFields chunk : fields.objects("content", false)) {
            String type = chunk.text("type");
            if (!allowed.contains(type)) {
                throw chunk.unexpected("type", "one of " + allowed);
            }
            chunks.add(chunk(chunk, type));
        }
        return chunks;
    }

    private static Chunk chunk(RequestFields fields, String type) {
        return switch (type) {
            case "text" -> {
                fields.only(Set.of("type", "text"));
                yield new Chunk.TextChunk(fields.text("text"));
            }
            case "thinking" -> {
                fields.only(Set.of("type", "thinking", "closed"));
                yield new Chunk.ThinkChunk(fields.text("thinking"), fields.flag("closed", true));
            }
            case "image_url" -> {
                fields.only(Set.of("type", "image_url"));
                JsonNode address = fields.required("image_url");
                if (address.isString()) {
                    yield image(fields, "image_url", address.stringValue());
                }
                RequestFields object = fields.requiredObject("image_url", Set.of("url", "detail"));
                object.optionalText("detail");
                yield image(object, "url", object.text("url"));
            }
            case "image" -> {
                fields.only(Set.of("type", "image"));
                yield image(fields, "image", "data:image;base64," + fields.text("image"));
            }
            default -> throw fields.unexpected("type", "a known kind of chunk");
        };
    }

    private static Chunk image(RequestFields fields, String field, String address) {
        try {
            return new Chunk.ImageChunk(ImageSource.Address.of(address));
        } catch (URISyntaxException broken) {
            throw refusal(
                    fields.path(field),
                    "no address (" + broken.getReason() + "), expected a data: address; encode it");
        }
    }

    private static ToolCall call(RequestFields fields) {
        fields.only(Set.of("id", "type", "function"));
        fields.choice("type", "function", Set.of("function"));
        Optional<String> id =
                fields.value("id").isPresent() ? Optional.of(fields.text("id")) : Optional.empty();
        RequestFields function = fields.requiredObject("function", Set.of("name", "arguments"));
        JsonNode arguments = function.presence("arguments");
        String text;
        if (arguments.isObject()) {
            text = PythonJson.print(arguments);
        } else if (arguments.isNull()) {
            text = "{}";
        } else {
            text = function.text("arguments");
        }
        return new ToolCall(id, function.text("name"), text);
    }

    private static ToolSpec tool(RequestFields fields) {
        fields.only(Set.of("type", "function"));
        fields.choice("type", "function", Set.of("function"));
        RequestFields function =
                fields.requiredObject(
                        "function", Set.of("name", "description", "parameters", "strict"));
        boolean strict = function.flag("strict", false);
        String description =
                function.value("description").isPresent() ? function.text("description") : "";
        JsonNode parameters = function.required("parameters");
        if (!parameters.isObject()) {
            throw function.unexpected("parameters", "an object");
        }
        return new ToolSpec(function.text("name"), description, parameters, strict);
    }

    private static InvalidRequestException refusal(String path, String message) {
        return new InvalidRequestException(path, message);
    }
}
