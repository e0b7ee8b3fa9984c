package dev.tramontane.eval.report.curves;

import dev.tramontane.eval.report.drawing.Figures;
import dev.tramontane.eval.report.drawing.HtmlPage;
import dev.tramontane.eval.report.drawing.SvgDrawing;

import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

import java.io.IOException;
import java.io.Writer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/// Runs over their steps as one page of curves: a small chart for each figure, all over the same
/// steps, a colour for each run.
///
/// The curves stand in the page as pictures, so it needs no script to be seen or printed; the
/// script tells values at the pointer, smooths otherwise, and hides runs.
public final class CurvesPage {
    /// More would be narrower than pixels; hovering tells of these, too.
    private static final int MOST_STRETCHES = 400;

    /// Share of the steps, from the end, whose means stand in the table.
    private static final int LAST_OF = 20;

    private final String title;
    private final String subtitle;
    private final List<StepCurves> runs;
    private final Map<Figure, LineChart> charts = new LinkedHashMap<>();
    private final List<Map<String, Stretches>> stretches = new ArrayList<>();

    /// @param figures that are known, in the order of their charts; what runs have beside them
    ///   stands at the end under its key
    /// @param runs one at least; those without a step are told and not drawn
    public CurvesPage(String title, String subtitle, List<Figure> figures, List<StepCurves> runs) {
        this.title = title;
        this.subtitle = subtitle;
        this.runs = List.copyOf(runs);
        if (runs.isEmpty()) {
            throw new IllegalArgumentException("a page of curves without a run, expected one");
        }
        for (StepCurves run : runs) {
            Map<String, Stretches> all = new LinkedHashMap<>();
            run.values()
                    .forEach(
                            (key, values) -> {
                                if (run.has(key)) {
                                    all.put(key, Stretches.of(run.steps(), values, MOST_STRETCHES));
                                }
                            });
            stretches.add(all);
        }
        Axis steps = steps();
        List<String> labels = runs.stream().map(StepCurves::label).toList();
        for (Figure figure : withOthers(figures)) {
            Map<Integer, Stretches> curves = new TreeMap<>();
            for (int run = 0; run < runs.size(); run++) {
                Stretches curve = stretches.get(run).get(figure.key());
                if (curve != null) {
                    curves.put(run, curve);
                }
            }
            if (!curves.isEmpty()) {
                charts.put(figure, new LineChart(figure, steps, curves, labels));
            }
        }
    }

    private List<Figure> withOthers(List<Figure> figures) {
        List<Figure> all = new ArrayList<>(figures);
        Set<String> keys = new LinkedHashSet<>();
        stretches.forEach(run -> keys.addAll(run.keySet()));
        figures.forEach(figure -> keys.remove(figure.key()));
        keys.forEach(
                key -> all.add(new Figure(key, key, "Other figures", Figure.Scale.NUMBER, "")));
        return all;
    }

    private Axis steps() {
        long first = Long.MAX_VALUE;
        long last = 0;
        for (StepCurves run : runs) {
            if (run.steps().length > 0) {
                first = Math.min(first, run.steps()[0]);
                last = Math.max(last, run.steps()[run.steps().length - 1]);
            }
        }
        return Axis.of((double) Math.min(first, last), (double) last, first < last / 10 + 2, false);
    }

    /// Writes the page, whole or not at all.
    public Path write(Path file) throws IOException {
        return HtmlPage.of("curves", CurvesPage.class::getResourceAsStream)
                .put(
                        file,
                        Map.of(
                                "title",
                                HtmlPage.text(title),
                                "subtitle",
                                HtmlPage.text(subtitle),
                                "runs",
                                this::writeRuns,
                                "charts",
                                this::writeCharts,
                                "table",
                                out -> out.write(table().html()),
                                "facts",
                                this::writeFacts,
                                "data",
                                out -> out.write(HtmlPage.json(data()))));
    }

    private void writeRuns(Writer out) throws IOException {
        for (int run = 0; run < runs.size(); run++) {
            out.write("<label><input type=\"checkbox\" checked data-run=\"" + run + "\">");
            out.write("<svg width=\"14\" height=\"10\" aria-hidden=\"true\"><rect width=\"14\" ");
            out.write("height=\"10\" rx=\"2\" fill=\"" + SvgDrawing.color(run) + "\"/></svg> ");
            out.write(SvgDrawing.escaped(runs.get(run).label()));
            out.write(runs.get(run).steps().length == 0 ? " (no step yet)" : "");
            out.write("</label>\n");
        }
    }

    private void writeCharts(Writer out) throws IOException {
        String group = "";
        int number = 0;
        for (Map.Entry<Figure, LineChart> entry : charts.entrySet()) {
            Figure figure = entry.getKey();
            if (!figure.group().equals(group)) {
                out.write(group.isEmpty() ? "" : "</div>\n");
                group = figure.group();
                out.write("<h2>" + SvgDrawing.escaped(group) + "</h2><div class=\"curves\">\n");
            }
            out.write("<figure tabindex=\"0\"><figcaption>");
            out.write(SvgDrawing.escaped(figure.title()) + "</figcaption>");
            out.write(entry.getValue().element("c" + number++));
            out.write("<div class=\"values hidden\" role=\"status\"></div>");
            if (!figure.about().isEmpty()) {
                out.write("<p class=\"note\">" + SvgDrawing.escaped(figure.about()) + "</p>");
            }
            out.write("</figure>\n");
        }
        out.write(group.isEmpty() ? "<p>No step has been made yet.</p>" : "</div>");
    }

    /// The figures' means over each run's last steps.
    private Figures table() {
        List<String> columns = new ArrayList<>(List.of("figure"));
        runs.forEach(run -> columns.add(run.label()));
        List<Figures.Row> rows = new ArrayList<>();
        List<String> steps = new ArrayList<>(List.of("steps made"));
        for (StepCurves run : runs) {
            int count = run.steps().length;
            steps.add(count == 0 ? "0" : Long.toString(run.steps()[count - 1]));
        }
        rows.add(new Figures.Row(steps, false));
        for (Figure figure : charts.keySet()) {
            List<String> cells = new ArrayList<>(List.of(figure.title()));
            for (StepCurves run : runs) {
                double mean = lastMean(run, figure.key());
                cells.add(Double.isNaN(mean) ? "" : LineChart.valueText(figure.scale(), mean));
            }
            rows.add(new Figures.Row(cells, false));
        }
        return new Figures(columns, 1, rows);
    }

    private static double lastMean(StepCurves run, String key) {
        double[] values = run.values().get(key);
        if (values == null) {
            return Double.NaN;
        }
        int last = Math.max(1, values.length / LAST_OF);
        return Arrays.stream(values, Math.max(0, values.length - last), values.length)
                .filter(Double::isFinite)
                .average()
                .orElse(Double.NaN);
    }

    private void writeFacts(Writer out) throws IOException {
        for (StepCurves run : runs) {
            out.write(HtmlPage.facts(run.label(), run.facts()));
        }
    }

    /// What the script needs: where the plots are, and every stretch's steps and means.
    private ObjectNode data() {
        ObjectNode data = JsonNodeFactory.instance.objectNode();
        data.put("left", LineChart.LEFT).put("top", LineChart.TOP);
        data.put("width", LineChart.PLOT_WIDTH).put("height", LineChart.PLOT_HEIGHT);
        data.put("smoothing", LineChart.USUAL_SMOOTHING);
        ObjectNode steps = data.putObject("steps");
        steps.put("low", steps().low()).put("high", steps().high());
        ArrayNode all = data.putArray("runs");
        for (int run = 0; run < runs.size(); run++) {
            ObjectNode node = all.addObject().put("label", runs.get(run).label());
            node.put("color", SvgDrawing.color(run));
            long[] made = runs.get(run).steps();
            Stretches axis = Stretches.of(made, new double[made.length], MOST_STRETCHES);
            Arrays.stream(axis.from()).forEach(node.putArray("from")::add);
            Arrays.stream(axis.to()).forEach(node.putArray("to")::add);
            ObjectNode values = node.putObject("values");
            stretches.get(run).forEach((key, curve) -> addMeans(values.putArray(key), curve));
        }
        ArrayNode drawn = data.putArray("charts");
        charts.forEach(
                (figure, chart) -> {
                    ObjectNode node = drawn.addObject().put("key", figure.key());
                    node.put("share", figure.scale() == Figure.Scale.SHARE);
                    node.put("low", chart.values().low()).put("high", chart.values().high());
                    node.put("logarithmic", chart.values().logarithmic());
                    chart.runs().forEach(node.putArray("runs")::add);
                });
        return data;
    }

    private static void addMeans(ArrayNode means, Stretches curve) {
        for (double mean : curve.mean()) {
            if (Double.isFinite(mean)) {
                means.add((float) mean);
            } else {
                means.addNull();
            }
        }
    }
}
