package dev.tramontane.eval.graders.math;

import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeSet;

/// Whether two values, with variables or without, are the same.
///
/// Fractions are compared exactly. Others are evaluated as balls, with more digits until these
/// tell: they differ where the balls are apart, and count as the same where the difference is less
/// than 10⁻²⁵ of their size. With variables that is asked at points from a fixed seed: positive
/// ones, ones of both signs, and whole numbers; points at which one side has no value (a root or
/// logarithm of what is negative) are left out, as they lie outside the domain that both share.
/// Where no point of the real numbers is left, complex ones are used.
final class ValueComparison {
    private static final int[] DIGITS = {50, 120, 300};
    private static final BigDecimal SAME = BigDecimal.ONE.movePointLeft(25);

    /// Decimals of fewer digits are no roundings: 0.33 is not a third.
    private static final int FEWEST_ROUNDED_DIGITS = 6;

    /// Decimals of so many digits were computed with doubles, whose last digit is no rounding.
    private static final int DIGITS_OF_DOUBLES = 16;

    private static final int POINTS = 12;
    private static final int FEWEST_POINTS = 3;

    private final Budget budget;

    ValueComparison(Budget budget) {
        this.budget = budget;
    }

    boolean same(Expression a, Expression b) {
        if (a.equals(b)) {
            return true;
        }
        Optional<Integer> infinity = infinity(a);
        Optional<Integer> other = infinity(b);
        if (infinity.isPresent() || other.isPresent()) {
            return infinity.equals(other);
        }
        Set<String> names = new HashSet<>(a.symbols());
        names.addAll(b.symbols());
        for (Evaluation.LogBase base : Evaluation.LogBase.values()) {
            if (names.isEmpty() ? sameConstants(a, b, base) : sameFunctions(a, b, base)) {
                return true;
            }
            if (!a.has(Expression.Call.class) && !b.has(Expression.Call.class)) {
                break;
            }
        }
        return false;
    }

    /// The sign of an infinity; empty for what is none.
    static Optional<Integer> infinity(Expression value) {
        if (value == Expression.Constant.INFINITY) {
            return Optional.of(1);
        }
        if (value instanceof Expression.Product(List<Expression> factors)
                && factors.size() == 2
                && factors.getLast() == Expression.Constant.INFINITY
                && factors.getFirst() instanceof Expression.Numeral(Rational sign, _, _)) {
            return Optional.of(sign.signum());
        }
        return Optional.empty();
    }

    private boolean sameConstants(Expression a, Expression b, Evaluation.LogBase base) {
        Evaluation exactly =
                new Evaluation(Map.of(), new Balls(DIGITS[0], true, budget), base, budget);
        try {
            Optional<Rational> left = exactly.exact(a);
            Optional<Rational> right = exactly.exact(b);
            if (left.isPresent() && right.isPresent()) {
                return left.get().equals(right.get()) || rounds(a, b, base) || rounds(b, a, base);
            }
        } catch (UndefinedException _) {
            return false;
        }
        Optional<Boolean> same = at(Map.of(), a, b, base, !isComplex(a, b));
        if (same.isEmpty()) {
            same = at(Map.of(), a, b, base, false);
        }
        return same.orElse(false) || rounds(a, b, base) || rounds(b, a, base);
    }

    private static boolean isComplex(Expression a, Expression b) {
        return isComplex(a) || isComplex(b);
    }

    private static boolean isComplex(Expression a) {
        return a == Expression.Constant.I
                || a.parts().stream().anyMatch(ValueComparison::isComplex);
    }

    /// Whether a decimal fraction is the other value, rounded to the digits it has.
    private boolean rounds(Expression decimal, Expression value, Evaluation.LogBase base) {
        if (!(decimal instanceof Expression.Numeral(Rational rounded, int digits, int places))
                || digits < FEWEST_ROUNDED_DIGITS
                || value instanceof Expression.Numeral(_, int otherDigits, _)
                        && otherDigits > 0
                        && otherDigits <= digits) {
            return false;
        }
        try {
            var balls = new Balls(DIGITS[1], true, budget);
            Ball exact = new Evaluation(Map.of(), balls, base, budget).ball(value);
            Ball difference = balls.add(exact, balls.of(rounded.negate()));
            BigDecimal half =
                    new BigDecimal(digits < DIGITS_OF_DOUBLES ? "0.5" : "5").movePointLeft(places);
            return difference.isReal()
                    && difference.most().compareTo(half.multiply(new BigDecimal("1.00001"))) <= 0;
        } catch (UndefinedException _) {
            return false;
        }
    }

    private boolean sameFunctions(Expression a, Expression b, Evaluation.LogBase base) {
        boolean real = !isComplex(a, b);
        Optional<Boolean> same = atPoints(a, b, base, real);
        return same.isPresent() || !real
                ? same.orElse(false)
                : atPoints(a, b, base, false).orElse(false);
    }

    /// Whether they agree at every point where both have a value; empty where these are too few.
    private Optional<Boolean> atPoints(
            Expression a, Expression b, Evaluation.LogBase base, boolean real) {
        Set<String> names = new TreeSet<>(a.symbols());
        names.addAll(b.symbols());
        int agreed = 0;
        for (Map<String, Rational> point : points(names)) {
            Optional<Boolean> same = at(point, a, b, base, real);
            if (same.isPresent()) {
                if (!same.get()) {
                    return same;
                }
                agreed++;
            }
        }
        return agreed >= FEWEST_POINTS ? Optional.of(true) : Optional.empty();
    }

    /// Positive points, points of both signs, whole numbers: a third of each.
    static List<Map<String, Rational>> points(Set<String> names) {
        var random = new SplittableRandom(0x5EED);
        List<Map<String, Rational>> points = new ArrayList<>();
        for (int i = 0; i < POINTS; i++) {
            Map<String, Rational> point = new HashMap<>();
            for (String name : names) {
                long drawn = random.nextLong(1_000, 40_000);
                point.put(
                        name,
                        switch (i % 3) {
                            case 0 -> Rational.of(drawn, 9_973);
                            case 1 -> Rational.of(random.nextBoolean() ? drawn : -drawn, 9_967);
                            default -> Rational.of(drawn % 11 + 2);
                        });
            }
            points.add(point);
        }
        return points;
    }

    /// Whether they agree at a point; empty where one has no value there.
    private Optional<Boolean> at(
            Map<String, Rational> point,
            Expression a,
            Expression b,
            Evaluation.LogBase base,
            boolean real) {
        for (int digits : DIGITS) {
            var balls = new Balls(digits, real, budget);
            var evaluation = new Evaluation(point, balls, base, budget);
            try {
                Optional<Rational> exact = evaluation.exact(a);
                Optional<Rational> other = exact.isEmpty() ? exact : evaluation.exact(b);
                if (exact.isPresent() && other.isPresent()) {
                    return Optional.of(exact.get().equals(other.get()));
                }
                Ball left = evaluation.ball(a);
                Ball right = evaluation.ball(b);
                Ball difference = balls.add(left, right.negate());
                if (!difference.mayBeZero()) {
                    return Optional.of(false);
                }
                BigDecimal size =
                        left.most().max(right.most()).max(BigDecimal.ONE.movePointLeft(20));
                if (difference.most().compareTo(size.multiply(SAME)) < 0) {
                    return Optional.of(true);
                }
            } catch (UndefinedException _) {
                if (digits == DIGITS[1]) {
                    return Optional.empty();
                }
            }
        }
        return Optional.empty();
    }

    /// A value as a double, for order alone; empty for what has none.
    Optional<Double> approximate(Expression value) {
        Optional<Integer> infinity = infinity(value);
        if (infinity.isPresent()) {
            return Optional.of(infinity.get() * Double.POSITIVE_INFINITY);
        }
        if (!value.symbols().isEmpty()) {
            return Optional.empty();
        }
        try {
            var balls = new Balls(DIGITS[0], true, budget);
            Ball ball =
                    new Evaluation(Map.of(), balls, Evaluation.LogBase.NATURAL, budget).ball(value);
            return ball.isReal() ? Optional.of(ball.re().doubleValue()) : Optional.empty();
        } catch (UndefinedException _) {
            return Optional.empty();
        }
    }

    /// The value of `a / b` at a point; empty where it has none.
    Optional<Ball> quotient(Map<String, Rational> point, Expression a, Expression b) {
        try {
            var balls = new Balls(DIGITS[0], !isComplex(a, b), budget);
            var evaluation = new Evaluation(point, balls, Evaluation.LogBase.NATURAL, budget);
            return Optional.of(
                    balls.multiply(evaluation.ball(a), balls.inverse(evaluation.ball(b))));
        } catch (UndefinedException _) {
            return Optional.empty();
        }
    }

    /// Whether two expressions are the same but for a constant factor that is not zero.
    ///
    /// @param positive whether the factor must be above zero
    boolean proportional(Expression a, Expression b, boolean positive) {
        Set<String> names = new TreeSet<>(a.symbols());
        if (!names.equals(b.symbols())) {
            return false;
        }
        var balls = new Balls(DIGITS[0], true, budget);
        Optional<Ball> ratio = Optional.empty();
        int agreed = 0;
        for (Map<String, Rational> point : points(names)) {
            Optional<Ball> here = quotient(point, a, b);
            if (here.isEmpty()) {
                continue;
            }
            Ball first = ratio.orElse(here.get());
            ratio = Optional.of(first);
            if (!balls.add(first, here.get().negate()).mayBeZero() || here.get().mayBeZero()) {
                return false;
            }
            agreed++;
        }
        return agreed >= FEWEST_POINTS && !(positive && ratio.orElseThrow().isNegative());
    }
}
