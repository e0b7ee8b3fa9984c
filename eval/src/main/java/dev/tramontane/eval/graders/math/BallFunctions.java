package dev.tramontane.eval.graders.math;

import java.math.BigDecimal;
import java.math.MathContext;
import java.math.RoundingMode;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Functions by name, of arguments that are known within a radius.
final class BallFunctions {
    private static final int LONGEST_SUM = 1_000;
    private static final int LARGEST_FACTORIAL = 5_000;

    private final Evaluation evaluation;
    private final Balls balls;

    BallFunctions(Evaluation evaluation, Balls balls) {
        this.evaluation = evaluation;
        this.balls = balls;
    }

    /// The value of a function at arguments; of one that is not known a value that stands for it.
    Ball value(String function, List<Expression> arguments) {
        Expression first = arguments.getFirst();
        return switch (function) {
            case "root" -> {
                Optional<Rational> degree = evaluation.exact(arguments.getLast());
                yield degree.isPresent() && degree.get().isSmall()
                        ? balls.root(
                                evaluation.ball(first), degree.get().numerator().intValueExact())
                        : balls.power(
                                evaluation.ball(first),
                                balls.inverse(evaluation.ball(arguments.getLast())));
            }
            case "exp" -> balls.exp(evaluation.ball(first));
            case "ln" -> balls.log(evaluation.ball(first));
            case "lg" -> balls.multiply(balls.log(evaluation.ball(first)), balls.inverse(log(10)));
            case "log" -> logarithm(first, arguments);
            case "abs", "norm" -> balls.magnitude(evaluation.ball(first));
            case "sin" -> balls.sin(evaluation.ball(first));
            case "cos" -> balls.cos(evaluation.ball(first));
            case "tan" ->
                    ratio(balls.sin(evaluation.ball(first)), balls.cos(evaluation.ball(first)));
            case "cot" ->
                    ratio(balls.cos(evaluation.ball(first)), balls.sin(evaluation.ball(first)));
            case "sec" -> balls.inverse(balls.cos(evaluation.ball(first)));
            case "csc" -> balls.inverse(balls.sin(evaluation.ball(first)));
            case "asin" -> balls.asin(evaluation.ball(first));
            case "acos" -> balls.add(half(balls.pi()), balls.asin(evaluation.ball(first)).negate());
            case "atan" -> balls.atan(evaluation.ball(first));
            case "acot" -> balls.add(half(balls.pi()), balls.atan(evaluation.ball(first)).negate());
            case "asinh", "acosh" -> areaFunction(function.equals("asinh"), evaluation.ball(first));
            case "atanh" -> {
                Ball argument = evaluation.ball(first);
                Ball one = Ball.exact(BigDecimal.ONE);
                Ball low = balls.add(one, argument.negate());
                yield half(balls.log(ratio(balls.add(one, argument), low)));
            }
            case "sinh" ->
                    half(
                            balls.add(
                                    balls.exp(evaluation.ball(first)),
                                    balls.exp(evaluation.ball(first).negate()).negate()));
            case "cosh" ->
                    half(
                            balls.add(
                                    balls.exp(evaluation.ball(first)),
                                    balls.exp(evaluation.ball(first).negate())));
            case "tanh" -> {
                Ball square = balls.exp(balls.add(evaluation.ball(first), evaluation.ball(first)));
                Ball one = Ball.exact(BigDecimal.ONE);
                yield ratio(balls.add(square, one.negate()), balls.add(square, one));
            }
            case "factorial" -> factorial(first);
            case "binom" -> binomial(first, arguments.getLast());
            case "max", "min" -> extreme(function.equals("max"), arguments);
            case "sum", "prod" -> repeated(function.equals("sum"), arguments);
            case "int" -> integral(arguments);
            case "diff" -> derivative(arguments);
            case "lim" -> limit(arguments);
            case "floor", "ceil" -> step(function.equals("ceil"), evaluation.ball(first));
            case "det" ->
                    first instanceof Expression.Matrix(List<List<Expression>> rows)
                            ? determinant(rows)
                            : evaluation.opaque(function, arguments);
            default -> evaluation.opaque(function, arguments);
        };
    }

    /// Of numbers that are too large to be exact.
    private Ball factorial(Expression of) {
        Optional<Rational> number = evaluation.exact(of);
        if (number.isEmpty()) {
            return evaluation.opaque("factorial", List.of(of));
        }
        return product(1, number.get());
    }

    private Ball binomial(Expression of, Expression choose) {
        Optional<Rational> n = evaluation.exact(of);
        Optional<Rational> k = evaluation.exact(choose);
        if (n.isEmpty() || k.isEmpty()) {
            return evaluation.opaque("binom", List.of(of, choose));
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

    /// `ln(x + √(x² ± 1))`.
    private Ball areaFunction(boolean ofSine, Ball argument) {
        Ball one = Ball.exact(BigDecimal.ONE);
        Ball square = balls.add(balls.multiply(argument, argument), ofSine ? one : one.negate());
        return balls.log(balls.add(argument, balls.root(square, 2)));
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
            return ratio(
                    balls.log(evaluation.ball(of)),
                    balls.log(evaluation.ball(arguments.getLast())));
        }
        return switch (evaluation.logBase()) {
            case NATURAL -> balls.log(evaluation.ball(of));
            case TEN -> ratio(balls.log(evaluation.ball(of)), log(10));
        };
    }

    /// The greatest or least; undefined where the radii do not tell which.
    private Ball extreme(boolean greatest, List<Expression> arguments) {
        Ball best = evaluation.ball(arguments.getFirst());
        for (Expression argument : arguments.subList(1, arguments.size())) {
            Ball other = evaluation.ball(argument);
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
            return evaluation.opaque("sum", arguments);
        }
        Optional<Rational> from = evaluation.exact(arguments.get(1));
        if (adds
                && arguments.get(2) == Expression.Constant.INFINITY
                && from.isPresent()
                && from.get().isSmall()) {
            return new Calculus(evaluation).series(name, from.get().numerator(), arguments.get(3));
        }
        Optional<Rational> to = evaluation.exact(arguments.get(2));
        if (from.isPresent() && to.isPresent() && !to.get().minus(from.get()).isWhole()) {
            throw new UndefinedException("a sum from one number to what no steps of one lead to");
        }
        if (from.isEmpty() || to.isEmpty() || !from.get().isSmall() || !to.get().isSmall()) {
            return evaluation.opaque(adds ? "sum" : "prod", arguments);
        }
        long first = from.get().numerator().longValueExact();
        long last = to.get().numerator().longValueExact();
        if (last - first > LONGEST_SUM) {
            throw new LimitException("a sum of more than " + LONGEST_SUM + " terms");
        }
        Ball result = Ball.exact(adds ? BigDecimal.ZERO : BigDecimal.ONE);
        for (long k = first; k <= last; k++) {
            Ball term = evaluation.with(name, Rational.of(k)).ball(arguments.get(3));
            result = adds ? balls.add(result, term) : balls.multiply(result, term);
        }
        return result;
    }

    private Ball integral(List<Expression> arguments) {
        return arguments.size() == 4
                        && arguments.getFirst() instanceof Expression.Symbol(String name)
                        && !(arguments.get(1) instanceof Expression.Form)
                        && !(arguments.get(2) instanceof Expression.Form)
                ? new Calculus(evaluation)
                        .integral(name, arguments.get(1), arguments.get(2), arguments.get(3))
                : evaluation.opaque("int", arguments);
    }

    private Ball derivative(List<Expression> arguments) {
        return arguments.getFirst() instanceof Expression.Symbol(String name)
                ? new Calculus(evaluation).derivative(name, arguments.getLast())
                : evaluation.opaque("diff", arguments);
    }

    /// Of a variable, the point, the side that it is come to from, and what has the limit.
    private Ball limit(List<Expression> arguments) {
        return arguments.size() == 4
                        && arguments.getFirst() instanceof Expression.Symbol(String name)
                        && arguments.get(2) instanceof Expression.Numeral(Rational side, _, _)
                ? new Calculus(evaluation)
                        .limit(name, arguments.get(1), side.signum(), arguments.get(3))
                : evaluation.opaque("lim", arguments);
    }

    /// By the first row; up to four rows.
    private Ball determinant(List<List<Expression>> rows) {
        int size = rows.size();
        if (size > 4 || rows.stream().anyMatch(row -> row.size() != size)) {
            throw new LimitException("a determinant of more than four rows");
        }
        if (size == 1) {
            return evaluation.ball(rows.getFirst().getFirst());
        }
        Ball result = Ball.exact(BigDecimal.ZERO);
        for (int column = 0; column < size; column++) {
            int left = column;
            List<List<Expression>> minor =
                    rows.subList(1, size).stream().map(row -> without(row, left)).toList();
            Ball term =
                    balls.multiply(
                            evaluation.ball(rows.getFirst().get(column)), determinant(minor));
            result = balls.add(result, column % 2 == 0 ? term : term.negate());
        }
        return result;
    }

    private static List<Expression> without(List<Expression> row, int column) {
        var rest = new ArrayList<>(row);
        rest.remove(column);
        return List.copyOf(rest);
    }
}
