package dev.tramontane.eval.graders.math;

import dev.tramontane.eval.graders.math.Token.Kind;

import java.util.List;
import java.util.Locale;
import java.util.Set;

/// Reads words behind a number: units, multipliers, percentages; other nouns say nothing.
final class Nouns {
    private static final Set<String> ENDING_WORDS =
            Set.of(
                    "if", "when", "where", "for", "with", "since", "because", "mod", "is", "not",
                    "to");

    private final Terms terms;
    private final Postfix postfix;

    Nouns(Terms terms, Postfix postfix) {
        this.terms = terms;
        this.postfix = postfix;
    }

    /// A word behind factors: a unit, a multiplier, or a noun; no when it belongs to what follows.
    boolean word(List<Expression> factors) {
        String word = terms.peek().text();
        String lower = word.toLowerCase(Locale.ROOT);
        if (Parser.isSeparator(terms.peek()) || ENDING_WORDS.contains(lower)) {
            return false;
        }
        terms.next();
        if (lower.matches("per|pro|par")) {
            if (terms.peek().kind() == Kind.WORD && terms.peek().text().matches("cent|hundred")) {
                terms.next();
                percent(factors);
            } else if (terms.peek().kind() == Kind.WORD && Units.isUnit(terms.peek().text())) {
                factors.add(Expression.inverse(measure(terms.next().text(), 1)));
            }
        } else if (lower.matches(
                "percent|pct|percentage|pourcent|prozent|процентов|процента|процент|porcentaje")) {
            percent(factors);
        } else if (NumberWords.MULTIPLIERS.containsKey(lower)) {
            factors.add(Expression.number(NumberWords.MULTIPLIERS.get(lower)));
        } else if (lower.matches("square|sq|cubic|cu") && Units.isUnit(terms.peek().text())) {
            factors.add(measure(terms.next().text(), lower.startsWith("sq") ? 2 : 3));
        } else if (lower.matches("squared|cubed")) {
            long power = lower.equals("squared") ? 2 : 3;
            factors.add(new Expression.Power(factors.removeLast(), Expression.number(power)));
        } else if (Units.isUnit(word)) {
            factors.add(postfix.behind(measure(word, 1)));
        } else if (terms.skipsIf("^")) {
            terms.primary(); // square units of no name
        }
        return true;
    }

    /// Whether "and" stands before less than one of the unit before it: `1 hour and 30 minutes`,
    /// but not `2 hours and 3 hours`.
    boolean isCompound(List<Expression> factors) {
        return Parser.isSeparator(terms.peek())
                && terms.peek().kind() == Kind.WORD
                && factors.getLast() instanceof Expression.Measure(_, Unit large)
                && terms.peek(1).kind() == Kind.NUMBER
                && Units.named(terms.peek(2).text())
                        .filter(small -> small.dimensions().equals(large.dimensions()))
                        .filter(
                                small ->
                                        Numbers.of(terms.peek(1).text())
                                                        .value()
                                                        .times(small.scale())
                                                        .compareTo(large.scale())
                                                < 0)
                        .isPresent();
    }

    private static void percent(List<Expression> factors) {
        Expression of = Expression.product(factors);
        factors.clear();
        factors.add(new Expression.Percent(of));
    }

    static Expression measure(String name, int power) {
        return new Expression.Measure(
                power == 1 ? name : name + "^" + power, Units.named(name).orElseThrow().pow(power));
    }
}
