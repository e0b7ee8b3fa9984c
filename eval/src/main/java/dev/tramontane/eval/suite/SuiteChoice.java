package dev.tramontane.eval.suite;

import java.util.List;
import java.util.stream.IntStream;

/// Which of the suite's problems are meant.
///
/// @param families whose problems come by turns
/// @param languages and
/// @param levels likewise, from 1 to {@link ProblemFamily#LEVELS}
public record SuiteChoice(
        List<ProblemFamily> families, List<Language> languages, List<Integer> levels) {
    /// The whole suite.
    public static final SuiteChoice ALL =
            new SuiteChoice(
                    ProblemFamily.all(),
                    List.of(Language.values()),
                    IntStream.rangeClosed(1, ProblemFamily.LEVELS).boxed().toList());

    /// @throws IllegalArgumentException when nothing is left, or there is no such level
    public SuiteChoice {
        families = List.copyOf(families);
        languages = List.copyOf(languages);
        levels = List.copyOf(levels);
        if (families.isEmpty() || languages.isEmpty() || levels.isEmpty()) {
            throw new IllegalArgumentException(
                    "problems of %d families in %d languages and %d levels, expected one of each at least; add one"
                            .formatted(families.size(), languages.size(), levels.size()));
        }
        for (int level : levels) {
            if (level < 1 || level > ProblemFamily.LEVELS) {
                throw new IllegalArgumentException(
                        "level %d, expected levels from 1 to %d; correct it"
                                .formatted(level, ProblemFamily.LEVELS));
            }
        }
    }

    public SuiteChoice withLanguages(List<Language> others) {
        return new SuiteChoice(families, others, levels);
    }
}
