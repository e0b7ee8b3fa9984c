package dev.tramontane.chat;

import dev.tramontane.chat.InstructTemplate.Mode;
import dev.tramontane.chat.Message.AssistantMessage;
import dev.tramontane.chat.Message.SystemMessage;
import dev.tramontane.chat.Message.UserMessage;
import dev.tramontane.chat.TemplateRules.CallFormat;
import dev.tramontane.chat.TemplateRules.ThinkingPlace;
import dev.tramontane.image.ImageGrid;
import dev.tramontane.image.RgbImage;
import dev.tramontane.model.ModelConfig;
import dev.tramontane.sampling.SamplingParams;
import dev.tramontane.sampling.TokenKinds;
import dev.tramontane.tokenizer.SpecialToken;
import dev.tramontane.tokenizer.Tekken;
import dev.tramontane.tokenizer.TextKind;
import dev.tramontane.tokenizer.Tokenizer;
import dev.tramontane.tokenizer.Vocabulary;
import dev.tramontane.weights.Metadata;
import dev.tramontane.weights.ModelFolder;
import dev.tramontane.weights.ModelFormatException;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/// How to talk to one model: what its files say, and what its kind implies.
///
/// @param template empty for a base model
/// @param thinking how it marks its thinking
/// @param systemPrompt what it is told when nobody says anything else
/// @param stopTokens what ends its answer
/// @param sampling how it wants its tokens chosen
/// @param gaps how it reads a gap that it is to fill; empty where it fills none
record Dialect(
        Tokenizer tokenizer,
        Optional<ChatTemplate> template,
        ThinkingFormat thinking,
        Optional<SystemPrompt> systemPrompt,
        Set<Integer> stopTokens,
        SamplingParams sampling,
        Optional<GapFormat> gaps) {
    /// The format in which a model that thinks in text marks and one that does not think have the
    /// same vocabulary: there a wish to think is taken at its word.
    private static final String THINKS_WHEN_ASKED = "v11";

    /// Far more than any context holds: what is longer is refused before it costs anything.
    private static final long MOST_CHARS = 1 << 25;

    /// A prompt, and how the answer to it will mark its thinking.
    ///
    /// @param forbidsThinking whether the answer is to begin without thinking
    /// @param images that it has places for, in their order
    record Prompt(
            int[] ids, ThinkingFormat thinking, boolean forbidsThinking, List<ImageSource> images) {
        /// One of text alone.
        Prompt(int[] ids, ThinkingFormat thinking, boolean forbidsThinking) {
            this(ids, thinking, forbidsThinking, List.of());
        }
    }

    /// The same for a model that sees images cut in this way, or none, whatever its vocabulary has
    /// marks for.
    Dialect seeing(Optional<ImageGrid> grid) {
        Optional<ChatTemplate> able =
                template.map(
                        any ->
                                any instanceof InstructTemplate instruct
                                        ? instruct.seeing(
                                                grid.filter(_ -> hasImageMarks(tokenizer)))
                                        : any);
        return new Dialect(tokenizer, able, thinking, systemPrompt, stopTokens, sampling, gaps);
    }

    private static boolean hasImageMarks(Tokenizer tokenizer) {
        return Stream.of(SpecialToken.IMG, SpecialToken.IMG_BREAK, SpecialToken.IMG_END)
                .allMatch(mark -> tokenizer.special(mark).isPresent());
    }

    /// How images are cut for its template; empty where it writes none.
    Optional<ImageGrid> images() {
        return template.orElse(null) instanceof InstructTemplate instruct
                ? instruct.images()
                : Optional.empty();
    }

    /// The ids that stand for an image.
    ///
    /// @throws InvalidRequestException when the model sees none
    int[] imagePrompt(RgbImage image) {
        if (template.orElse(null) instanceof InstructTemplate instruct) {
            return instruct.encode(image);
        }
        throw new InvalidRequestException(
                "prompt",
                "found an image, but this model sees no images; choose a model that does");
    }

    /// What stands in a prompt for each square of an image's patches; empty where it writes none.
    Optional<Integer> imageToken() {
        OptionalInt token = tokenizer.special(SpecialToken.IMG);
        return images().isPresent() && token.isPresent()
                ? Optional.of(token.getAsInt())
                : Optional.empty();
    }

    /// What the guard knows of the vocabulary's tokens.
    TokenKinds tokenKinds() {
        Vocabulary vocabulary = tokenizer.vocabulary();
        return new TokenKinds(
                vocabulary.ids(TextKind.DIGITS),
                vocabulary.ids(TextKind.LINE_END),
                vocabulary.ids(TextKind.INDENT),
                vocabulary.ids(TextKind.WORDLESS));
    }

    /// Reads the model's files.
    ///
    /// @param chosen what the caller knows better
    static Dialect of(ModelFolder folder, ModelConfig config, LocalModel.Format chosen)
            throws IOException {
        Metadata metadata = folder.weights().metadata();
        Optional<String> chatTemplate = metadata.text("tokenizer.chat_template");
        Tokenizer tokenizer = Tokenizer.of(folder);
        if (tokenizer.vocab() > config.vocab()) {
            throw new ModelFormatException(
                    "%s: the tokenizer has %d tokens, expected %d at most, the rows of the embedding; put the tokenizer of this model there"
                            .formatted(
                                    folder.weights().location(),
                                    tokenizer.vocab(),
                                    config.vocab()));
        }
        Optional<ChatTemplate> template =
                template(folder, tokenizer, chosen.version(), chatTemplate);
        Optional<SystemPrompt> own = SystemPrompt.beside(folder);
        String hints =
                Stream.concat(chatTemplate.stream(), own.map(SystemPrompt::text).stream())
                        .collect(Collectors.joining("\n"));
        ThinkingFormat thinking =
                switch (template.orElse(null)) {
                    case null -> ThinkingFormat.NONE;
                    case InstructTemplate _ ->
                            chosen.thinking()
                                    .orElseGet(() -> ThinkingFormat.infer(tokenizer, hints));
                    case JinjaTemplate jinja -> chosen.thinking().orElseGet(jinja::thinking);
                };
        var kind =
                thinking.thinks()
                        ? SamplingDefaults.Kind.THINKING
                        : template.isPresent()
                                ? SamplingDefaults.Kind.INSTRUCT
                                : SamplingDefaults.Kind.BASE;
        return new Dialect(
                tokenizer,
                template,
                thinking,
                own.or(() -> ours(tokenizer, template, thinking, config)),
                tokenizer.stopTokens(),
                SamplingDefaults.of(folder, kind, config.context()),
                gaps(tokenizer, template, metadata));
    }

    /// The rules of our family for a vocabulary with its marks, whatever template the file carries;
    /// else that template.
    private static Optional<ChatTemplate> template(
            ModelFolder folder,
            Tokenizer tokenizer,
            Optional<String> version,
            Optional<String> chatTemplate)
            throws IOException {
        try {
            Optional<InstructTemplate> ours = InstructTemplate.of(tokenizer, version, chatTemplate);
            return ours.isPresent()
                    ? Optional.of(ours.get())
                    : JinjaTemplate.of(folder, tokenizer).map(ChatTemplate.class::cast);
        } catch (IllegalArgumentException unknown) {
            throw new ModelFormatException(
                    folder.weights().location() + ": " + unknown.getMessage(), unknown);
        }
    }

    /// The prompt we ship for a kind of thinking model, told by what sets the releases apart.
    private static Optional<SystemPrompt> ours(
            Tokenizer tokenizer,
            Optional<ChatTemplate> template,
            ThinkingFormat thinking,
            ModelConfig config) {
        if (!(template.orElse(null) instanceof InstructTemplate instruct)) {
            return Optional.empty();
        }
        if (thinking.marks() == ThinkingFormat.Marks.TEXT) {
            return Optional.of(SystemPrompt.of("magistral-2506"));
        }
        boolean taught =
                thinking.thinks() && instruct.rules().thinking().contains(ThinkingPlace.SYSTEM);
        if (!taught) {
            return Optional.empty();
        }
        if (config.queryScaling().isPresent()) {
            return Optional.of(SystemPrompt.of("ministral-3-reasoning"));
        }
        boolean sees = tokenizer instanceof Tekken tekken && tekken.config().image().isPresent();
        return Optional.of(SystemPrompt.of(sees ? "magistral-2509" : "magistral-2507"));
    }

    /// Whether it is for conversations.
    boolean talks() {
        return template.isPresent();
    }

    private static Optional<GapFormat> gaps(
            Tokenizer tokenizer, Optional<ChatTemplate> template, Metadata metadata) {
        return template.orElse(null) instanceof InstructTemplate
                ? GapFormat.ofFamily(tokenizer)
                : GapFormat.of(tokenizer, metadata);
    }

    /// What ends a text that is continued: an answer's end, and marks of gaps, behind which another
    /// text would begin.
    Set<Integer> textEnds() {
        Set<Integer> ends = new HashSet<>(stopTokens);
        gaps.ifPresent(format -> ends.addAll(format.ends()));
        return ends;
    }

    /// How calls are written; a base model writes none.
    CallFormat callFormat() {
        return template.orElse(null) instanceof InstructTemplate instruct
                ? instruct.rules().calls().format()
                : CallFormat.NAME_ARGUMENTS;
    }

    /// What reads the answer to a request.
    OutputParser parser(Prompt prompt, ChatRequest request) {
        return new OutputParser(
                tokenizer,
                callFormat(),
                callStyle(request),
                prompt.thinking(),
                request.stop(),
                !(request.format() instanceof ResponseFormat.Text));
    }

    /// How calls stand in the answer's text.
    CallStyle callStyle(ChatRequest request) {
        return template.orElse(null) instanceof JinjaTemplate jinja
                        && !offered(request).tools().isEmpty()
                ? jinja.calls()
                : CallStyle.NONE;
    }

    /// What the model reads for a request.
    ///
    /// @throws InvalidRequestException when the format cannot write the request
    Prompt prompt(ChatRequest request) {
        checkLength(request.messages());
        return switch (template.orElse(null)) {
            case null -> new Prompt(plainText(request), ThinkingFormat.NONE, true);
            case InstructTemplate writer -> prompt(request, writer);
            case JinjaTemplate writer -> writer.prompt(offered(instructed(request)), thinking);
        };
    }

    /// Tools that must not be called are not shown where calls are written in ways that nothing can
    /// forbid.
    private static ChatRequest offered(ChatRequest request) {
        return request.toolUse().choice() instanceof ToolChoice.None
                ? request.withTools(List.of())
                : request;
    }

    /// The request with the system prompt of the model's folder, where it has none of its own.
    private ChatRequest instructed(ChatRequest request) {
        boolean has = request.messages().stream().anyMatch(SystemMessage.class::isInstance);
        if (has || systemPrompt.isEmpty() || !request.defaultSystemPrompt()) {
            return request;
        }
        List<Message> messages = new ArrayList<>(request.messages());
        messages.addFirst(systemPrompt.get().message(false));
        return request.withMessages(messages);
    }

    private Prompt prompt(ChatRequest request, InstructTemplate writer) {
        boolean asked = wantsThinking(request.thinking());
        boolean off = forbidsThinking(request.thinking());
        boolean unsure = !thinking.thinks() && writer.rules().version().equals(THINKS_WHEN_ASKED);
        ThinkingFormat format = unsure && asked ? ThinkingFormat.TEXT : thinking;
        Optional<SystemPrompt> told =
                unsure && asked
                        ? systemPrompt.or(() -> Optional.of(SystemPrompt.of("magistral-2506")))
                        : systemPrompt;
        boolean silent = off && format.thinks();
        boolean instructed = request.messages().stream().anyMatch(SystemMessage.class::isInstance);
        boolean nine = writer.rules().calls().ids() == TemplateRules.CallIds.NINE_ALPHANUMERIC;
        List<Message> messages =
                new ArrayList<>(nine ? CallIds.fitted(request.messages()) : request.messages());
        if (request.defaultSystemPrompt() && !instructed && !silent) {
            boolean chunks = writer.rules().thinking().contains(ThinkingPlace.SYSTEM);
            told.ifPresent(
                    prompt -> messages.addFirst(prompt.message(chunks && writer.writesThinking())));
        }
        boolean holds = writer.rules().thinking().contains(ThinkingPlace.ASSISTANT);
        PromptWriter.Written written =
                writer.write(
                        holds && writer.writesThinking()
                                ? messages
                                : SpelledThinking.in(messages, format),
                        request.tools(),
                        writer.effort(request.thinking()),
                        Mode.SERVING);
        return opened(written, messages.getLast(), format, silent);
    }

    /// Before anything is encoded: lengths are added as `long`, and no text is looked at.
    private static void checkLength(List<Message> messages) {
        long chars = 0;
        for (Message message : messages) {
            for (Chunk chunk : message.content()) {
                chars +=
                        switch (chunk) {
                            case Chunk.TextChunk(String text) -> text.length();
                            case Chunk.ThinkChunk(String text, _) -> text.length();
                            case Chunk.ImageChunk _ -> 0;
                        };
            }
        }
        if (chars > MOST_CHARS) {
            throw new InvalidRequestException(
                    "messages",
                    "the conversation has %d characters, expected %d at most; shorten it"
                            .formatted(chars, MOST_CHARS));
        }
    }

    /// Where the model's own template opens the thinking, or the conversation ends inside one.
    private Prompt opened(
            PromptWriter.Written written, Message last, ThinkingFormat format, boolean silent) {
        int[] ids = written.ids();
        List<ImageSource> images = written.images();
        if (last instanceof AssistantMessage prefix) {
            boolean inside =
                    !prefix.content().isEmpty()
                            && prefix.content().getLast() instanceof Chunk.ThinkChunk think
                            && !think.closed();
            return new Prompt(ids, format.openedByPrompt(inside), silent, images);
        }
        if (!format.openedByPrompt()) {
            return new Prompt(ids, format, silent, images);
        }
        IntStream all = IntStream.concat(Arrays.stream(ids), mark(format, format.open(), "\n"));
        if (silent) {
            all = IntStream.concat(all, mark(format, format.close(), "\n\n"));
        }
        return new Prompt(all.toArray(), format.openedByPrompt(!silent), silent, images);
    }

    private IntStream mark(ThinkingFormat format, String mark, String space) {
        return format.marks() == ThinkingFormat.Marks.TOKENS
                ? tokenizer.special(mark).stream()
                : Arrays.stream(tokenizer.encode(mark + space));
    }

    private static boolean wantsThinking(Thinking wish) {
        return switch (wish) {
            case Thinking.ModelDefault _, Thinking.Off _ -> false;
            case Thinking.Effort _ -> true;
            case Thinking.Budget(int tokens) -> tokens > 0;
        };
    }

    private static boolean forbidsThinking(Thinking wish) {
        return switch (wish) {
            case Thinking.ModelDefault _, Thinking.Effort _ -> false;
            case Thinking.Off _ -> true;
            case Thinking.Budget(int tokens) -> tokens == 0;
        };
    }

    /// The last user message's text, behind the mark that begins a text.
    private int[] plainText(ChatRequest request) {
        List<Message> messages = request.messages();
        for (int i = messages.size() - 1; i >= 0; i--) {
            if (messages.get(i) instanceof UserMessage message) {
                return beginning(textOf(message, i));
            }
        }
        throw new InvalidRequestException(
                "messages", "no user message, expected the text to continue; add it");
    }

    /// The ids of a text behind the mark that begins one, where the vocabulary wants it.
    int[] beginning(String text) {
        IntStream ids = Arrays.stream(tokenizer.encode(text));
        return tokenizer.addBos()
                ? IntStream.concat(tokenizer.special(SpecialToken.BOS).stream(), ids).toArray()
                : ids.toArray();
    }

    private static String textOf(UserMessage message, int index) {
        var text = new StringBuilder();
        for (Chunk chunk : message.content()) {
            switch (chunk) {
                case Chunk.TextChunk(String part) -> text.append(part);
                case Chunk.ThinkChunk _, Chunk.ImageChunk _ ->
                        throw new InvalidRequestException(
                                "messages[" + index + "].content",
                                "found more than text, but this model only continues text; leave"
                                        + " it out");
            }
        }
        return text.toString();
    }

    /// Whether the format can tell the model of an effort by this name.
    boolean names(Thinking.Level level) {
        return switch (template.orElse(null)) {
            case null -> false;
            case InstructTemplate writer -> writer.names(level);
            case JinjaTemplate writer -> writer.mentions("reasoning_effort");
        };
    }
}
