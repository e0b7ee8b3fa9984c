package dev.tramontane.eval.report.page;

import dev.tramontane.eval.report.drawing.Chart;
import dev.tramontane.eval.report.drawing.Figures;

import java.util.List;
import java.util.Map;

/// What a report shows.
///
/// @param title of the page
/// @param subtitle one line under it
/// @param charts with a caption each, in order; the names of their files come from the keys
/// @param tables under them, with a caption each
/// @param series at least one
record Page(
        String title,
        String subtitle,
        List<Map.Entry<String, Chart>> charts,
        List<Map.Entry<String, Figures>> tables,
        List<Series> series) {
    Page {
        charts = List.copyOf(charts);
        tables = List.copyOf(tables);
        series = List.copyOf(series);
        if (series.isEmpty()) {
            throw new IllegalArgumentException("a report without a run, expected one at least");
        }
    }
}
