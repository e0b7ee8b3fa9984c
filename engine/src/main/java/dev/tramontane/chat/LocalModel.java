package dev.tramontane.chat;

import dev.tramontane.engine.DraftWeights;
import dev.tramontane.engine.Engine;
import dev.tramontane.engine.EngineOptions;
import dev.tramontane.engine.Generation;
import dev.tramontane.engine.GenerationRequest;
import dev.tramontane.engine.ImageSpeed;
import dev.tramontane.engine.PlacedImage;
import dev.tramontane.engine.Pooling;
import dev.tramontane.engine.Scorer;
import dev.tramontane.engine.Vision;
import dev.tramontane.grammar.Grammar;
import dev.tramontane.image.ImageGrid;
import dev.tramontane.image.RgbImage;
import dev.tramontane.model.ModelConfig;
import dev.tramontane.model.ModelWeights;
import dev.tramontane.model.VisionModel;
import dev.tramontane.sampling.BannedTokens;
import dev.tramontane.sampling.SamplingParams;
import dev.tramontane.sampling.TokenMask;
import dev.tramontane.tokenizer.Tokenizer;
import dev.tramontane.tokenizer.Vocabulary;
import dev.tramontane.weights.FileWatch;
import dev.tramontane.weights.ModelFolder;
import dev.tramontane.weights.ModelFormatException;
import dev.tramontane.weights.Placement;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/// A model that runs in this process: an engine, its tokenizer, and its format.
///
/// Where a conversation has no system message, a thinking model is told how to think by its default
/// system prompt: `system_prompt.txt` (or `SYSTEM_PROMPT.txt`) in the model's folder, else ours.
///
/// A model without a format (a base model) continues the last user message as plain text; it can
/// neither think nor call tools, and what came before that message is not read.
public final class LocalModel implements ChatModel {
    private final String name;
    private final Dialect dialect;
    private final EmbeddingFormat embedding;
    private final Optional<String> notice;
    private final Engine engine;
    private final Optional<Sight> sight;
    private final CompiledGrammars grammars;
    private @Nullable Scorer scorer; // guarded by this

    private LocalModel(
            String name,
            Dialect dialect,
            EmbeddingFormat embedding,
            Optional<String> notice,
            Engine engine,
            Optional<Sight> sight) {
        this.name = name;
        this.dialect = dialect;
        this.embedding = embedding;
        this.notice = notice;
        this.engine = engine;
        this.sight = sight;
        this.grammars = new CompiledGrammars(dialect.tokenizer());
    }

    /// What a model's files do not say, or say wrongly.
    ///
    /// @param version the template version, such as `v13`; empty for what the files say
    /// @param thinking how thinking is marked; empty for what the files say
    public record Format(Optional<String> version, Optional<ThinkingFormat> thinking) {
        /// All from the files.
        public static final Format FROM_FILES = new Format(Optional.empty(), Optional.empty());
    }

    /// Opens a model, for one person at a terminal.
    ///
    /// @throws dev.tramontane.weights.ModelFormatException when the files are no model that runs
    ///   here
    public static LocalModel open(Path path) throws IOException {
        return open(path, EngineOptions.defaults());
    }

    /// Opens a model.
    ///
    /// @param path a `.gguf` file, or a folder
    /// @throws dev.tramontane.weights.ModelFormatException when the files are no model that runs
    ///   here
    public static LocalModel open(Path path, EngineOptions options) throws IOException {
        return open(path, options, Format.FROM_FILES);
    }

    /// Opens a model whose files do not say how to talk to it.
    ///
    /// @throws dev.tramontane.weights.ModelFormatException when the files are no model that runs
    ///   here
    public static LocalModel open(Path path, EngineOptions options, Format format)
            throws IOException {
        return open(path, options, format, Optional.empty());
    }

    /// Opens a model and a small one that guesses what it will say.
    ///
    /// @param draft as `path`, of a model with the same vocabulary; no answer depends on it
    /// @throws dev.tramontane.weights.ModelFormatException when the files are no models that run
    ///   here, or not together
    @SuppressWarnings("MustBeClosedChecker") // the engine closes the arena
    public static LocalModel open(
            Path path, EngineOptions options, Format format, Optional<Path> draft)
            throws IOException {
        Arena arena = Arena.ofShared();
        try {
            Placement placement = options.copyWeights() ? Placement.COPIED : Placement.MAPPED;
            ModelFolder folder = ModelFolder.open(path, placement, arena);
            ModelConfig config = ModelConfig.read(folder);
            Dialect dialect = Dialect.of(folder, config, format);
            var embedding = EmbeddingFormat.of(folder.weights().metadata());
            Optional<String> notice = folder.weights().metadata().text("tramontane.notice");
            ModelWeights weights = ModelWeights.read(folder, config);
            Optional<VisionModel> vision = VisionModel.usable(folder, config.dim());
            FileWatch watch = VisionModel.watch(folder, vision);
            Optional<DraftWeights> small = Optional.empty();
            try {
                if (draft.isPresent()) {
                    var vocabulary = dialect.tokenizer().vocabulary();
                    small = Optional.of(openDraft(draft.get(), placement, config, vocabulary));
                }
                Engine engine = Engine.over(config, weights, arena, options, watch, small, vision);
                Dialect seeing = dialect.seeing(engine.vision().map(Vision::grid));
                return new LocalModel(
                        folder.name(), seeing, embedding, notice, engine, sight(seeing, engine));
            } catch (RuntimeException | IOException | Error failure) {
                watch.close();
                small.ifPresent(DraftWeights::close);
                throw failure;
            }
        } catch (RuntimeException | IOException | Error failure) {
            arena.close();
            throw failure;
        }
    }

    private static Optional<Sight> sight(Dialect dialect, Engine engine) {
        Supplier<ImageSpeed> measuring = () -> engine.imageSpeed().orElseThrow();
        return engine.vision()
                .flatMap(
                        vision ->
                                dialect.imageToken()
                                        .map(token -> new Sight(vision, token, measuring)));
    }

    /// A model whose tokens are those of another.
    ///
    /// @param large whose tokens
    /// @param vocabulary what they stand for
    @SuppressWarnings("MustBeClosedChecker") // the engine closes the arena
    private static DraftWeights openDraft(
            Path path, Placement placement, ModelConfig large, Vocabulary vocabulary)
            throws IOException {
        Arena arena = Arena.ofShared();
        try {
            ModelFolder folder = ModelFolder.open(path, placement, arena);
            ModelConfig config = ModelConfig.read(folder);
            String here = folder.weights().location();
            if (config.vocab() != large.vocab()) {
                throw new ModelFormatException(
                        "%s: its embedding has %d rows, expected %d, as in the model that it is to draft for; choose a draft model of the same family"
                                .formatted(here, config.vocab(), large.vocab()));
            }
            Vocabulary own = Tokenizer.of(folder).vocabulary();
            OptionalInt different = own.firstDifference(vocabulary);
            if (different.isPresent()) {
                int id = different.getAsInt();
                throw new ModelFormatException(
                        "%s: token %d is %s, expected %s, as in the model that it is to draft for; choose a draft model of the same family"
                                .formatted(here, id, quoted(own, id), quoted(vocabulary, id)));
            }
            ModelWeights weights = ModelWeights.read(folder, config);
            return new DraftWeights(config, weights, arena, folder.weights().watch());
        } catch (RuntimeException | IOException | Error failure) {
            arena.close();
            throw failure;
        }
    }

    private static String quoted(Vocabulary vocabulary, int id) {
        return id < vocabulary.size() ? "\"" + vocabulary.pieceOf(id) + "\"" : "missing";
    }

    @Override
    public ChatStream chat(ChatRequest request) {
        Dialect.Prompt prompt = dialect.prompt(request);
        if (prompt.ids().length >= engine.context()) {
            throw InvalidRequestException.tooLong(
                    "messages",
                    "the conversation",
                    new InvalidRequestException.Excess(prompt.ids().length, engine.context()));
        }
        SamplingParams wanted = request.sampling().orElseGet(this::freshSampling);
        checkBias(wanted);
        int most = Math.min(wanted.maxTokens(), request.control().limits().totalTokens());
        int room = Math.min(most, engine.context() - prompt.ids().length);
        var control = new AnswerControl(dialect, request, prompt, grammars);
        List<PlacedImage> images = placed(prompt.ids(), prompt.images());
        Generation generation =
                engine.submit(
                        new GenerationRequest(
                                        prompt.ids(),
                                        wanted.withMaxTokens(most),
                                        dialect.stopTokens(),
                                        control.masks(room, engine.config().vocab()),
                                        request.client().owner(),
                                        request.client().priority())
                                .withImages(images));
        return new LocalStream(
                generation,
                dialect.parser(prompt, request),
                tokenizer(),
                prompt.ids(),
                new CallCheck(request.tools()),
                request.toolUse().parallel());
    }

    private List<PlacedImage> placed(int[] prompt, List<ImageSource> images) {
        return images.isEmpty() ? List.of() : sight.orElseThrow().placed(prompt, images);
    }

    /// Continues a text as it is, with neither template nor control.
    ///
    /// @throws InvalidRequestException when the text does not fit
    /// @throws dev.tramontane.engine.EngineOverloadedException when the caller should come back
    ///   later
    public ChatStream continueText(TextRequest request) {
        checkPrompt(request.prompt());
        checkBias(request.sampling());
        List<PlacedImage> images = placed(request.prompt(), request.images());
        Generation generation =
                engine.submit(
                        new GenerationRequest(
                                        request.prompt(),
                                        request.sampling(),
                                        request.ignoresEnd() ? Set.of() : dialect.textEnds(),
                                        masks(request),
                                        request.client().owner(),
                                        request.client().priority())
                                .withImages(images));
        return new TextStream(generation, tokenizer(), request);
    }

    /// What the engine would refuse of a prompt, in the words of whoever sent it.
    ///
    /// @throws InvalidRequestException when it has no tokens, too many, or some that there are not
    public void checkPrompt(int[] prompt) {
        if (prompt.length == 0) {
            throw new InvalidRequestException(
                    "prompt", "found no tokens, expected one at least; write a beginning");
        }
        if (prompt.length >= engine.context()) {
            throw InvalidRequestException.tooLong(
                    "prompt",
                    "the text",
                    new InvalidRequestException.Excess(prompt.length, engine.context()));
        }
        checkTokens(prompt, "prompt");
    }

    /// What holds a continued text to its form.
    private List<TokenMask> masks(TextRequest request) {
        List<TokenMask> masks = new ArrayList<>();
        Optional<Grammar> form =
                switch (request.format()) {
                    case ResponseFormat.Text _ -> Optional.empty();
                    case ResponseFormat.JsonObject _, ResponseFormat.JsonSchema _ ->
                            Optional.of(grammars.of(request.format(), "json_schema"));
                    case ResponseFormat.Regex _,
                            ResponseFormat.Choice _,
                            ResponseFormat.Grammar _ ->
                            Optional.of(grammars.of(request.format(), "grammar"));
                };
        form.ifPresent(held -> masks.add(grammars.mask(held)));
        BitSet never = tokenizer().vocabulary().unusedIds(engine.config().vocab());
        if (request.ignoresEnd()) {
            dialect.textEnds().forEach(never::set);
        }
        if (!never.isEmpty()) {
            masks.add(new BannedTokens(never));
        }
        return masks;
    }

    /// Reads texts for their vectors, which show how near they are in meaning: pooled hidden states
    /// of the last layer as the model's file says, and their mean where it says nothing, as in
    /// models that were made to talk. They take their turn beside what is answered.
    ///
    /// @param texts token ids, one at least in each; shared, not to be changed
    /// @throws InvalidRequestException when a text does not fit, or the model makes no vectors
    public Embeddings embed(List<int[]> texts, Client client) {
        Pooling pooling =
                embedding
                        .pooling()
                        .orElseThrow(
                                () ->
                                        new InvalidRequestException(
                                                "model",
                                                "%s makes no vectors, by what its file says of pooling; ask another model"
                                                        .formatted(name)));
        for (int i = 0; i < texts.size(); i++) {
            checkText(texts.get(i), texts.size() == 1 ? "input" : "input[%d]".formatted(i));
        }
        return new Embeddings(
                texts,
                engine.maxSequences(),
                text -> engine.embed(text, pooling, client.owner(), client.priority()));
    }

    private void checkText(int[] tokens, String place) {
        if (tokens.length == 0) {
            throw new InvalidRequestException(
                    place, "found no tokens, expected one at least; write something");
        }
        if (tokens.length > engine.context()) {
            throw InvalidRequestException.tooLong(
                    place,
                    "the text is too large: it",
                    new InvalidRequestException.Excess(tokens.length, engine.context()));
        }
        checkTokens(tokens, place);
    }

    private void checkTokens(int[] tokens, String place) {
        for (int token : tokens) {
            if (token < 0 || token >= tokenizer().vocab()) {
                throw new InvalidRequestException(
                        place,
                        "found token %d, expected 0 to %d, the model's vocabulary; correct it"
                                .formatted(token, tokenizer().vocab() - 1));
            }
        }
    }

    /// The ids of a text that is to become a vector, with the marks that its model expects.
    public int[] embeddingPrompt(String text) {
        int[] ids = textPrompt(text);
        if (embedding.end().isEmpty()) {
            return ids;
        }
        int[] ended = Arrays.copyOf(ids, ids.length + 1);
        ended[ids.length] = embedding.end().getAsInt();
        return ended;
    }

    /// Values in a vector.
    public int embeddingDim() {
        return engine.config().dim();
    }

    /// A bias is for tokens that there are.
    private void checkBias(SamplingParams sampling) {
        int vocab = engine.config().vocab();
        for (int token : sampling.penalties().bias().values().keySet()) {
            if (token >= vocab) {
                throw new InvalidRequestException(
                        "logit_bias." + token,
                        "found a bias for token %d, expected 0 to %d, the model's vocabulary; correct it"
                                .formatted(token, vocab - 1));
            }
        }
    }

    /// The log-probability of each of a text's tokens. One text at a time, beside what is answered;
    /// the first one allocates a cache of its own for a whole context.
    ///
    /// @param top how many likeliest tokens to tell after each token
    /// @throws IllegalArgumentException when there are none, more than the context, or a token is
    ///   outside the vocabulary
    /// @throws IllegalStateException when the model is closed
    /// @throws ModelFormatException when somebody changed the model's file in use
    public Scorer.Scores score(int[] tokens, int top) {
        return score(tokens, top, () -> false);
    }

    /// The same, unless it is given up.
    ///
    /// @param isUnwanted asked now and then, and by who waits for another text as soon as it is
    ///   over
    /// @throws java.util.concurrent.CancellationException when it is unwanted
    public synchronized Scorer.Scores score(int[] tokens, int top, BooleanSupplier isUnwanted) {
        Scorer opened = scorer == null ? engine.scorer() : scorer;
        scorer = opened;
        return opened.score(tokens, List.of(), top, isUnwanted);
    }

    /// The ids that the model reads for a request, before it answers.
    ///
    /// @throws InvalidRequestException when the format cannot write the request
    public int[] prompt(ChatRequest request) {
        return dialect.prompt(request).ids();
    }

    /// The ids of a text as the beginning of something, its first mark included.
    public int[] textPrompt(String text) {
        return dialect.beginning(text);
    }

    /// The ids that stand for an image in a text that is continued.
    ///
    /// @throws InvalidRequestException when the model sees none
    public int[] imagePrompt(RgbImage image) {
        return dialect.imagePrompt(image);
    }

    /// What the model reads that is to fill a gap, as far as it fits.
    ///
    /// @param most tokens that it may have
    /// @throws InvalidRequestException when it fills none
    public int[] gapPrompt(Gap gap, int most) {
        return dialect.gaps()
                .orElseThrow(
                        () ->
                                new InvalidRequestException(
                                        "suffix",
                                        "%s cannot fill a gap, since its format has no marks for that; send a prompt alone, or ask another model"
                                                .formatted(name)))
                .write(gap, most);
    }

    /// The model's own sampling, with a seed of its own.
    private SamplingParams freshSampling() {
        return sampling().withSeed(ThreadLocalRandom.current().nextLong());
    }

    /// How the model wants its tokens chosen, as far as its context goes; seed 0.
    public SamplingParams sampling() {
        return dialect.sampling().withMaxTokens(engine.context());
    }

    /// The model's name for people.
    public String name() {
        return name;
    }

    /// Whether it answers conversations, rather than continuing text.
    public boolean isInstruct() {
        return dialect.talks();
    }

    /// Whether it takes images.
    public boolean sees() {
        return sight.isPresent();
    }

    /// How it sees, and what an image costs it; empty where it sees none.
    public Optional<Vision> vision() {
        return sight.map(Sight::vision);
    }

    /// How long an image takes to be encoded where nothing else is computed. The first call
    /// measures, which takes some tenths of a second.
    ///
    /// @return empty where it sees none, is closed, or was stopped since somebody changed its file
    public OptionalDouble imageSeconds(ImageGrid.Tokens tokens) {
        return sight.isPresent() ? sight.get().seconds(tokens) : OptionalDouble.empty();
    }

    /// Whether its format can think.
    public boolean thinks() {
        return dialect.thinking().thinks();
    }

    /// How it marks its thinking; whether the prompt opens it depends on the request.
    public ThinkingFormat thinkingFormat() {
        return dialect.thinking();
    }

    /// Positions that prompt and answer have together.
    public int context() {
        return engine.context();
    }

    /// What its maker wants to be said once, where there is something.
    public Optional<String> notice() {
        return notice;
    }

    public Tokenizer tokenizer() {
        return dialect.tokenizer();
    }

    /// What writes its prompts; empty for a base model.
    public Optional<ChatTemplate> template() {
        return dialect.template();
    }

    /// Whether it can write the text between two others.
    public boolean fillsGaps() {
        return dialect.gaps().isPresent();
    }

    /// The model's dimensions.
    @SuppressWarnings("exports")
    public ModelConfig config() {
        return engine.config();
    }

    public Engine engine() {
        return engine;
    }

    @Override
    public synchronized void close() {
        if (scorer != null) {
            scorer.close();
            scorer = null;
        }
        sight.ifPresent(Sight::close);
        engine.close();
    }
}
