package dev.tramontane.eval.report.page;

import dev.tramontane.eval.report.drawing.Chart;
import dev.tramontane.eval.report.drawing.Drawing;
import dev.tramontane.eval.report.drawing.Drawing.Anchor;
import dev.tramontane.eval.report.drawing.Drawing.Paint;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.NavigableSet;
import java.util.TreeSet;

/// Percent over a quantity that doubles from place to place: a logarithmic axis with a mark at
/// every point that was measured.
final class CurveChart implements Chart {
    private static final int WIDTH = 520;
    private static final int LEFT = 64;
    private static final int RIGHT = 40;
    private static final int LEGEND_LINE = 20;
    private static final int BASE = 262; // y of the axis, as in BarChart

    private final String title;
    private final String axis;
    private final List<Curve> curves;
    private final double least;
    private final double most;

    /// @param axis what x counts
    CurveChart(String title, String axis, List<Curve> curves) {
        this.title = title;
        this.axis = axis;
        this.curves = List.copyOf(curves);
        least = xs().first();
        most = xs().last();
    }

    private NavigableSet<Double> xs() {
        NavigableSet<Double> xs = new TreeSet<>();
        curves.forEach(curve -> curve.points().forEach(point -> xs.add(point.x())));
        return xs;
    }

    @Override
    public int width() {
        return WIDTH;
    }

    @Override
    public int height() {
        return BASE + 62 + curves.size() * LEGEND_LINE;
    }

    @Override
    public String about() {
        var text = new StringBuilder(title + ", in percent. ");
        for (Curve curve : curves) {
            text.append(curve.label()).append(": ");
            for (Curve.Point point : curve.points()) {
                text.append(BarChart.percent(point.percent()))
                        .append(" at ")
                        .append(count(point.x()))
                        .append("; ");
            }
        }
        return text.toString().strip();
    }

    /// 4096 stays, 131072 is 131k.
    static String count(double x) {
        return x >= 10_000
                ? Math.round(x / 1000) + "k"
                : x == Math.rint(x)
                        ? Long.toString((long) x)
                        : String.format(Locale.ROOT, "%.1f", x);
    }

    private double x(double value) {
        double share = most > least ? Math.log(value / least) / Math.log(most / least) : 0.5;
        return LEFT + share * (WIDTH - LEFT - RIGHT);
    }

    @Override
    public void draw(Drawing drawing) {
        BarChart.drawScale(drawing, WIDTH);
        double before = Double.NEGATIVE_INFINITY;
        for (double value : xs()) {
            double x = x(value);
            drawing.line(x, BASE, x, BASE + 4, Drawing.INK, 1);
            if (x - before > 34) {
                drawing.text(x, BASE + 18, count(value), Anchor.MIDDLE, Drawing.INK, 11);
                before = x;
            }
        }
        drawing.text(WIDTH / 2.0, BASE + 38, axis, Anchor.MIDDLE, Drawing.FAINT, 12);
        double legend = BASE + 62;
        for (int i = 0; i < curves.size(); i++) {
            drawCurve(drawing, curves.get(i), new Paint.Series(i), i % 2 == 1);
            drawing.line(LEFT, legend - 4, LEFT + 14, legend - 4, new Paint.Series(i), 3);
            drawing.text(
                    LEFT + 20,
                    legend,
                    BarChart.shortened(curves.get(i).label(), 60),
                    Anchor.START,
                    Drawing.INK,
                    12);
            legend += LEGEND_LINE;
        }
    }

    private void drawCurve(Drawing drawing, Curve curve, Paint paint, boolean dashed) {
        List<Double> path = new ArrayList<>();
        for (Curve.Point point : curve.points()) {
            path.add(x(point.x()));
            path.add(BarChart.y(point.percent()));
        }
        drawing.path(path, paint, dashed);
        for (Curve.Point point : curve.points()) {
            double x = x(point.x());
            if (point.high() > point.low()) {
                drawing.line(x, BarChart.y(point.low()), x, BarChart.y(point.high()), paint, 1.2);
            }
            String about =
                    "%s: %s%% at %s"
                            .formatted(
                                    curve.label(),
                                    BarChart.percent(point.percent()),
                                    count(point.x()));
            drawing.dot(x, BarChart.y(point.percent()), paint, about);
        }
    }
}
