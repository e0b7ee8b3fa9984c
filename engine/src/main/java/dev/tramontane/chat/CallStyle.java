package dev.tramontane.chat;

import dev.tramontane.chat.PythonJson.NotJsonException;

import tools.jackson.databind.JsonNode;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;

/// How models outside the family write tool calls into their answers.
enum CallStyle {
    /// Not in a way we know: what looks like a call is text.
    NONE("", ""),
    /// Each call: `<tool_call>` JSON `</tool_call>` (Hermes, Qwen).
    TAGS("<tool_call>", "</tool_call>"),
    /// `<｜tool▁calls▁begin｜>` calls between their own marks `<｜tool▁calls▁end｜>` (DeepSeek).
    DEEPSEEK("<｜tool▁calls▁begin｜>", "<｜tool▁calls▁end｜>"),
    /// The whole answer is one JSON object, `<|python_tag|>` before it or not (Llama 3).
    BARE_JSON("<|python_tag|>", "");

    private static final String CALL_BEGIN = "<｜tool▁call▁begin｜>";
    private static final String CALL_SEPARATOR = "<｜tool▁sep｜>";
    private static final String CALL_END = "<｜tool▁call▁end｜>";

    private final String open;
    private final String close;

    CallStyle(String open, String close) {
        this.open = open;
        this.close = close;
    }

    /// The style of a chat template, by the marks it spells.
    static CallStyle ofTemplate(Predicate<String> mentions) {
        if (mentions.test(TAGS.open)) {
            return TAGS;
        }
        if (mentions.test(DEEPSEEK.open)) {
            return DEEPSEEK;
        }
        boolean llama = mentions.test("<|start_header_id|>") && mentions.test("tools");
        return llama || mentions.test(BARE_JSON.open) ? BARE_JSON : NONE;
    }

    String open() {
        return open;
    }

    /// Empty where the answer's end ends the calls.
    String close() {
        return close;
    }

    /// The marks that a vocabulary may have as tokens.
    List<String> marks() {
        return switch (this) {
            case NONE -> List.of();
            case TAGS -> List.of(open, close);
            case DEEPSEEK -> List.of(open, close, CALL_BEGIN, CALL_SEPARATOR, CALL_END);
            case BARE_JSON -> List.of(open);
        };
    }

    /// The calls in the text between open and close; empty when it is none.
    Optional<List<ToolCall>> calls(String text) {
        try {
            return switch (this) {
                case NONE -> Optional.empty();
                case TAGS -> json(text.strip());
                case DEEPSEEK -> deepSeek(text);
                case BARE_JSON -> json(text.strip());
            };
        } catch (NotJsonException _) {
            return Optional.empty();
        }
    }

    /// `{"name": …, "arguments": {…}}`, or `parameters` instead.
    private static Optional<List<ToolCall>> json(String text) throws NotJsonException {
        JsonNode call = PythonJson.parse(text);
        JsonNode arguments =
                call.has("arguments") ? call.path("arguments") : call.path("parameters");
        if (!call.isObject() || !call.path("name").isString()) {
            return Optional.empty();
        }
        if (arguments.isString()) {
            arguments = PythonJson.parse(arguments.stringValue());
        }
        boolean none = arguments.isMissingNode() || arguments.isNull();
        if (!none && !arguments.isObject()) {
            return Optional.empty();
        }
        return Optional.of(
                List.of(
                        new ToolCall(
                                Optional.empty(),
                                call.path("name").stringValue(),
                                none ? "{}" : PythonJson.print(arguments))));
    }

    /// Each call: begin, `function`, separator, name, a fenced JSON block, end; since V3.1 begin,
    /// name, separator, JSON, end.
    private static Optional<List<ToolCall>> deepSeek(String text) throws NotJsonException {
        List<ToolCall> calls = new ArrayList<>();
        for (String call : text.split(CALL_BEGIN, -1)) {
            if (call.isBlank()) {
                continue;
            }
            int separator = call.indexOf(CALL_SEPARATOR);
            if (separator < 0) {
                return Optional.empty();
            }
            String first = call.substring(0, separator).strip();
            String rest = call.substring(separator + CALL_SEPARATOR.length());
            int end = rest.indexOf(CALL_END);
            String body = (end < 0 ? rest : rest.substring(0, end)).strip();
            int fence = body.indexOf("```json");
            String name = fence < 0 ? first : body.substring(0, fence).strip();
            String json =
                    fence < 0
                            ? body
                            : body.substring(fence + "```json".length())
                                    .replaceFirst("```\\s*$", "");
            JsonNode arguments = PythonJson.parse(json.strip());
            if (!arguments.isObject() || name.isEmpty()) {
                return Optional.empty();
            }
            calls.add(new ToolCall(Optional.empty(), name, PythonJson.print(arguments)));
        }
        return calls.isEmpty() ? Optional.empty() : Optional.of(calls);
    }
}
