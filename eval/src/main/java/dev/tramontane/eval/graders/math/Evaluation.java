package dev.tramontane.eval.graders.math;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.MathContext;
import java.math.RoundingMode;
import java.util.ArrayList;
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

    private static final int LONGEST_SUM = 1_000;
    private static final int LARGEST_FACTORIAL = 5_000;
    private static final int OPAQUE_DIGITS = 25;
    private static final Rational DEGREE = Rational.of(1, 180);

    private final Map<String, Rational> point;
    private final Balls balls;
    private final LogBase logBase;
    private final Budget budget;

    Evaluation(Map<String, Rational> point, Balls balls, LogBase logBase, Budget budget) {
        this.point = point;
        this.balls = balls;
        this.logBase = logBase;
        this.budget = budget;
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
            case Expression.Constant _,
                    Expression.Measure _,
                    Expression.Sign _,
                    Expression.InBase _,
                    Expression.Tuple _,
                    Expression.SetOf _,
                    Expression.Many _,
                    Expression.Matrix _,
                    Expression.Relation _,
                    Expression.Union _,
                    Expression.Without _,
                    Expression.Ratio _,
                    Expression.Congruence _,
                    Expression.NamedSet _,
                    Expression.Words _ ->
                    Optional.empty();
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
            case Expression.Symbol(String name) -> opaque(name, List.of());
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
                    call(function, arguments);
            case Expression.Sign _,
                    Expression.InBase _,
                    Expression.Tuple _,
                    Expression.SetOf _,
                    Expression.Many _,
                    Expression.Matrix _,
                    Expression.Relation _,
                    Expression.Union _,
                    Expression.Without _,
                    Expression.Ratio _,
                    Expression.Congruence _,
                    Expression.NamedSet _,
                    Expression.Words _ ->
                    opaque(expression.toString(), List.of());
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

    private Ball call(String function, List<Expression> arguments) {
        Expression first = arguments.getFirst();
        return switch (function) {
            case "root" -> {
                Optional<Rational> degree = exact(arguments.getLast());
                yield degree.isPresent() && degree.get().isSmall()
                        ? balls.root(ball(first), degree.get().numerator().intValueExact())
                        : balls.power(ball(first), balls.inverse(ball(arguments.getLast())));
            }
            case "exp" -> balls.exp(ball(first));
            case "ln" -> balls.log(ball(first));
            case "lg" -> balls.multiply(balls.log(ball(first)), balls.inverse(log(10)));
            case "log" -> logarithm(first, arguments);
            case "abs", "norm" -> balls.magnitude(ball(first));
            case "sin" -> balls.sin(ball(first));
            case "cos" -> balls.cos(ball(first));
            case "tan" -> ratio(balls.sin(ball(first)), balls.cos(ball(first)));
            case "cot" -> ratio(balls.cos(ball(first)), balls.sin(ball(first)));
            case "sec" -> balls.inverse(balls.cos(ball(first)));
            case "csc" -> balls.inverse(balls.sin(ball(first)));
            case "asin" -> balls.asin(ball(first));
            case "acos" -> balls.add(half(balls.pi()), balls.asin(ball(first)).negate());
            case "atan" -> balls.atan(ball(first));
            case "acot" -> balls.add(half(balls.pi()), balls.atan(ball(first)).negate());
            case "sinh" ->
                    half(
                            balls.add(
                                    balls.exp(ball(first)),
                                    balls.exp(ball(first).negate()).negate()));
            case "cosh" -> half(balls.add(balls.exp(ball(first)), balls.exp(ball(first).negate())));
            case "tanh" -> {
                Ball square = balls.exp(balls.add(ball(first), ball(first)));
                Ball one = Ball.exact(BigDecimal.ONE);
                yield ratio(balls.add(square, one.negate()), balls.add(square, one));
            }
            case "factorial" -> factorial(first);
            case "binom" -> binomial(first, arguments.getLast());
            case "max", "min" -> extreme(function.equals("max"), arguments);
            case "sum", "prod" -> repeated(function.equals("sum"), arguments);
            case "floor", "ceil" -> step(function.equals("ceil"), ball(first));
            case "det" ->
                    first instanceof Expression.Matrix(List<List<Expression>> rows)
                            ? determinant(rows)
                            : opaque(function, arguments);
            default -> opaque(function, arguments);
        };
    }

    /// Of numbers that are too large to be exact.
    private Ball factorial(Expression of) {
        Optional<Rational> number = exact(of);
        if (number.isEmpty()) {
            return opaque("factorial", List.of(of));
        }
        return product(1, number.get());
    }

    private Ball binomial(Expression of, Expression choose) {
        Optional<Rational> n = exact(of);
        Optional<Rational> k = exact(choose);
        if (n.isEmpty() || k.isEmpty()) {
            return opaque("binom", List.of(of, choose));
        }
        Ball low = balls.multiply(product(1, k.get()), product(1, n.get().minus(k.get())));
        return ratio(product(1, n.get()), low);
    }

    private Ball product(int from, Rational to) {
        if (to.compareTo(Rational.of(LARGEST_FACTORIAL)) > 0) {
            throw new LimitException("a factorial of more than " + LARGEST_FACTORIAL);
        }
        Ball result = Ball.exact(BigDecimal.ONE);
        for (int k = from; k <= to.numerator().intValueExact(); k++) {
            result = balls.multiply(result, Ball.exact(BigDecimal.valueOf(k)));
        }
        return result;
    }

    private Ball log(int number) {
        return balls.log(Ball.exact(BigDecimal.valueOf(number)));
    }

    private Ball half(Ball value) {
        return balls.multiply(value, Ball.exact(new BigDecimal("0.5")));
    }

    private Ball ratio(Ball top, Ball low) {
        return balls.multiply(top, balls.inverse(low));
    }

    private Ball logarithm(Expression of, List<Expression> arguments) {
        if (arguments.size() == 2) {
            return ratio(balls.log(ball(of)), balls.log(ball(arguments.getLast())));
        }
        return switch (logBase) {
            case NATURAL -> balls.log(ball(of));
            case TEN -> ratio(balls.log(ball(of)), log(10));
        };
    }

    /// The greatest or least; undefined where the radii do not tell which.
    private Ball extreme(boolean greatest, List<Expression> arguments) {
        Ball best = ball(arguments.getFirst());
        for (Expression argument : arguments.subList(1, arguments.size())) {
            Ball other = ball(argument);
            Ball difference = balls.add(other, best.negate());
            if (difference.mayBeZero()) {
                continue;
            }
            if (!difference.isReal()) {
                throw new UndefinedException("an order of what is not real");
            }
            best = greatest == difference.isNegative() ? best : other;
        }
        return best;
    }

    private Ball step(boolean up, Ball value) {
        if (!value.isReal()) {
            throw new UndefinedException("a whole part of what is not real");
        }
        if (value.re().precision() - value.re().scale() > 1_000) {
            throw new LimitException("a whole part of more than 1,000 digits");
        }
        MathContext enough = new MathContext(2_000);
        BigDecimal low = value.re().subtract(value.radius(), enough);
        BigDecimal high = value.re().add(value.radius(), enough);
        var way = up ? RoundingMode.CEILING : RoundingMode.FLOOR;
        BigDecimal whole = low.setScale(0, way);
        if (whole.compareTo(high.setScale(0, way)) != 0) {
            throw new UndefinedException("a whole part that the precision does not tell");
        }
        return Ball.exact(whole);
    }

    private Ball repeated(boolean adds, List<Expression> arguments) {
        if (arguments.size() != 4
                || !(arguments.getFirst() instanceof Expression.Symbol(String name))) {
            return opaque("sum", arguments);
        }
        Optional<Rational> from = exact(arguments.get(1));
        Optional<Rational> to = exact(arguments.get(2));
        if (from.isEmpty() || to.isEmpty() || !from.get().isSmall() || !to.get().isSmall()) {
            return opaque(adds ? "sum" : "prod", arguments);
        }
        long first = from.get().numerator().longValueExact();
        long last = to.get().numerator().longValueExact();
        if (last - first > LONGEST_SUM) {
            throw new LimitException("a sum of more than " + LONGEST_SUM + " terms");
        }
        Ball result = Ball.exact(adds ? BigDecimal.ZERO : BigDecimal.ONE);
        for (long k = first; k <= last; k++) {
            var inner = new HashMap<>(point);
            inner.put(name, Rational.of(k));
            Ball term = new Evaluation(inner, balls, logBase, budget).ball(arguments.get(3));
            result = adds ? balls.add(result, term) : balls.multiply(result, term);
        }
        return result;
    }

    /// By the first row; up to four rows.
    private Ball determinant(List<List<Expression>> rows) {
        int size = rows.size();
        if (size > 4 || rows.stream().anyMatch(row -> row.size() != size)) {
            throw new LimitException("a determinant of more than four rows");
        }
        if (size == 1) {
            return ball(rows.getFirst().getFirst());
        }
        Ball result = Ball.exact(BigDecimal.ZERO);
        for (int column = 0; column < size; column++) {
            int left = column;
            List<List<Expression>> minor =
                    rows.subList(1, size).stream().map(row -> without(row, left)).toList();
            Ball term = balls.multiply(ball(rows.getFirst().get(column)), determinant(minor));
            result = balls.add(result, column % 2 == 0 ? term : term.negate());
        }
        return result;
    }

    private static List<Expression> without(List<Expression> row, int column) {
        var rest = new ArrayList<>(row);
        rest.remove(column);
        return List.copyOf(rest);
    }

    /// A value between 1 and 2 that the name and the arguments' values decide.
    private Ball opaque(String name, List<Expression> arguments) {
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
