package dev.tramontane.eval.suite;

import dev.tramontane.chat.Message;
import dev.tramontane.eval.Problem;
import dev.tramontane.eval.Reference;

import java.util.List;

/// A problem of the suite in one language.
///
/// @param id the same for every run with the same seed
/// @param answer as the grader `math` compares it
/// @param steps the worked trace, a line a step, in the same language
/// @param conclusion the sentence that gives the answer in a box
public record GeneratedProblem(
        String id,
        Language language,
        ProblemFamily family,
        int level,
        String question,
        String answer,
        List<String> steps,
        String conclusion) {
    public GeneratedProblem {
        steps = List.copyOf(steps);
    }

    /// For a benchmark.
    public Problem problem() {
        return new Problem(
                id,
                List.of(new Message.UserMessage(question)),
                new Reference.Text(List.of(answer)));
    }
}
