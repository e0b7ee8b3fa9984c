package dev.tramontane.train.nano;

import dev.tramontane.kernels.Workers;
import dev.tramontane.model.ModelWeights;
import dev.tramontane.model.RandomWeights;
import dev.tramontane.nano.TrainedModel;
import dev.tramontane.tokenizer.Tekken;
import dev.tramontane.train.Checkpoints;
import dev.tramontane.train.GradientClip;
import dev.tramontane.train.Muon;
import dev.tramontane.train.Optimizer;
import dev.tramontane.train.PolicyBackend;
import dev.tramontane.train.SftStep;
import dev.tramontane.train.SftTrainer;
import dev.tramontane.train.TrainableTransformer;
import dev.tramontane.train.TrainableWeights;
import dev.tramontane.train.data.AnswerWriter;
import dev.tramontane.train.kernels.Precision;
import dev.tramontane.train.steps.RunLog;
import dev.tramontane.weights.ModelFolder;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.function.BooleanSupplier;

/// Makes nano: its vocabulary, then the supervised training, stage by stage, then an evaluation,
/// then the files that ship.
///
/// Everything lies in one folder, and what lies there is not made again: a run that was killed
/// anywhere goes on from its last state, and ends with the bits of one that was not. Schedules go
/// by steps, never by the clock; the number of threads shows in no result.
///
/// The folder: `tekken.json`, `states` ({@link Checkpoints}), `steps.jsonl` and `curves.html`
/// ({@link RunLog}), `tests` on the way, `evaluation.json` at the end, and in `export` what {@link
/// NanoExport} writes.
public final class NanoRecipe {
    private static final int KEPT_STATES = 3;
    private static final int CURVES_EVERY = 100;

    private final NanoSettings settings;
    private final Origin origin;
    private final int threads;

    /// What a run begins with, beside its settings.
    ///
    /// @param command that makes the same again, for the card
    /// @param seed of all that is drawn
    /// @param from a folder of weights with their vocabulary, as {@link NanoExport} wrote it, to
    ///   start from; empty to start from chance
    public record Origin(String command, long seed, Optional<Path> from) {}

    /// Who is told how a run goes.
    public interface Progress {
        /// A part of the work begins.
        ///
        /// @param what for people
        void begins(String what);

        /// A step of the training was made.
        ///
        /// @param seconds it took
        /// @param steps in all
        void step(SftStep step, double seconds, int steps);

        /// A test was held.
        void tested(int step, NanoReport report);
    }

    /// A run that starts from exported weights teaches most what their test found wrong ({@link
    /// NanoSettings#aimedBy}).
    public NanoRecipe(NanoSettings settings, Origin origin, int threads) throws IOException {
        this.settings =
                origin.from().isPresent()
                        ? settings.aimedBy(NanoExport.tested(origin.from().get()))
                        : settings;
        this.origin = origin;
        this.threads = threads;
    }

    /// Makes what is not there yet.
    public void run(Path folder, Progress progress) throws IOException {
        run(folder, progress, () -> false);
    }

    /// The same, unless it is stopped.
    ///
    /// @param isStopped asked after every step; a run that is stopped leaves a state
    /// @return whether it came to its end
    public boolean run(Path folder, Progress progress, BooleanSupplier isStopped)
            throws IOException {
        Files.createDirectories(folder);
        progress.begins("vocabulary");
        Tekken tekken = vocabulary(folder.resolve(TrainedModel.VOCABULARY));
        var evaluation = new NanoEvaluation(tekken, settings, threads);
        try (Arena arena = Arena.ofShared();
                var workers = new Workers(threads)) {
            var pupil = new Pupil(weights(arena), workers, arena);
            teach(pupil, tekken, evaluation, folder, progress, isStopped);
            if (isStopped.getAsBoolean()) {
                return false;
            }
            progress.begins("evaluation");
            NanoReport report = evaluation.of(pupil.weights, settings.tests().atTheEnd());
            report.write(folder.resolve("evaluation.json"));
            progress.tested(settings.steps(), report);
            progress.begins("export");
            new NanoExport(settings, origin, report)
                    .write(
                            pupil.weights,
                            folder.resolve(TrainedModel.VOCABULARY),
                            folder.resolve("export"));
            return true;
        }
    }

    /// Tests the last state of a folder, beside a run or without one.
    ///
    /// @param problems how many
    /// @throws IllegalArgumentException when there is no state yet
    public NanoReport test(Path folder, int problems) throws IOException {
        Tekken tekken = Tekken.read(folder.resolve(TrainedModel.VOCABULARY));
        Path state =
                states(folder)
                        .latest()
                        .orElseThrow(
                                () ->
                                        new IllegalArgumentException(
                                                "%s: holds no state, expected one at least; train first"
                                                        .formatted(folder)));
        try (Arena arena = Arena.ofShared();
                var workers = new Workers(threads)) {
            var pupil = new Pupil(weights(arena), workers, arena);
            Checkpoints.load(state, pupil.weights, pupil.optimizer);
            return new NanoEvaluation(tekken, settings, threads).of(pupil.weights, problems);
        }
    }

    private static Checkpoints states(Path folder) {
        return new Checkpoints(folder.resolve("states"), KEPT_STATES);
    }

    /// Weights and what moves them.
    private final class Pupil {
        private final TrainableWeights weights;
        private final PolicyBackend backend;
        private final Optimizer optimizer;
        private final GradientClip clip;

        Pupil(TrainableWeights weights, Workers workers, Arena arena) {
            this.weights = weights;
            int context = settings.network().context();
            int batch = Math.max(context, settings.batchTokens());
            var limits = new PolicyBackend.Limits(batch, context);
            Precision precision = settings.precision();
            backend = new TrainableTransformer(weights, workers, limits, precision, arena);
            optimizer = new Muon(weights, workers, Muon.Settings.USUAL, precision, arena);
            clip = new GradientClip(weights, workers);
        }
    }

    private Tekken vocabulary(Path file) throws IOException {
        if (origin.from().isPresent() && !Files.exists(file)) {
            Files.copy(origin.from().get().resolve(TrainedModel.VOCABULARY), file);
        }
        var lessons = new Lessons(origin.seed(), settings.mix(settings.stages().getLast()));
        Tekken tekken =
                NanoVocabulary.at(
                        file, lessons, settings.vocabularyLessons(), settings.network().vocab());
        if (tekken.vocab() != settings.network().vocab()) {
            throw new IllegalArgumentException(
                    "%s: a vocabulary of %d, expected %d, the rows of the embedding; begin in another folder"
                            .formatted(file, tekken.vocab(), settings.network().vocab()));
        }
        return tekken;
    }

    /// The weights before the first step.
    private TrainableWeights weights(Arena arena) throws IOException {
        return TrainableWeights.copyOf(settings.network(), start(arena), arena);
    }

    private ModelWeights start(Arena arena) throws IOException {
        if (origin.from().isPresent()) {
            return ModelWeights.read(
                    ModelFolder.open(origin.from().get(), arena), settings.network());
        }
        ModelWeights random = RandomWeights.of(settings.network(), origin.seed(), arena);
        return new ModelWeights(
                random.output(), random.layers(), random.finalNorm(), random.output());
    }

    private void teach(
            Pupil pupil,
            Tekken tekken,
            NanoEvaluation evaluation,
            Path folder,
            Progress progress,
            BooleanSupplier isStopped)
            throws IOException {
        try (RunLog log = RunLog.open(folder, CURVES_EVERY, System::nanoTime)) {
            int first = 0;
            for (NanoSettings.Stage stage : settings.stages()) {
                progress.begins(
                        "%d steps of %d tokens, levels %s"
                                .formatted(stage.steps(), stage.tokens(), stage.levels()));
                SftTrainer trainer = trainer(pupil, stage, tekken, folder);
                int last = first + stage.steps();
                for (int step = first; step < last; ) {
                    step = Math.min(last, nextTest(step));
                    log.begin();
                    trainer.runTo(
                            step,
                            made -> progress.step(made, log.add(made), settings.steps()),
                            isStopped);
                    if (isStopped.getAsBoolean()) {
                        return;
                    }
                    test(step, pupil.weights, evaluation, folder, progress);
                }
                first = last;
            }
        }
    }

    private int nextTest(int step) {
        int every = settings.tests().every();
        return (step / every + 1) * every;
    }

    /// Tests on the way, each held once.
    private void test(
            int step,
            TrainableWeights weights,
            NanoEvaluation evaluation,
            Path folder,
            Progress progress)
            throws IOException {
        Path file = folder.resolve("tests").resolve("step-%08d.json".formatted(step));
        boolean isDue = step % settings.tests().every() == 0 && step < settings.steps();
        if (isDue && !Files.exists(file)) {
            NanoReport report = evaluation.of(weights, settings.tests().onTheWay());
            report.write(file);
            progress.tested(step, report);
        }
    }

    private SftTrainer trainer(Pupil pupil, NanoSettings.Stage stage, Tekken tekken, Path folder)
            throws IOException {
        var lessons = new Lessons(origin.seed(), settings.mix(stage));
        return new SftTrainer(
                pupil.weights,
                pupil.backend,
                pupil.optimizer,
                pupil.clip,
                new Curriculum(
                        lessons,
                        new AnswerWriter(tekken, Optional.empty()),
                        settings.network().context()),
                states(folder),
                new SftTrainer.Settings(
                        settings.schedule(),
                        stage.tokens(),
                        settings.learning().mostGradientNorm(),
                        origin.seed(),
                        settings.checkpointEvery()));
    }
}
