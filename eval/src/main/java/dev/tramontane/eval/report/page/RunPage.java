package dev.tramontane.eval.report.page;

import dev.tramontane.eval.Grade;
import dev.tramontane.eval.benchmark.PublishedFigure;
import dev.tramontane.eval.report.Summary;
import dev.tramontane.eval.report.drawing.Chart;
import dev.tramontane.eval.run.Attempt;
import dev.tramontane.eval.run.Run;
import dev.tramontane.eval.run.RunHeader;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/// Turns runs into what a report shows.
final class RunPage {
    static final String PASS = "pass@1";

    /// A run, and what tells it from the others.
    private record Named(Run run, String label) {}

    private final List<RunPart> parts = new ArrayList<>();
    private final List<Named> named = new ArrayList<>();
    private final List<Run> runs;

    private RunPage(List<Run> runs) {
        this.runs = List.copyOf(runs);
        for (int i = 0; i < runs.size(); i++) {
            Run run = runs.get(i);
            String label = label(i);
            named.add(new Named(run, label));
            for (Summary summary : Summary.of(run)) {
                parts.add(new RunPart(run, summary, label + budget(run, summary.budget())));
            }
        }
    }

    /// The model's name; where runs share it and the benchmark, with the run's place among them.
    private String label(int index) {
        Run run = runs.get(index);
        long before = runs.subList(0, index).stream().filter(other -> isAlike(run, other)).count();
        long alike = runs.stream().filter(other -> isAlike(run, other)).count();
        return alike == 1
                ? name(run)
                : "%s, run %d of %s".formatted(name(run), before + 1, run.header().started());
    }

    private static boolean isAlike(Run run, Run other) {
        return name(other).equals(name(run))
                && other.header().task().name().equals(run.header().task().name());
    }

    private static String budget(Run run, String budget) {
        return run.header().settings().budgets().size() > 1 ? ", thinking " + budget : "";
    }

    private static String name(Run run) {
        return run.header().model().name();
    }

    static Page of(List<Run> runs) {
        if (runs.isEmpty()) {
            throw new IllegalArgumentException("a report without a run, expected one at least");
        }
        var made = new RunPage(runs);
        Set<String> titles = new LinkedHashSet<>();
        runs.forEach(run -> titles.add(run.header().task().title()));
        Set<String> models = new LinkedHashSet<>();
        runs.forEach(run -> models.add(name(run)));
        return new Page(
                String.join(", ", models) + " on " + String.join(", ", titles),
                "%d %s, %d attempts; made by Tramontane %s"
                        .formatted(
                                runs.size(),
                                runs.size() == 1 ? "run" : "runs",
                                runs.stream().mapToInt(run -> run.attempts().size()).sum(),
                                runs.getFirst().header().harness().version()),
                made.charts(),
                new RunTables(made.parts, made.published("")).tables(),
                made.series());
    }

    private List<Map.Entry<String, Chart>> charts() {
        List<Map.Entry<String, Chart>> charts = new ArrayList<>();
        List<Bar> bars = bars();
        if (!bars.isEmpty()) {
            charts.add(Map.entry(PASS, new BarChart(bars)));
        }
        Map<String, List<RunPart>> tasks = new LinkedHashMap<>();
        parts.forEach(
                part -> tasks.computeIfAbsent(part.benchmark(), _ -> new ArrayList<>()).add(part));
        tasks.forEach(
                (task, group) -> {
                    budgets(task, group).ifPresent(charts::add);
                    samples(task + ": maj@k", group, true).ifPresent(charts::add);
                    samples(task + ": pass@k", group, false).ifPresent(charts::add);
                });
        return charts;
    }

    private List<Bar> bars() {
        Map<String, List<Bar>> groups = new LinkedHashMap<>();
        for (RunPart part : parts) {
            Summary.Accuracy accuracy = part.summary().accuracy();
            groups.computeIfAbsent(part.benchmark(), _ -> new ArrayList<>())
                    .add(
                            new Bar(
                                    part.benchmark(),
                                    part.label(),
                                    100 * accuracy.passAt1(),
                                    Optional.of(
                                            new Bar.Interval(
                                                    100 * accuracy.bootstrap().low(),
                                                    100 * accuracy.bootstrap().high())),
                                    Optional.empty()));
        }
        published(PASS)
                .forEach(
                        (task, figures) ->
                                figures.forEach(
                                        figure ->
                                                groups.computeIfAbsent(task, _ -> new ArrayList<>())
                                                        .add(
                                                                new Bar(
                                                                        task,
                                                                        figure.model(),
                                                                        figure.percent(),
                                                                        Optional.empty(),
                                                                        Optional.of(
                                                                                figure
                                                                                        .source())))));
        return groups.values().stream().flatMap(List::stream).toList();
    }

    /// Figures of others by benchmark, each once.
    private Map<String, Set<PublishedFigure>> published(String metric) {
        Map<String, Set<PublishedFigure>> all = new LinkedHashMap<>();
        for (Run run : runs) {
            Set<PublishedFigure> figures =
                    all.computeIfAbsent(run.header().task().title(), _ -> new LinkedHashSet<>());
            run.header().task().published().stream()
                    .filter(figure -> metric.isEmpty() || figure.metric().equals(metric))
                    .forEach(figures::add);
        }
        return all;
    }

    /// Accuracy over the thinking that was spent, for runs with several budgets.
    private static Optional<Map.Entry<String, Chart>> budgets(String task, List<RunPart> group) {
        Map<String, List<Curve.Point>> curves = new LinkedHashMap<>();
        for (RunPart part : group) {
            if (part.run().header().settings().budgets().size() > 1) {
                Summary.Accuracy accuracy = part.summary().accuracy();
                curves.computeIfAbsent(name(part.run()), _ -> new ArrayList<>())
                        .add(
                                new Curve.Point(
                                        Math.max(1, part.summary().spending().thinkingTokens()),
                                        100 * accuracy.passAt1(),
                                        100 * accuracy.bootstrap().low(),
                                        100 * accuracy.bootstrap().high()));
            }
        }
        return chart(task + ": pass@1 by thinking", "thinking tokens spent, mean", curves);
    }

    private static Optional<Map.Entry<String, Chart>> samples(
            String caption, List<RunPart> group, boolean isMajority) {
        Map<String, List<Curve.Point>> curves = new LinkedHashMap<>();
        for (RunPart part : group) {
            List<Summary.Point> points =
                    isMajority ? part.summary().majorityAtK() : part.summary().passAtK();
            if (points.size() > 1) {
                curves.put(part.label(), points.stream().map(RunPage::point).toList());
            }
        }
        return chart(caption, "k, samples of a problem", curves);
    }

    private static Curve.Point point(Summary.Point point) {
        double percent = 100 * point.value();
        return new Curve.Point(point.k(), percent, percent, percent);
    }

    private static Optional<Map.Entry<String, Chart>> chart(
            String caption, String axis, Map<String, List<Curve.Point>> points) {
        List<Curve> curves = new ArrayList<>();
        points.forEach(
                (label, each) -> {
                    Map<Double, Curve.Point> byX = new TreeMap<>();
                    each.forEach(point -> byX.put(point.x(), point));
                    curves.add(new Curve(label, List.copyOf(byX.values())));
                });
        return curves.isEmpty()
                ? Optional.empty()
                : Optional.of(Map.entry(caption, new CurveChart(caption, axis, curves)));
    }

    private List<Series> series() {
        List<Series> all = new ArrayList<>();
        for (Named each : named) {
            RunHeader header = each.run.header();
            for (String budget : header.settings().budgets()) {
                List<Trial> trials =
                        each.run.attempts().stream()
                                .filter(attempt -> attempt.key().budget().equals(budget))
                                .map(RunPage::trial)
                                .toList();
                if (!trials.isEmpty()) {
                    String label =
                            "%s, %s%s"
                                    .formatted(
                                            header.task().title(),
                                            each.label,
                                            budget(each.run, budget));
                    all.add(new Series(label, facts(header), trials));
                }
            }
        }
        return all;
    }

    static Trial trial(Attempt attempt) {
        Attempt.Spent spent = attempt.spent();
        Optional<String> extracted = Optional.empty();
        String why;
        String ending;
        Verdict verdict;
        switch (attempt.outcome()) {
            case Attempt.Graded(Grade grade, var finish, boolean truncated) -> {
                extracted = grade.extracted();
                why = grade.why();
                ending = finish.name().toLowerCase(Locale.ROOT).replace('_', ' ');
                verdict =
                        grade.correct()
                                ? Verdict.RIGHT
                                : truncated ? Verdict.TRUNCATED : Verdict.WRONG;
            }
            case Attempt.Failed(String error) -> {
                why = error;
                ending = "failure";
                verdict = Verdict.ERROR;
            }
        }
        return new Trial(
                attempt.key().problem(),
                attempt.key().sample() + 1,
                verdict,
                extracted,
                why,
                ending,
                new Trial.Spent(spent.thinkingTokens(), spent.answerTokens(), spent.seconds()),
                String.join(", ", attempt.interventions()),
                attempt.thinking(),
                attempt.answer());
    }

    private static List<Map.Entry<String, String>> facts(RunHeader header) {
        RunHeader.Settings settings = header.settings();
        List<Map.Entry<String, String>> facts = new ArrayList<>();
        facts.add(Map.entry("model", header.model().name() + " (" + header.model().place() + ")"));
        header.model().sha256().ifPresent(hash -> facts.add(Map.entry("model SHA-256", hash)));
        header.model()
                .reported()
                .ifPresent(name -> facts.add(Map.entry("reported by the server", name)));
        header.model().format().ifPresent(format -> facts.add(Map.entry("format", format)));
        facts.add(Map.entry("task", header.task().name()));
        facts.add(Map.entry("task file SHA-256", header.task().file()));
        facts.add(Map.entry("items SHA-256", header.task().items()));
        facts.add(Map.entry("scorer", header.task().scorer()));
        facts.add(
                Map.entry(
                        "sampling",
                        "temperature %s, top-p %s, top-k %d, min-p %s, at most %d tokens, %d samples, seed %d"
                                .formatted(
                                        settings.temperature(),
                                        settings.topP(),
                                        settings.topK(),
                                        settings.minP(),
                                        settings.maxTokens(),
                                        settings.samples(),
                                        settings.seed())));
        facts.add(Map.entry("thinking budgets", String.join(", ", settings.budgets())));
        facts.add(
                Map.entry(
                        "harness",
                        "Tramontane %s, Java %s"
                                .formatted(header.harness().version(), header.harness().java())));
        facts.add(Map.entry("started", header.started()));
        return facts;
    }
}
