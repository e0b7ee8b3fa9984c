package dev.tramontane.eval.graders.math;

import dev.tramontane.eval.graders.math.Token.Kind;

import java.util.Locale;
import java.util.Optional;

/// Reads whole numbers and simple fractions in English words: `one hundred and twenty-five`, `two
/// thirds`.
final class SpelledNumber {
    private final Terms terms;

    SpelledNumber(Terms terms) {
        this.terms = terms;
    }

    /// A number whose first word was passed; empty where that word names none.
    Optional<Expression> from(String firstWord) {
        String lower = firstWord.toLowerCase(Locale.ROOT);
        Long first = NumberWords.VALUES.get(lower);
        if (first == null) {
            return NumberWords.ordinal(lower).map(Expression::number);
        }
        return Optional.of(inParts(whole(first)));
    }

    private long whole(long first) {
        long total = 0;
        long group = first;
        while (true) {
            int from = terms.mark();
            String word = nextWord(group + total > 0);
            Long value = NumberWords.VALUES.get(word);
            Long multiplier = NumberWords.MULTIPLIERS.get(word);
            if (value != null && fits(value, group)) {
                group += value;
            } else if (word.equals("hundred") && group > 0 && group < 100) {
                group *= 100;
            } else if (multiplier != null && multiplier >= 1_000 && group > 0) {
                total += group * multiplier;
                group = 0;
            } else {
                terms.reset(from);
                return total + group;
            }
        }
    }

    /// Whether a smaller number may stand behind what was read: five behind twenty or one hundred.
    private static boolean fits(long value, long group) {
        boolean isUnit = value > 0 && value < 10;
        boolean endsInTens = group % 100 >= 20 && group % 10 == 0;
        boolean endsInHundreds = group % 100 == 0;
        return value > 0 && (endsInHundreds || isUnit && endsInTens);
    }

    /// The next word in small letters, past a hyphen or an "and" that leads to a number; empty
    /// where none follows.
    private String nextWord(boolean mayJoin) {
        boolean isJoint =
                terms.peek().is("-")
                        || terms.peek().kind() == Kind.WORD && terms.peek().text().equals("and");
        if (mayJoin && isJoint && NumberWords.VALUES.containsKey(lower(terms.peek(1)))) {
            terms.next();
        }
        return terms.peek().kind() == Kind.WORD ? lower(terms.next()) : "";
    }

    private static String lower(Token token) {
        return token.kind() == Kind.WORD ? token.text().toLowerCase(Locale.ROOT) : "";
    }

    /// `two`, or `two thirds`.
    private Expression inParts(long count) {
        boolean isHyphenated = terms.peek().is("-") && terms.peek(1).kind() == Kind.WORD;
        Optional<Long> divisor =
                NumberWords.divisor(lower(isHyphenated ? terms.peek(1) : terms.peek()));
        if (divisor.isEmpty()) {
            return Expression.number(count);
        }
        if (isHyphenated) {
            terms.next();
        }
        terms.next();
        return new Expression.Numeral(Rational.of(count, divisor.get()));
    }
}
