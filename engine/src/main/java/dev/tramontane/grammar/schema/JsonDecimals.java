package dev.tramontane.grammar.schema;

import dev.tramontane.grammar.Expression;
import dev.tramontane.grammar.InvalidGrammarException;
import dev.tramontane.grammar.schema.DigitNetwork.Order;

import java.math.BigDecimal;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/// Languages of numbers as they are written: bounds and multiples, digit by digit.
///
/// Numbers under a constraint are written plainly, without an exponent. Digits are bounded, since a
/// model that has begun a row of digits may not find its end: {@link #DIGITS} before and behind the
/// point, or as many as the bounds have.
final class JsonDecimals {
    /// More than a 64-bit integer has, and than tell two doubles apart.
    private static final int DIGITS = 20;

    private static final int MOST_REMAINDERS = 5_000;

    /// Numbers without constraints: with an exponent, to 99.
    static final Expression ANY =
            Expression.sequence(
                    plain(DIGITS, DIGITS),
                    Expression.optional(
                            Expression.sequence(
                                    Expression.characters('E', 'E', 'e', 'e'),
                                    Expression.optional(Expression.characters('+', '+', '-', '-')),
                                    new Expression.Repeat(digits('0', '9'), 1, 2))));

    private final WorkLimit limit;
    private int wholeDigits = DIGITS;
    private int fractionDigits = DIGITS;

    JsonDecimals(WorkLimit limit) {
        this.limit = limit;
    }

    /// The numbers of some kinds that satisfy all of these.
    ///
    /// @param kinds of {@link JsonKind#numbers}
    /// @param excluded values that are not valid
    CharacterAutomaton of(
            Set<JsonKind> kinds,
            List<Constraint.Limit> limits,
            List<Constraint.MultipleOf> multiples,
            List<Constraint.MultipleOf> notMultiples,
            List<BigDecimal> excluded) {
        limits.forEach(bound -> makeRoom(bound.limit()));
        for (Constraint.MultipleOf multiple : multiples) {
            makeRoom(multiple.divisor());
            // more digits behind the point could only be zeros
            fractionDigits = Math.min(fractionDigits, Math.max(0, multiple.divisor().scale()));
        }
        CharacterAutomaton result = written(kinds);
        for (Constraint.Limit bound : limits) {
            limit.at(bound.pointer());
            result = result.and(compared(bound.limit(), DigitNetwork.orders(bound)), limit);
        }
        for (Constraint.MultipleOf divisor : multiples) {
            result = result.and(multiples(divisor), limit);
        }
        for (Constraint.MultipleOf divisor : notMultiples) {
            result = result.minus(multiples(divisor), limit);
        }
        for (BigDecimal value : excluded) {
            if (isTooLong(value)) {
                continue; // is not written anyway
            }
            result = result.and(compared(value, EnumSet.of(Order.LESS, Order.MORE)), limit);
        }
        return result;
    }

    private boolean isTooLong(BigDecimal number) {
        BigDecimal plain = number.stripTrailingZeros();
        return (long) plain.precision() - plain.scale() > wholeDigits
                || plain.scale() > fractionDigits;
    }

    private void makeRoom(BigDecimal number) {
        wholeDigits = Math.max(wholeDigits, number.precision() - number.scale());
        fractionDigits = Math.max(fractionDigits, number.scale());
    }

    /// The numbers of these kinds, without an exponent.
    private CharacterAutomaton written(Set<JsonKind> kinds) {
        boolean integers = kinds.contains(JsonKind.INTEGER);
        boolean fractions = kinds.contains(JsonKind.FRACTION);
        if (integers && fractions) {
            return CharacterAutomaton.of(plain(wholeDigits, fractionDigits), limit);
        }
        Expression whole = plain(wholeDigits, 0);
        if (integers) {
            CharacterAutomaton minusZero = CharacterAutomaton.of(List.of("-0"), limit);
            return CharacterAutomaton.of(whole, limit).minus(minusZero, limit);
        }
        Expression point = Expression.literal(".");
        Expression zeros = Expression.any(Expression.literal("0"));
        CharacterAutomaton wholes =
                CharacterAutomaton.of(
                        Expression.sequence(
                                Expression.any(Expression.characters('-', '-', '0', '9')),
                                Expression.optional(Expression.sequence(point, zeros))),
                        limit);
        return CharacterAutomaton.of(plain(wholeDigits, fractionDigits), limit)
                .minus(wholes, limit);
    }

    /// `-?(0|[1-9][0-9]*)(\.[0-9]+)?`, with so many digits at most.
    private static Expression plain(int wholeDigits, int fractionDigits) {
        Expression whole =
                Expression.choice(
                        Expression.literal("0"),
                        Expression.sequence(
                                digits('1', '9'),
                                new Expression.Repeat(digits('0', '9'), 0, wholeDigits - 1)));
        Expression minus = Expression.optional(Expression.literal("-"));
        if (fractionDigits == 0) {
            return Expression.sequence(minus, whole);
        }
        return Expression.sequence(
                minus,
                whole,
                Expression.optional(
                        Expression.sequence(
                                Expression.literal("."),
                                new Expression.Repeat(digits('0', '9'), 1, fractionDigits))));
    }

    private static Expression.CharClass digits(char first, char last) {
        return Expression.characters(first, last);
    }

    /// Plain numbers that lie to a bound in one of these ways.
    private CharacterAutomaton compared(BigDecimal bound, Set<Order> orders) {
        Set<Order> reversed = EnumSet.noneOf(Order.class);
        orders.forEach(order -> reversed.add(order.reversed()));
        Expression every = Expression.any(Expression.characters('.', '.', '0', '9'));
        Expression none = new Expression.Choice(List.of());
        Expression positive =
                bound.signum() >= 0
                        ? magnitudes(bound, orders)
                        : orders.contains(Order.MORE) ? every : none;
        Expression negative =
                bound.signum() <= 0
                        ? magnitudes(bound.negate(), reversed)
                        : orders.contains(Order.LESS) ? every : none;
        return CharacterAutomaton.of(
                Expression.choice(positive, Expression.sequence(Expression.literal("-"), negative)),
                limit);
    }

    private static Expression magnitudes(BigDecimal bound, Set<Order> orders) {
        String text = bound.signum() == 0 ? "0" : bound.stripTrailingZeros().toPlainString();
        int point = text.indexOf('.');
        return point < 0
                ? DigitNetwork.compared(text, "", orders)
                : DigitNetwork.compared(
                        text.substring(0, point), text.substring(point + 1), orders);
    }

    private CharacterAutomaton multiples(Constraint.MultipleOf constraint) {
        limit.at(constraint.pointer());
        BigDecimal divisor = constraint.divisor();
        int scale = Math.max(0, divisor.scale());
        BigDecimal modulus = divisor.scaleByPowerOfTen(scale);
        BigDecimal remainders = modulus.multiply(BigDecimal.valueOf(1L + scale));
        if (remainders.compareTo(BigDecimal.valueOf(MOST_REMAINDERS)) > 0) {
            throw new InvalidGrammarException(
                    limit.where(),
                    "multiples of %s are too many remainders for a grammar, expected at most %d (the divisor without its point, times its decimals); use a smaller multipleOf"
                            .formatted(divisor, MOST_REMAINDERS));
        }
        return CharacterAutomaton.of(
                        Expression.sequence(
                                Expression.optional(Expression.literal("-")),
                                DigitNetwork.multiples(modulus.intValueExact(), scale)),
                        limit)
                .minimized(limit);
    }

    /// A number as it is written where it stands alone: in enum and const.
    static String written(BigDecimal number) {
        BigDecimal plain = number.signum() == 0 ? BigDecimal.ZERO : number.stripTrailingZeros();
        long digits = Math.max(plain.precision(), plain.precision() - (long) plain.scale());
        return digits <= 2 * DIGITS && plain.scale() <= 2 * DIGITS
                ? plain.toPlainString()
                : plain.toString();
    }
}
