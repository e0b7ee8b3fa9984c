package dev.tramontane.wire;

import dev.tramontane.chat.ChatRequest;
import dev.tramontane.chat.InvalidRequestException;
import dev.tramontane.chat.Message;
import dev.tramontane.chat.ResponseFormat;
import dev.tramontane.chat.Thinking;
import dev.tramontane.chat.ToolChoice;
import dev.tramontane.chat.ToolSpec;
import dev.tramontane.chat.ToolUse;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;

/// Reads a request of any client as generously as its meaning allows: either family's name of a
/// field, extras of local servers, and nothing of what is unknown. A value that means nothing is
/// refused with its path.
final class RequestReader {
    private static final int MOST_STOPS = 16;
    private static final int LONGEST_STOP_CHARS = 256;
    private static final int MOST_TOOLS = 128;

    private final Fields body;

    RequestReader(Fields body) {
        this.body = body;
    }

    /// All but the sampling.
    ChatRequest read() {
        if (body.value("guardrails").filter(list -> !list.isEmpty()).isPresent()) {
            throw body.unexpected("guardrails", "none, as there is nobody here to moderate");
        }
        ChatRequest request =
                ChatRequest.of(messages())
                        .withTools(allowed(tools(body).stream().map(RequestReader::tool).toList()))
                        .withToolUse(toolUse())
                        .withThinking(thinking())
                        .withDefaultSystemPrompt(wantsDefaultPrompt())
                        .withFormat(format());
        return request.withStop(stops(body));
    }

    /// What the model may call, not read yet.
    static List<Fields> tools(Fields body) {
        List<Fields> tools = body.objects("tools");
        if (tools.size() > MOST_TOOLS) {
            throw new InvalidRequestException(
                    "tools",
                    "found %d, expected %d at most; leave some out"
                            .formatted(tools.size(), MOST_TOOLS));
        }
        return tools;
    }

    /// The texts that end an answer; empty ones are none.
    static List<String> stops(Fields body) {
        return stops(body, "stop");
    }

    static List<String> stops(Fields body, String field) {
        List<String> stops = body.texts(field).stream().filter(stop -> !stop.isEmpty()).toList();
        boolean isLong = stops.stream().anyMatch(stop -> stop.length() > LONGEST_STOP_CHARS);
        if (stops.size() > MOST_STOPS || isLong) {
            throw body.unexpected(
                    field,
                    "%d texts of %d characters at most".formatted(MOST_STOPS, LONGEST_STOP_CHARS));
        }
        return stops;
    }

    private List<Message> messages() {
        List<Fields> parts = body.objects("messages");
        if (parts.isEmpty()) {
            throw body.unexpected("messages", "a list with one message at least");
        }
        boolean continues = body.flag("continue_final_message").orElse(false);
        if (continues && body.flag("add_generation_prompt").orElse(false)) {
            throw body.unexpected(
                    "add_generation_prompt", "false, as the last message is to be continued");
        }
        List<Message> messages = new ArrayList<>();
        for (Fields part : parts) {
            boolean isLast = messages.size() == parts.size() - 1;
            messages.add(MessageReader.read(part, continues && isLast));
        }
        if (continues && !(messages.getLast() instanceof Message.AssistantMessage)) {
            throw body.unexpected("continue_final_message", "false, as no assistant spoke last");
        }
        return messages;
    }

    static ToolSpec tool(Fields tool) {
        String type = tool.text("type").orElse("function");
        if (!type.equals("function")) {
            throw tool.unexpected("type", "function");
        }
        return function(
                tool.object("function")
                        .orElseThrow(() -> tool.unexpected("function", "an object")));
    }

    /// A tool, where its name and parameters stand.
    static ToolSpec function(Fields function) {
        JsonNode parameters =
                function.object("parameters")
                        .map(Fields::node)
                        .orElseGet(JsonNodeFactory.instance::objectNode);
        return new ToolSpec(
                function.requiredText("name"),
                function.text("description").orElse(""),
                parameters,
                function.flag("strict").orElse(false));
    }

    private ToolUse toolUse() {
        ToolUse use = ToolUse.FREE.withParallel(body.flag("parallel_tool_calls").orElse(true));
        Optional<JsonNode> choice = body.value("tool_choice");
        if (choice.isEmpty()) {
            return use;
        }
        if (!choice.get().isObject()) {
            return use.withChoice(plain(body.requiredText("tool_choice"), body, "tool_choice"));
        }
        Optional<Fields> allowed = allowedTools();
        if (allowed.isPresent()) {
            return use.withChoice(plain(allowed.get().requiredText("mode"), allowed.get(), "mode"));
        }
        String name =
                body.object("tool_choice")
                        .flatMap(named -> named.object("function"))
                        .map(function -> function.requiredText("name"))
                        .orElseThrow(() -> body.unexpected("tool_choice", "a function"));
        return use.withChoice(new ToolChoice.Named(name));
    }

    /// A choice that is a word.
    static ToolChoice plain(String word, Fields from, String field) {
        return switch (word) {
            case "auto" -> new ToolChoice.Auto();
            case "none" -> new ToolChoice.None();
            case "required", "any" -> new ToolChoice.Required();
            default ->
                    throw from.unexpected(
                            field, "auto, none, required, any, a function or allowed_tools");
        };
    }

    /// OpenAI's choice among some of the tools, where a request makes one.
    private Optional<Fields> allowedTools() {
        return body.value("tool_choice").filter(JsonNode::isObject).isPresent()
                ? body.object("tool_choice").flatMap(choice -> choice.object("allowed_tools"))
                : Optional.empty();
    }

    /// Those among which the model may choose; all where it is not said.
    private List<ToolSpec> allowed(List<ToolSpec> tools) {
        Optional<Fields> choice = allowedTools();
        if (choice.isEmpty()) {
            return tools;
        }
        List<Fields> named = new ArrayList<>();
        for (Fields tool : choice.get().objects("tools")) {
            named.add(
                    tool.object("function")
                            .orElseThrow(() -> tool.unexpected("function", "an object")));
        }
        return only(tools, named);
    }

    /// Those of the tools that are named, each of which must be there.
    static List<ToolSpec> only(List<ToolSpec> tools, List<Fields> named) {
        Set<String> names = new HashSet<>();
        for (Fields each : named) {
            String name = each.requiredText("name");
            if (tools.stream().noneMatch(tool -> tool.name().equals(name))) {
                throw each.unexpected("name", "that of a tool of the request");
            }
            names.add(name);
        }
        return tools.stream().filter(tool -> names.contains(tool.name())).toList();
    }

    /// Absent and `"reasoning"` are the model's own prompt, `null` is none.
    boolean wantsDefaultPrompt() {
        Optional<String> mode = body.text("prompt_mode");
        if (mode.isPresent() && !mode.get().equals("reasoning")) {
            throw body.unexpected("prompt_mode", "reasoning or null");
        }
        return mode.isPresent() || !body.has("prompt_mode");
    }

    /// A budget, under whichever name, says more than an effort, and an effort more than a switch.
    Thinking thinking() {
        for (String name :
                List.of(
                        "thinking_budget",
                        "thinking_budget_tokens",
                        "thinking_token_budget",
                        "reasoning_budget_tokens",
                        "reasoning_budget")) {
            OptionalInt budget = body.integer(name, -1, Integer.MAX_VALUE);
            if (budget.orElse(-1) >= 0) {
                return new Thinking.Budget(budget.getAsInt());
            }
        }
        Optional<Fields> switched = body.object("thinking");
        OptionalInt budget =
                switched.map(each -> each.integer("budget_tokens", 0, Integer.MAX_VALUE))
                        .orElse(OptionalInt.empty());
        if (budget.isPresent()) {
            return new Thinking.Budget(budget.getAsInt());
        }
        Optional<Thinking> effort =
                effort(body, "reasoning_effort")
                        .or(() -> body.object("reasoning").flatMap(each -> effort(each, "effort")));
        boolean isOff =
                switched.flatMap(each -> each.text("type")).orElse("").equals("disabled")
                        || body.object("chat_template_kwargs")
                                .flatMap(each -> each.flag("enable_thinking"))
                                .filter(enabled -> !enabled)
                                .isPresent();
        return effort.orElse(isOff ? new Thinking.Off() : Thinking.DEFAULT);
    }

    static Optional<Thinking> effort(Fields fields, String field) {
        return fields.text(field)
                .map(
                        name ->
                                switch (name) {
                                    case "none" -> new Thinking.Off();
                                    case "minimal", "low" ->
                                            new Thinking.Effort(Thinking.Level.LOW);
                                    case "medium" -> new Thinking.Effort(Thinking.Level.MEDIUM);
                                    case "high", "xhigh", "max" ->
                                            new Thinking.Effort(Thinking.Level.HIGH);
                                    default ->
                                            throw fields.unexpected(
                                                    field,
                                                    "none, minimal, low, medium, high, xhigh or max");
                                });
    }

    /// What the answer is held to: OpenAI's field, vLLM's, or llama-server's `json_schema` and
    /// `grammar`.
    ResponseFormat format() {
        Optional<Fields> format = body.object("response_format");
        if (format.isEmpty()) {
            return otherwise();
        }
        return switch (format.get().requiredText("type")) {
            case "text" -> otherwise();
            case "json_object" ->
                    format.get()
                            .value("schema")
                            .<ResponseFormat>map(ResponseFormat.JsonSchema::new)
                            .orElseGet(ResponseFormat.JsonObject::new);
            case "json_schema" -> new ResponseFormat.JsonSchema(schema(format.get()));
            default -> throw format.get().unexpected("type", "text, json_object or json_schema");
        };
    }

    private ResponseFormat otherwise() {
        Optional<JsonNode> schema = body.value("json_schema");
        Optional<String> grammar = body.text("grammar").filter(text -> !text.isBlank());
        if (schema.isPresent() && grammar.isPresent()) {
            throw body.unexpected("grammar", "none beside a json_schema");
        }
        return body.object("structured_outputs")
                .flatMap(RequestReader::structured)
                .or(() -> schema.map(ResponseFormat.JsonSchema::new))
                .or(() -> grammar.map(ResponseFormat.Grammar::new))
                .orElse(ResponseFormat.TEXT);
    }

    private static JsonNode schema(Fields format) {
        return schemaOf(
                format.object("json_schema")
                        .orElseThrow(() -> format.unexpected("json_schema", "an object")));
    }

    /// The schema of a format, where its name and its schema stand.
    static JsonNode schemaOf(Fields named) {
        return named.value("schema")
                .orElseThrow(
                        () ->
                                new InvalidRequestException(
                                        named.path("schema"),
                                        "absent, expected a JSON schema; add it"));
    }

    /// vLLM's field.
    private static Optional<ResponseFormat> structured(Fields outputs) {
        Optional<ResponseFormat> regex = outputs.text("regex").map(ResponseFormat.Regex::new);
        return regex.or(() -> outputs.text("grammar").map(ResponseFormat.Grammar::new))
                .or(() -> outputs.value("json").map(ResponseFormat.JsonSchema::new))
                .or(
                        () ->
                                outputs.has("choice")
                                        ? Optional.of(
                                                new ResponseFormat.Choice(outputs.texts("choice")))
                                        : Optional.empty());
    }
}
