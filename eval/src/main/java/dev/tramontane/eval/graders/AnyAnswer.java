package dev.tramontane.eval.graders;

import dev.tramontane.eval.Grade;
import dev.tramontane.eval.Grader;
import dev.tramontane.eval.Reference;

import java.util.List;

/// For benchmarks that mix letters of choices with free answers: a reference that is a letter is
/// graded as a choice, a text to be given as it is by its letters, any other as mathematics or
/// words.
public final class AnyAnswer implements Grader {
    private final Grader choice = new ChoiceLetter();
    private final Grader free = new MathAnswer();

    @Override
    public Grade grade(Reference reference, String answer) {
        return switch (reference) {
            case Reference.Choice _ -> choice.grade(reference, answer);
            case Reference.Text(List<String> accepted) ->
                    accepted.getFirst().strip().matches("\\(?[A-J]\\)?")
                            ? choice.grade(reference, answer)
                            : free.grade(reference, answer);
            case Reference.Verbatim(String text) -> VerbatimText.grade(text, answer);
            case Reference.Tests _ ->
                    throw new IllegalArgumentException(
                            "a program cannot be compared as an answer; use the grader `code`");
        };
    }
}
