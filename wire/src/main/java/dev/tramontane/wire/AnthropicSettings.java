package dev.tramontane.wire;

import dev.tramontane.chat.ResponseFormat;
import dev.tramontane.chat.Thinking;
import dev.tramontane.chat.ToolChoice;
import dev.tramontane.chat.ToolSpec;
import dev.tramontane.chat.ToolUse;

import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/// How a request of the messages API wants its answer.
///
/// Thinking is off unless it is asked for, as that API has it: its clients read the first block as
/// text.
record AnthropicSettings(Fields body) {
    List<ToolSpec> tools() {
        return RequestReader.tools(body).stream().map(AnthropicSettings::tool).toList();
    }

    private static ToolSpec tool(Fields tool) {
        if (!tool.text("type").orElse("custom").equals("custom")) {
            throw tool.unexpected("type", "custom, as no tools run here that a client does not");
        }
        Fields schema =
                tool.object("input_schema")
                        .orElseThrow(() -> tool.unexpected("input_schema", "a JSON schema"));
        return new ToolSpec(
                tool.requiredText("name"),
                tool.text("description").orElse(""),
                schema.node(),
                tool.flag("strict").orElse(false));
    }

    ToolUse toolUse() {
        Optional<Fields> choice = body.object("tool_choice");
        if (choice.isEmpty()) {
            return ToolUse.FREE;
        }
        Fields told = choice.get();
        boolean alone = told.flag("disable_parallel_tool_use").orElse(false);
        return ToolUse.FREE
                .withParallel(!alone)
                .withChoice(
                        switch (told.requiredText("type")) {
                            case "auto" -> new ToolChoice.Auto();
                            case "none" -> new ToolChoice.None();
                            case "any" -> new ToolChoice.Required();
                            case "tool" -> new ToolChoice.Named(told.requiredText("name"));
                            default -> throw told.unexpected("type", "auto, any, tool or none");
                        });
    }

    Thinking thinking() {
        Optional<Fields> told = body.object("thinking");
        if (told.isEmpty()) {
            return new Thinking.Off();
        }
        return switch (told.get().requiredText("type")) {
            case "disabled" -> new Thinking.Off();
            case "enabled" -> {
                OptionalInt budget = told.get().integer("budget_tokens", 0, Integer.MAX_VALUE);
                yield budget.isPresent()
                        ? new Thinking.Budget(budget.getAsInt())
                        : Thinking.DEFAULT;
            }
            case "adaptive", "between_tools" ->
                    body.object("output_config")
                            .flatMap(output -> RequestReader.effort(output, "effort"))
                            .orElse(Thinking.DEFAULT);
            default -> throw told.get().unexpected("type", "enabled, disabled or adaptive");
        };
    }

    boolean showsThinking() {
        return body.object("thinking")
                .flatMap(told -> told.text("display"))
                .filter(display -> display.equals("omitted"))
                .isEmpty();
    }

    ResponseFormat format() {
        Optional<Fields> format =
                body.object("output_config").flatMap(output -> output.object("format"));
        if (format.isEmpty()) {
            return ResponseFormat.TEXT;
        }
        if (!format.get().requiredText("type").equals("json_schema")) {
            throw format.get().unexpected("type", "json_schema");
        }
        return new ResponseFormat.JsonSchema(
                format.get()
                        .value("schema")
                        .orElseThrow(() -> format.get().unexpected("schema", "a JSON schema")));
    }
}
