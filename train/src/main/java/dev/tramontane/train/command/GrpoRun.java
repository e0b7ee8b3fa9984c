package dev.tramontane.train.command;

import dev.tramontane.chat.InstructTemplate;
import dev.tramontane.chat.Message;
import dev.tramontane.chat.ThinkingFormat;
import dev.tramontane.engine.Engine;
import dev.tramontane.engine.EngineOptions;
import dev.tramontane.eval.Grader;
import dev.tramontane.eval.benchmark.Benchmark;
import dev.tramontane.eval.benchmark.Catalogue;
import dev.tramontane.eval.graders.Graders;
import dev.tramontane.eval.suite.SuiteChoice;
import dev.tramontane.kernels.Workers;
import dev.tramontane.model.ModelConfig;
import dev.tramontane.model.ModelWeights;
import dev.tramontane.terminal.Stdio;
import dev.tramontane.train.Checkpoints;
import dev.tramontane.train.GradientClip;
import dev.tramontane.train.PolicyBackend;
import dev.tramontane.train.TrainableTransformer;
import dev.tramontane.train.TrainableWeights;
import dev.tramontane.train.grpo.AnswerVerifier;
import dev.tramontane.train.grpo.GrpoConfig;
import dev.tramontane.train.grpo.GrpoStep;
import dev.tramontane.train.grpo.GrpoTrainer;
import dev.tramontane.train.grpo.OnPolicyRollouts;
import dev.tramontane.train.grpo.Problems;
import dev.tramontane.train.grpo.RolloutQueue;
import dev.tramontane.train.grpo.RolloutSource;
import dev.tramontane.train.grpo.Rollouts;
import dev.tramontane.train.grpo.SuiteProblems;
import dev.tramontane.train.kernels.PackedKernels;
import dev.tramontane.train.steps.RunLog;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/// Reinforcement learning as a configuration says, from a model's files to those of another. The
/// folder is that of {@link SftRun}.
///
/// Without staleness the engine reads the very weights that learn, and one thread makes the run;
/// with it the engine has a copy, and samples beside the trainer.
final class GrpoRun {
    /// Keys and values of completions under way take no more; what finds no place waits.
    private static final long MOST_CACHE_BYTES = 4L << 30;

    private final Stdio io;
    private final GrpoSettings settings;
    private final StopRequest stop;
    private final Path out;

    /// What problems there are, and who grades them.
    private record Asked(Problems problems, String scorer) {}

    GrpoRun(Stdio io, GrpoSettings settings, StopRequest stop) {
        this.io = io;
        this.settings = settings;
        this.stop = stop;
        out = settings.keeping().out();
    }

    /// Trains to the end, or until somebody stops it.
    ///
    /// @param text of the configuration, to be kept
    /// @return whether it came to its end
    boolean run(byte[] text) throws IOException {
        Learning learning = settings.learning();
        var progress =
                new TrainProgress(
                        io,
                        "grpo",
                        learning.schedule().steps(),
                        settings.keeping().checkpointEvery(),
                        System::nanoTime);
        var folder = new RunFolder(out);
        try (RunLog log = RunLog.open(out, settings.keeping().curvesEvery(), System::nanoTime);
                Arena arena = Arena.ofShared();
                var workers = new Workers(learning.threads());
                var graders = new Graders()) {
            folder.keepConfiguration(text).ifPresent(progress::say);
            Origin origin = Origin.open(settings.start(), learning.seed(), arena);
            ModelConfig network = origin.base().config();
            RunFolder.checkContext(settings.context(), network);
            TrainableWeights weights = TrainableWeights.copyOf(origin.base(), arena);
            folder.checkMade(made(network));
            Asked asked = asked(origin);
            try (Engine engine = engine(network, weights);
                    RolloutSource source =
                            source(origin, asked, graders.of(asked.scorer), engine, weights)) {
                progress.begin();
                trainer(weights, source, workers, arena)
                        .run(step -> told(step, log, progress), stop::isMade);
            } catch (ArithmeticException e) {
                throw new IOException(out + ": " + e.getMessage(), e);
            } finally {
                progress.clear();
            }
            if (stop.isMade()) {
                progress.say("Stopped; the same command goes on from here.");
                return false;
            }
            new Results(io, out, settings.export(), learning.threads())
                    .write(origin, weights, progress);
            return true;
        }
    }

    /// Completions, sampled when they are asked for or ahead.
    private RolloutSource source(
            Origin origin, Asked asked, Grader grader, Engine engine, TrainableWeights weights) {
        ThinkingFormat format =
                ThinkingFormat.infer(origin.tokenizer(), origin.chatTemplate().orElse(""));
        GrpoConfig config = settings.config();
        var verifier = new AnswerVerifier(origin.tokenizer(), format, grader, config.rewards());
        var sampling = Rollouts.Settings.of(config, origin.tokenizer().stopTokens());
        var rollouts = new Rollouts(engine, asked.problems, sampling);
        return config.staleness() == 0
                ? new OnPolicyRollouts(rollouts, verifier)
                : new RolloutQueue(rollouts, verifier, weights, config.staleness());
    }

    private static void told(GrpoStep step, RunLog log, TrainProgress progress) {
        log.add(step);
        String figures =
                String.format(
                        Locale.ROOT,
                        "reward %.3f   right %.1f%%   length %.0f",
                        step.rewards().total(),
                        100 * step.rewards().accuracy(),
                        step.lengths().mean());
        progress.step(step.step(), figures, step.speed().sampledTokens());
    }

    private GrpoTrainer trainer(
            TrainableWeights weights, RolloutSource source, Workers workers, Arena arena) {
        Learning learning = settings.learning();
        int batch = Math.max(settings.context(), learning.batchTokens());
        var limits = new PolicyBackend.Limits(batch, settings.context());
        return new GrpoTrainer(
                weights,
                new TrainableTransformer(weights, workers, limits, settings.precision(), arena),
                learning.optimizer(weights, workers, settings.precision(), arena),
                new GradientClip(weights, workers),
                source,
                new Checkpoints(settings.keeping().states(), settings.keeping().kept()),
                settings.config());
    }

    private Asked asked(Origin origin) throws IOException {
        InstructTemplate template = origin.writer().template();
        long seed = settings.learning().seed();
        return switch (settings.problems()) {
            case GrpoSettings.ProblemSource.Suite(SuiteChoice choice) ->
                    new Asked(
                            new SuiteProblems(
                                    seed,
                                    choice,
                                    template,
                                    settings.system().map(Message.SystemMessage::new)),
                            SuiteProblems.SCORER);
            case GrpoSettings.ProblemSource.Task(
                            String task,
                            Optional<Path> items,
                            List<String> languages) -> {
                Benchmark benchmark = Catalogue.find(task);
                Path where = items.orElseGet(() -> folderOf(task));
                yield new Asked(
                        new TaskProblems(
                                benchmark, where, languages, template, settings.system(), seed),
                        benchmark.scorer());
            }
        };
    }

    /// What a state depends on beside itself.
    private Map<String, String> made(ModelConfig network) {
        Map<String, String> made = new LinkedHashMap<>();
        made.put("network", network.toString());
        made.put(
                "problems",
                switch (settings.problems()) {
                    case GrpoSettings.ProblemSource.Suite(SuiteChoice choice) -> choice.toString();
                    case GrpoSettings.ProblemSource.Task(
                                    String task,
                                    Optional<Path> items,
                                    List<String> languages) ->
                            "%s %s %s"
                                    .formatted(
                                            Path.of(task).getFileName(),
                                            items.map(Path::getFileName),
                                            languages);
                });
        return made;
    }

    private static Path folderOf(String task) {
        Path folder = Path.of(task).toAbsolutePath().getParent();
        return folder == null ? Path.of("") : folder;
    }

    /// An engine over the weights that learn, or over a copy of them.
    @SuppressWarnings("MustBeClosedChecker") // the engine closes the arena
    private Engine engine(ModelConfig network, TrainableWeights weights) {
        int underWay =
                Math.min(
                        Rollouts.MOST_UNDER_WAY,
                        settings.config().groups() * settings.config().groupSize());
        long sequenceBytes = 2L * 4 * network.layers() * network.kvDim() * settings.context();
        EngineOptions options =
                EngineOptions.defaults()
                        .withThreads(settings.learning().threads())
                        .withContext(settings.context())
                        .withMaxSequences(underWay)
                        .withCache(EngineOptions.CacheChoice.F32) // as the trainer computes
                        .withKvCacheBytes(
                                Math.max(
                                        2 * sequenceBytes,
                                        Math.min(MOST_CACHE_BYTES, underWay * sequenceBytes)))
                        .withDrafts(false);
        Arena arena = Arena.ofShared();
        ModelWeights read =
                settings.config().staleness() == 0 ? weights.model() : weights.modelCopy(arena);
        var kernels = new PackedKernels(settings.learning().threads(), settings.precision());
        return Engine.over(network, read, arena, options, kernels);
    }
}
