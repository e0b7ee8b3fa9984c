package dev.tramontane.train.steps;

import dev.tramontane.eval.report.curves.CurvesPage;
import dev.tramontane.eval.report.curves.Figure;
import dev.tramontane.eval.report.curves.Figure.Scale;
import dev.tramontane.eval.report.curves.StepCurves;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// Draws runs' logs as one page of curves.
public final class RunCurves {
    /// The page's name in a run's folder.
    public static final String NAME = "curves.html";

    private static final String CONFIGURATION = "config.yaml";

    private static final String LEARNING = "Learning";
    private static final String REWARD = "Reward";
    private static final String COMPLETIONS = "Completions";
    private static final String POLICY = "Policy";
    private static final String WORK = "Work";

    /// The figures that trainers tell, in the order of their charts.
    public static final List<Figure> FIGURES =
            List.of(
                    factor(
                            "loss",
                            "Loss",
                            LEARNING,
                            "What the step makes smaller, in nats a token for examples. It was taken before the weights changed."),
                    number(
                            "entropy",
                            "Entropy",
                            LEARNING,
                            "Of the model's own distributions, in nats a token. Near 0 it has stopped to explore."),
                    factor(
                            "norm",
                            "Gradient norm",
                            LEARNING,
                            "Before it is shortened to the limit. Peaks are steps that would have gone astray."),
                    number("rate", "Learning rate", LEARNING, ""),
                    number("reward", "Reward", REWARD, "Mean over all completions."),
                    share(
                            "accuracy",
                            "Right answers",
                            REWARD,
                            "Of all completions, those of groups that were dropped included."),
                    share("reward_format", "Format kept", REWARD, ""),
                    number(
                            "reward_length",
                            "Length's part",
                            REWARD,
                            "0, or less where completions are near their longest."),
                    share(
                            "reward_language",
                            "Language kept",
                            REWARD,
                            "Thoughts and answer in the language of the problem."),
                    number(
                            "length_mean",
                            "Length",
                            COMPLETIONS,
                            "Mean of the completions, in tokens."),
                    number("length_longest", "Longest", COMPLETIONS, "In tokens."),
                    share(
                            "truncated",
                            "Cut off",
                            COMPLETIONS,
                            "Completions that reached the limit."),
                    number(
                            "groups_drawn",
                            "Groups drawn",
                            COMPLETIONS,
                            "Problems of the step; more than the batch where nothing was left to learn from the first."),
                    share(
                            "groups_kept",
                            "Groups kept",
                            COMPLETIONS,
                            "Those whose rewards differ; the others teach nothing."),
                    share("groups_solved", "Groups all right", COMPLETIONS, "Too easy by now."),
                    share("groups_failed", "Groups all wrong", COMPLETIONS, "Too hard as yet."),
                    number(
                            "sampling_entropy",
                            "Entropy when sampled",
                            POLICY,
                            "Mean of \u2212log p over the sampled tokens."),
                    share(
                            "clipped_up",
                            "Clipped above",
                            POLICY,
                            "Tokens that have become likelier than the clip lets gain."),
                    share(
                            "clipped_down",
                            "Clipped below",
                            POLICY,
                            "Tokens that have become unlikelier than the clip lets gain."),
                    factor(
                            "gap_largest",
                            "Largest gap",
                            POLICY,
                            "Between a token's log-probability when sampled and recomputed. The first number to look at when training goes wrong."),
                    factor("gap_mean", "Mean gap", POLICY, ""),
                    number(
                            "most_stale",
                            "Most stale",
                            POLICY,
                            "The stalest completion of the step, in updates."),
                    number(
                            "staleness",
                            "Staleness",
                            POLICY,
                            "Updates between the weights that sampled and those that learn."),
                    number("tokens_per_second", "Tokens a second", WORK, "Of the whole step."),
                    number(
                            "learned_per_second",
                            "Learned a second",
                            WORK,
                            "Tokens, prompts included, of the time that learning took."),
                    number(
                            "waiting",
                            "Waiting",
                            WORK,
                            "Seconds of the step until completions were there and graded."),
                    number(
                            "learning",
                            "Learning",
                            WORK,
                            "Seconds of the step for forward, backward and update."),
                    number(
                            "sampled_per_second",
                            "Sampled a second",
                            WORK,
                            "Tokens of completions, of the whole step."),
                    number("tokens", "Tokens", WORK, "Computed in the step."),
                    number(
                            "learned",
                            "Learned tokens",
                            WORK,
                            "Of these, what the model is to say itself; in reinforcement, all in groups that differ, prompts included."),
                    number("sampled", "Sampled tokens", WORK, "Of all completions of the step."),
                    number("examples", "Examples", WORK, "Taken from the data so far."),
                    number("seconds", "Seconds", WORK, "Of the step."));

    private RunCurves() {}

    private static Figure number(String key, String title, String group, String about) {
        return new Figure(key, title, group, Scale.NUMBER, about);
    }

    private static Figure factor(String key, String title, String group, String about) {
        return new Figure(key, title, group, Scale.FACTOR, about);
    }

    private static Figure share(String key, String title, String group, String about) {
        return new Figure(key, title, group, Scale.SHARE, about);
    }

    /// Draws the runs of some folders side by side.
    ///
    /// @param folders of runs, one at least
    /// @param file where the page is written
    /// @throws StepLogException when a log cannot be read
    /// @throws NoSuchFileException when a folder has none
    public static Path draw(List<Path> folders, Path file) throws IOException {
        List<String> labels = labels(folders);
        List<StepCurves> runs = new ArrayList<>();
        for (int i = 0; i < folders.size(); i++) {
            runs.add(run(labels.get(i), folders.get(i)));
        }
        String title = runs.size() == 1 ? labels.getFirst() : "%d runs".formatted(runs.size());
        return new CurvesPage(title, subtitle(runs), FIGURES, runs).write(file);
    }

    private static String subtitle(List<StepCurves> runs) {
        long last = 0;
        for (StepCurves run : runs) {
            int count = run.steps().length;
            last = Math.max(last, count == 0 ? 0 : run.steps()[count - 1]);
        }
        return "Training, up to step %d".formatted(last);
    }

    /// The folders' names, and more of their paths where names are alike.
    static List<String> labels(List<Path> folders) {
        List<Path> paths =
                folders.stream().map(folder -> folder.toAbsolutePath().normalize()).toList();
        for (int parts = 1; ; parts++) {
            List<String> labels = new ArrayList<>();
            boolean isWhole = true;
            for (Path path : paths) {
                int names = path.getNameCount();
                isWhole &= parts >= names;
                labels.add(
                        names == 0
                                ? path.toString()
                                : path.subpath(Math.max(0, names - parts), names).toString());
            }
            if (isWhole || labels.stream().distinct().count() == labels.size()) {
                return labels;
            }
        }
    }

    private static StepCurves run(String label, Path folder) throws IOException {
        Path log = folder.resolve(StepLog.NAME);
        if (!Files.isRegularFile(log)) {
            throw new NoSuchFileException(
                    log.toString(),
                    null,
                    "no such log, expected the folder of a training run; give what --out named, or `out` in its configuration");
        }
        List<StepLine> lines = StepLog.read(log);
        long[] steps = new long[lines.size()];
        Map<String, double[]> values = new LinkedHashMap<>();
        for (int i = 0; i < steps.length; i++) {
            StepLine line = lines.get(i);
            steps[i] = line.step();
            for (Map.Entry<String, Double> figure : line.figures().entrySet()) {
                values.computeIfAbsent(figure.getKey(), _ -> absent(steps.length))[i] =
                        figure.getValue();
            }
        }
        addRate(values, steps.length);
        return new StepCurves(label, facts(folder), steps, values);
    }

    /// Tokens a second follow from tokens and seconds.
    private static void addRate(Map<String, double[]> values, int count) {
        double[] tokens = values.get("tokens");
        double[] seconds = values.get("seconds");
        if (tokens != null && seconds != null) {
            double[] rate = absent(count);
            for (int i = 0; i < count; i++) {
                rate[i] = tokens[i] / seconds[i];
            }
            values.put("tokens_per_second", rate);
        }
    }

    private static double[] absent(int count) {
        double[] values = new double[count];
        Arrays.fill(values, Double.NaN);
        return values;
    }

    /// What the run was made with, as it was written.
    private static List<Map.Entry<String, String>> facts(Path folder) throws IOException {
        Path configuration = folder.resolve(CONFIGURATION);
        return Files.isRegularFile(configuration)
                ? List.of(Map.entry("configuration", Files.readString(configuration).strip()))
                : List.of();
    }
}
