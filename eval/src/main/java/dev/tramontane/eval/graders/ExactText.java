package dev.tramontane.eval.graders;

import dev.tramontane.eval.Grade;
import dev.tramontane.eval.Grader;
import dev.tramontane.eval.Reference;

import java.util.List;
import java.util.Optional;

/// Right is what is written as one of the accepted answers is, but for space around it.
public final class ExactText implements Grader {
    @Override
    public Grade grade(Reference reference, String answer) {
        List<String> accepted =
                switch (reference) {
                    case Reference.Text(List<String> texts) -> texts;
                    case Reference.Verbatim(String text) -> List.of(text);
                    case Reference.Choice(char letter, _) -> List.of(String.valueOf(letter));
                    case Reference.Tests _ ->
                            throw new IllegalArgumentException(
                                    "a program cannot be compared as a text; use the grader `code`");
                };
        String text = answer.strip();
        boolean correct = accepted.stream().anyMatch(right -> right.strip().equals(text));
        return new Grade(
                correct,
                text.isEmpty() ? Optional.empty() : Optional.of(text),
                correct ? "as written" : "not as written: expected " + accepted.getFirst());
    }
}
