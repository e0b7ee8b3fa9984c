package dev.tramontane.eval.report.curves;

import dev.tramontane.eval.report.drawing.Chart;
import dev.tramontane.eval.report.drawing.Drawing;
import dev.tramontane.eval.report.drawing.Drawing.Anchor;
import dev.tramontane.eval.report.drawing.Drawing.Paint;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/// One figure over the steps, a curve for each run: smoothed, and behind it as it was.
///
/// The page's script draws the curves again when they are to be smoothed otherwise; it finds them
/// by their order, two for each run that has the figure.
final class LineChart implements Chart {
    static final int WIDTH = 372;
    static final int HEIGHT = 218;
    static final int LEFT = 50;
    static final int TOP = 10;
    static final int PLOT_WIDTH = WIDTH - LEFT - 20;
    static final int PLOT_HEIGHT = HEIGHT - TOP - 38;

    /// Share of a curve that is taken together unless somebody chooses otherwise.
    static final double USUAL_SMOOTHING = 0.03;

    private final Figure figure;
    private final Axis steps;
    private final Axis values;
    private final Map<Integer, Stretches> curves;
    private final List<String> labels;

    /// @param steps the axis that all charts of the page share
    /// @param curves by the run's number, which decides its colour; one at least has a value
    /// @param labels of the runs, by their numbers
    LineChart(Figure figure, Axis steps, Map<Integer, Stretches> curves, List<String> labels) {
        this.figure = figure;
        this.steps = steps;
        this.curves = new TreeMap<>(curves);
        this.labels = List.copyOf(labels);
        double least = Double.POSITIVE_INFINITY;
        double most = Double.NEGATIVE_INFINITY;
        for (Stretches curve : curves.values()) {
            for (int i : curve.told()) {
                least = Math.min(least, curve.least()[i]);
                most = Math.max(most, curve.most()[i]);
            }
        }
        boolean isShare = figure.scale() == Figure.Scale.SHARE;
        values =
                Axis.of(
                        least,
                        most,
                        isShare || least >= 0 && least < most / 3,
                        figure.scale() == Figure.Scale.FACTOR);
    }

    Axis values() {
        return values;
    }

    /// The runs that have the figure, in the order of their curves.
    List<Integer> runs() {
        return List.copyOf(curves.keySet());
    }

    @Override
    public int width() {
        return WIDTH;
    }

    @Override
    public int height() {
        return HEIGHT;
    }

    @Override
    public String about() {
        var text = new StringBuilder(figure.title()).append(" over the steps. ");
        curves.forEach(
                (run, curve) -> {
                    List<Integer> told = curve.told();
                    int first = told.getFirst();
                    int last = told.getLast();
                    text.append(labels.get(run)).append(": ");
                    text.append(valueText(curve.mean()[first])).append(" at step ");
                    text.append(curve.from()[first]).append(", ");
                    text.append(valueText(curve.mean()[last])).append(" at step ");
                    text.append(curve.to()[last]).append(". ");
                });
        return text.toString().strip();
    }

    private String valueText(double value) {
        return valueText(figure.scale(), value);
    }

    static String valueText(Figure.Scale scale, double value) {
        return switch (scale) {
            case NUMBER, FACTOR -> Axis.text(value);
            case SHARE -> Axis.text(100 * value) + "%";
        };
    }

    private double x(double step) {
        return LEFT + PLOT_WIDTH * steps.place(step);
    }

    private double y(double value) {
        return TOP + PLOT_HEIGHT * (1 - values.place(value));
    }

    @Override
    public void draw(Drawing drawing) {
        for (double mark : values.marks()) {
            double y = y(mark);
            drawing.line(LEFT, y, LEFT + PLOT_WIDTH, y, Drawing.FAINT, 1);
            drawing.text(LEFT - 6, y + 4, valueText(mark), Anchor.END, Drawing.FAINT, 11);
        }
        double base = TOP + PLOT_HEIGHT;
        for (double mark : steps.marks()) {
            double x = x(mark);
            drawing.line(x, base, x, base + 4, Drawing.INK, 1);
            drawing.text(x, base + 16, Axis.text(mark), Anchor.MIDDLE, Drawing.FAINT, 11);
        }
        drawing.text(LEFT + PLOT_WIDTH, base + 31, "step", Anchor.END, Drawing.FAINT, 11);
        curves.forEach(
                (run, curve) -> {
                    drawing.path(raw(curve), new Paint.Pale(run), false);
                    drawing.path(smoothed(curve), new Paint.Series(run), false);
                });
    }

    /// Through the least and the greatest of each stretch, so that no peak is lost.
    private List<Double> raw(Stretches curve) {
        List<Double> path = new ArrayList<>();
        for (int i : curve.told()) {
            double x = x(curve.middle(i));
            path.add(x);
            path.add(y(curve.least()[i]));
            if (curve.most()[i] > curve.least()[i]) {
                path.add(x);
                path.add(y(curve.most()[i]));
            }
        }
        return path;
    }

    private List<Double> smoothed(Stretches curve) {
        double[] smooth = curve.smoothed(USUAL_SMOOTHING);
        List<Double> path = new ArrayList<>();
        for (int i : curve.told()) {
            path.add(x(curve.middle(i)));
            path.add(y(smooth[i]));
        }
        return path;
    }
}
