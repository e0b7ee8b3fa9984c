package dev.tramontane.chat;

import dev.tramontane.chat.Message.AssistantMessage;
import dev.tramontane.chat.Message.SystemMessage;
import dev.tramontane.chat.Message.ToolMessage;
import dev.tramontane.chat.Message.UserMessage;
import dev.tramontane.chat.PythonJson.NotJsonException;
import dev.tramontane.chat.TemplateRules.CallFormat;
import dev.tramontane.image.ImageGrid;
import dev.tramontane.tokenizer.SpecialToken;
import dev.tramontane.tokenizer.Tokenizer;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/// One prompt as it is written: marks, and texts encoded piece by piece.
///
/// The parts of a conversation are given in their order; where a part stands in the request is only
/// for messages of refusals.
final class PromptWriter {
    private static final JsonNodeFactory NODES = JsonNodeFactory.instance;

    private final Tokenizer tokenizer;
    private final TemplateRules rules;
    private final Optional<ImageGrid> images;
    private final boolean writesThinking;
    private final List<ImageSource> sources = new ArrayList<>();
    private int[] ids = new int[256];
    private int size;

    /// A prompt.
    ///
    /// @param images that it has places for, in their order
    record Written(int[] ids, List<ImageSource> images) {
        Written {
            images = List.copyOf(images);
        }
    }

    /// @param images how images are cut; empty for a model that sees none
    /// @param writesThinking whether the vocabulary has the marks of thinking
    PromptWriter(
            Tokenizer tokenizer,
            TemplateRules rules,
            Optional<ImageGrid> images,
            boolean writesThinking) {
        this.tokenizer = tokenizer;
        this.rules = rules;
        this.images = images;
        this.writesThinking = writesThinking;
    }

    void tools(List<ToolSpec> tools) {
        if (tools.isEmpty()) {
            return;
        }
        var list = NODES.arrayNode();
        for (ToolSpec tool : tools) {
            ObjectNode function = NODES.objectNode();
            function.put("name", tool.name());
            function.put("description", tool.description());
            function.set("parameters", tool.parameters());
            list.add(NODES.objectNode().put("type", "function").set("function", function));
        }
        mark(SpecialToken.AVAILABLE_TOOLS);
        text(PythonJson.print(list));
        mark(SpecialToken.END_AVAILABLE_TOOLS);
    }

    void settings(String effort) {
        mark(SpecialToken.MODEL_SETTINGS);
        text(PythonJson.print(NODES.objectNode().put("reasoning_effort", effort)));
        mark(SpecialToken.END_MODEL_SETTINGS);
    }

    void system(SystemMessage message, int source) {
        mark(SpecialToken.SYSTEM_PROMPT);
        chunks(message.content(), source);
        mark(SpecialToken.END_SYSTEM_PROMPT);
    }

    void user(UserMessage message, int source, Optional<String> system) {
        mark(SpecialToken.INST);
        List<Chunk> content = imageFirst(message.content());
        boolean textAlone = content.isEmpty() || !Turns.textOf(content).isEmpty();
        if (textAlone) {
            text(system.map(text -> text + "\n\n").orElse("") + Turns.textOf(content));
        } else {
            system.ifPresent(text -> text(text + "\n\n"));
            chunks(content, source);
        }
        mark(SpecialToken.END_INST);
    }

    /// Text followed by one image at the very end: the image goes first.
    private static List<Chunk> imageFirst(List<Chunk> content) {
        boolean textThenImage =
                content.size() == 2
                        && content.getFirst() instanceof Chunk.TextChunk
                        && content.getLast() instanceof Chunk.ImageChunk;
        return textThenImage ? content.reversed() : content;
    }

    void assistant(AssistantMessage message, int source) {
        List<Chunk> content = message.content();
        List<ToolCall> calls = message.toolCalls();
        boolean both = !content.isEmpty() && !calls.isEmpty();
        if ((content.isEmpty() && calls.isEmpty()) || (both && !rules.calls().beside())) {
            throw new InvalidRequestException(
                    "messages[" + source + "]",
                    "found "
                            + (both ? "content and tool calls" : "neither content nor tool calls")
                            + ", expected "
                            + (rules.calls().beside() ? "one at least" : "one of the two")
                            + "; change or remove the message");
        }
        String text = Turns.textOf(content);
        if (text.isEmpty()) {
            chunks(content, source);
        } else {
            text(withoutTrailingSpaces(text));
        }
        if (!calls.isEmpty()) {
            calls(calls, source);
        }
        if (!message.prefix()) {
            mark(SpecialToken.EOS);
        }
    }

    private static String withoutTrailingSpaces(String text) {
        int end = text.length();
        while (end > 0 && text.charAt(end - 1) == ' ') {
            end--;
        }
        return text.substring(0, end);
    }

    private void calls(List<ToolCall> calls, int source) {
        if (rules.calls().format() == CallFormat.JSON_LIST) {
            var list = NODES.arrayNode();
            for (int i = 0; i < calls.size(); i++) {
                ToolCall call = calls.get(i);
                ObjectNode node = NODES.objectNode().put("name", call.name());
                node.set("arguments", arguments(call, source, i));
                call.id().ifPresent(id -> node.put("id", id));
                list.add(node);
            }
            mark(SpecialToken.TOOL_CALLS);
            text(PythonJson.print(list));
            return;
        }
        for (int i = 0; i < calls.size(); i++) {
            ToolCall call = calls.get(i);
            mark(SpecialToken.TOOL_CALLS);
            text(call.name());
            if (rules.calls().format() == CallFormat.NAME_ID_ARGUMENTS && call.id().isPresent()) {
                mark(SpecialToken.CALL_ID);
                text(call.id().get());
            }
            mark(SpecialToken.ARGS);
            text(PythonJson.print(arguments(call, source, i)));
        }
    }

    /// Arguments as JSON: none at all are an empty object, what is no JSON is a JSON string.
    private static JsonNode arguments(ToolCall call, int source, int index) {
        return json(
                call.arguments(), "messages[" + source + "].tool_calls[" + index + "].function");
    }

    private static JsonNode json(String text, String path) {
        if (text.isEmpty()) {
            return NODES.objectNode();
        }
        try {
            return PythonJson.parse(text);
        } catch (PythonJson.TooDeepException deep) {
            throw new InvalidRequestException(path, deep.getMessage() + "; flatten it");
        } catch (NotJsonException _) {
            return NODES.stringNode(text);
        }
    }

    void result(ToolMessage message, int source) {
        String text = Turns.textOf(message.content());
        mark(SpecialToken.TOOL_RESULTS);
        switch (rules.results()) {
            case JSON_OBJECT -> {
                ObjectNode node = NODES.objectNode();
                node.set("content", json(text, "messages[" + source + "].content"));
                node.put("call_id", message.callId().orElseThrow());
                text(PythonJson.print(node));
            }
            case ID_AND_TEXT -> {
                text(message.callId().orElseThrow());
                mark(SpecialToken.TOOL_CONTENT);
                text(text);
            }
            case TEXT -> text(text);
            case TEXT_AND_IMAGES -> chunks(message.content(), source);
        }
        mark(SpecialToken.END_TOOL_RESULTS);
    }

    private void chunks(List<Chunk> content, int source) {
        for (Chunk chunk : content) {
            switch (chunk) {
                case Chunk.TextChunk(String text) -> text(text);
                case Chunk.ThinkChunk think -> thinking(think, source);
                case Chunk.ImageChunk image -> image(image, "messages[" + source + "].content");
            }
        }
    }

    private void thinking(Chunk.ThinkChunk think, int source) {
        if (!writesThinking) {
            throw new InvalidRequestException(
                    "messages[" + source + "].content",
                    "found thinking, but this model's vocabulary has no marks for it; send it as"
                            + " text or leave it out");
        }
        mark(SpecialToken.THINK);
        text(think.text());
        if (think.closed()) {
            mark(SpecialToken.END_THINK);
        }
    }

    /// @param path where it stands in the request
    void image(Chunk.ImageChunk image, String path) {
        ImageGrid grid =
                images.orElseThrow(
                        () ->
                                new InvalidRequestException(
                                        path,
                                        "found an image, but this model sees no images; choose a"
                                                + " model that does"));
        ImageSize size = size(image.source(), path);
        sources.add(image.source());
        ImageGrid.Tokens tokens = grid.of(size.width(), size.height());
        for (int row = 0; row < tokens.rows(); row++) {
            for (int column = 0; column < tokens.columns(); column++) {
                mark(SpecialToken.IMG);
            }
            boolean lastRow = row == tokens.rows() - 1;
            mark(lastRow ? SpecialToken.IMG_END : SpecialToken.IMG_BREAK);
        }
    }

    private static ImageSize size(ImageSource source, String path) {
        return switch (source) {
            case ImageSource.Pixels(var image) -> new ImageSize(image.width(), image.height());
            case ImageSource.Address(var uri) ->
                    ImageSize.ofDataUrl(uri)
                            .orElseThrow(
                                    () ->
                                            new InvalidRequestException(
                                                    path,
                                                    "found an image that is no PNG or JPEG in a"
                                                            + " data: address, expected one;"
                                                            + " convert and embed it"));
        };
    }

    void text(String text) {
        if (!text.isEmpty()) {
            add(tokenizer.encode(text));
        }
    }

    void mark(SpecialToken mark) {
        OptionalInt id = tokenizer.special(mark);
        if (id.isEmpty()) {
            throw new InvalidRequestException(
                    "messages",
                    "the conversation needs the mark "
                            + mark.spelling()
                            + " of format "
                            + rules.version()
                            + ", which this model's vocabulary lacks; choose the template"
                            + " version the model was trained on");
        }
        add(new int[] {id.getAsInt()});
    }

    private void add(int[] more) {
        if (size + more.length > ids.length) {
            ids = Arrays.copyOf(ids, Math.max(2 * ids.length, size + more.length));
        }
        System.arraycopy(more, 0, ids, size, more.length);
        size += more.length;
    }

    Written written() {
        return new Written(Arrays.copyOf(ids, size), sources);
    }
}
