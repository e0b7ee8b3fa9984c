package dev.tramontane.cli;

import dev.tramontane.chat.ChatRequest;
import dev.tramontane.chat.Chunk;
import dev.tramontane.chat.Chunk.ImageChunk;
import dev.tramontane.chat.Chunk.TextChunk;
import dev.tramontane.chat.Chunk.ThinkChunk;
import dev.tramontane.chat.InvalidRequestException;
import dev.tramontane.chat.Message;
import dev.tramontane.chat.Message.AssistantMessage;
import dev.tramontane.chat.Message.SystemMessage;
import dev.tramontane.chat.Message.ToolMessage;
import dev.tramontane.chat.Message.UserMessage;
import dev.tramontane.chat.Thinking;
import dev.tramontane.chat.ToolCall;
import dev.tramontane.chat.ToolSpec;

import tools.jackson.databind.JsonNode;

import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// Reads a chat request in the JSON of the OpenAI and Mistral APIs: what decides the prompt is read,
/// what decides sampling is only checked, and what neither API has is refused.
///
/// Content is a text or a list of chunks. Thinking is a `thinking` chunk, a text or a list of texts,
/// or the field `reasoning_content` or `reasoning` of an assistant's message.
final class ChatJson {
    private static final Set<String> REQUEST_FIELDS =
            Set.of(
                    "model",
                    "messages",
                    "tools",
                    "tool_choice",
                    "parallel_tool_calls",
                    "temperature",
                    "top_p",
                    "top_k",
                    "min_p",
                    "max_tokens",
                    "max_completion_tokens",
                    "min_tokens",
                    "stop",
                    "seed",
                    "random_seed",
                    "n",
                    "presence_penalty",
                    "frequency_penalty",
                    "logprobs",
                    "top_logprobs",
                    "response_format",
                    "prediction",
                    "prompt_mode",
                    "reasoning_effort",
                    "safe_prompt",
                    "metadata",
                    "user",
                    "stream",
                    "stream_options");

    private ChatJson() {}

    /// Reads a request.
    ///
    /// @throws InvalidRequestException naming the field that must change
    static ChatRequest read(JsonNode request) {
        if (!request.isObject()) {
            throw invalid("request", request, "a JSON object with messages");
        }
        for (String field : request.propertyNames()) {
            if (!REQUEST_FIELDS.contains(field)) {
                throw new InvalidRequestException(
                        field,
                        "no such field in a chat request, expected one of the OpenAI or Mistral"
                                + " API; leave it out");
            }
        }
        checkSampling(request);
        return ChatRequest.of(messages(request.path("messages")))
                .withTools(tools(request.path("tools")))
                .withThinking(thinking(request.path("reasoning_effort")))
                .withDefaultSystemPrompt(promptMode(request.path("prompt_mode")));
    }

    /// Reads a list of messages.
    static List<Message> messages(JsonNode list) {
        if (!list.isArray()) {
            throw invalid("messages", list, "a list");
        }
        List<Message> messages = new ArrayList<>();
        for (JsonNode message : list) {
            messages.add(message("messages[" + messages.size() + "]", message));
        }
        return messages;
    }

    private static Message message(String at, JsonNode message) {
        JsonNode content = message.path("content");
        String contentAt = at + ".content";
        return switch (message.path("role").asString("")) {
            case "system" ->
                    new SystemMessage(chunks(contentAt, content, Set.of("text", "thinking")));
            case "user" -> new UserMessage(chunks(contentAt, content, Set.of("text", "image_url")));
            case "assistant" -> assistant(at, message);
            case "tool" ->
                    new ToolMessage(
                            chunks(contentAt, content, Set.of("text", "image_url")),
                            optionalText(at, message, "tool_call_id"),
                            optionalText(at, message, "name"));
            default ->
                    throw invalid(
                            at + ".role",
                            message.path("role"),
                            "system, user, assistant or tool");
        };
    }

    private static AssistantMessage assistant(String at, JsonNode message) {
        List<Chunk> content = new ArrayList<>();
        for (String field : List.of("reasoning_content", "reasoning")) {
            Optional<String> thinking = optionalText(at, message, field);
            if (thinking.isPresent() && !thinking.get().isEmpty()) {
                content.add(new ThinkChunk(thinking.get(), true));
                break;
            }
        }
        JsonNode written = message.path("content");
        if (!written.isNull() && !written.isMissingNode()) {
            content.addAll(chunks(at + ".content", written, Set.of("text", "thinking")));
        }
        JsonNode calls = message.path("tool_calls");
        List<ToolCall> toolCalls = new ArrayList<>();
        for (JsonNode call : calls) {
            toolCalls.add(toolCall(at + ".tool_calls[" + toolCalls.size() + "]", call));
        }
        return new AssistantMessage(
                content, toolCalls, message.path("prefix").asBoolean(false));
    }

    private static ToolCall toolCall(String at, JsonNode call) {
        JsonNode function = call.path("function");
        String name = text(at + ".function.name", function.path("name"));
        JsonNode arguments = function.path("arguments");
        if (!arguments.isString() && !arguments.isObject()) {
            throw invalid(at + ".function.arguments", arguments, "JSON as a string, or an object");
        }
        return new ToolCall(
                optionalText(at, call, "id"),
                name,
                arguments.isString() ? arguments.stringValue() : arguments.toString());
    }

    private static List<Chunk> chunks(String at, JsonNode content, Set<String> allowed) {
        if (content.isString()) {
            return List.of(new TextChunk(content.stringValue()));
        }
        if (!content.isArray()) {
            throw invalid(at, content, "a text or a list of chunks");
        }
        List<Chunk> chunks = new ArrayList<>();
        for (JsonNode chunk : content) {
            chunks.add(chunk(at + "[" + chunks.size() + "]", chunk, allowed));
        }
        return chunks;
    }

    private static Chunk chunk(String at, JsonNode chunk, Set<String> allowed) {
        String type = chunk.path("type").asString("");
        if (!allowed.contains(type)) {
            throw invalid(
                    at + ".type",
                    chunk.path("type"),
                    "one of " + allowed.stream().sorted().toList() + " in this role");
        }
        return switch (type) {
            case "text" -> new TextChunk(text(at + ".text", chunk.path("text")));
            case "thinking" ->
                    new ThinkChunk(
                            thought(at + ".thinking", chunk.path("thinking")),
                            chunk.path("closed").asBoolean(true));
            default -> new ImageChunk(imageAddress(at + ".image_url", chunk.path("image_url")));
        };
    }

    private static String thought(String at, JsonNode thinking) {
        if (!thinking.isArray()) {
            return text(at, thinking);
        }
        var texts = new StringBuilder();
        for (JsonNode part : thinking) {
            texts.append(text(at + ".text", part.path("text")));
        }
        return texts.toString();
    }

    private static URI imageAddress(String at, JsonNode image) {
        String address = text(at, image.isObject() ? image.path("url") : image);
        try {
            return URI.create(address);
        } catch (IllegalArgumentException e) {
            throw new InvalidRequestException(
                    at, "no address (" + e.getMessage() + "), expected a data: or https: URL");
        }
    }

    private static List<ToolSpec> tools(JsonNode list) {
        List<ToolSpec> tools = new ArrayList<>();
        for (JsonNode tool : list) {
            String at = "tools[" + tools.size() + "].function";
            JsonNode function = tool.path("function");
            tools.add(
                    new ToolSpec(
                            text(at + ".name", function.path("name")),
                            optionalText(at, function, "description").orElse(""),
                            function.path("parameters")));
        }
        return tools;
    }

    private static Thinking thinking(JsonNode effort) {
        if (effort.isNull() || effort.isMissingNode()) {
            return Thinking.DEFAULT;
        }
        return switch (effort.asString("")) {
            case "none" -> new Thinking.Off();
            case "high" -> new Thinking.Effort(Thinking.Level.HIGH);
            default -> throw invalid("reasoning_effort", effort, "none or high");
        };
    }

    /// Whether the model's own system prompt is wanted: only `"prompt_mode": "reasoning"` asks for it.
    private static boolean promptMode(JsonNode mode) {
        if (mode.isNull() || mode.isMissingNode()) {
            return false;
        }
        if (!mode.asString("").equals("reasoning")) {
            throw invalid("prompt_mode", mode, "reasoning or null");
        }
        return true;
    }

    /// The limits of the Mistral API's own validation.
    private static void checkSampling(JsonNode request) {
        checkNumber(request, "temperature", 0, 1);
        checkNumber(request, "top_p", 0, 1);
        checkNumber(request, "max_tokens", 0, Integer.MAX_VALUE);
        checkNumber(request, "max_completion_tokens", 0, Integer.MAX_VALUE);
    }

    private static void checkNumber(JsonNode request, String field, double low, double high) {
        JsonNode value = request.path(field);
        if (value.isMissingNode() || value.isNull()) {
            return;
        }
        if (!value.isNumber() || value.doubleValue() < low || value.doubleValue() > high) {
            throw invalid(field, value, "a number from %.0f to %.0f".formatted(low, high));
        }
    }

    private static Optional<String> optionalText(String at, JsonNode object, String field) {
        JsonNode value = object.path(field);
        return value.isMissingNode() || value.isNull()
                ? Optional.empty()
                : Optional.of(text(at + "." + field, value));
    }

    private static String text(String at, JsonNode value) {
        if (!value.isString()) {
            throw invalid(at, value, "a string");
        }
        return value.stringValue();
    }

    private static InvalidRequestException invalid(String at, JsonNode found, String expected) {
        String shown = found.isMissingNode() ? "missing" : found.toString();
        if (shown.length() > 60) {
            shown = shown.substring(0, 60) + "…";
        }
        return new InvalidRequestException(
                at, "found " + shown + ", expected " + expected + "; change the request");
    }
}
