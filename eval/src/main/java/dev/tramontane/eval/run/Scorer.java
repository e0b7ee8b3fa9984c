package dev.tramontane.eval.run;

import dev.tramontane.eval.Grade;
import dev.tramontane.eval.Problem;

/// Grades an answer to a problem, with the question at hand where a judge needs it.
///
/// Safe for any number of threads.
@FunctionalInterface
public interface Scorer {
    /// @param answer the text behind the thinking
    Grade score(Problem problem, String answer);
}
