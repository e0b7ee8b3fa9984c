package dev.tramontane.eval.report.page;

import java.util.List;
import java.util.Map;

/// The attempts that stand in one grid: a run with one budget of thinking.
///
/// @param label for people
/// @param facts what is needed to repeat it, by name, in order
/// @param trials by problem, then by sample
record Series(String label, List<Map.Entry<String, String>> facts, List<Trial> trials) {
    Series {
        facts = List.copyOf(facts);
        trials = List.copyOf(trials);
    }
}
