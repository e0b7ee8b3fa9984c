package dev.tramontane.train.command;

import dev.tramontane.eval.benchmark.Seeds;
import dev.tramontane.terminal.Stdio;
import dev.tramontane.terminal.UsageException;
import dev.tramontane.train.SftStep;
import dev.tramontane.train.nano.NanoRecipe;
import dev.tramontane.train.nano.NanoReport;
import dev.tramontane.train.nano.NanoSettings;

import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;

/// `tramontane train nano`.
@Command(
        name = "nano",
        description = {
            "Make the embedded model: its vocabulary, its training, its test, its files.",
            "",
            "Hours on two cores. The same command goes on where it was stopped or killed; a seed gives",
            "the same bits on any number of threads."
        })
final class NanoCommand implements Callable<Integer> {
    private static final int PLAIN_EVERY = 100;
    private static final double USUAL_DECAY = 0.4;

    private final Stdio io;
    private final StopRequest stop;

    @Option(
            names = "--seed",
            paramLabel = "N",
            description = "Of all that is drawn; 1 unless given.")
    private long seed = 1;

    @Option(
            names = "--out",
            paramLabel = "DIR",
            description = "The run's folder; nano-SEED unless given.")
    private Optional<Path> out = Optional.empty();

    @Option(
            names = {"-t", "--threads"},
            paramLabel = "N",
            description = "That compute; 2 unless given.")
    private int threads = 2;

    @Option(
            names = "--size",
            paramLabel = "nano|pico",
            description = "pico is one of some minutes, which shows that the recipe teaches.")
    private Size size = Size.NANO;

    @Option(
            names = "--steps",
            paramLabel = "N",
            description = "Stop after so many; all of the recipe unless given.")
    private Optional<Integer> steps = Optional.empty();

    @Option(
            names = "--decay",
            paramLabel = "N",
            description = {
                "The last steps, over which the learning rate falls to zero; two fifths unless given.",
                "Up to there runs of different lengths are one: copy a run's folder, and end the copy early."
            })
    private Optional<Integer> decay = Optional.empty();

    @Option(
            names = "--rate",
            paramLabel = "R",
            description = {
                "The learning rate at its peak; 1e-3 unless given.",
                "A lower one forgets less of the weights that a run starts from."
            })
    private Optional<Double> rate = Optional.empty();

    @Option(
            names = "--from",
            paramLabel = "DIR",
            description = {
                "Exported weights to start from, instead of chance.",
                "What their test found wrong is taught most."
            })
    private Optional<Path> from = Optional.empty();

    @Option(
            names = "--test",
            paramLabel = "N",
            description =
                    "Only ask the run's last state N problems that were held out, beside the run or after it, and print the report as JSON.")
    private Optional<Integer> test = Optional.empty();

    /// Which model.
    enum Size {
        NANO,
        PICO
    }

    NanoCommand(Stdio io, StopRequest stop) {
        this.io = io;
        this.stop = stop;
    }

    @Override
    public Integer call() throws IOException {
        if (threads < 1) {
            throw new UsageException("--threads is %d, expected 1 or more".formatted(threads));
        }
        NanoSettings settings = settings();
        Path folder = out.orElse(Path.of("nano-" + seed));
        var recipe = new NanoRecipe(settings, origin(), threads);
        if (test.isPresent()) {
            NanoReport report = recipe.test(folder, test.orElseThrow());
            io.out().println(report.json().toPrettyString());
            return 0;
        }
        return TrainMain.untilStopped(io, stop, () -> make(recipe, folder, settings));
    }

    private boolean make(NanoRecipe recipe, Path folder, NanoSettings settings) throws IOException {
        var shown = new Shown(settings.steps());
        try {
            new RunFolder(folder).checkMade(made());
            if (!recipe.run(folder, shown, stop::isMade)) {
                return false;
            }
        } finally {
            shown.progress.clear();
        }
        io.out().println(folder.resolve("export"));
        return true;
    }

    /// What the run's states depend on beside themselves.
    private Map<String, String> made() throws IOException {
        Map<String, String> made = new LinkedHashMap<>();
        made.put("size", size.toString());
        made.put("start", from.isPresent() ? sha256(from.get()) : "chance");
        return made;
    }

    private static String sha256(Path weights) throws IOException {
        byte[] bytes = Files.readAllBytes(weights.resolve("model.safetensors"));
        return HexFormat.of().formatHex(Seeds.sha256().digest(bytes));
    }

    private NanoSettings settings() {
        NanoSettings recipe =
                switch (size) {
                    case NANO -> NanoSettings.nano();
                    case PICO -> NanoSettings.pico();
                };
        NanoSettings settings = rate.map(recipe::withRate).orElse(recipe);
        if (steps.isEmpty() && decay.isEmpty()) {
            return settings;
        }
        int count = steps.orElse(settings.steps());
        return settings.withSteps(count, decay.orElse((int) Math.round(USUAL_DECAY * count)));
    }

    private NanoRecipe.Origin origin() {
        var command = new StringBuilder("tramontane train nano --seed ").append(seed);
        if (size != Size.NANO) {
            command.append(" --size ").append(size.name().toLowerCase(Locale.ROOT));
        }
        steps.ifPresent(count -> command.append(" --steps ").append(count));
        decay.ifPresent(count -> command.append(" --decay ").append(count));
        rate.ifPresent(peak -> command.append(" --rate ").append(peak));
        return new NanoRecipe.Origin(command.toString(), seed, from);
    }

    /// The recipe's parts as lines, its steps as the one that moves.
    private final class Shown implements NanoRecipe.Progress {
        private final TrainProgress progress;

        Shown(int steps) {
            progress = new TrainProgress(io, "nano", steps, PLAIN_EVERY, System::nanoTime);
        }

        @Override
        public void begins(String what) {
            progress.say(what);
            progress.begin();
        }

        @Override
        public void step(SftStep step, double seconds, int steps) {
            String figures = String.format(Locale.ROOT, "loss %.4f", step.loss());
            progress.step(step.step(), figures, step.tokens());
        }

        @Override
        public void tested(int step, NanoReport report) {
            progress.say(
                    String.format(
                            Locale.ROOT,
                            "step %d: right %.1f%%, in form %.1f%%, traces right %.1f%%, in the language %.1f%%",
                            step,
                            100 * report.all().accuracy(),
                            100 * report.all().form(),
                            100 * report.all().traces(),
                            100 * report.all().language()));
            progress.begin();
        }
    }
}
