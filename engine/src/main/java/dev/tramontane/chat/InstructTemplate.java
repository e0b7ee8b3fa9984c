package dev.tramontane.chat;

import dev.tramontane.chat.Message.AssistantMessage;
import dev.tramontane.chat.Message.SystemMessage;
import dev.tramontane.chat.Message.ToolMessage;
import dev.tramontane.chat.Message.UserMessage;
import dev.tramontane.chat.TemplateRules.ToolsPlace;
import dev.tramontane.chat.Turns.Turn;
import dev.tramontane.image.ImageGrid;
import dev.tramontane.image.RgbImage;
import dev.tramontane.tokenizer.SpecialToken;
import dev.tramontane.tokenizer.Tekken;
import dev.tramontane.tokenizer.TekkenConfig;
import dev.tramontane.tokenizer.Tokenizer;

import tools.jackson.databind.JsonNode;

import java.util.List;
import java.util.Locale;
import java.util.Optional;

/// Messages to prompt tokens, in the format a model was trained on: check, put in form, write.
///
/// Every piece of text is encoded by itself, so no token spans two pieces, and a mark spelled in
/// somebody's text stays text. Nothing stands between the pieces, and after the last: the model
/// speaks next. Immutable, for any number of threads.
public final class InstructTemplate implements ChatTemplate {
    /// How strict the check is.
    public enum Mode {
        /// A conversation may end while results of calls are missing.
        TEST,
        /// Every call has its result.
        SERVING
    }

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
        return seeing(Optional.of(grid));
    }

    /// The same template for a model that sees images cut in this way, or none.
    public InstructTemplate seeing(Optional<ImageGrid> grid) {
        return new InstructTemplate(tokenizer, rules, effort, grid);
    }

    /// How images are cut; empty where none are seen.
    public Optional<ImageGrid> images() {
        return images;
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

    /// Whether the settings block can name an effort.
    boolean names(Thinking.Level level) {
        String name = level.name().toLowerCase(Locale.ROOT);
        return effort.map(setting -> setting.values().contains(name)).orElse(false);
    }

    @Override
    public String format() {
        return rules.version();
    }

    /// The prompt of a request; its thinking wish must be one that the format can write.
    ///
    /// @throws InvalidRequestException when the format cannot write the request
    @Override
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
        return write(messages, tools, asked, mode).ids();
    }

    /// The same, with the images that it has places for.
    PromptWriter.Written write(
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
        PromptWriter out = writer();
        out.mark(SpecialToken.BOS);
        for (int i = 0; i < turns.turns().size(); i++) {
            Turn turn = turns.turns().get(i);
            if (i == (toolsFirst ? first : last)) {
                out.tools(tools);
                named.ifPresent(out::settings);
            }
            switch (turn.message()) {
                case SystemMessage message -> out.system(message, turn.source());
                case UserMessage message -> {
                    Optional<String> system = i == last ? turns.system() : Optional.empty();
                    out.user(message, turn.source(), system);
                }
                case AssistantMessage message -> out.assistant(message, turn.source());
                case ToolMessage message -> out.result(message, turn.source());
            }
        }
        return out.written();
    }

    /// The ids that stand for an image.
    ///
    /// @throws InvalidRequestException when the model sees none
    int[] encode(RgbImage image) {
        PromptWriter out = writer();
        out.image(new Chunk.ImageChunk(image), "prompt");
        return out.written().ids();
    }

    private PromptWriter writer() {
        return new PromptWriter(tokenizer, rules, images, writesThinking());
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
}
