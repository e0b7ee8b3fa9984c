package dev.tramontane.chat;

import dev.tramontane.chat.PythonJson.NotJsonException;
import dev.tramontane.grammar.InvalidGrammarException;
import dev.tramontane.grammar.schema.JsonSchema;

import tools.jackson.databind.JsonNode;

import java.util.List;
import java.util.Optional;

/// Holds the calls of an answer against the request's tools. A call that does not fit is passed on
/// all the same, with what is wrong with it: whoever runs tools decides, and often tells the model.
///
/// A tool whose schema asks for what is not supported here is checked for its name alone.
///
/// @param tools of the request
record CallCheck(List<ToolSpec> tools) {
    CallCheck {
        tools = List.copyOf(tools);
    }

    /// What is wrong with a call; empty where it fits, and where there are no tools to fit.
    Optional<String> fault(ToolCall call) {
        if (tools.isEmpty()) {
            return Optional.empty();
        }
        Optional<ToolSpec> tool =
                tools.stream().filter(spec -> spec.name().equals(call.name())).findFirst();
        return tool.isPresent()
                ? fault(tool.get(), call.arguments())
                : Optional.of(
                        "there is no tool %s, expected one of %s"
                                .formatted(
                                        call.name(), tools.stream().map(ToolSpec::name).toList()));
    }

    private static Optional<String> fault(ToolSpec tool, String arguments) {
        JsonNode parsed;
        try {
            parsed = PythonJson.parse(arguments);
        } catch (NotJsonException broken) {
            return Optional.of(tool.name() + ": the arguments are no JSON: " + broken.getMessage());
        }
        if (!parsed.isObject()) {
            return Optional.of(tool.name() + ": the arguments are no JSON object");
        }
        try {
            return JsonSchema.of(tool.parameters())
                    .fault(parsed)
                    .map(fault -> tool.name() + ": " + fault.message());
        } catch (InvalidGrammarException _) { // a schema beyond what can be checked
            return Optional.empty();
        }
    }
}
