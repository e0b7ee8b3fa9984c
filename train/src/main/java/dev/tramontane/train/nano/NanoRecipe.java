package dev.tramontane.train.nano;

import dev.tramontane.kernels.Workers;
import dev.tramontane.model.ModelWeights;
import dev.tramontane.model.RandomWeights;
import dev.tramontane.tokenizer.Tekken;
import dev.tramontane.train.AdamW;
import dev.tramontane.train.Checkpoints;
import dev.tramontane.train.GradientClip;
import dev.tramontane.train.Muon;
import dev.tramontane.train.PolicyBackend;
import dev.tramontane.train.SftStep;
import dev.tramontane.train.SftTrainer;
import dev.tramontane.train.TrainableTransformer;
import dev.tramontane.train.TrainableWeights;
import dev.tramontane.weights.ModelFolder;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/// Makes nano: its vocabulary, then the supervised training, stage by stage, then an evaluation,
/// then the files that ship.
///
/// Everything lies in one folder, and what lies there is not made again: a run that was killed
/// anywhere goes on from its last state, and ends with the bits of one that was not. Schedules go
/// by steps, never by the clock; the number of threads shows in no result.
///
/// The folder: `tekken.json`, `states` ({@link Checkpoints}), `steps.jsonl`, `evaluation.json`, and
/// in `export` what {@link NanoExport} writes.
public final class NanoRecipe {
    private static final int KEPT_STATES = 3;

    private final NanoSettings settings;
    private final long seed;
    private final int threads;
    private final Optional<Path> from;

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

        /// The test was held.
        void tested(NanoReport report);
    }

    /// @param from a folder of weights with their vocabulary, as {@link NanoExport} wrote it, to
    ///   start from; empty to start from chance
    public NanoRecipe(NanoSettings settings, long seed, int threads, Optional<Path> from) {
        this.settings = settings;
        this.seed = seed;
        this.threads = threads;
        this.from = from;
    }

    /// Makes what is not there yet.
    public void run(Path folder, Progress progress) throws IOException {
        Files.createDirectories(folder);
        progress.begins("vocabulary");
        Tekken tekken = vocabulary(folder.resolve(NanoExport.VOCABULARY));
        try (Arena arena = Arena.ofShared();
                var workers = new Workers(threads)) {
            TrainableWeights weights =
                    TrainableWeights.copyOf(settings.network(), start(arena), arena);
            teach(weights, tekken, workers, arena, folder, progress);
            progress.begins("evaluation");
            Path file = folder.resolve("evaluation.json");
            NanoReport report = new NanoEvaluation(tekken, settings, threads).of(weights);
            report.write(file);
            progress.tested(report);
            progress.begins("export");
            new NanoExport(settings, seed, report)
                    .write(
                            weights,
                            folder.resolve(NanoExport.VOCABULARY),
                            folder.resolve("export"));
        }
    }

    private Tekken vocabulary(Path file) throws IOException {
        if (from.isPresent() && !Files.exists(file)) {
            Files.copy(from.get().resolve(NanoExport.VOCABULARY), file);
        }
        var lessons = new Lessons(seed, settings.mix(settings.stages().getLast()));
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
    private ModelWeights start(Arena arena) throws IOException {
        if (from.isPresent()) {
            return ModelWeights.read(ModelFolder.open(from.get(), arena), settings.network());
        }
        ModelWeights random = RandomWeights.of(settings.network(), seed, arena);
        return new ModelWeights(
                random.output(), random.layers(), random.finalNorm(), random.output());
    }

    private void teach(
            TrainableWeights weights,
            Tekken tekken,
            Workers workers,
            Arena arena,
            Path folder,
            Progress progress)
            throws IOException {
        int context = settings.network().context();
        var limits = new PolicyBackend.Limits(Math.max(context, settings.batchTokens()), context);
        var backend = new TrainableTransformer(weights, workers, limits, arena);
        var usual = Muon.Settings.USUAL;
        var optimizer =
                new Muon(
                        weights,
                        workers,
                        new Muon.Settings(usual.momentum(), 0, AdamW.Settings.USUAL),
                        arena);
        var clip = new GradientClip(weights, workers);
        var checkpoints = new Checkpoints(folder.resolve("states"), KEPT_STATES);
        try (var log = new StepFile(folder.resolve("steps.jsonl"))) {
            long last = 0;
            for (NanoSettings.Stage stage : settings.stages()) {
                last += stage.steps();
                progress.begins(
                        "%d steps of %d tokens, levels %s"
                                .formatted(stage.steps(), stage.tokens(), stage.levels()));
                var trainer =
                        new SftTrainer(
                                weights,
                                backend,
                                optimizer,
                                clip,
                                new Curriculum(
                                        new Lessons(seed, settings.mix(stage)), tekken, context),
                                checkpoints,
                                new SftTrainer.Settings(
                                        settings.schedule(),
                                        stage.tokens(),
                                        settings.learning().mostGradientNorm(),
                                        seed,
                                        settings.checkpointEvery()));
                trainer.runTo(
                        last,
                        step -> {
                            double seconds = log.add(step);
                            progress.step(step, seconds, settings.steps());
                        });
            }
        }
    }
}
