package dev.tramontane.engine;

import dev.tramontane.cache.Batch;
import dev.tramontane.cache.BlockPool;
import dev.tramontane.cache.FeatureStore;
import dev.tramontane.cache.KvCache;
import dev.tramontane.cache.PrefixChain;
import dev.tramontane.cache.ShownImages;
import dev.tramontane.kernels.Kernels;
import dev.tramontane.model.ModelConfig;
import dev.tramontane.model.ModelWeights;
import dev.tramontane.model.Transformer;
import dev.tramontane.model.VisionEncoder;
import dev.tramontane.model.VisionModel;
import dev.tramontane.sampling.Masks;
import dev.tramontane.sampling.Samplers;
import dev.tramontane.schedule.Claim;
import dev.tramontane.schedule.Drafter;
import dev.tramontane.schedule.ImageReader;
import dev.tramontane.schedule.Inbox;
import dev.tramontane.schedule.PromptLookup;
import dev.tramontane.schedule.Scheduler;
import dev.tramontane.schedule.Sequence;
import dev.tramontane.schedule.SequenceImages;
import dev.tramontane.schedule.Speculation;
import dev.tramontane.schedule.StatePool;
import dev.tramontane.tensor.Tensor;
import dev.tramontane.weights.FileWatch;
import dev.tramontane.weights.ModelFormatException;

import org.jspecify.annotations.Nullable;

import java.lang.foreign.Arena;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.LongSupplier;

/// The running system: token ids in, token ids out. It knows nothing of text.
///
/// One thread of its own runs the loop: it alone touches sequences and blocks. Any thread may
/// submit, read and close.
public final class Engine implements AutoCloseable {
    /// Positions of a sequence where nobody asked for a number and the model could have more.
    public static final int DEFAULT_CONTEXT = 8192;

    /// Requests that wait at most, of one owner and of all.
    static final int MOST_WAITING = 256;

    private static final int MOST_WAITING_IN_ALL = 4 * MOST_WAITING;

    /// Of images that were encoded and may be shown again: four of the largest for the widest of
    /// today's text networks.
    private static final long FEATURE_BYTES = 256L << 20;

    private final ModelConfig config;
    private final ModelWeights weights;
    private final Kernels kernels;
    private final Arena arena;
    private final EngineOptions options;
    private final CacheSize cacheSize;
    private final FileWatch watch;
    private final WeightReaders readers = new WeightReaders(this::closed);
    private final Optional<DraftWeights> draft;
    private final KvCache cache;
    private final Transformer transformer;
    private final Speculation speculation;
    private final Optional<VisionModel> seeing;
    private final Optional<Vision> vision;
    private final Optional<VisionEncoder> encoder;
    private final ImageReader images;
    private final Scheduler scheduler;
    private final Inbox inbox = new Inbox(MOST_WAITING_IN_ALL, MOST_WAITING);
    private final PrefixCaching prefixes;
    private final int maxSequences;
    private final long prefixSeed = ThreadLocalRandom.current().nextLong();
    private final Throughput throughput = new Throughput();
    private final InterventionCounts interventions = new InterventionCounts();
    private final Thread loop;
    private volatile long weightsVersion;
    private volatile @Nullable Throwable failure;
    private final AtomicBoolean released = new AtomicBoolean();
    private boolean closed;

    private Engine(
            ModelConfig config,
            ModelWeights weights,
            Arena arena,
            EngineOptions options,
            Kernels kernels,
            FileWatch watch,
            Optional<DraftWeights> draft,
            Optional<VisionModel> seeing,
            LongSupplier nanoTime) {
        this.config = config;
        this.weights = weights;
        this.watch = watch;
        this.draft = draft;
        this.arena = arena;
        this.kernels = kernels;
        this.options = options;
        this.prefixes = options.prefixes();
        this.maxSequences = options.maxSequences();
        this.cacheSize = CacheSize.of(config, weights.bytes(), options);
        this.cache = new KvCache(arena, cacheSize.format(), config.layers(), cacheSize.blocks());
        var samplers = new Samplers(kernels, config.vocab(), options.maxSequences());
        this.speculation = speculation(samplers, options, nanoTime);
        this.seeing = seeing;
        this.vision = seeing.map(Vision::of);
        this.encoder = seeing.map(model -> encoder(model, kernels, watch));
        this.images =
                new ImageReader(
                        encoder.map(ImageEncoder::new), new FeatureStore(FEATURE_BYTES), nanoTime);
        this.scheduler =
                new Scheduler(
                        new BlockPool(cacheSize.blocks(), prefixes.ownerBlocks(cacheSize.blocks())),
                        samplers,
                        options.maxBatchTokens(),
                        options.maxSequences(),
                        speculation,
                        images);
        this.transformer =
                new Transformer(
                        config,
                        weights,
                        kernels,
                        arena,
                        options.maxBatchTokens(),
                        options.maxSampledRows(),
                        watch::check);
        this.loop = Thread.ofPlatform().name("tramontane-engine").daemon().unstarted(this::run);
    }

    /// An encoder of images on an engine's kernels.
    static VisionEncoder encoder(VisionModel model, Kernels kernels, FileWatch watch) {
        return new VisionEncoder(
                model.config(),
                model.weights(),
                kernels,
                VisionEncoder.usualCache(model.weights().bytes()),
                watch::check);
    }

    private Speculation speculation(
            Samplers samplers, EngineOptions options, LongSupplier nanoTime) {
        if (!options.drafts()) {
            return Speculation.off();
        }
        List<Drafter> drafters = new ArrayList<>();
        drafters.add(new PromptLookup());
        draft.ifPresent(
                small ->
                        drafters.add(
                                small.drafter(
                                        config, cacheSize, kernels, arena, samplers, options)));
        return new Speculation(drafters, nanoTime);
    }

    /// The workshop door: an engine over given weights.
    ///
    /// @param arena owns the weights' memory, and shared among threads; closed with the engine, not
    ///   when this method throws
    @SuppressWarnings("exports")
    public static Engine over(
            ModelConfig config, ModelWeights weights, Arena arena, EngineOptions options) {
        return over(config, weights, arena, options, FileWatch.nothing());
    }

    /// The workshop door for weights in mapped files, which it watches.
    ///
    /// @param watch closed with the engine, not when this method throws
    @SuppressWarnings("exports")
    public static Engine over(
            ModelConfig config,
            ModelWeights weights,
            Arena arena,
            EngineOptions options,
            FileWatch watch) {
        return over(config, weights, arena, options, watch, Optional.empty());
    }

    /// The workshop door for weights in mapped files, with a model that drafts for this one.
    ///
    /// @param watch closed with the engine, not when this method throws
    /// @param draft likewise
    /// @throws IllegalArgumentException when the draft model has another vocabulary
    @SuppressWarnings("exports")
    public static Engine over(
            ModelConfig config,
            ModelWeights weights,
            Arena arena,
            EngineOptions options,
            FileWatch watch,
            Optional<DraftWeights> draft) {
        return over(config, weights, arena, options, watch, draft, Optional.empty());
    }

    /// The workshop door for a model that sees.
    ///
    /// @param watch of the vision part's file too; closed with the engine, not when this method
    ///   throws
    /// @param draft likewise
    /// @param vision in the memory of the same arena
    /// @throws IllegalArgumentException when the draft model has another vocabulary
    @SuppressWarnings("exports")
    public static Engine over(
            ModelConfig config,
            ModelWeights weights,
            Arena arena,
            EngineOptions options,
            FileWatch watch,
            Optional<DraftWeights> draft,
            Optional<VisionModel> vision) {
        long bytes = weights.bytes() + vision.map(part -> part.weights().bytes()).orElse(0L);
        Kernels kernels = KernelSelection.open(options, bytes);
        try {
            return over(
                    config,
                    weights,
                    arena,
                    options,
                    kernels,
                    watch,
                    draft,
                    vision,
                    System::nanoTime);
        } catch (RuntimeException | Error e) {
            kernels.close();
            throw e;
        }
    }

    /// The workshop door for other kernels, which are closed with the engine.
    @SuppressWarnings("exports")
    public static Engine over(
            ModelConfig config,
            ModelWeights weights,
            Arena arena,
            EngineOptions options,
            Kernels kernels) {
        return over(
                config,
                weights,
                arena,
                options,
                kernels,
                FileWatch.nothing(),
                Optional.empty(),
                Optional.empty(),
                System::nanoTime);
    }

    /// For tests: with a clock of their own.
    static Engine over(
            ModelConfig config,
            ModelWeights weights,
            Arena arena,
            EngineOptions options,
            Kernels kernels,
            FileWatch watch,
            Optional<DraftWeights> draft,
            Optional<VisionModel> vision,
            LongSupplier nanoTime) {
        var engine =
                new Engine(
                        config, weights, arena, options, kernels, watch, draft, vision, nanoTime);
        if (!isShared(weights, engine.loop)
                || !draft.map(small -> isShared(small.weights(), engine.loop)).orElse(true)) {
            throw new IllegalArgumentException(
                    "the weights' memory belongs to one thread, expected a shared arena; open them in Arena.ofShared()");
        }
        engine.loop.start();
        return engine;
    }

    private static boolean isShared(ModelWeights weights, Thread other) {
        return weights.embedding().data().isAccessibleBy(other);
    }

    private void run() {
        try {
            long end = System.nanoTime();
            boolean idle = true;
            while (scheduler.take(inbox, watch::check)) {
                long start = idle ? System.nanoTime() : end; // taking is waiting only when idle
                Batch batch = scheduler.next();
                if (batch.tokens().length > 0) {
                    compute(batch, start);
                }
                scheduler.readImages();
                end = System.nanoTime();
                idle = scheduler.load().running() == 0;
            }
            inbox.close();
            scheduler.cancelAll(inbox);
        } catch (Throwable e) { // the thread's outermost frame: readers must learn of it
            Throwable cause = explain(e);
            failure = cause;
            inbox.close();
            scheduler.failAll(inbox, cause);
            if (cause
                    instanceof ModelFormatException) { // whoever waits to write need not any longer
                release();
            }
        }
    }

    /// A step.
    ///
    /// @param start when its planning began
    private void compute(Batch batch, long start) {
        long planned = System.nanoTime();
        Tensor logits = transformer.forward(batch, cache);
        long computed = System.nanoTime();
        long before = speculation.totals().accepted();
        throughput.computed(
                batch.slices().size(),
                batch.tokens().length,
                scheduler.certainRows(batch),
                planned - start,
                computed - planned);
        if (batch.stateRows().length > 0) {
            scheduler.read(batch, transformer.states(batch));
        }
        scheduler.accept(batch, logits);
        long more = speculation.totals().accepted() - before;
        throughput.accepted(more, System.nanoTime() - computed);
    }

    /// An error that plain Java code met in a mapping may be the fault of the file.
    private Throwable explain(Throwable error) {
        if (error instanceof InternalError) {
            try {
                watch.check();
            } catch (ModelFormatException changed) {
                changed.addSuppressed(error);
                return changed;
            }
        }
        return error;
    }

    /// Queues a request.
    ///
    /// @throws EngineOverloadedException when the queue is full
    /// @throws IllegalArgumentException when a token is outside the vocabulary (of the prompt, or
    ///   one with a bias), or the context, which the cache always holds, has no place after the
    ///   prompt
    /// @throws IllegalStateException when the engine drains or is closed, or stopped by an error
    /// @throws ModelFormatException when it was stopped since somebody changed the model's file
    public Generation submit(GenerationRequest request) {
        check(request);
        SequenceImages images = images(request);
        var mask = Masks.of(request.masks(), config.vocab());
        var generation =
                new Generation(
                        request,
                        mask,
                        context(),
                        claim(request, images.shown()),
                        images,
                        interventions,
                        () -> weightsVersion);
        offer(generation.sequence());
        return generation;
    }

    /// Queues a text to be read for its vector, which takes its turn beside what is generated.
    ///
    /// @param text token ids, as many as the context at most; shared, not to be changed
    /// @param owner as of a {@link GenerationRequest}
    /// @throws EngineOverloadedException when the queue is full
    /// @throws IllegalArgumentException when there are no tokens, more than the context, or a token
    ///   is outside the vocabulary
    /// @throws IllegalStateException as {@link #submit}
    /// @throws ModelFormatException likewise
    public Embedding embed(int[] text, Pooling pooling, String owner, Priority priority) {
        if (text.length == 0 || text.length > context()) {
            throw new IllegalArgumentException(
                    "%d tokens to read, expected 1 to %d, the context; shorten the text or open the model with a larger context"
                            .formatted(text.length, context()));
        }
        checkTokens(text);
        var claim = new Claim(owner, yields(priority), Optional.empty());
        var states = new StatePool(position -> pooling.wants(position, text.length), config.dim());
        var embedding = new Embedding(text, states, claim);
        offer(embedding.sequence());
        return embedding;
    }

    private void offer(Sequence sequence) {
        switch (inbox.offer(sequence)) {
            case TAKEN -> {}
            case FULL -> throw overloaded("%d requests wait", MOST_WAITING_IN_ALL);
            case OWNER_FULL -> throw overloaded("%d requests of this owner wait", MOST_WAITING);
            case DRAINING ->
                    throw new IllegalStateException(
                            "the engine drains: it ends what it has and takes nothing new");
            case CLOSED -> throw closed();
        }
    }

    private RuntimeException closed() {
        if (failure instanceof ModelFormatException changed) {
            return new ModelFormatException(String.valueOf(changed.getMessage()), changed);
        }
        return new IllegalStateException("the engine is closed", failure);
    }

    /// A scorer of texts on the engine's weights, with kernels and a cache for a whole context of
    /// its own. It works as long as the engine has the weights, and is closed by who asked for it.
    ///
    /// @throws IllegalStateException when the engine is closed; the scorer throws it likewise
    /// @throws ModelFormatException when the engine was stopped since somebody changed the model's
    ///   file; the scorer throws it likewise
    public Scorer scorer() {
        EngineOptions whole = options.withContext(context());
        return readers.read(() -> Scorer.over(config, weights, whole, watch, readers, seeing));
    }

    /// How fast images are encoded where nothing else is computed; see {@link ImageSpeed#measure}.
    ///
    /// @return empty where the model sees none
    /// @throws IllegalStateException when the engine is closed
    /// @throws ModelFormatException when it was stopped since somebody changed the model's file
    public Optional<ImageSpeed> imageSpeed() {
        return seeing.map(
                model -> {
                    long bytes = weights.bytes() + model.weights().bytes();
                    return ImageSpeed.measure(model, options, bytes, watch, readers);
                });
    }

    /// The workshop door for a trainer that has weights of its own: copies them over the engine's
    /// between two steps, and returns when that is done. Sequences that run go on with the keys and
    /// values that they have, and are sampled from the new weights from then on; whoever begins
    /// later shares nothing that older weights computed.
    ///
    /// @param newer of the same network and types, in other memory; only read, and not after this
    ///   returns
    /// @param version what generations call them ({@link Generation#weights}); the engine began
    ///   with 0, and numbers never fall
    /// @throws IllegalStateException when the engine is closed, or stopped by an error
    @SuppressWarnings("exports")
    public void publish(ModelWeights newer, long version) {
        WeightsCopy copy = WeightsCopy.of(newer, weights, loop);
        betweenSteps(
                () -> {
                    checkVersion(version);
                    copy.run();
                    use(version);
                });
    }

    /// The workshop door for a trainer that shares the engine's weights and has changed them while
    /// nothing ran or waited: what older weights computed is forgotten.
    ///
    /// @param version as for {@link #publish}
    /// @throws IllegalStateException when something ran or waited, whose results are good for
    ///   nothing then; or when the engine is closed, or stopped by an error
    public void weightsChanged(long version) {
        betweenSteps(
                () -> {
                    checkVersion(version);
                    if (!scheduler.isIdle(inbox)) {
                        throw new IllegalStateException(
                                "weights were changed while %d requests ran and %d waited, expected none of both; wait for their ends first, or publish a copy"
                                        .formatted(scheduler.load().running(), inbox.size()));
                    }
                    use(version);
                });
    }

    private void use(long version) {
        kernels.weightsChanged();
        scheduler.weightsChanged();
        weightsVersion = version;
    }

    private void checkVersion(long version) {
        if (version < weightsVersion) {
            throw new IllegalArgumentException(
                    "weights of version %d after version %d, expected no older ones; number them upwards"
                            .formatted(version, weightsVersion));
        }
    }

    /// Has the loop's thread do something between two steps, and waits for it.
    private void betweenSteps(Runnable what) {
        var errand = new FutureTask<Void>(what, null);
        if (!inbox.offer(errand)) {
            throw closed();
        }
        boolean interrupted = false;
        try {
            while (true) {
                try {
                    errand.get();
                    return;
                } catch (InterruptedException _) { // it may be at work on the caller's memory
                    interrupted = true;
                } catch (CancellationException _) {
                    throw closed();
                } catch (ExecutionException e) {
                    throw e.getCause() instanceof RuntimeException refused
                            ? refused
                            : new IllegalStateException("the engine's loop failed", e.getCause());
                }
            }
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    private static EngineOverloadedException overloaded(String what, int count) {
        return new EngineOverloadedException(
                (what + " already, expected fewer; try again later").formatted(count),
                Duration.ofSeconds(1));
    }

    private Claim claim(GenerationRequest request, ShownImages shown) {
        Optional<PrefixChain> prefix =
                switch (prefixes.scope()) {
                    case OFF -> Optional.empty();
                    case OWNER, ALL ->
                            Optional.of(new PrefixChain(sharer(request), prefixSeed, shown));
                };
        return new Claim(request.owner(), yields(request.priority()), prefix);
    }

    /// Among whom what was computed is shared; where prompts are not, images are an owner's still.
    private String sharer(GenerationRequest request) {
        return switch (prefixes.scope()) {
            case OFF, OWNER -> request.owner();
            case ALL -> GenerationRequest.NO_OWNER;
        };
    }

    private SequenceImages images(GenerationRequest request) {
        return request.images().isEmpty()
                ? SequenceImages.none()
                : new SequenceImages(
                        sharer(request),
                        request.images().stream()
                                .map(
                                        image ->
                                                new SequenceImages.Placed(
                                                        image.patches(),
                                                        image.hash(),
                                                        image.positions()))
                                .toList());
    }

    private static boolean yields(Priority priority) {
        return switch (priority) {
            case INTERACTIVE -> false;
            case BACKGROUND -> true;
        };
    }

    private void check(GenerationRequest request) {
        request.sampling().penalties().bias().checkVocabulary(config.vocab());
        int[] prompt = request.prompt();
        if (prompt.length >= context()) {
            throw new IllegalArgumentException(
                    "the prompt has %d tokens, expected %d at most: the context of %d less one for an answer; shorten the prompt or open the model with a larger context"
                            .formatted(prompt.length, context() - 1, context()));
        }
        checkTokens(prompt);
        PlacedImage.check(request.images(), encoder, prompt.length);
    }

    private void checkTokens(int[] prompt) {
        for (int i = 0; i < prompt.length; i++) {
            if (prompt[i] < 0 || prompt[i] >= config.vocab()) {
                throw new IllegalArgumentException(
                        "prompt token %d is %d, expected 0 to %d, the model's vocabulary"
                                .formatted(i, prompt[i], config.vocab() - 1));
            }
        }
    }

    /// Positions a sequence may have.
    public int context() {
        return cacheSize.context();
    }

    /// Sequences that run at once.
    public int maxSequences() {
        return maxSequences;
    }

    /// The model's dimensions.
    @SuppressWarnings("exports")
    public ModelConfig config() {
        return config;
    }

    /// How the model sees; empty where it does not.
    public Optional<Vision> vision() {
        return vision;
    }

    /// What computes, for logs and people.
    public String kernelsName() {
        return kernels.name();
    }

    /// What it is doing now.
    public EngineStats stats() {
        Scheduler.Load load = scheduler.load();
        Throughput.Totals totals = throughput.totals();
        Speculation.Totals drafts = speculation.totals();
        return new EngineStats(
                inbox.size() + load.setBack(),
                load.running(),
                new EngineStats.Cache(
                        cacheSize.blocks(),
                        load.freeBlocks(),
                        load.restingBlocks(),
                        cacheSize.bytes(),
                        load.reusedTokens()),
                new EngineStats.Work(
                        totals.steps(),
                        totals.sequences(),
                        totals.computed(),
                        totals.sampled() + drafts.accepted(),
                        drafts.drafted(),
                        drafts.accepted(),
                        load.setBacks(),
                        Duration.ofNanos(totals.stepNanos()),
                        Duration.ofNanos(totals.controlNanos()),
                        images.encoded()),
                interventions.all(),
                totals.sampledPerSecond());
    }

    /// Takes no more requests and waits until those it has have ended, running and waiting ones.
    /// What has not ended in time is cancelled, which its reader is told as usual. {@link #close}
    /// frees the memory.
    ///
    /// @param most how long to wait; an interrupt ends the waiting as well, and is kept
    /// @return whether nothing had to be cancelled
    public boolean drain(Duration most) {
        inbox.drain();
        boolean ended = false;
        try {
            ended = loop.join(most);
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
        if (!ended) {
            inbox.close();
            joinLoop();
        }
        return ended;
    }

    /// Ends running generations as cancelled, stops the threads, frees the memory. A step that is
    /// being computed is waited for.
    @Override
    public synchronized void close() {
        if (closed) {
            return;
        }
        closed = true;
        inbox.close();
        joinLoop();
        release();
    }

    /// Frees what the loop used, once; it has ended, or this is its last act.
    private void release() {
        if (released.compareAndSet(false, true)) {
            images.close();
            kernels.close();
            readers.free(
                    () -> {
                        arena.close();
                        watch.close();
                    });
            draft.ifPresent(DraftWeights::close);
        }
    }

    private void joinLoop() {
        boolean interrupted = false;
        while (loop.isAlive()) {
            try {
                loop.join();
            } catch (InterruptedException e) { // its memory cannot be freed before it ends
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
