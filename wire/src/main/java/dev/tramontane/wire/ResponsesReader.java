package dev.tramontane.wire;

import dev.tramontane.chat.ChatRequest;
import dev.tramontane.chat.InvalidRequestException;
import dev.tramontane.chat.ResponseFormat;
import dev.tramontane.chat.ToolChoice;
import dev.tramontane.chat.ToolSpec;
import dev.tramontane.chat.ToolUse;
import dev.tramontane.sampling.SamplingParams;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;

/// Reads a request of the Responses API. What would change the answer's meaning and is not there
/// (conversations kept by the server, prompts kept by it, its own tools) is refused; what would not
/// is passed over.
final class ResponsesReader {
    private static final String LOGPROBS = "message.output_text.logprobs";

    /// All that may be asked to be included. Most is of tools that no model here has.
    private static final Set<String> INCLUDABLE =
            Set.of(
                    LOGPROBS,
                    "reasoning.encrypted_content",
                    "message.input_image.image_url",
                    "file_search_call.results",
                    "web_search_call.results",
                    "web_search_call.action.sources",
                    "computer_call_output.output.image_url",
                    "code_interpreter_call.outputs");

    private final Fields body;
    private final Responses.Past past;

    ResponsesReader(Fields body, Responses.Past past) {
        this.body = body;
        this.past = past;
    }

    Responses.Request read(SamplingParams defaults) {
        refuseWhatIsNotThere();
        List<ToolSpec> tools =
                RequestReader.tools(body).stream().map(ResponsesReader::tool).toList();
        SamplingParams sampling = sampling(defaults);
        Optional<String> previous = body.text("previous_response_id");
        Optional<String> instructions = body.text("instructions").filter(text -> !text.isEmpty());
        List<ObjectNode> items = new ArrayList<>();
        List<Responses.Placed> messages = messages(instructions, previous, items);
        var common = new RequestReader(body);
        ChatRequest chat =
                ChatRequest.of(messages.stream().map(Responses.Placed::message).toList())
                        .withTools(allowed(tools))
                        .withToolUse(toolUse())
                        .withThinking(common.thinking())
                        .withDefaultSystemPrompt(common.wantsDefaultPrompt())
                        .withFormat(format())
                        .withStop(RequestReader.stops(body))
                        .withSampling(sampling);
        return new Responses.Request(
                body.text("model").orElse(""),
                chat,
                messages.stream().map(Responses.Placed::place).toList(),
                new ResponseSettings(body).tell(tools, sampling),
                new Responses.Delivery(
                        body.flag("stream").orElse(false),
                        body.flag("return_progress").orElse(false),
                        ChatCompletions.format(body)),
                new Responses.Memory(body.flag("store").orElse(true), previous, items),
                body.integer("votes", 1, ChatCompletions.MOST_VOTES).orElse(1),
                ResponseSettings.truncation(body).equals("auto"));
    }

    private void refuseWhatIsNotThere() {
        if (body.flag("background").orElse(false)) {
            throw body.unexpected(
                    "background", "false, as answers are written while somebody waits");
        }
        refuse("conversation", "none, as only responses are kept; use previous_response_id");
        refuse("prompt", "none, as no prompts are kept; write it into instructions and input");
        refuse("moderation", "none, as there is nobody here to moderate");
        for (String included : body.texts("include")) {
            if (!INCLUDABLE.contains(included)) {
                throw body.unexpected("include", "a list of " + String.join(", ", INCLUDABLE));
            }
        }
    }

    private void refuse(String field, String expected) {
        if (body.value(field).isPresent()) {
            throw body.unexpected(field, expected);
        }
    }

    /// @param items filled with those of this request
    private List<Responses.Placed> messages(
            Optional<String> instructions, Optional<String> previous, List<ObjectNode> items) {
        var reader = new ItemReader();
        instructions.ifPresent(reader::instruct);
        for (ObjectNode item : previous.map(past::conversation).orElse(List.of())) {
            reader.read(new Fields(item, ""), "previous_response_id");
        }
        JsonNode input = body.value("input").orElseThrow(this::noInput);
        if (input.isString()) {
            ObjectNode item = JsonNodeFactory.instance.objectNode();
            item.put("role", "user").set("content", input);
            keep(new Fields(item, "input"), reader, "input", items);
            return reader.messages();
        }
        if (!input.isArray()) {
            throw noInput();
        }
        List<Fields> list = body.objects("input");
        for (int i = 0; i < list.size(); i++) {
            keep(resolved(list.get(i)), reader, "input[%d]".formatted(i), items);
        }
        return reader.messages();
    }

    private InvalidRequestException noInput() {
        return body.unexpected("input", "a text or a list of items");
    }

    private static void keep(Fields item, ItemReader reader, String at, List<ObjectNode> items) {
        reader.read(item, at);
        items.add(KeptItem.of(item));
    }

    /// A reference means the item that it names.
    private Fields resolved(Fields item) {
        if (!ItemReader.type(item).equals("item_reference")) {
            return item;
        }
        String id = item.requiredText("id");
        return past.item(id)
                .map(known -> new Fields(known, item.at()))
                .orElseThrow(
                        () ->
                                item.unexpected(
                                        "id",
                                        "that of an item of a stored response of your own; send the item itself"));
    }

    private static ToolSpec tool(Fields tool) {
        if (!tool.requiredText("type").equals("function")) {
            throw tool.unexpected("type", "function, as the server has no tools of its own");
        }
        return RequestReader.function(tool);
    }

    /// Those among which `allowed_tools` lets the model choose; all where it is not said.
    private List<ToolSpec> allowed(List<ToolSpec> tools) {
        Optional<Fields> choice = choice().filter(each -> isOf(each, "allowed_tools"));
        if (choice.isEmpty()) {
            return tools;
        }
        return RequestReader.only(tools, choice.get().objects("tools"));
    }

    private Optional<Fields> choice() {
        return body.value("tool_choice").filter(JsonNode::isObject).isPresent()
                ? body.object("tool_choice")
                : Optional.empty();
    }

    private static boolean isOf(Fields choice, String type) {
        return choice.text("type").orElse("").equals(type);
    }

    private ToolUse toolUse() {
        ToolUse use = ToolUse.FREE.withParallel(body.flag("parallel_tool_calls").orElse(true));
        Optional<Fields> choice = choice();
        if (choice.isPresent()) {
            return use.withChoice(named(choice.get()));
        }
        return body.text("tool_choice")
                .map(name -> use.withChoice(RequestReader.plain(name, body, "tool_choice")))
                .orElse(use);
    }

    private static ToolChoice named(Fields choice) {
        return switch (choice.requiredText("type")) {
            case "function" -> new ToolChoice.Named(choice.requiredText("name"));
            case "allowed_tools" ->
                    RequestReader.plain(choice.text("mode").orElse("auto"), choice, "mode");
            default -> throw choice.unexpected("type", "function or allowed_tools");
        };
    }

    private ResponseFormat format() {
        Optional<Fields> format = body.object("text").flatMap(text -> text.object("format"));
        if (format.isEmpty()) {
            return ResponseFormat.TEXT;
        }
        return switch (format.get().requiredText("type")) {
            case "text" -> ResponseFormat.TEXT;
            case "json_object" -> new ResponseFormat.JsonObject();
            case "json_schema" ->
                    new ResponseFormat.JsonSchema(RequestReader.schemaOf(format.get()));
            default -> throw format.get().unexpected("type", "text, json_object or json_schema");
        };
    }

    private SamplingParams sampling(SamplingParams defaults) {
        int most = body.integer("max_output_tokens", 1, Integer.MAX_VALUE).orElse(0);
        return new SamplingReader(body, defaults)
                .read(topLogprobs(), most > 0 ? most : defaults.maxTokens());
    }

    private int topLogprobs() {
        OptionalInt top = body.integer("top_logprobs", 0, SamplingParams.MOST_LOGPROBS);
        boolean isAsked = top.orElse(0) > 0 || body.texts("include").contains(LOGPROBS);
        return isAsked ? top.orElse(0) : -1;
    }
}
