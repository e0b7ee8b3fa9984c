package dev.tramontane.chat;

import dev.tramontane.chat.PythonJson.NotJsonException;
import dev.tramontane.chat.TemplateRules.CallFormat;
import dev.tramontane.tokenizer.SpecialToken;

import tools.jackson.databind.JsonNode;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// One `[TOOL_CALLS]` block as it is generated: a list of calls in JSON, or one call by its parts.
final class CallParser {
    private final CallFormat format;
    private final StringBuilder name = new StringBuilder();
    private final StringBuilder id = new StringBuilder();
    private final StringBuilder arguments = new StringBuilder();
    private final StringBuilder whole = new StringBuilder(SpecialToken.TOOL_CALLS.spelling());
    private boolean hasId;
    private boolean hasArguments;
    private boolean malformed;

    CallParser(CallFormat format) {
        this.format = format;
    }

    void mark(SpecialToken mark) {
        whole.append(mark.spelling());
        if (format == CallFormat.JSON_LIST) {
            return; // no mark of this format: the JSON decides
        }
        if (mark == SpecialToken.CALL_ID) {
            malformed |= hasId || hasArguments;
            hasId = true;
        } else {
            malformed |= hasArguments;
            hasArguments = true;
        }
    }

    void text(String text) {
        whole.append(text);
        if (hasArguments) {
            arguments.append(text);
        } else if (hasId) {
            id.append(text);
        } else {
            name.append(text);
        }
    }

    /// The text as it came, its marks spelled.
    String spelled() {
        return whole.toString();
    }

    /// The calls; empty when this is none.
    Optional<List<ToolCall>> calls() {
        try {
            return format == CallFormat.JSON_LIST ? fromList() : fromParts();
        } catch (NotJsonException _) {
            return Optional.empty();
        }
    }

    private Optional<List<ToolCall>> fromParts() throws NotJsonException {
        if (malformed || !hasArguments) {
            return Optional.empty();
        }
        JsonNode parsed = PythonJson.parse(arguments.toString());
        if (!parsed.isObject() && !parsed.isNull()) {
            return Optional.empty();
        }
        String text = parsed.isNull() ? "{}" : arguments.toString();
        Optional<String> named = hasId ? Optional.of(id.toString()) : Optional.empty();
        return Optional.of(List.of(new ToolCall(named, name.toString(), text)));
    }

    private Optional<List<ToolCall>> fromList() throws NotJsonException {
        JsonNode list = PythonJson.parse(name.toString());
        List<ToolCall> calls = new ArrayList<>();
        for (JsonNode call : list) {
            JsonNode called = call.path("name");
            JsonNode with = call.path("arguments");
            JsonNode named = call.path("id");
            if (!called.isString() || !with.isObject()) {
                return Optional.empty();
            }
            boolean hasName = named.isString() && !named.stringValue().equals("null");
            calls.add(
                    new ToolCall(
                            hasName ? Optional.of(named.stringValue()) : Optional.empty(),
                            called.stringValue(),
                            PythonJson.print(with)));
        }
        return list.isArray() ? Optional.of(calls) : Optional.empty();
    }
}
