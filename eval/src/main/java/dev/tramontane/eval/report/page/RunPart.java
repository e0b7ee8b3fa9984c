package dev.tramontane.eval.report.page;

import dev.tramontane.eval.report.Summary;
import dev.tramontane.eval.run.Run;

/// A run with one budget of thinking.
///
/// @param label that tells it from the others of the report
record RunPart(Run run, Summary summary, String label) {
    /// The benchmark's title.
    String benchmark() {
        return run.header().task().title();
    }
}
