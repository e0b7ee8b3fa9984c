package dev.tramontane.eval.report.page;

import dev.tramontane.eval.benchmark.PublishedFigure;
import dev.tramontane.eval.report.Comparison;
import dev.tramontane.eval.report.Summary;
import dev.tramontane.eval.report.drawing.Figures;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/// The tables of a report: what each run came to, what others published, and how the runs of a
/// benchmark differ.
///
/// @param parts runs with one budget each
/// @param published figures of others, by the benchmark's title
record RunTables(List<RunPart> parts, Map<String, Set<PublishedFigure>> published) {
    private static final List<String> COLUMNS =
            List.of(
                    "benchmark",
                    "run",
                    "pass@1",
                    "95%",
                    "pass@k",
                    "maj@k",
                    "truncated",
                    "failed",
                    "problems",
                    "attempts",
                    "thinking tokens",
                    "answer tokens",
                    "seconds");

    private static final List<String> PUBLISHED_COLUMNS =
            List.of("benchmark", "model", RunPage.PASS, "of several samples", Figures.SOURCE);

    List<Map.Entry<String, Figures>> tables() {
        List<Figures.Row> rows = new ArrayList<>();
        for (RunPart part : parts) {
            rows.add(new Figures.Row(cells(part), false));
        }
        List<Map.Entry<String, Figures>> tables = new ArrayList<>();
        tables.add(Map.entry("Figures, in percent", new Figures(COLUMNS, 2, rows)));
        List<Figures.Row> pairs = pairs();
        if (!pairs.isEmpty()) {
            tables.add(
                    Map.entry(
                            "Differences of pass@1, on the problems that both have",
                            new Figures(
                                    List.of(
                                            "first less second",
                                            "benchmark",
                                            "difference",
                                            "95%",
                                            "p (permutation)",
                                            "p (McNemar)",
                                            "problems"),
                                    2,
                                    pairs)));
        }
        List<Figures.Row> others = others();
        if (!others.isEmpty()) {
            tables.add(
                    Map.entry(
                            "Published by others, in percent",
                            new Figures(PUBLISHED_COLUMNS, 2, others)));
        }
        return tables;
    }

    private static List<String> cells(RunPart part) {
        Summary summary = part.summary();
        Summary.Accuracy accuracy = summary.accuracy();
        Summary.Spending spending = summary.spending();
        return List.of(
                part.benchmark(),
                part.label(),
                percent(accuracy.passAt1()),
                percent(accuracy.bootstrap().low()) + " to " + percent(accuracy.bootstrap().high()),
                last(summary.passAtK()),
                last(summary.majorityAtK()),
                percent(summary.counts().truncationRate()),
                Integer.toString(summary.counts().failed()),
                Integer.toString(summary.counts().problems()),
                part.run().header().attempts(summary.counts().graded()),
                number("%.0f", spending.thinkingTokens()),
                number("%.0f", spending.answerTokens()),
                number("%.1f", spending.seconds()));
    }

    private List<Figures.Row> others() {
        List<Figures.Row> rows = new ArrayList<>();
        published.forEach(
                (task, figures) -> {
                    Map<String, List<PublishedFigure>> models = new LinkedHashMap<>();
                    for (PublishedFigure figure : figures) {
                        models.computeIfAbsent(figure.model(), _ -> new ArrayList<>()).add(figure);
                    }
                    models.forEach(
                            (model, own) ->
                                    rows.add(new Figures.Row(cells(task, model, own), true)));
                });
        return rows;
    }

    private static List<String> cells(String task, String model, List<PublishedFigure> own) {
        List<String> pass = new ArrayList<>();
        List<String> more = new ArrayList<>();
        Set<String> sources = new LinkedHashSet<>();
        for (PublishedFigure figure : own) {
            String value = number("%.1f", figure.percent());
            if (figure.metric().equals(RunPage.PASS)) {
                pass.add(value);
            } else {
                more.add(figure.metric() + " " + value);
            }
            sources.add(figure.source());
        }
        return List.of(
                task,
                model,
                String.join(", ", pass),
                String.join(", ", more),
                String.join("; ", sources));
    }

    private static String percent(double share) {
        return number("%.1f", 100 * share);
    }

    private static String number(String form, double value) {
        return String.format(Locale.ROOT, form, value);
    }

    private static String last(List<Summary.Point> points) {
        if (points.size() < 2) {
            return "";
        }
        return percent(points.getLast().value()) + " (k = " + points.getLast().k() + ")";
    }

    private List<Figures.Row> pairs() {
        List<Figures.Row> rows = new ArrayList<>();
        for (int i = 0; i < parts.size(); i++) {
            for (RunPart second : parts.subList(i + 1, parts.size())) {
                RunPart first = parts.get(i);
                if (first.benchmark().equals(second.benchmark())) {
                    Comparison.of(
                                    first.run(),
                                    first.summary().budget(),
                                    second.run(),
                                    second.summary().budget())
                            .ifPresent(compared -> rows.add(row(first, second, compared)));
                }
            }
        }
        return rows;
    }

    private static Figures.Row row(RunPart first, RunPart second, Comparison compared) {
        return new Figures.Row(
                List.of(
                        first.label() + " less " + second.label(),
                        first.benchmark(),
                        number("%+.1f", 100 * compared.difference()),
                        number("%+.1f", 100 * compared.interval().low())
                                + " to "
                                + number("%+.1f", 100 * compared.interval().high()),
                        number("%.4f", compared.permutation()),
                        compared.mcNemar().map(p -> number("%.4f", p)).orElse(""),
                        problems(compared)),
                false);
    }

    private static String problems(Comparison compared) {
        String problems =
                compared.askedOtherwise() == 0
                        ? Integer.toString(compared.problems())
                        : "%d, %d asked in other words"
                                .formatted(compared.problems(), compared.askedOtherwise());
        return compared.isGradedAlike() ? problems : problems + ", graded otherwise";
    }
}
