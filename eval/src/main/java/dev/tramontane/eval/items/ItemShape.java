package dev.tramontane.eval.items;

import java.util.List;
import java.util.Optional;

/// How the rows of a benchmark's files hold its items. The texts name columns.
public sealed interface ItemShape {
    /// A question and its answer.
    ///
    /// @param id absent where rows are counted instead
    /// @param answer one answer, or a list of which each is right
    /// @param behind what the answer stands behind within its column, such as `####`
    record QuestionAndAnswer(
            Optional<String> id, String question, String answer, Optional<String> behind)
            implements ItemShape {}

    /// A right choice and wrong ones.
    record RightAndWrong(Optional<String> id, String question, String right, List<String> wrong)
            implements ItemShape {
        public RightAndWrong {
            wrong = List.copyOf(wrong);
        }
    }

    /// Questions of an examination: choices within the question, answered by a letter, or free
    /// answers.
    ///
    /// @param type the column that says `multipleChoice` for the former
    record Examination(Optional<String> id, String question, String answer, String type)
            implements ItemShape {}

    /// LiveCodeBench's programs with their tests.
    record LiveCode() implements ItemShape {}
}
