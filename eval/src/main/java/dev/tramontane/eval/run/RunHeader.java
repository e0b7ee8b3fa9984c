package dev.tramontane.eval.run;

import dev.tramontane.eval.Reference;
import dev.tramontane.eval.benchmark.Benchmark;
import dev.tramontane.eval.benchmark.PublishedFigure;
import dev.tramontane.eval.benchmark.Seeds;
import dev.tramontane.eval.items.Item;
import dev.tramontane.eval.items.Row;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/// The first line of a log: everything that is needed to repeat the run.
///
/// @param harness the program that made it
/// @param task what was asked, and how it was graded
/// @param model who answered
/// @param settings how
/// @param started ISO date and time
public record RunHeader(
        Harness harness, Task task, Model model, Settings settings, String started) {
    /// Positions for a prompt that a context has beside those for the answer, unless somebody says
    /// otherwise.
    public static final int PROMPT_POSITIONS = 4096;

    /// @param log version of the log's form
    /// @param java the Java that it ran on
    public record Harness(String version, int log, String java) {}

    /// @param file the SHA-256 of the task file
    /// @param items the SHA-256 of all prompts and keys
    /// @param scorer its name and version, and that of the judge or sandbox behind it
    public record Task(
            String name,
            String title,
            String file,
            String items,
            int problems,
            String scorer,
            List<PublishedFigure> published) {
        public Task {
            published = List.copyOf(published);
        }

        /// A task as it is asked here.
        ///
        /// @param scorer what grades, with its version
        public static Task of(Benchmark benchmark, List<Item> items, String scorer) {
            var all = new StringBuilder();
            for (Item item : items) {
                all.append(item.id())
                        .append('\n')
                        .append(benchmark.messages(item, 0))
                        .append('\n')
                        .append(
                                switch (item.key()) {
                                    case Item.Fixed(Reference reference) -> reference.toString();
                                    case Item.Shuffled shuffled -> shuffled.toString();
                                    case Item.Stored(Row.Span span) -> span.bytes() + " bytes";
                                })
                        .append('\n');
            }
            return new Task(
                    benchmark.name(),
                    benchmark.about().title(),
                    benchmark.about().sha256(),
                    Seeds.digest(all.toString()),
                    items.size(),
                    scorer,
                    benchmark.published());
        }
    }

    /// @param name for people
    /// @param place the file's path, or the address of the server
    /// @param sha256 of the model's files; absent for a server's
    /// @param reported the name that the server gave it
    /// @param format how conversations are written, such as `v13`
    /// @param context positions that prompt and answer have together; absent for a server's
    public record Model(
            String name,
            String place,
            Optional<String> sha256,
            Optional<String> reported,
            Optional<String> format,
            Optional<Integer> context) {}

    /// @param maxTokens thinking and answer together
    /// @param budgets of thinking, each of which every problem is asked with
    /// @param seed of the run
    public record Settings(
            float temperature,
            float topP,
            int topK,
            float minP,
            int maxTokens,
            int samples,
            List<String> budgets,
            long seed) {
        public Settings {
            budgets = List.copyOf(budgets);
        }

        private Settings withSamples(int more) {
            return new Settings(temperature, topP, topK, minP, maxTokens, more, budgets, seed);
        }

        /// Whether the other is the same with as many samples or more.
        private boolean growsInto(Settings other) {
            return other.samples >= samples && withSamples(other.samples).equals(other);
        }
    }

    /// How many attempts the run has when it is complete.
    public int attempts() {
        return task.problems() * settings.samples() * settings.budgets().size();
    }

    /// The same run with more samples of each problem: seeds follow from a sample's number, so
    /// those that are there stay what they are.
    RunHeader withSamples(int samples) {
        return new RunHeader(harness, task, model, settings.withSamples(samples), started);
    }

    /// The attempts with one budget, for people: `480`, or `37 of 480` where some are missing.
    public String attempts(int graded) {
        int all = task.problems() * settings.samples();
        return graded < all ? graded + " of " + all : String.valueOf(graded);
    }

    /// What keeps attempts of another header from standing below this one: names and both values;
    /// empty where nothing does. Places, names of files and the time may differ, as may the words
    /// of a task file: what they come to is in the digest of the items, the scorer and the
    /// settings. The other may have more samples.
    public Map<String, String> differences(RunHeader other) {
        Map<String, String> found = new TreeMap<>();
        note(found, "task", task.name(), other.task.name());
        note(found, "items", task.items(), other.task.items());
        note(found, "scorer", task.scorer(), other.task.scorer());
        note(found, "model", identity(model), identity(other.model));
        note(found, "format", model.format(), other.model.format());
        note(found, "context", positions(), other.positions());
        if (!settings.growsInto(other.settings)) {
            note(found, "settings", settings, other.settings);
        }
        note(found, "log's version", harness.log(), other.harness.log());
        return found;
    }

    /// Positions of the context as far as an attempt may feel them; a call's context follows from
    /// its longest task.
    private Optional<Integer> positions() {
        return model.context().map(all -> Math.min(all, settings.maxTokens() + PROMPT_POSITIONS));
    }

    /// Whether nothing but the version of the scorer keeps the other's attempts from standing below
    /// this header. A judge of another name is another scorer.
    boolean differsInGradingAlone(RunHeader other) {
        return !task.scorer().equals(other.task.scorer())
                && scorerName(task).equals(scorerName(other.task))
                && differences(other).keySet().equals(Set.of("scorer"));
    }

    /// `math` of `math 3`, `code` of `code 1 in …`, `judge NAME` of `judge NAME, prompt …`.
    private static String scorerName(Task task) {
        return task.scorer().replaceFirst("(, prompt \\w+| \\d+( in .*)?)$", "");
    }

    RunHeader withScorer(String scorer) {
        var changed =
                new Task(
                        task.name(),
                        task.title(),
                        task.file(),
                        task.items(),
                        task.problems(),
                        scorer,
                        task.published());
        return new RunHeader(harness, changed, model, settings, started);
    }

    private static String identity(Model model) {
        return model.sha256().or(model::reported).orElseGet(model::place);
    }

    private static void note(Map<String, String> found, String what, Object ours, Object theirs) {
        if (!ours.equals(theirs)) {
            found.put(what, ours + " and " + theirs);
        }
    }
}
