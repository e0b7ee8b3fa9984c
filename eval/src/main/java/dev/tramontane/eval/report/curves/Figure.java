package dev.tramontane.eval.report.curves;

/// A figure that has a chart of its own.
///
/// @param key by which runs give its values
/// @param title over the chart
/// @param group of charts that it stands in
/// @param scale of its axis
/// @param about what it means, in a sentence; may be empty
public record Figure(String key, String title, String group, Scale scale, String about) {
    /// How values lie on the axis.
    public enum Scale {
        /// Evenly.
        NUMBER,
        /// By factors, where all are above zero and the largest is far from the smallest; else
        /// evenly.
        FACTOR,
        /// As percent of one, from 0 on.
        SHARE
    }
}
