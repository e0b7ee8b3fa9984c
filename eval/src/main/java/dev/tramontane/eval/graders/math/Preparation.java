package dev.tramontane.eval.graders.math;

import java.util.List;
import java.util.Optional;

/// Brings an expression into the form in which it is compared.
final class Preparation {
    private static final Rational TEN = Rational.of(10);

    private Preparation() {}

    /// Both signs of `±` as two answers, nested lists as matrices, brackets that open outwards as
    /// round ones.
    static Expression of(Expression expression) {
        Expression plain = expression.map(Preparation::tidied);
        if (!plain.has(Expression.Sign.class)) {
            return plain;
        }
        if (plain instanceof Expression.Many(List<Expression> items)) {
            return new Expression.Many(
                    items.stream()
                            .flatMap(
                                    item ->
                                            item.has(Expression.Sign.class)
                                                    ? bothSigns(item).stream()
                                                    : List.of(item).stream())
                            .toList());
        }
        if (plain instanceof Expression.SetOf(List<Expression> items)) {
            return new Expression.SetOf(
                    items.stream().flatMap(item -> bothSigns(item).stream()).toList());
        }
        if (plain instanceof Expression.Relation(List<Expression> sides, List<String> signs)
                && signs.equals(List.of("="))
                && !sides.getFirst().has(Expression.Sign.class)) {
            return new Expression.Many(
                    bothSigns(sides.getLast()).stream()
                            .<Expression>map(
                                    side ->
                                            new Expression.Relation(
                                                    List.of(sides.getFirst(), side), signs))
                            .toList());
        }
        return new Expression.Many(bothSigns(plain));
    }

    private static List<Expression> bothSigns(Expression expression) {
        return expression.has(Expression.Sign.class)
                ? List.of(withSign(expression, true), withSign(expression, false))
                : List.of(expression);
    }

    private static Expression withSign(Expression expression, boolean upper) {
        return expression.map(
                part ->
                        part instanceof Expression.Sign(boolean isUpper)
                                ? Expression.number(isUpper == upper ? 1 : -1)
                                : part);
    }

    private static Expression tidied(Expression part) {
        if (part instanceof Expression.Tuple(char open, List<Expression> items, char close)) {
            if (open == '['
                    && items.stream()
                            .allMatch(
                                    item ->
                                            item instanceof Expression.Tuple(char inner, _, _)
                                                    && inner == '[')) {
                return new Expression.Matrix(items.stream().map(Expression::parts).toList());
            }
            char from = open == ']' || open == '⟨' ? '(' : open;
            char to = close == '[' || close == '⟩' ? ')' : close;
            return items.size() == 1 ? items.getFirst() : new Expression.Tuple(from, items, to);
        }
        if (part instanceof Expression.SetOf(List<Expression> items) && items.size() == 1) {
            return items.getFirst();
        }
        if (part instanceof Expression.Call(String function, List<Expression> arguments)
                && function.equals("cis")) {
            return cis(arguments.getFirst());
        }
        if (part instanceof Expression.Call(String function, List<Expression> arguments)
                && function.equals("zeta")
                && arguments.getFirst() instanceof Expression.Numeral(Rational above, _, _)
                && above.compareTo(Rational.ONE) > 0) {
            return zeta(arguments.getFirst());
        }
        if (part instanceof Expression.Call(String function, List<Expression> arguments)
                && function.equals("Gamma")
                && arguments.getFirst() instanceof Expression.Numeral(Rational at, _, _)
                && at.signum() > 0
                && at.plus(at).isWhole()) {
            return gamma(at);
        }
        return part instanceof Expression.Product(List<Expression> factors)
                ? scientific(factors).orElseGet(() -> MatrixAlgebra.carriedOut(part))
                : MatrixAlgebra.carriedOut(part);
    }

    /// Riemann's, as the sum of `1 / n^s`.
    private static Expression zeta(Expression exponent) {
        var n = new Expression.Symbol(Expression.BOUND + "ζ");
        return new Expression.Call(
                "sum",
                List.of(
                        n,
                        Expression.number(1),
                        Expression.Constant.INFINITY,
                        new Expression.Power(n, Expression.negative(exponent))));
    }

    /// Euler's, of whole numbers and halves: `Γ(n + ½) = (2n)! √π / (4ⁿ n!)`.
    private static Expression gamma(Rational at) {
        if (at.isWhole()) {
            return factorial(at.minus(Rational.ONE));
        }
        Rational n = at.minus(Rational.of(1, 2));
        return new Expression.Product(
                List.of(
                        factorial(n.plus(n)),
                        new Expression.Call(
                                "root", List.of(Expression.Constant.PI, Expression.number(2))),
                        Expression.inverse(
                                new Expression.Product(
                                        List.of(
                                                new Expression.Power(
                                                        Expression.number(4),
                                                        new Expression.Numeral(n)),
                                                factorial(n))))));
    }

    private static Expression factorial(Rational of) {
        return new Expression.Call("factorial", List.of(new Expression.Numeral(of)));
    }

    /// `cos x + i sin x`.
    private static Expression cis(Expression angle) {
        return new Expression.Sum(
                List.of(
                        new Expression.Call("cos", List.of(angle)),
                        new Expression.Product(
                                List.of(
                                        Expression.Constant.I,
                                        new Expression.Call("sin", List.of(angle))))));
    }

    /// `2.5 × 10⁻³` is a decimal fraction of so many digits.
    private static Optional<Expression> scientific(List<Expression> factors) {
        if (factors.size() != 2
                || !(factors.getFirst()
                        instanceof Expression.Numeral(Rational value, int digits, int places))
                || digits == 0
                || !(factors.getLast()
                        instanceof
                        Expression.Power(
                                Expression.Numeral(Rational ten, _, _),
                                Expression.Numeral(Rational exponent, _, _)))
                || !ten.equals(TEN)
                || !exponent.isSmall()
                || exponent.abs().compareTo(Rational.HUNDRED) > 0) {
            return Optional.empty();
        }
        int shift = exponent.numerator().intValueExact();
        return Optional.of(
                new Expression.Numeral(value.times(TEN.pow(shift)), digits, places - shift));
    }
}
