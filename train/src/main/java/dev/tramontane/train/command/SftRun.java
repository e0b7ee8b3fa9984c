package dev.tramontane.train.command;

import dev.tramontane.eval.benchmark.Seeds;
import dev.tramontane.kernels.Workers;
import dev.tramontane.terminal.Stdio;
import dev.tramontane.train.AdaptedModel;
import dev.tramontane.train.BaseModel;
import dev.tramontane.train.Checkpoints;
import dev.tramontane.train.Examples;
import dev.tramontane.train.GradientClip;
import dev.tramontane.train.LoraAdapters;
import dev.tramontane.train.LoraConfig;
import dev.tramontane.train.LoraExport;
import dev.tramontane.train.PolicyBackend;
import dev.tramontane.train.SftStep;
import dev.tramontane.train.SftTrainer;
import dev.tramontane.train.Trainable;
import dev.tramontane.train.TrainableTransformer;
import dev.tramontane.train.TrainableWeights;
import dev.tramontane.train.TrainedModel;
import dev.tramontane.train.data.Conversations;
import dev.tramontane.train.nano.Curriculum;
import dev.tramontane.train.nano.Lessons;
import dev.tramontane.train.steps.RunLog;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/// Supervised training as a configuration says, from a model's files to those of another.
///
/// The folder: `config.yaml`, `states` ({@link Checkpoints}), `steps.jsonl` and `curves.html`
/// ({@link RunLog}), and at the end `model`, `model-TYPE.gguf`, and `adapter` where adapters
/// learned.
final class SftRun {
    private final Stdio io;
    private final SftConfig config;
    private final StopRequest stop;
    private final Path out;

    /// What learns.
    ///
    /// @param adapters those beside the base; empty where all weights learn
    /// @param trainable what the optimiser changes
    private record Pupil(
            Origin origin,
            Optional<LoraAdapters> adapters,
            Trainable trainable,
            PolicyBackend backend) {
        TrainedModel model(Arena arena) {
            return switch (trainable) {
                case TrainableWeights weights -> weights;
                case LoraAdapters learned -> new AdaptedModel(origin.base(), learned, arena);
            };
        }
    }

    SftRun(Stdio io, SftConfig config, StopRequest stop) {
        this.io = io;
        this.config = config;
        this.stop = stop;
        out = config.keeping().out();
    }

    /// Trains to the end, or until somebody stops it.
    ///
    /// @param text of the configuration, to be kept
    /// @return whether it came to its end
    boolean run(byte[] text) throws IOException {
        Learning learning = config.learning();
        int steps = learning.schedule().steps();
        var progress =
                new TrainProgress(
                        io, "sft", steps, config.keeping().checkpointEvery(), System::nanoTime);
        var folder = new RunFolder(out);
        try (RunLog log = RunLog.open(out, config.keeping().curvesEvery(), System::nanoTime);
                Arena arena = Arena.ofShared();
                var workers = new Workers(learning.threads())) {
            folder.keepConfiguration(text).ifPresent(progress::say);
            Origin origin = Origin.open(config.start(), learning.seed(), arena);
            RunFolder.checkContext(config.context(), origin.base().config());
            folder.checkMade(made(origin));
            Pupil pupil = pupil(origin, workers, arena);
            try (var examples = new OpenExamples(examples(origin, folder, progress))) {
                log.begin();
                progress.begin();
                SftTrainer trainer = trainer(pupil, examples.examples, workers, arena);
                trainer.runTo(
                        steps,
                        step -> {
                            log.add(step);
                            progress.step(step.step(), figures(step), step.tokens());
                        },
                        stop::isMade);
            } catch (ArithmeticException e) {
                throw new IOException(out + ": " + e.getMessage(), e);
            } finally {
                progress.clear();
            }
            if (stop.isMade()) {
                progress.say("Stopped; the same command goes on from here.");
                return false;
            }
            export(pupil, arena, progress);
            return true;
        }
    }

    /// What a state depends on beside itself. Adapters are nothing without their base.
    private Map<String, String> made(Origin origin) {
        Map<String, String> made = new LinkedHashMap<>();
        made.put("network", origin.base().config().toString());
        made.put("lora", config.lora().map(LoraConfig::toString).orElse("none"));
        if (config.lora().isPresent()) {
            made.put("base", origin.base().fingerprint());
        }
        if (config.data() instanceof LessonSource.Suite(Lessons.Mix mix)) {
            made.put("suite", mix.toString());
        }
        return made;
    }

    /// Examples, and what is open for them.
    private record OpenExamples(Examples examples) implements AutoCloseable {
        @Override
        public void close() throws IOException {
            if (examples instanceof Conversations conversations) {
                conversations.close();
            }
        }
    }

    private static String figures(SftStep step) {
        return String.format(Locale.ROOT, "loss %.4f", step.loss());
    }

    private Pupil pupil(Origin origin, Workers workers, Arena arena) {
        int batch = Math.max(config.context(), config.learning().batchTokens());
        var limits = new PolicyBackend.Limits(batch, config.context());
        if (config.lora().isEmpty()) {
            TrainableWeights weights = TrainableWeights.copyOf(origin.base(), arena);
            var backend =
                    new TrainableTransformer(weights, workers, limits, config.precision(), arena);
            return new Pupil(origin, Optional.empty(), weights, backend);
        }
        BaseModel base = origin.base();
        var adapters =
                new LoraAdapters(
                        base.config(), config.lora().get(), config.learning().seed(), arena);
        var backend =
                new TrainableTransformer(
                        base, adapters, workers, limits, config.precision(), arena);
        return new Pupil(origin, Optional.of(adapters), adapters, backend);
    }

    private Examples examples(Origin origin, RunFolder folder, TrainProgress progress)
            throws IOException {
        long seed = config.learning().seed();
        return switch (config.data()) {
            case LessonSource.Suite(Lessons.Mix mix) ->
                    new Curriculum(new Lessons(seed, mix), origin.writer(), config.context());
            case LessonSource.Files(var files) -> {
                Conversations conversations =
                        Conversations.open(
                                files, origin.writer(), config.context(), seed, Seeds.sha256());
                folder.checkData(conversations.sha256());
                progress.say(told(conversations));
                yield conversations;
            }
        };
    }

    private String told(Conversations conversations) {
        String text = "%d answers to learn".formatted(conversations.count());
        return conversations.tooLong() == 0
                ? text
                : text
                        + "; %d longer than %d tokens are left out"
                                .formatted(conversations.tooLong(), config.context());
    }

    private SftTrainer trainer(Pupil pupil, Examples examples, Workers workers, Arena arena) {
        Learning learning = config.learning();
        return new SftTrainer(
                pupil.trainable,
                pupil.backend,
                learning.optimizer(pupil.trainable, workers, config.precision(), arena),
                new GradientClip(pupil.trainable, workers),
                examples,
                new Checkpoints(config.keeping().states(), config.keeping().kept()),
                new SftTrainer.Settings(
                        learning.schedule(),
                        config.stepTokens(),
                        learning.mostGradientNorm(),
                        learning.seed(),
                        config.keeping().checkpointEvery()));
    }

    private void export(Pupil pupil, Arena arena, TrainProgress progress) throws IOException {
        if (pupil.adapters.isPresent()) {
            Path adapter = out.resolve("adapter");
            progress.say("writing " + adapter);
            LoraExport.write(pupil.adapters.get(), adapter, pupil.origin.name());
        }
        new Results(io, out, config.export(), config.learning().threads())
                .write(pupil.origin, pupil.model(arena), progress);
    }
}
