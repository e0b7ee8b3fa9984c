package dev.tramontane.eval.report.page;

import dev.tramontane.eval.report.drawing.Chart;
import dev.tramontane.eval.report.drawing.Drawing;
import dev.tramontane.eval.report.drawing.Drawing.Anchor;
import dev.tramontane.eval.report.drawing.Drawing.Paint;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/// Grouped bars: a group for each benchmark, a bar for each model, its value on top. What was
/// published is hatched, and an interval is a line with two ends.
final class BarChart implements Chart {
    private static final int TOP = 22;
    private static final int PLOT = 240;
    private static final int LEFT = 44;
    private static final int BAR = 34;
    private static final int GAP = 28; // between groups
    private static final int LEGEND_LINE = 20;
    private static final int LEAST_WIDTH = 420;
    private static final int LONGEST_LABEL = 60;

    private final List<Bar> bars;
    private final Map<String, Integer> models = new LinkedHashMap<>();
    private final Map<String, List<Bar>> groups = new LinkedHashMap<>();

    /// @param bars in the order of their groups, and of the models within each
    BarChart(List<Bar> bars) {
        this.bars = List.copyOf(bars);
        for (Bar bar : bars) {
            models.putIfAbsent(label(bar), models.size());
            groups.computeIfAbsent(bar.benchmark(), _ -> new ArrayList<>()).add(bar);
        }
    }

    private static String label(Bar bar) {
        return bar.model() + (bar.published().isPresent() ? " (published)" : "");
    }

    @Override
    public int width() {
        int bodies = bars.size() * BAR + groups.size() * GAP;
        return Math.max(LEAST_WIDTH, LEFT + bodies + GAP);
    }

    @Override
    public int height() {
        return TOP + PLOT + 34 + models.size() * LEGEND_LINE;
    }

    @Override
    public String about() {
        var text = new StringBuilder("Bars, in percent. ");
        for (Bar bar : bars) {
            text.append(bar.benchmark())
                    .append(", ")
                    .append(label(bar))
                    .append(": ")
                    .append(percent(bar.percent()))
                    .append(". ");
        }
        return text.toString().strip();
    }

    static String percent(double value) {
        return String.format(Locale.ROOT, "%.1f", value);
    }

    @Override
    public void draw(Drawing drawing) {
        drawScale(drawing, width());
        double x = LEFT + GAP;
        for (Map.Entry<String, List<Bar>> group : groups.entrySet()) {
            double start = x;
            for (Bar bar : group.getValue()) {
                drawBar(drawing, bar, x);
                x += BAR;
            }
            String name = shortened(group.getKey(), (int) ((x - start + GAP) / 6.6));
            drawing.text((start + x) / 2, TOP + PLOT + 18, name, Anchor.MIDDLE, Drawing.INK, 12);
            x += GAP;
        }
        drawLegend(drawing);
    }

    /// Lines at every twenty percent.
    static void drawScale(Drawing drawing, int width) {
        for (int percent = 0; percent <= 100; percent += 20) {
            double y = y(percent);
            drawing.line(LEFT, y, width - 8, y, Drawing.FAINT, 1);
            drawing.text(LEFT - 6, y + 4, percent + "%", Anchor.END, Drawing.FAINT, 11);
        }
    }

    static double y(double percent) {
        return TOP + PLOT * (1 - Math.clamp(percent, 0, 100) / 100);
    }

    private void drawBar(Drawing drawing, Bar bar, double x) {
        Paint paint = new Paint.Series(models.getOrDefault(label(bar), 0));
        double top = y(bar.percent());
        String about = bar.benchmark() + ", " + label(bar) + ": " + percent(bar.percent()) + "%";
        drawing.bar(x + 2, top, BAR - 4, y(0) - top, paint, bar.published().isPresent(), about);
        double highest = top;
        if (bar.interval().isPresent()) {
            Bar.Interval interval = bar.interval().get();
            double middle = x + BAR / 2.0;
            double high = y(interval.high());
            double low = y(interval.low());
            drawing.line(middle, low, middle, high, Drawing.INK, 1.2);
            drawing.line(middle - 4, high, middle + 4, high, Drawing.INK, 1.2);
            drawing.line(middle - 4, low, middle + 4, low, Drawing.INK, 1.2);
            highest = Math.min(top, high);
        }
        drawing.text(
                x + BAR / 2.0, highest - 5, percent(bar.percent()), Anchor.MIDDLE, Drawing.INK, 11);
    }

    private void drawLegend(Drawing drawing) {
        double y = TOP + PLOT + 40;
        for (Map.Entry<String, Integer> model : models.entrySet()) {
            boolean isPublished = model.getKey().endsWith(" (published)");
            Paint paint = new Paint.Series(model.getValue());
            drawing.bar(LEFT, y - 9, 14, 11, paint, isPublished, model.getKey());
            String name = shortened(model.getKey(), LONGEST_LABEL);
            drawing.text(LEFT + 20, y + 1, name, Anchor.START, Drawing.INK, 12);
            y += LEGEND_LINE;
        }
    }

    static String shortened(String text, int chars) {
        return text.length() <= chars
                ? text
                : text.substring(0, Math.max(1, chars - 1)).stripTrailing() + "…";
    }
}
