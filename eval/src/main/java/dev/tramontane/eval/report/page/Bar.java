package dev.tramontane.eval.report.page;

import java.util.Optional;

/// One bar of a comparison.
///
/// @param benchmark the group that it stands in
/// @param model whose it is
/// @param percent its height
/// @param interval in which the true figure lies with 95% confidence; absent where nobody tells
/// @param published where it was published; absent for what was measured here
record Bar(
        String benchmark,
        String model,
        double percent,
        Optional<Interval> interval,
        Optional<String> published) {
    /// @param low end, in percent
    /// @param high end, in percent
    record Interval(double low, double high) {}
}
