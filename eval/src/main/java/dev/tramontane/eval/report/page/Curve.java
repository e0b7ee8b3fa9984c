package dev.tramontane.eval.report.page;

import java.util.List;

/// A figure that depends on another: accuracy on a budget of thinking, a majority on its votes.
///
/// @param label whose it is
/// @param points by x, at least one
record Curve(String label, List<Point> points) {
    /// @param x more than 0, as the axis is logarithmic
    /// @param percent what was measured there
    /// @param low end of its interval; `percent` where there is none
    /// @param high end of its interval
    record Point(double x, double percent, double low, double high) {
        Point {
            if (!(x > 0)) {
                throw new IllegalArgumentException("a point at " + x + ", expected more than 0");
            }
        }
    }

    Curve {
        points = List.copyOf(points);
        if (points.isEmpty()) {
            throw new IllegalArgumentException("the curve " + label + " has no point");
        }
    }
}
