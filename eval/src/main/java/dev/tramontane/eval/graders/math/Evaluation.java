package dev.tramontane.eval.graders.math;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.RoundingMode;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// What an expression is at a point: exactly where that is a fraction, else as a ball.
///
/// Functions that it does not know, and forms that are no numbers, get a value that depends on
/// nothing but their name and their arguments' values: the same on both sides of a comparison.
final class Evaluation {
    /// What `\log` without a base means.
    enum LogBase {
        NATURAL,
        TEN
    }

    private static final int OPAQUE_DIGITS = 25;
    private static final Rational DEGREE = Rational.of(1, 180);

    private final Map<String, Rational> point;

    /// Variables that are known within a radius.
    private final Map<String, Ball> near;

    private final Balls balls;
    private final LogBase logBase;
    private final Budget budget;

    Evaluation(Map<String, Rational> point, Balls balls, LogBase logBase, Budget budget) {
        this(point, Map.of(), balls, logBase, budget);
    }

    private Evaluation(
            Map<String, Rational> point,
            Map<String, Ball> near,
            Balls balls,
            LogBase logBase,
            Budget budget) {
        this.point = point;
        this.near = near;
        this.balls = balls;
        this.logBase = logBase;
        this.budget = budget;
    }

    /// The same at the point with another value for one variable.
    Evaluation with(String name, Rational value) {
        Map<String, Rational> changed = new HashMap<>(point);
        changed.put(name, value);
        return new Evaluation(Map.copyOf(changed), near, balls, logBase, budget);
    }

    /// The same where one variable is known within a radius.
    Evaluation with(String name, Ball value) {
        Map<String, Rational> exact = new HashMap<>(point);
        exact.remove(name);
        Map<String, Ball> changed = new HashMap<>(near);
        changed.put(name, value);
        return new Evaluation(Map.copyOf(exact), Map.copyOf(changed), balls, logBase, budget);
    }

    /// The same with other digits.
    Evaluation withDigits(int digits) {
        return new Evaluation(point, near, balls.withDigits(digits), logBase, budget);
    }

    Balls balls() {
        return balls;
    }

    /// What a variable is at the point.
    Optional<Rational> at(String name) {
        return Optional.ofNullable(point.get(name));
    }

    LogBase logBase() {
        return logBase;
    }

    /// Its value as a fraction; empty where it is none, or none that is found without numerics.
    Optional<Rational> exact(Expression expression) {
        budget.spend(1);
        return switch (expression) {
            case Expression.Numeral(Rational value, _, _) -> Optional.of(value);
            case Expression.Symbol(String name) -> Optional.ofNullable(point.get(name));
            case Expression.Sum(List<Expression> terms) -> folded(terms, Rational.ZERO, true);
            case Expression.Product(List<Expression> factors) ->
                    folded(factors, Rational.ONE, false);
            case Expression.Power(Expression base, Expression exponent) -> power(base, exponent);
            case Expression.Percent(Expression value) ->
                    exact(value).map(number -> number.dividedBy(Rational.HUNDRED));
            case Expression.Call(String function, List<Expression> arguments) ->
                    new ExactFunctions(this, budget).value(function, arguments);
            case Expression.Constant _, Expression.Measure _, Expression.Form _ -> Optional.empty();
        };
    }

    private Optional<Rational> folded(List<Expression> parts, Rational from, boolean adds) {
        Rational result = from;
        for (Expression part : parts) {
            Optional<Rational> value = exact(part);
            if (value.isEmpty()) {
                return Optional.empty();
            }
            budget.spend(1 + result.numerator().bitLength() / 100);
            result = adds ? result.plus(value.get()) : result.times(value.get());
        }
        return Optional.of(result);
    }

    private Optional<Rational> power(Expression base, Expression exponent) {
        Optional<Rational> power = exact(exponent);
        Optional<Rational> value = power.isEmpty() ? power : exact(base);
        if (value.isEmpty() || power.isEmpty()) {
            return Optional.empty();
        }
        Rational of = value.get();
        Rational to = power.get();
        if (of.signum() == 0 && to.signum() == 0) {
            throw new UndefinedException("0^0");
        }
        if (!to.isSmall()) {
            if (to.denominator().bitLength() > 8
                    || to.numerator().bitLength() > 12
                    || of.signum() < 0) {
                return Optional.empty();
            }
            return of.root(to.denominator().intValueExact())
                    .map(root -> root.pow(to.numerator().intValueExact()));
        }
        budget.spend(50);
        try {
            return Optional.of(of.pow(to.numerator().intValueExact()));
        } catch (LimitException _) { // a ball may do
            return Optional.empty();
        }
    }

    /// Its value within a radius.
    Ball ball(Expression expression) {
        Optional<Rational> exact = exact(expression);
        if (exact.isPresent()) {
            return balls.of(exact.get());
        }
        return switch (expression) {
            case Expression.Numeral(Rational value, _, _) -> balls.of(value);
            case Expression.Symbol(String name) -> {
                Ball value = near.get(name);
                yield value == null ? opaque(name, List.of()) : value;
            }
            case Expression.Constant constant -> constant(constant);
            case Expression.Measure(String name, Unit unit) ->
                    unit.dimensions().equals(Map.of("deg", 1))
                            ? balls.multiply(balls.pi(), balls.of(DEGREE))
                            : opaque(name, List.of());
            case Expression.Sum(List<Expression> terms) ->
                    terms.stream().map(this::ball).reduce(balls::add).orElseThrow();
            case Expression.Product(List<Expression> factors) ->
                    factors.stream().map(this::ball).reduce(balls::multiply).orElseThrow();
            case Expression.Power(Expression base, Expression exponent) -> raised(base, exponent);
            case Expression.Percent(Expression value) ->
                    balls.multiply(ball(value), balls.of(Rational.of(1, 100)));
            case Expression.Call(String function, List<Expression> arguments) ->
                    new BallFunctions(this, balls).value(function, arguments);
            case Expression.Form _ -> opaque(expression.toString(), List.of());
        };
    }

    private Ball constant(Expression.Constant constant) {
        return switch (constant) {
            case PI -> balls.pi();
            case E -> balls.exp(Ball.exact(BigDecimal.ONE));
            case I -> balls.imaginary();
            case INFINITY -> throw new UndefinedException("infinity");
        };
    }

    private Ball raised(Expression base, Expression exponent) {
        Optional<Rational> power = exact(exponent);
        if (base == Expression.Constant.E) {
            return balls.exp(ball(exponent));
        }
        Ball value = ball(base);
        if (power.isEmpty()) {
            return balls.power(value, ball(exponent));
        }
        BigInteger top = power.get().numerator();
        BigInteger low = power.get().denominator();
        if (value.isZero() && top.signum() <= 0) {
            throw new UndefinedException("zero to what is not above zero");
        }
        if (low.bitLength() > 8) {
            return balls.power(value, balls.of(power.get()));
        }
        Ball root = low.equals(BigInteger.ONE) ? value : balls.root(value, low.intValueExact());
        return balls.power(root, top);
    }

    /// A value between 1 and 2 that the name and the arguments' values decide.
    Ball opaque(String name, List<Expression> arguments) {
        var text = new StringBuilder(name);
        for (Expression argument : arguments) {
            Ball value = ball(argument);
            text.append('|')
                    .append(settled(value.re(), value))
                    .append('|')
                    .append(settled(value.im(), value));
        }
        long hash = 0xcbf29ce484222325L;
        for (int i = 0; i < text.length(); i++) { // FNV-1a
            hash = (hash ^ text.charAt(i)) * 0x100000001b3L;
        }
        return Ball.exact(BigDecimal.ONE.add(new BigDecimal(hash >>> 4).movePointLeft(19)));
    }

    /// The leading digits of a part, without those that the radius leaves open.
    private static String settled(BigDecimal part, Ball value) {
        if (value.radius().compareTo(BigDecimal.ONE.movePointLeft(OPAQUE_DIGITS + 5)) > 0) {
            throw new UndefinedException("an unknown function of what is hardly known");
        }
        if (part.precision() - part.scale() > 1_000) {
            throw new LimitException("an unknown function of a number of more than 1,000 digits");
        }
        return part.setScale(OPAQUE_DIGITS, RoundingMode.HALF_EVEN)
                .stripTrailingZeros()
                .toPlainString();
    }
}
