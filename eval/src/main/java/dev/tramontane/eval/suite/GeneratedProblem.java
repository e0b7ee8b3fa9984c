package dev.tramontane.eval.suite;

import dev.tramontane.chat.Message;
import dev.tramontane.eval.Problem;
import dev.tramontane.eval.Reference;

import java.util.List;

/// A problem of the suite in one language.
///
/// @param id the same for every run with the same seed
/// @param reference what is right, as the grader `answer` compares it
/// @param steps the worked trace, a line a step, in the same language
/// @param conclusion what is said in the end: the sentence that gives the answer in a box, or the
///   answer itself where it is a text
public record GeneratedProblem(
        String id,
        Language language,
        ProblemFamily family,
        int level,
        String question,
        Reference reference,
        List<String> steps,
        String conclusion) {
    public GeneratedProblem {
        steps = List.copyOf(steps);
    }

    /// The answer that the conclusion gives.
    public String answer() {
        return switch (reference) {
            case Reference.Text(List<String> accepted) -> accepted.getFirst();
            case Reference.Verbatim(String text) -> text;
            case Reference.Choice _, Reference.Tests _ ->
                    throw new IllegalStateException("the suite has neither choices nor programs");
        };
    }

    /// For a benchmark.
    public Problem problem() {
        return new Problem(id, List.of(new Message.UserMessage(question)), reference);
    }
}
