package dev.tramontane.eval.report.page;

import dev.tramontane.eval.benchmark.Seeds;

import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// Writes a report as one HTML page that asks for nothing: its style and its script stand in it,
/// and its policy lets no other run, whatever a model has written.
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
        String template = resource("page.html");
        String style = resource("page.css");
        String script = resource("page.js");
        int from = 0;
        while (true) {
            int open = template.indexOf("{{", from);
            if (open < 0) {
                out.write(template, from, template.length() - from);
                return;
            }
            out.write(template, from, open - from);
            int close = template.indexOf("}}", open);
            String name = template.substring(open + 2, close);
            switch (name) {
                case "title" -> out.write(SvgDrawing.escaped(page.title()));
                case "subtitle" -> out.write(SvgDrawing.escaped(page.subtitle()));
                case "style" -> out.write(style);
                case "style-hash" -> out.write(hash(style));
                case "script" -> out.write(script);
                case "script-hash" -> out.write(hash(script));
                case "charts" -> writeCharts(out);
                case "tables" -> writeTables(out);
                case "facts" -> writeFacts(out);
                case "data" -> out.write(Trace.whole(data().toString()).replace("<", "\\u003c"));
                case "traces" -> writeTraces(out);
                default -> throw new IllegalStateException("the page's template names " + name);
            }
            from = close + 2;
        }
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
            out.write(
                    "<details open><summary>"
                            + SvgDrawing.escaped(each.label())
                            + "</summary><dl>");
            for (Map.Entry<String, String> fact : each.facts()) {
                out.write("<dt>" + SvgDrawing.escaped(fact.getKey()) + "</dt><dd>");
                out.write(SvgDrawing.escaped(fact.getValue()) + "</dd>");
            }
            out.write("</dl></details>\n");
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

    /// CSP level 3, section 2.3.1.
    private static String hash(String text) {
        byte[] digest = Seeds.sha256().digest(text.getBytes(StandardCharsets.UTF_8));
        return "sha256-" + Base64.getEncoder().encodeToString(digest);
    }

    private static String resource(String name) {
        try (InputStream in = PageWriter.class.getResourceAsStream(name)) {
            if (in == null) {
                throw new IllegalStateException("the module lacks its " + name);
            }
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
