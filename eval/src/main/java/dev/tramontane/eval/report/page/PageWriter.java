package dev.tramontane.eval.report.page;

import dev.tramontane.eval.report.drawing.Chart;
import dev.tramontane.eval.report.drawing.Figures;
import dev.tramontane.eval.report.drawing.HtmlPage;
import dev.tramontane.eval.report.drawing.SvgDrawing;

import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

import java.io.IOException;
import java.io.Writer;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// Writes a report as one HTML page that asks for nothing ({@link HtmlPage}).
///
/// Traces stand in it too, packed, as long as they are not too many in all; answers always do.
final class PageWriter {
    /// What the thinking may take of the page, packed. Browsers open a page of this size in
    /// seconds.
    static final long MOST_TRACE_CHARS = 96L << 20;

    private final Page page;
    private final long mostTraceChars;
    private final List<Series> series;

    PageWriter(Page page, long mostTraceChars) {
        this.page = page;
        this.mostTraceChars = mostTraceChars;
        this.series = page.series();
    }

    void write(Writer out) throws IOException {
        HtmlPage.of("page", PageWriter.class::getResourceAsStream)
                .write(
                        out,
                        Map.of(
                                "title", HtmlPage.text(page.title()),
                                "subtitle", HtmlPage.text(page.subtitle()),
                                "charts", this::writeCharts,
                                "tables", this::writeTables,
                                "facts", this::writeFacts,
                                "data", to -> to.write(HtmlPage.json(data())),
                                "traces", this::writeTraces));
    }

    private void writeCharts(Writer out) throws IOException {
        out.write("<div class=\"charts\">");
        int number = 0;
        for (Map.Entry<String, Chart> chart : page.charts()) {
            out.write("<figure><figcaption>");
            out.write(SvgDrawing.escaped(chart.getKey()));
            out.write("</figcaption><div class=\"scroll\">");
            out.write(chart.getValue().element("chart" + number++));
            out.write("</div></figure>");
        }
        out.write("</div>");
    }

    private void writeTables(Writer out) throws IOException {
        for (Map.Entry<String, Figures> table : page.tables()) {
            String caption = SvgDrawing.escaped(table.getKey());
            out.write(
                    "<h3>"
                            + caption
                            + "</h3><div class=\"scroll\" tabindex=\"0\" role=\"region\" ");
            out.write("aria-label=\"" + caption + "\">" + table.getValue().html() + "</div>\n");
        }
    }

    private void writeFacts(Writer out) throws IOException {
        for (Series each : series) {
            out.write(HtmlPage.facts(each.label(), each.facts()));
        }
    }

    private ObjectNode data() {
        ObjectNode data = JsonNodeFactory.instance.objectNode();
        ArrayNode all = data.putArray("series");
        int trace = 0;
        for (Series each : series) {
            ObjectNode node = all.addObject();
            node.put("label", each.label());
            Map<String, Integer> problems = new LinkedHashMap<>();
            ArrayNode trials = node.putArray("trials");
            for (Trial trial : each.trials()) {
                int problem = problems.computeIfAbsent(trial.problem(), _ -> problems.size());
                addTrial(trials.addArray(), trial, problem, trace++);
            }
            problems.keySet().forEach(node.putArray("problems")::add);
        }
        return data;
    }

    /// In the order that the script names.
    private static void addTrial(ArrayNode row, Trial trial, int problem, int trace) {
        row.add(problem).add(trial.sample()).add(trial.verdict().code());
        trial.extracted().ifPresentOrElse(row::add, row::addNull);
        row.add(trial.why()).add(trial.ending());
        row.add(trial.spent().thinkingTokens()).add(trial.spent().answerTokens());
        row.add(trial.spent().seconds()).add(trial.control()).add(trace);
    }

    private void writeTraces(Writer out) throws IOException {
        long chars = 0;
        int trace = 0;
        for (Series each : series) {
            for (Trial trial : each.trials()) {
                String packed = Trace.packed(trial, true);
                if (chars + packed.length() > mostTraceChars) {
                    packed = Trace.packed(trial, false);
                } else {
                    chars += packed.length();
                }
                out.write("<script type=\"text/plain\" id=\"t" + trace++ + "\">");
                out.write(packed);
                out.write("</script>\n");
            }
        }
    }
}
