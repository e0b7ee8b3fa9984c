package dev.tramontane.train.command;

import dev.tramontane.eval.benchmark.Catalogue;
import dev.tramontane.eval.suite.SuiteChoice;
import dev.tramontane.train.grpo.GrpoConfig;
import dev.tramontane.train.grpo.GrpoLoss;
import dev.tramontane.train.grpo.RewardRules;
import dev.tramontane.train.grpo.Rollouts;
import dev.tramontane.train.kernels.Precision;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/// What `tramontane train grpo` does, as a file of YAML says; `docs/training.md` has every key with
/// its default.
///
/// @param start what is trained
/// @param problems what completions are sampled for
/// @param system what the model is told first; empty for nothing
/// @param config of the algorithm
/// @param context of the engine, and the longest prompt and completion
/// @param precision of the products of matrices, the trainer's and the engine's
/// @param learning how fast
/// @param keeping where, and what is kept on the way
/// @param export what is made of the result
record GrpoSettings(
        Start start,
        ProblemSource problems,
        Optional<String> system,
        GrpoConfig config,
        int context,
        Precision precision,
        Learning learning,
        Keeping keeping,
        Export export) {
    private static final int USUAL_TOKENS = 512;

    /// Where problems come from.
    sealed interface ProblemSource {
        /// Made on the spot.
        record Suite(SuiteChoice choice) implements ProblemSource {}

        /// Of a benchmark.
        ///
        /// @param task its name, or a task file's path
        /// @param items a file or folder; empty for beside the task file
        record Task(String task, Optional<Path> items, List<String> languages)
                implements ProblemSource {
            public Task {
                languages = List.copyOf(languages);
            }
        }
    }

    /// Reads a file.
    ///
    /// @param chosenOut the folder that the command line names, if it does
    /// @throws ConfigException naming the key that is wrong
    static GrpoSettings read(Path file, Optional<Path> chosenOut) throws IOException {
        Settings settings = Settings.read(file);
        Learning learning = Learning.read(settings, 1e-4, Learning.Method.ADAMW);
        Keeping keeping = Keeping.read(settings, chosenOut, 10);
        RewardRules rewards = rewards(settings, settings.part("reward"));
        var read =
                new GrpoSettings(
                        Start.read(settings),
                        problems(settings.part("problems")),
                        settings.text("system"),
                        config(settings, rewards, learning, keeping),
                        settings.whole("context", 2 * rewards.maxTokens(), 2),
                        settings.word("precision", Precision.FLOAT32, Precision.class),
                        learning,
                        keeping,
                        Export.read(settings.part("export")));
        settings.end();
        return read;
    }

    private static RewardRules rewards(Settings settings, Settings keys) {
        int maxTokens = settings.whole("max-tokens", USUAL_TOKENS, 1);
        int cacheTokens = settings.whole("cache-tokens", maxTokens / 8, 0);
        RewardRules usual = RewardRules.magistral(maxTokens, Math.min(cacheTokens, maxTokens));
        double format = keys.upTo("format", usual.format(), 100);
        double correctness = keys.upTo("correctness", usual.correctness(), 100);
        double language = keys.upTo("language", usual.language(), 100);
        double length = keys.upTo("length", usual.length(), 100);
        keys.end();
        return settings.made(
                () ->
                        new RewardRules(
                                format, correctness, language, length, maxTokens, cacheTokens));
    }

    private static GrpoConfig config(
            Settings settings, RewardRules rewards, Learning learning, Keeping keeping) {
        Settings clip = settings.part("clip");
        double low = clip.positive("low", GrpoLoss.Clip.HIGHER.low());
        double high = clip.positive("high", GrpoLoss.Clip.HIGHER.high());
        clip.end();
        int groups = settings.whole("groups", 32, 1);
        int groupSize = settings.whole("group-size", 16, 2);
        if (groupSize > Rollouts.MOST_UNDER_WAY) {
            throw settings.wrong(
                    "group-size",
                    "is %d, expected %d at most; lower it, and take more groups"
                            .formatted(groupSize, Rollouts.MOST_UNDER_WAY));
        }
        int minibatches = settings.whole("minibatches", 1, 1);
        int staleness = settings.whole("staleness", 0, 0);
        var loss =
                settings.word(
                        "loss-normalisation",
                        GrpoConfig.LossNormalisation.GROUP,
                        GrpoConfig.LossNormalisation.class);
        var advantages =
                settings.word(
                        "advantage-normalisation",
                        GrpoConfig.AdvantageNormalisation.MINIBATCH,
                        GrpoConfig.AdvantageNormalisation.class);
        var diversity =
                settings.word("diversity", GrpoConfig.Diversity.REWARD, GrpoConfig.Diversity.class);
        return settings.made(
                () ->
                        new GrpoConfig(
                                groups,
                                groupSize,
                                minibatches,
                                new GrpoLoss.Clip(low, high),
                                loss,
                                advantages,
                                diversity,
                                rewards,
                                learning.schedule(),
                                learning.mostGradientNorm(),
                                staleness,
                                learning.seed(),
                                keeping.checkpointEvery()));
    }

    private static ProblemSource problems(Settings keys) {
        Optional<String> task = keys.text("task");
        Optional<Path> items = keys.path("items");
        Optional<Settings> suite = keys.optionalPart("suite");
        if (task.isPresent() == suite.isPresent()) {
            throw keys.wrong(
                    "task",
                    task.isPresent()
                            ? "stands beside suite, expected one of the two; leave one out"
                            : "is missing, expected a benchmark's name or a task file, or suite; add one");
        }
        if (suite.isPresent()) {
            if (items.isPresent()) {
                throw keys.wrong("items", "stands beside suite, which has its own; leave it out");
            }
            keys.end();
            return suite(suite.get());
        }
        List<String> languages = keys.texts("languages");
        keys.end();
        String found =
                Catalogue.NAMES.contains(task.get())
                        ? task.get()
                        : keys.beside(task.get()).toString();
        return new ProblemSource.Task(found, items, languages);
    }

    private static ProblemSource suite(Settings keys) {
        var families = LessonSource.families(keys);
        var languages = LessonSource.languages(keys);
        List<Integer> levels = keys.numbers("levels", List.of(1, 2, 3));
        keys.end();
        return keys.made(
                () -> new ProblemSource.Suite(new SuiteChoice(families, languages, levels)));
    }
}
