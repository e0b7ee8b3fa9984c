package dev.tramontane.eval.graders;

import dev.tramontane.eval.Grade;
import dev.tramontane.eval.Grader;
import dev.tramontane.eval.Reference;
import dev.tramontane.eval.graders.math.MathComparison;

import java.util.List;
import java.util.Optional;

/// Right is what means the same mathematically as an accepted answer.
///
/// The answer of a response is found as {@link FinalAnswer} says: the last box first. Where graders
/// in use (Hendrycks' MATH, Qwen's, Hugging Face's math-verify) agree, so does this one; where they
/// do not:
///
/// - A decimal fraction equals an exact value when it is its rounding and has at least six
///   significant digits: 0.333333 is a third, 0.33 is not. Two decimals are equal when they are the
///   same number, or one is the rounding of the other so.
/// - A percentage equals its number with the sign and without: 50 %, 50 and 0.5 are what 50 % may
///   be; 50 and 0.5 differ.
/// - A unit on one side alone says nothing; two units are converted (5 m is 500 cm), and differ
///   when they measure different things. Nouns (18 apples) say nothing.
/// - Lists and sets have no order, tuples have. A pair `(a, b)` is a point or an open interval as
///   the other side is.
/// - `x = 3` is 3; `x = 3` and `y = 3` differ. Equations are equal to their multiples. Inequalities
///   in one variable are the intervals that they describe.
/// - Expressions are equal when they are at every real point where both have a value: factored and
///   expanded forms are the same, `√(x²)` is not x, `ln x²` is `2 ln x`. Letters are not renamed,
///   but for those that stand for any whole number or that a sum, integral or limit binds.
/// - Integrals, derivatives, limits and endless sums equal what they come to.
/// - `2½` written as `2\frac{1}{2}` is a mixed number, 1,234 a thousand and more, 3,14 equals 3.14.
/// - A residue or a number in a base is equal to its digits without the modulus or base, not to the
///   value in base ten.
public final class MathAnswer implements Grader {
    @Override
    public Grade grade(Reference reference, String answer) {
        List<String> accepted = accepted(reference);
        Optional<FinalAnswer> found = FinalAnswer.of(answer);
        if (found.isEmpty()) {
            return new Grade(
                    false, Optional.empty(), "no answer found: no box, no announcement, no number");
        }
        FinalAnswer given = found.get();
        return compared(accepted, given)
                .or(() -> several(accepted, answer))
                .or(
                        () ->
                                given.others().stream()
                                        .map(other -> new FinalAnswer(other, given.how()))
                                        .flatMap(other -> compared(accepted, other).stream())
                                        .findFirst())
                .orElseGet(
                        () -> {
                            String right = accepted.getFirst();
                            String how = MathComparison.compare(right, given.text()).how();
                            return grade(false, given, how, right);
                        });
    }

    /// A grade where one of the accepted answers is given.
    private static Optional<Grade> compared(List<String> accepted, FinalAnswer given) {
        for (String right : accepted) {
            var verdict = MathComparison.compare(right, given.text());
            if (verdict.equal()) {
                return Optional.of(grade(true, given, verdict.how(), right));
            }
        }
        return Optional.empty();
    }

    /// An answer of several parts may come in several boxes.
    private static Optional<Grade> several(List<String> accepted, String answer) {
        Optional<String> joined =
                accepted.stream().anyMatch(right -> MathComparison.answers(right) > 1)
                        ? Boxes.lastInSentence(answer)
                        : Optional.empty();
        return joined.flatMap(
                all ->
                        accepted.stream()
                                .filter(right -> MathComparison.compare(right, all).equal())
                                .findFirst()
                                .map(
                                        right ->
                                                grade(
                                                        true,
                                                        new FinalAnswer(all, "boxed one by one"),
                                                        "the same mathematically",
                                                        right)));
    }

    private static Grade grade(boolean correct, FinalAnswer given, String how, String right) {
        return new Grade(
                correct,
                Optional.of(Shown.brief(given.text())),
                "%s: %s, %s, against %s"
                        .formatted(
                                given.how(), Shown.brief(given.text()), how, Shown.brief(right)));
    }

    /// The accepted answers, cut out of solutions where a benchmark publishes these.
    private static List<String> accepted(Reference reference) {
        return switch (reference) {
            case Reference.Text(List<String> texts) ->
                    texts.stream().map(MathAnswer::cutOut).toList();
            case Reference.Verbatim(String text) -> List.of(text);
            case Reference.Choice(char letter, _) -> List.of(String.valueOf(letter));
            case Reference.Tests _ ->
                    throw new IllegalArgumentException(
                            "a program cannot be compared as mathematics; use the grader `code`");
        };
    }

    private static String cutOut(String text) {
        int mark = text.lastIndexOf("####");
        return mark >= 0
                ? text.substring(mark + 4).strip()
                : Boxes.lastJoined(text).or(() -> Boxes.last(text)).orElseGet(text::strip);
    }
}
