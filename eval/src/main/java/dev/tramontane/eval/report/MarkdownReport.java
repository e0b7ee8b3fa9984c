package dev.tramontane.eval.report;

import dev.tramontane.eval.benchmark.PublishedFigure;
import dev.tramontane.eval.run.Run;
import dev.tramontane.eval.run.RunHeader;
import dev.tramontane.eval.stats.Interval;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/// Runs as Markdown: what they came to, how they were made, and how they compare.
public final class MarkdownReport {
    private final Optional<Prices> prices;

    /// @param prices absent where costs are not told
    public MarkdownReport(Optional<Prices> prices) {
        this.prices = prices;
    }

    /// A page about runs of one model.
    public String page(List<Run> runs) {
        var page = new StringBuilder("# Evaluation\n\n").append(results(runs));
        page.append("\n## Languages of thoughts and answers\n\n").append(languages(runs));
        for (Run run : runs) {
            published(run).ifPresent(page::append);
        }
        page.append("\n## How it was made\n");
        runs.forEach(run -> page.append(made(run)));
        return page.toString();
    }

    /// A table with a row for each run and budget.
    public String results(List<Run> runs) {
        List<List<String>> rows = new ArrayList<>();
        List<String> heading =
                new ArrayList<>(
                        List.of(
                                "task",
                                "model",
                                "thinking",
                                "problems × samples",
                                "pass@1",
                                "95 % interval",
                                "maj@k",
                                "pass@k",
                                "cut off",
                                "failed",
                                "thinking tokens",
                                "answer tokens",
                                "seconds"));
        prices.ifPresent(_ -> heading.add("cost"));
        rows.add(heading);
        for (Run run : runs) {
            Summary.of(run).forEach(summary -> rows.add(row(run, summary)));
        }
        return table(rows);
    }

    private List<String> row(Run run, Summary summary) {
        Summary.Counts counts = summary.counts();
        Summary.Spending spending = summary.spending();
        List<String> row =
                new ArrayList<>(
                        List.of(
                                run.header().task().title(),
                                run.header().model().name(),
                                summary.budget(),
                                size(run, counts),
                                percent(summary.accuracy().passAt1()),
                                interval(summary.accuracy().bootstrap()),
                                last("maj", summary.majorityAtK()),
                                last("pass", summary.passAtK()),
                                percent(counts.truncationRate()),
                                String.valueOf(counts.failed()),
                                number(spending.thinkingTokens()),
                                number(spending.answerTokens()),
                                String.format(Locale.ROOT, "%.1f", spending.seconds())));
        prices.ifPresent(
                price ->
                        row.add(
                                String.format(
                                        Locale.ROOT,
                                        "%.2f",
                                        spending.cost(price.in(), price.out()))));
        return row;
    }

    /// `30 × 16`, or `37 of 480` where attempts are missing.
    private static String size(Run run, Summary.Counts counts) {
        int samples = run.header().settings().samples();
        return run.header().task().problems() * samples == counts.graded()
                ? counts.problems() + " × " + samples
                : run.header().attempts(counts.graded());
    }

    private static String languages(List<Run> runs) {
        List<List<String>> rows = new ArrayList<>();
        rows.add(
                List.of(
                        "task",
                        "thinking",
                        "thought as asked",
                        "answer as asked",
                        "thought like answer",
                        "attempts that tell"));
        for (Run run : runs) {
            for (Summary summary : Summary.of(run)) {
                LanguageShares shares = LanguageShares.of(run, summary.budget());
                rows.add(
                        List.of(
                                run.header().task().title(),
                                summary.budget(),
                                share(shares.thoughtAsAsked()),
                                share(shares.answerAsAsked()),
                                share(shares.thoughtLikeAnswer()),
                                String.valueOf(shares.judged())));
            }
        }
        return table(rows);
    }

    private static String share(Optional<Double> share) {
        return share.map(MarkdownReport::percent).orElse("–");
    }

    /// `83.3 (maj@64)`; nothing where there is one sample, or no vote.
    private static String last(String name, List<Summary.Point> curve) {
        if (curve.isEmpty()) {
            return "–";
        }
        Summary.Point point = curve.getLast();
        return point.k() == 1
                ? "–"
                : "%s (%s@%d)".formatted(percent(point.value()), name, point.k());
    }

    private static Optional<String> published(Run run) {
        List<PublishedFigure> figures = run.header().task().published();
        if (figures.isEmpty()) {
            return Optional.empty();
        }
        Map<String, Map<String, Double>> models = new LinkedHashMap<>();
        List<String> metrics = new ArrayList<>();
        for (PublishedFigure figure : figures) {
            models.computeIfAbsent(
                            figure.model() + " — " + figure.source(), _ -> new LinkedHashMap<>())
                    .put(figure.metric(), figure.percent());
            if (!metrics.contains(figure.metric())) {
                metrics.add(figure.metric());
            }
        }
        List<List<String>> rows = new ArrayList<>();
        List<String> heading = new ArrayList<>(List.of("published"));
        heading.addAll(metrics);
        rows.add(heading);
        models.forEach(
                (model, values) -> {
                    List<String> row = new ArrayList<>(List.of(model));
                    for (String metric : metrics) {
                        Double value = values.get(metric);
                        row.add(value == null ? "–" : String.format(Locale.ROOT, "%.1f", value));
                    }
                    rows.add(row);
                });
        return Optional.of(
                "\n## %s: published figures\n\n%s"
                        .formatted(run.header().task().title(), table(rows)));
    }

    private static String made(Run run) {
        RunHeader header = run.header();
        RunHeader.Settings settings = header.settings();
        return """

                - **%s**: %s (%s%s), temperature %s, top-p %s, top-k %d, min-p %s, at most %d tokens, seed %d; \
                scorer %s; task file %s, items %s; harness %s on Java %s; begun %s
                """
                .formatted(
                        header.task().title(),
                        header.model().name(),
                        header.model()
                                .sha256()
                                .map(text -> "sha256 " + text)
                                .orElse(header.model().place()),
                        header.model().format().map(text -> ", template " + text).orElse(""),
                        settings.temperature(),
                        settings.topP(),
                        settings.topK(),
                        settings.minP(),
                        settings.maxTokens(),
                        settings.seed(),
                        header.task().scorer(),
                        header.task().file().substring(0, 12),
                        header.task().items().substring(0, 12),
                        header.harness().version(),
                        header.harness().java(),
                        header.started());
    }

    /// A table for each benchmark that runs share: every run against the first, then what others
    /// published.
    public String comparison(List<Run> runs) {
        Map<String, List<Run>> tasks =
                runs.stream()
                        .collect(
                                Collectors.groupingBy(
                                        run -> run.header().task().title(),
                                        LinkedHashMap::new,
                                        Collectors.toList()));
        return tasks.entrySet().stream()
                .map(task -> "## " + task.getKey() + "\n\n" + compared(task.getValue()))
                .collect(Collectors.joining("\n"));
    }

    private static String compared(List<Run> runs) {
        List<List<String>> rows = new ArrayList<>();
        rows.add(
                List.of(
                        "model",
                        "thinking",
                        "attempts",
                        "pass@1",
                        "95 % interval",
                        "maj@k",
                        "cut off",
                        "tokens",
                        "difference",
                        "p (permutation)",
                        "p (McNemar)"));
        Run first = runs.getFirst();
        String firstBudget = "";
        for (Run run : runs) {
            for (Summary summary : Summary.of(run)) {
                firstBudget = firstBudget.isEmpty() ? summary.budget() : firstBudget;
                boolean isFirst = rows.size() == 1;
                Optional<Comparison> against =
                        isFirst
                                ? Optional.empty()
                                : Comparison.of(run, summary.budget(), first, firstBudget);
                rows.add(compared(run, summary, against));
            }
        }
        for (PublishedFigure figure : first.header().task().published()) {
            if (figure.metric().equals("pass@1")) {
                rows.add(
                        List.of(
                                figure.model() + " (published: " + figure.source() + ")",
                                "–",
                                "–",
                                String.format(Locale.ROOT, "%.1f", figure.percent()),
                                "–",
                                "–",
                                "–",
                                "–",
                                "–",
                                "–",
                                "–"));
            }
        }
        return table(rows);
    }

    private static List<String> compared(Run run, Summary summary, Optional<Comparison> against) {
        return List.of(
                run.header().model().name(),
                summary.budget(),
                run.header().attempts(summary.counts().graded()),
                percent(summary.accuracy().passAt1()),
                interval(summary.accuracy().bootstrap()),
                last("maj", summary.majorityAtK()),
                percent(summary.counts().truncationRate()),
                number(summary.spending().generatedTokens()),
                against.map(MarkdownReport::difference).orElse("–"),
                against.map(each -> chance(each.permutation())).orElse("–"),
                against.flatMap(Comparison::mcNemar).map(MarkdownReport::chance).orElse("–"));
    }

    /// `+2.4 (−0.9 to +5.6; 30 problems)`, and how many of these were not the same question.
    private static String difference(Comparison comparison) {
        return String.format(
                        Locale.ROOT,
                        "%+.1f (%+.1f to %+.1f; %d problems%s%s)",
                        100 * comparison.difference(),
                        100 * comparison.interval().low(),
                        100 * comparison.interval().high(),
                        comparison.problems(),
                        comparison.askedOtherwise() == 0
                                ? ""
                                : ", %d asked in other words"
                                        .formatted(comparison.askedOtherwise()),
                        comparison.isGradedAlike() ? "" : ", graded otherwise")
                .replace('-', '−');
    }

    private static String chance(double p) {
        return p < 0.0001 ? "< 0.0001" : String.format(Locale.ROOT, "%.4f", p);
    }

    private static String percent(double share) {
        return String.format(Locale.ROOT, "%.1f", 100 * share);
    }

    private static String interval(Interval interval) {
        return percent(interval.low()) + " to " + percent(interval.high());
    }

    private static String number(double value) {
        return String.format(Locale.ROOT, "%,.0f", value);
    }

    private static String table(List<List<String>> rows) {
        var table = new StringBuilder();
        for (int i = 0; i < rows.size(); i++) {
            table.append(
                    rows.get(i).stream()
                            .map(MarkdownReport::cell)
                            .collect(Collectors.joining(" | ", "| ", " |\n")));
            if (i == 0) {
                table.append("| --- ".repeat(rows.getFirst().size())).append("|\n");
            }
        }
        return table.toString();
    }

    /// Names come from files and servers: nothing in them may end a cell or begin markup.
    private static String cell(String text) {
        return text.replaceAll("[\\p{Cntrl}]", " ").replaceAll("([|<>\\[\\]`*_\\\\])", "\\\\$1");
    }
}
