package dev.tramontane.eval.graders;

import dev.tramontane.eval.Grader;

import java.util.List;

/// Graders by the names that task files and people use.
public final class Graders implements AutoCloseable {
    /// All names.
    public static final List<String> NAMES =
            List.of("math", "choice", "mgsm", "code", "answer", "exact");

    /// @throws IllegalArgumentException when there is none of that name
    public Grader of(String name) {
        return switch (name) {
            case "math" -> new MathAnswer();
            case "choice" -> new ChoiceLetter();
            case "mgsm" -> new NumberAnswer();
            case "answer" -> new AnyAnswer();
            case "exact" -> new ExactText();
            default ->
                    throw new IllegalArgumentException(
                            "%s: no scorer of this name, expected one of %s; correct the task's `scorer`"
                                    .formatted(name, String.join(", ", NAMES)));
        };
    }

    /// The name with the version, which changes whenever an answer may be graded otherwise.
    public String version(String name) {
        return name + " 1";
    }

    @Override
    public void close() {}
}
