package dev.tramontane.chat;

import dev.tramontane.chat.Message.AssistantMessage;
import dev.tramontane.chat.Message.SystemMessage;
import dev.tramontane.chat.Message.ToolMessage;
import dev.tramontane.chat.Message.UserMessage;
import dev.tramontane.chat.PythonJson.NotJsonException;
import dev.tramontane.chat.TemplateRules.CallFormat;
import dev.tramontane.chat.TemplateRules.ToolsPlace;
import dev.tramontane.chat.Turns.Turn;
import dev.tramontane.tokenizer.SpecialToken;
import dev.tramontane.tokenizer.Tekken;
import dev.tramontane.tokenizer.TekkenConfig;
import dev.tramontane.tokenizer.Tokenizer;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalInt;

/// Messages to prompt tokens, in the format a model was trained on: check, put in form, write.
///
/// Every piece of text is encoded by itself, so no token spans two pieces, and a mark spelled in
/// somebody's text stays text. Nothing stands between the pieces, and after the last: the model
/// speaks next. Immutable, for any number of threads.
public final class InstructTemplate {
    /// How strict the check is.
    public enum Mode {
        /// A conversation may end while results of calls are missing.
        TEST,
        /// Every call has its result.
        SERVING
    }

    private static final JsonNodeFactory NODES = JsonNodeFactory.instance;

    private final Tokenizer tokenizer;
    private final TemplateRules rules;
    private final Optional<EffortSetting> effort;
    private final Optional<ImageGrid> images;

    private InstructTemplate(
            Tokenizer tokenizer,
            TemplateRules rules,
            Optional<EffortSetting> effort,
            Optional<ImageGrid> images) {
        this.tokenizer = tokenizer;
        this.rules = rules;
        this.effort = effort;
        this.images = images;
    }

    /// The template of a Tekken file; see the general form.
    public static Optional<InstructTemplate> of(Tekken tekken, Optional<String> version) {
        return of(tekken, version, Optional.empty());
    }

    /// The template of a vocabulary. A `tekken.json` says its version, what its settings block may
    /// hold, and how the model sees images; where nothing is said (GGUF) see {@link
    /// TemplateRules#infer}.
    ///
    /// @param version another version to write; empty for the file's own
    /// @param chatTemplate the file's own template, a hint
    /// @return empty for a vocabulary without instruct marks
    /// @throws IllegalArgumentException when there is no such version
    public static Optional<InstructTemplate> of(
            Tokenizer tokenizer, Optional<String> version, Optional<String> chatTemplate) {
        Optional<TekkenConfig> config =
                tokenizer instanceof Tekken tekken
                        ? Optional.of(tekken.config())
                        : Optional.empty();
        return version.or(() -> config.flatMap(TekkenConfig::version))
                .map(TemplateRules::of)
                .or(() -> TemplateRules.infer(tokenizer, chatTemplate))
                .map(rules -> of(tokenizer, rules))
                .map(
                        template ->
                                config.flatMap(TekkenConfig::modelSettings)
                                        .map(template::withSettings)
                                        .orElse(template))
                .map(
                        template ->
                                config.flatMap(TekkenConfig::image)
                                        .map(template::withImages)
                                        .orElse(template));
    }

    /// A template for text; efforts, where the rules have settings, are `none` and `high`.
    public static InstructTemplate of(Tokenizer tokenizer, TemplateRules rules) {
        return new InstructTemplate(
                tokenizer,
                rules,
                rules.settings() ? Optional.of(EffortSetting.NONE_OR_HIGH) : Optional.empty(),
                Optional.empty());
    }

    /// The same template with the efforts that a `model_settings_builder` allows.
    public InstructTemplate withSettings(JsonNode builder) {
        return rules.settings()
                ? new InstructTemplate(tokenizer, rules, EffortSetting.of(builder), images)
                : this;
    }

    /// The same template for a model that sees images: `image` of `tekken.json`.
    public InstructTemplate withImages(JsonNode config) {
        var grid =
                new ImageGrid(
                        config.path("image_patch_size").asInt(0),
                        config.path("max_image_size").asInt(0),
                        config.path("spatial_merge_size").asInt(1));
        return new InstructTemplate(tokenizer, rules, effort, Optional.of(grid));
    }

    /// The rules this template follows.
    public TemplateRules rules() {
        return rules;
    }

    /// Whether the format and the vocabulary can write thinking between marks.
    public boolean writesThinking() {
        return !rules.thinking().isEmpty()
                && tokenizer.special(SpecialToken.THINK).isPresent()
                && tokenizer.special(SpecialToken.END_THINK).isPresent();
    }

    /// The reasoning effort that comes nearest to a wish, where the format has settings.
    Optional<String> effort(Thinking wish) {
        if (effort.isEmpty()) {
            return Optional.empty();
        }
        List<String> known = effort.get().values();
        String named =
                switch (wish) {
                    case Thinking.ModelDefault _ -> "";
                    case Thinking.Off _ -> "none";
                    case Thinking.Effort(Thinking.Level level) -> {
                        String name = level.name().toLowerCase(Locale.ROOT);
                        yield known.contains(name) ? name : "high";
                    }
                    case Thinking.Budget(int tokens) -> tokens > 0 ? "high" : "none";
                };
        return known.contains(named) ? Optional.of(named) : Optional.empty();
    }

    /// The prompt of a request; its thinking wish must be one that the format can write.
    ///
    /// @throws InvalidRequestException when the format cannot write the request
    public int[] encode(ChatRequest request) {
        return encode(request, Mode.SERVING);
    }

    /// The same, checked as strictly as the mode says.
    public int[] encode(ChatRequest request, Mode mode) {
        Optional<String> asked =
                switch (request.thinking()) {
                    case Thinking.ModelDefault _, Thinking.Budget _ -> Optional.empty();
                    case Thinking.Off _ -> Optional.of("none");
                    case Thinking.Effort(Thinking.Level level) ->
                            Optional.of(level.name().toLowerCase(Locale.ROOT));
                };
        return encode(request.messages(), request.tools(), asked, mode);
    }

    /// The prompt of a conversation.
    ///
    /// @param asked the reasoning effort, where the format has settings
    /// @throws InvalidRequestException when the format cannot write the conversation
    public int[] encode(
            List<Message> messages, List<ToolSpec> tools, Optional<String> asked, Mode mode) {
        new RequestCheck(rules, mode).check(messages, tools);
        if (asked.isPresent() && !rules.settings()) {
            throw new InvalidRequestException(
                    "reasoning_effort",
                    "found "
                            + asked.get()
                            + ", but format "
                            + rules.version()
                            + " has no settings; leave it out");
        }
        Turns turns = Turns.of(messages, rules);
        int first = place(turns.turns(), true);
        int last = place(turns.turns(), false);
        boolean toolsFirst = rules.tools() == ToolsPlace.BEFORE_FIRST_USER_MESSAGE;
        Optional<String> named = effort.flatMap(setting -> setting.resolve(asked));
        var out = new Ids();
        out.mark(SpecialToken.BOS);
        for (int i = 0; i < turns.turns().size(); i++) {
            Turn turn = turns.turns().get(i);
            if (i == (toolsFirst ? first : last)) {
                writeTools(tools, out);
                named.ifPresent(value -> writeSettings(value, out));
            }
            switch (turn.message()) {
                case SystemMessage message -> writeSystem(message, turn.source(), out);
                case UserMessage message -> {
                    Optional<String> system = i == last ? turns.system() : Optional.empty();
                    writeUser(message, turn.source(), system, out);
                }
                case AssistantMessage message -> writeAssistant(message, turn.source(), out);
                case ToolMessage message -> writeResult(message, turn.source(), out);
            }
        }
        return out.toArray();
    }

    /// The prompt for a text between two others.
    ///
    /// The suffix is encoded behind a smiley, of which two tokens are dropped: so did the training
    /// data, made with a tokenizer that put a space in front of every text.
    public int[] fillInTheMiddle(String prompt, Optional<String> suffix) {
        var out = new Ids();
        out.mark(SpecialToken.BOS);
        out.mark(SpecialToken.SUFFIX);
        suffix.filter(text -> !text.isEmpty())
                .ifPresent(
                        text -> {
                            int[] ids = tokenizer.encode("☺" + text);
                            out.add(ids, Math.min(2, ids.length));
                        });
        out.mark(SpecialToken.PREFIX);
        out.text(prompt);
        return out.toArray();
    }

    /// The place of the first or last user message; −1 without any.
    private static int place(List<Turn> turns, boolean first) {
        int found = -1;
        for (int i = 0; i < turns.size(); i++) {
            if (turns.get(i).message() instanceof UserMessage && !(first && found >= 0)) {
                found = i;
            }
        }
        return found;
    }

    private static void writeTools(List<ToolSpec> tools, Ids out) {
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
        out.mark(SpecialToken.AVAILABLE_TOOLS);
        out.text(PythonJson.print(list));
        out.mark(SpecialToken.END_AVAILABLE_TOOLS);
    }

    private static void writeSettings(String effort, Ids out) {
        out.mark(SpecialToken.MODEL_SETTINGS);
        out.text(PythonJson.print(NODES.objectNode().put("reasoning_effort", effort)));
        out.mark(SpecialToken.END_MODEL_SETTINGS);
    }

    private void writeSystem(SystemMessage message, int source, Ids out) {
        out.mark(SpecialToken.SYSTEM_PROMPT);
        writeChunks(message.content(), source, out);
        out.mark(SpecialToken.END_SYSTEM_PROMPT);
    }

    private void writeUser(UserMessage message, int source, Optional<String> system, Ids out) {
        out.mark(SpecialToken.INST);
        List<Chunk> content = imageFirst(message.content());
        boolean textAlone = content.isEmpty() || !Turns.textOf(content).isEmpty();
        if (textAlone) {
            out.text(system.map(text -> text + "\n\n").orElse("") + Turns.textOf(content));
        } else {
            system.ifPresent(text -> out.text(text + "\n\n"));
            writeChunks(content, source, out);
        }
        out.mark(SpecialToken.END_INST);
    }

    /// Text followed by one image at the very end: the image goes first.
    private static List<Chunk> imageFirst(List<Chunk> content) {
        boolean textThenImage =
                content.size() == 2
                        && content.getFirst() instanceof Chunk.TextChunk
                        && content.getLast() instanceof Chunk.ImageChunk;
        return textThenImage ? content.reversed() : content;
    }

    private void writeAssistant(AssistantMessage message, int source, Ids out) {
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
            writeChunks(content, source, out);
        } else {
            out.text(withoutTrailingSpaces(text));
        }
        if (!calls.isEmpty()) {
            writeCalls(calls, source, out);
        }
        if (!message.prefix()) {
            out.mark(SpecialToken.EOS);
        }
    }

    private static String withoutTrailingSpaces(String text) {
        int end = text.length();
        while (end > 0 && text.charAt(end - 1) == ' ') {
            end--;
        }
        return text.substring(0, end);
    }

    private void writeCalls(List<ToolCall> calls, int source, Ids out) {
        if (rules.calls().format() == CallFormat.JSON_LIST) {
            var list = NODES.arrayNode();
            for (int i = 0; i < calls.size(); i++) {
                ToolCall call = calls.get(i);
                ObjectNode node = NODES.objectNode().put("name", call.name());
                node.set("arguments", arguments(call, source, i));
                call.id().ifPresent(id -> node.put("id", id));
                list.add(node);
            }
            out.mark(SpecialToken.TOOL_CALLS);
            out.text(PythonJson.print(list));
            return;
        }
        for (int i = 0; i < calls.size(); i++) {
            ToolCall call = calls.get(i);
            out.mark(SpecialToken.TOOL_CALLS);
            out.text(call.name());
            if (rules.calls().format() == CallFormat.NAME_ID_ARGUMENTS && call.id().isPresent()) {
                out.mark(SpecialToken.CALL_ID);
                out.text(call.id().get());
            }
            out.mark(SpecialToken.ARGS);
            out.text(PythonJson.print(arguments(call, source, i)));
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

    private void writeResult(ToolMessage message, int source, Ids out) {
        String text = Turns.textOf(message.content());
        out.mark(SpecialToken.TOOL_RESULTS);
        switch (rules.results()) {
            case JSON_OBJECT -> {
                ObjectNode node = NODES.objectNode();
                node.set("content", json(text, "messages[" + source + "].content"));
                node.put("call_id", message.callId().orElseThrow());
                out.text(PythonJson.print(node));
            }
            case ID_AND_TEXT -> {
                out.text(message.callId().orElseThrow());
                out.mark(SpecialToken.TOOL_CONTENT);
                out.text(text);
            }
            case TEXT -> out.text(text);
            case TEXT_AND_IMAGES -> writeChunks(message.content(), source, out);
        }
        out.mark(SpecialToken.END_TOOL_RESULTS);
    }

    private void writeChunks(List<Chunk> content, int source, Ids out) {
        for (Chunk chunk : content) {
            switch (chunk) {
                case Chunk.TextChunk(String text) -> out.text(text);
                case Chunk.ThinkChunk think -> writeThinking(think, source, out);
                case Chunk.ImageChunk image -> writeImage(image, source, out);
            }
        }
    }

    private void writeThinking(Chunk.ThinkChunk think, int source, Ids out) {
        if (!writesThinking()) {
            throw new InvalidRequestException(
                    "messages[" + source + "].content",
                    "found thinking, but this model's vocabulary has no marks for it; send it as"
                            + " text or leave it out");
        }
        out.mark(SpecialToken.THINK);
        out.text(think.text());
        if (think.closed()) {
            out.mark(SpecialToken.END_THINK);
        }
    }

    private void writeImage(Chunk.ImageChunk image, int source, Ids out) {
        String path = "messages[" + source + "].content";
        ImageGrid grid =
                images.orElseThrow(
                        () ->
                                new InvalidRequestException(
                                        path,
                                        "found an image, but this model sees no images; choose a"
                                                + " model that does"));
        ImageSize size =
                ImageSize.ofDataUrl(image.source())
                        .orElseThrow(
                                () ->
                                        new InvalidRequestException(
                                                path,
                                                "found an image that is no PNG or JPEG in a data:"
                                                        + " address, expected one; convert and"
                                                        + " embed it"));
        ImageGrid.Tokens tokens = grid.of(size.width(), size.height());
        for (int row = 0; row < tokens.rows(); row++) {
            for (int column = 0; column < tokens.columns(); column++) {
                out.mark(SpecialToken.IMG);
            }
            boolean lastRow = row == tokens.rows() - 1;
            out.mark(lastRow ? SpecialToken.IMG_END : SpecialToken.IMG_BREAK);
        }
    }

    /// The prompt as it grows.
    private final class Ids {
        private int[] ids = new int[256];
        private int size;

        void text(String text) {
            if (!text.isEmpty()) {
                add(tokenizer.encode(text), 0);
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
            add(new int[] {id.getAsInt()}, 0);
        }

        void add(int[] more, int from) {
            int count = more.length - from;
            if (size + count > ids.length) {
                ids = Arrays.copyOf(ids, Math.max(2 * ids.length, size + count));
            }
            System.arraycopy(more, from, ids, size, count);
            size += count;
        }

        int[] toArray() {
            return Arrays.copyOf(ids, size);
        }
    }
}
