package dev.tramontane.chat;

import dev.tramontane.chat.Message.AssistantMessage;
import dev.tramontane.chat.Message.SystemMessage;
import dev.tramontane.chat.Message.ToolMessage;
import dev.tramontane.chat.Message.UserMessage;
import dev.tramontane.chat.PythonJson.NotJsonException;
import dev.tramontane.jinja.Value;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/// Messages and tools as templates expect them: dicts in OpenAI's shape. Only the roles and types
/// are words of the format; everything else was given.
final class JinjaMessages {
    private JinjaMessages() {}

    /// @param argumentsAsText whether a call's arguments are JSON text rather than an object
    static Value of(List<Message> messages, boolean argumentsAsText) {
        List<Value> all = new ArrayList<>();
        for (int i = 0; i < messages.size(); i++) {
            all.add(of(messages.get(i), "messages[" + i + "]", argumentsAsText));
        }
        return Value.list(all);
    }

    private static Value of(Message message, String path, boolean argumentsAsText) {
        Map<String, Value> fields = new LinkedHashMap<>();
        String role =
                switch (message) {
                    case SystemMessage _ -> "system";
                    case UserMessage _ -> "user";
                    case AssistantMessage _ -> "assistant";
                    case ToolMessage _ -> "tool";
                };
        fields.put("role", Value.own(role));
        fields.put("content", Value.given(text(message, path)));
        switch (message) {
            case SystemMessage _, UserMessage _ -> {}
            case AssistantMessage answer -> {
                String thoughts = thoughts(answer);
                if (!thoughts.isEmpty()) {
                    fields.put("reasoning_content", Value.given(thoughts));
                }
                if (!answer.toolCalls().isEmpty()) {
                    fields.put("tool_calls", calls(answer, path, argumentsAsText));
                }
            }
            case ToolMessage result -> {
                result.callId().ifPresent(id -> fields.put("tool_call_id", Value.given(id)));
                result.name().ifPresent(name -> fields.put("name", Value.given(name)));
            }
        }
        return Value.dict(fields);
    }

    /// The texts of a message, a line each.
    private static String text(Message message, String path) {
        List<String> texts = new ArrayList<>();
        for (Chunk chunk : message.content()) {
            switch (chunk) {
                case Chunk.TextChunk(String text) -> texts.add(text);
                case Chunk.ThinkChunk _ -> {
                    if (!(message instanceof AssistantMessage)) {
                        throw refused(path, "thinking in a message that is not the assistant's");
                    }
                }
                case Chunk.ImageChunk _ -> throw refused(path, "an image");
            }
        }
        return String.join("\n", texts);
    }

    private static String thoughts(AssistantMessage answer) {
        return answer.content().stream()
                .filter(Chunk.ThinkChunk.class::isInstance)
                .map(chunk -> ((Chunk.ThinkChunk) chunk).text())
                .collect(Collectors.joining("\n"));
    }

    private static Value calls(AssistantMessage answer, String path, boolean argumentsAsText) {
        List<Value> calls = new ArrayList<>();
        for (int i = 0; i < answer.toolCalls().size(); i++) {
            ToolCall call = answer.toolCalls().get(i);
            Map<String, Value> function = new LinkedHashMap<>();
            function.put("name", Value.given(call.name()));
            String at = path + ".tool_calls[" + i + "].function.arguments";
            function.put("arguments", arguments(call.arguments(), at, argumentsAsText));
            Map<String, Value> fields = new LinkedHashMap<>();
            call.id().ifPresent(id -> fields.put("id", Value.given(id)));
            fields.put("type", Value.own("function"));
            fields.put("function", Value.dict(function));
            calls.add(Value.dict(fields));
        }
        return Value.list(calls);
    }

    private static Value arguments(String json, String path, boolean asText) {
        if (asText) {
            return Value.given(json.isBlank() ? "{}" : json);
        }
        try {
            return Value.given(PythonJson.parse(json.isBlank() ? "{}" : json));
        } catch (NotJsonException broken) {
            throw new InvalidRequestException(
                    path, broken.getMessage() + "; give the arguments as a JSON object");
        }
    }

    static Value tools(List<ToolSpec> tools) {
        List<Value> all = new ArrayList<>();
        for (ToolSpec tool : tools) {
            Map<String, Value> function = new LinkedHashMap<>();
            function.put("name", Value.given(tool.name()));
            function.put("description", Value.given(tool.description()));
            function.put("parameters", Value.given(tool.parameters()));
            Map<String, Value> fields = new LinkedHashMap<>();
            fields.put("type", Value.own("function"));
            fields.put("function", Value.dict(function));
            all.add(Value.dict(fields));
        }
        return Value.list(all);
    }

    private static InvalidRequestException refused(String path, String found) {
        return new InvalidRequestException(
                path + ".content",
                "found " + found + ", which this model's template cannot write; leave it out");
    }
}
