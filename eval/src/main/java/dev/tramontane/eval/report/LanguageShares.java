package dev.tramontane.eval.report;

import dev.tramontane.eval.language.LanguageGuess;
import dev.tramontane.eval.run.Attempt;
import dev.tramontane.eval.run.Run;

import java.util.List;
import java.util.Optional;

/// In which language a model thought and answered, as shares of the attempts that tell it.
///
/// @param thoughtAsAsked thoughts in the language of their problem; absent where problems have none
/// @param answerAsAsked answers in the language of their problem
/// @param thoughtLikeAnswer thoughts in the language of the answer that follows
/// @param judged attempts whose thought and answer both tell their language
record LanguageShares(
        Optional<Double> thoughtAsAsked,
        Optional<Double> answerAsAsked,
        Optional<Double> thoughtLikeAnswer,
        int judged) {
    /// Attempts with the languages that were found.
    private record Found(String asked, Optional<String> thought, Optional<String> answer) {
        boolean isAsked(Optional<String> language) {
            return language.equals(Optional.of(asked));
        }
    }

    /// @param budget of the attempts
    static LanguageShares of(Run run, String budget) {
        var guess = new LanguageGuess();
        List<Found> all =
                run.attempts().stream()
                        .filter(each -> each.isGraded() && each.key().budget().equals(budget))
                        .map(each -> found(guess, each))
                        .toList();
        List<Found> asked = all.stream().filter(each -> !each.asked().isEmpty()).toList();
        List<Found> both =
                all.stream()
                        .filter(each -> each.thought().isPresent() && each.answer().isPresent())
                        .toList();
        List<Found> thoughts = asked.stream().filter(each -> each.thought().isPresent()).toList();
        List<Found> answers = asked.stream().filter(each -> each.answer().isPresent()).toList();
        return new LanguageShares(
                share(
                        thoughts.stream().filter(each -> each.isAsked(each.thought())).count(),
                        thoughts),
                share(
                        answers.stream().filter(each -> each.isAsked(each.answer())).count(),
                        answers),
                share(
                        both.stream().filter(each -> each.thought().equals(each.answer())).count(),
                        both),
                both.size());
    }

    private static Found found(LanguageGuess guess, Attempt attempt) {
        return new Found(
                attempt.key().language(), guess.of(attempt.thinking()), guess.of(attempt.answer()));
    }

    private static Optional<Double> share(long some, List<Found> of) {
        return of.isEmpty() ? Optional.empty() : Optional.of((double) some / of.size());
    }
}
