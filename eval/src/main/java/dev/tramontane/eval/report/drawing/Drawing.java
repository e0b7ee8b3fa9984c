package dev.tramontane.eval.report.drawing;

import java.util.List;

/// What charts are drawn on: a page's SVG, an SVG file, or pixels. Lengths are in pixels, y grows
/// downwards.
public interface Drawing {
    /// A colour by what it is for; whoever draws knows light and dark.
    sealed interface Paint {
        /// Of text and axes.
        record Ink() implements Paint {}

        /// Of what stands back: grid lines, remarks.
        record Faint() implements Paint {}

        /// Of a model or a run, by its number.
        record Series(int number) implements Paint {}

        /// Of the same, standing back: what a curve was before it was smoothed.
        record Pale(int number) implements Paint {}
    }

    /// What a text's x is.
    enum Anchor {
        START,
        MIDDLE,
        END
    }

    Paint INK = new Paint.Ink();
    Paint FAINT = new Paint.Faint();

    /// @param hatched rather than filled
    /// @param about what people are told who point at it
    void bar(
            double x,
            double y,
            double width,
            double height,
            Paint paint,
            boolean hatched,
            String about);

    void line(double x1, double y1, double x2, double y2, Paint paint, double width);

    /// @param points x and y by turns
    void path(List<Double> points, Paint paint, boolean dashed);

    void dot(double x, double y, Paint paint, String about);

    /// @param size of the letters
    void text(double x, double y, String text, Anchor anchor, Paint paint, double size);
}
