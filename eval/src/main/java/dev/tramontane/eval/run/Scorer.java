package dev.tramontane.eval.run;

import dev.tramontane.eval.Grade;
import dev.tramontane.eval.Problem;

import java.util.Optional;

/// Grades an answer to a problem, with the question at hand where a judge needs it.
///
/// Safe for any number of threads.
@FunctionalInterface
public interface Scorer {
    /// @param answer the text behind the thinking
    Grade score(Problem problem, String answer);

    /// Grades a response: its answer, which there is none of where it ends inside its thinking.
    default Grade score(Problem problem, Response response) {
        if (response.unfinished() && response.answer().isBlank()) {
            return new Grade(false, Optional.empty(), "cut off inside the thinking");
        }
        return score(problem, response.answer());
    }
}
