package dev.tramontane.chat;

import dev.tramontane.jinja.Limits;
import dev.tramontane.jinja.Rendered;
import dev.tramontane.jinja.Surroundings;
import dev.tramontane.jinja.Template;
import dev.tramontane.jinja.TemplateException;
import dev.tramontane.jinja.Value;
import dev.tramontane.tokenizer.SpecialToken;
import dev.tramontane.tokenizer.Tokenizer;
import dev.tramontane.tokenizer.Tokenizer.Span;
import dev.tramontane.weights.ModelFolder;
import dev.tramontane.weights.ModelFormatException;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/// Messages to prompt tokens by the Jinja template that a model outside the family brings.
///
/// Special tokens that the template writes become special ids; whatever a message, a tool or its
/// result spells stays text, also after filters and string methods. Between two special tokens the
/// text is encoded as one, as the reference does.
///
/// The template may read the messages, the tools, the names of the vocabulary's special tokens, and
/// how much to think ({@link #THINKING_VARIABLES}); nothing that a request names itself. Immutable,
/// for any number of threads.
public final class JinjaTemplate implements ChatTemplate {
    /// The variables by which templates are told whether and how much to think.
    static final List<String> THINKING_VARIABLES =
            List.of("enable_thinking", "thinking", "reasoning_effort");

    private static final String DEFAULT = "default";
    private static final String WITH_TOOLS = "tool_use";
    private static final String GGUF_KEY = "tokenizer.chat_template";

    private static final Map<String, SpecialToken> TOKEN_VARIABLES =
            Map.of(
                    "bos_token", SpecialToken.BOS,
                    "eos_token", SpecialToken.EOS,
                    "pad_token", SpecialToken.PAD,
                    "unk_token", SpecialToken.UNKNOWN);

    /// The first rendering also loads the interpreter's classes.
    private static final Limits WHEN_OPENED = Limits.STANDARD.within(Duration.ofSeconds(10));

    private final Tokenizer tokenizer;
    private final Map<String, String> sources;
    private final Template plain;
    private final Template withTools;
    private final Clock clock;
    private final boolean argumentsAsText;

    private JinjaTemplate(
            Tokenizer tokenizer,
            Map<String, String> sources,
            Template plain,
            Template withTools,
            Clock clock) {
        this.tokenizer = tokenizer;
        this.sources = sources;
        this.plain = plain;
        this.withTools = withTools;
        this.clock = clock;
        this.argumentsAsText = wantsArgumentsAsText();
    }

    /// The template of a model's files: `tokenizer.chat_template` of GGUF with its named kin, or
    /// the files beside safetensors. Empty when there is none.
    ///
    /// @throws ModelFormatException when a template cannot be read; it names the line
    @SuppressWarnings("exports")
    public static Optional<JinjaTemplate> of(ModelFolder folder, Tokenizer tokenizer)
            throws IOException {
        return of(folder.weights().location(), sources(folder), tokenizer);
    }

    /// The template that lies beside a bare `tokenizer.json`. Empty when there is none.
    ///
    /// @throws ModelFormatException when a template cannot be read; it names the line
    public static Optional<JinjaTemplate> beside(Path tokenizerJson, Tokenizer tokenizer)
            throws IOException {
        Map<String, String> sources = ModelFolder.chatTemplatesBeside(tokenizerJson);
        return of(tokenizerJson.toString(), sources, tokenizer);
    }

    private static Optional<JinjaTemplate> of(
            String location, Map<String, String> sources, Tokenizer tokenizer) {
        if (sources.isEmpty()) {
            return Optional.empty();
        }
        try {
            return Optional.of(of(tokenizer, sources, Clock.system(ZoneId.systemDefault())));
        } catch (TemplateException broken) {
            throw new ModelFormatException(
                    location
                            + ": the chat template cannot be read: "
                            + broken.getMessage()
                            + "; correct it, or get the file again",
                    broken);
        }
    }

    private static Map<String, String> sources(ModelFolder folder) throws IOException {
        if (folder.kind() != ModelFolder.Kind.GGUF) {
            return folder.chatTemplates();
        }
        var metadata = folder.weights().metadata();
        Map<String, String> sources = new LinkedHashMap<>();
        metadata.text(GGUF_KEY).ifPresent(source -> sources.put(DEFAULT, source));
        metadata.text(GGUF_KEY + "." + WITH_TOOLS)
                .ifPresent(source -> sources.put(WITH_TOOLS, source));
        return sources;
    }

    /// A template from its text.
    ///
    /// @param sources by name: `default`, and perhaps `tool_use` for requests with tools
    /// @param clock what `strftime_now` tells
    /// @throws TemplateException when one cannot be read
    static JinjaTemplate of(Tokenizer tokenizer, Map<String, String> sources, Clock clock) {
        String first = sources.values().iterator().next();
        Template plain = Template.parse(sources.getOrDefault(DEFAULT, first));
        String tools = sources.get(WITH_TOOLS);
        Template withTools = tools == null ? plain : Template.parse(tools);
        return new JinjaTemplate(tokenizer, Map.copyOf(sources), plain, withTools, clock);
    }

    @Override
    public String format() {
        return "jinja";
    }

    /// Whether any of the templates spells this text.
    boolean mentions(String text) {
        return sources.values().stream().anyMatch(source -> source.contains(text));
    }

    /// How the model sets its thinking apart: the marks its template spells, as tokens where the
    /// vocabulary has them.
    ThinkingFormat thinking() {
        return ThinkingFormat.ofTemplate(tokenizer, this::mentions);
    }

    /// How the model writes tool calls.
    CallStyle calls() {
        return CallStyle.ofTemplate(this::mentions);
    }

    @Override
    public int[] encode(ChatRequest request) {
        return prompt(request, thinking()).ids();
    }

    /// The prompt, and how the answer to it will mark its thinking.
    Dialect.Prompt prompt(ChatRequest request, ThinkingFormat format) {
        Prefix prefix = Prefix.of(request.messages());
        List<Span> spans = new ArrayList<>(spans(request, prefix.conversation()));
        boolean opened = endsWith(spans, format.open()) && format.thinks();
        boolean silent = isOff(request.thinking()) && format.thinks();
        boolean inside = prefix.isInside(opened);
        prefix.spans(format, opened).forEach(spans::add);
        if (inside && silent && prefix.isEmpty()) {
            spans.add(new Span("\n" + format.close() + "\n\n", true));
            inside = false;
        }
        int[] ids = tokenizer.encode(spans);
        return new Dialect.Prompt(ids, format.openedByPrompt(inside), silent);
    }

    private List<Span> spans(ChatRequest request, List<Message> conversation) {
        boolean tools = !request.tools().isEmpty();
        var variables = new HashMap<String, Value>(specialTokens());
        variables.put("messages", JinjaMessages.of(conversation, argumentsAsText));
        variables.put("tools", tools ? JinjaMessages.tools(request.tools()) : Value.NONE);
        variables.put("documents", Value.NONE);
        variables.put("add_generation_prompt", Value.TRUE);
        variables.putAll(thinkingVariables(request.thinking()));
        try {
            return spans(render(tools ? withTools : plain, variables, Limits.STANDARD));
        } catch (TemplateException failed) {
            throw new InvalidRequestException(
                    "messages",
                    "this model's chat template cannot write the conversation: "
                            + failed.getMessage());
        }
    }

    private Rendered render(Template template, Map<String, Value> variables, Limits limits) {
        return template.render(
                variables,
                new Surroundings(limits, System::nanoTime, () -> LocalDateTime.now(clock)));
    }

    private static List<Span> spans(Rendered rendered) {
        return rendered.runs().stream().map(run -> new Span(run.text(), run.own())).toList();
    }

    private Map<String, Value> specialTokens() {
        Map<String, Value> variables = new HashMap<>();
        TOKEN_VARIABLES.forEach(
                (name, token) ->
                        tokenizer
                                .special(token)
                                .ifPresent(
                                        id ->
                                                variables.put(
                                                        name, Value.own(tokenizer.pieceOf(id)))));
        return variables;
    }

    /// Nothing is said where the model is to do as it does by itself.
    private static Map<String, Value> thinkingVariables(Thinking wish) {
        Optional<String> effort =
                switch (wish) {
                    case Thinking.ModelDefault _ -> Optional.empty();
                    case Thinking.Off _ -> Optional.of("low");
                    case Thinking.Effort(Thinking.Level level) ->
                            Optional.of(level.name().toLowerCase(Locale.ROOT));
                    case Thinking.Budget(int tokens) ->
                            tokens == 0 ? Optional.of("low") : Optional.empty();
                };
        Map<String, Value> variables = new HashMap<>();
        effort.ifPresent(level -> variables.put("reasoning_effort", Value.own(level)));
        if (!(wish instanceof Thinking.ModelDefault)) {
            variables.put("enable_thinking", Value.of(!isOff(wish)));
            variables.put("thinking", Value.of(!isOff(wish)));
        }
        return variables;
    }

    private static boolean isOff(Thinking wish) {
        return switch (wish) {
            case Thinking.ModelDefault _, Thinking.Effort _ -> false;
            case Thinking.Off _ -> true;
            case Thinking.Budget(int tokens) -> tokens == 0;
        };
    }

    /// Whether the template's own text ends in a mark, white space aside.
    private static boolean endsWith(List<Span> spans, String mark) {
        if (mark.isEmpty() || spans.isEmpty() || !spans.getLast().fromTemplate()) {
            return false;
        }
        return spans.getLast().text().stripTrailing().endsWith(mark);
    }

    /// Templates take a call's arguments as an object, or as its JSON text. One that fails with an
    /// object, or shows it as Python would, is given text.
    private boolean wantsArgumentsAsText() {
        String needle = "an_argument";
        var call = new ToolCall(Optional.of("call12345"), "f", "{\"" + needle + "\": \"x\"}");
        List<Message> probe =
                List.of(
                        new Message.UserMessage("x"),
                        new Message.AssistantMessage(List.of(), List.of(call), false));
        Optional<String> withObject = probe(JinjaMessages.of(probe, false));
        if (withObject.isPresent() && !withObject.get().contains("'" + needle + "'")) {
            return false;
        }
        Optional<String> withText = probe(JinjaMessages.of(probe, true));
        return withText.isPresent() && withText.get().contains(needle);
    }

    private Optional<String> probe(Value messages) {
        var variables = new HashMap<String, Value>(specialTokens());
        variables.put("messages", messages);
        variables.put("tools", Value.NONE);
        variables.put("documents", Value.NONE);
        variables.put("add_generation_prompt", Value.FALSE);
        try {
            return Optional.of(render(withTools, variables, WHEN_OPENED).text());
        } catch (TemplateException _) { // a template that cannot write calls at all
            return Optional.empty();
        }
    }
}
