package dev.tramontane.eval.graders.math;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/// Values with their units. A unit on one side alone says nothing; two of one dimension are
/// converted; others differ.
final class Quantities {
    private final ValueComparison values;

    Quantities(ValueComparison values) {
        this.values = values;
    }

    /// @param value without its unit
    private record Quantity(Expression value, Unit unit) {}

    boolean same(Expression a, Expression b) {
        if (sameAsWritten(a, b)) {
            return true;
        }
        Expression one = lettersAsUnits(a, b);
        Expression two = lettersAsUnits(b, a);
        if ((!one.equals(a) || !two.equals(b)) && sameAsWritten(one, two)) {
            return true;
        }
        one = unitsAsLetters(a);
        two = unitsAsLetters(b);
        return (!one.equals(a) || !two.equals(b)) && sameAsWritten(one, two);
    }

    private boolean sameAsWritten(Expression a, Expression b) {
        Quantity one = quantity(a);
        Quantity two = quantity(b);
        Map<String, Integer> dimensions = one.unit().dimensions();
        Map<String, Integer> others = two.unit().dimensions();
        if (one.unit().equals(two.unit()) || dimensions.isEmpty() || others.isEmpty()) {
            return values.same(one.value(), two.value())
                    || inRadians(one, two)
                    || inRadians(two, one);
        }
        return dimensions.equals(others) && values.same(scaled(one), scaled(two));
    }

    /// `30°` is `π/6`.
    private boolean inRadians(Quantity angle, Quantity number) {
        if (!angle.unit().dimensions().equals(Map.of("deg", 1))
                || number.unit().dimensions().containsKey("deg")) {
            return false;
        }
        Expression radians =
                new Expression.Product(
                        List.of(
                                angle.value(),
                                Expression.Constant.PI,
                                new Expression.Numeral(Rational.of(1, 180))));
        return values.same(radians, number.value());
    }

    private static Expression scaled(Quantity quantity) {
        return new Expression.Product(
                List.of(new Expression.Numeral(quantity.unit().scale()), quantity.value()));
    }

    private static Quantity quantity(Expression expression) {
        if (!expression.has(Expression.Measure.class)) {
            return new Quantity(expression, Unit.NONE);
        }
        return switch (expression) {
            case Expression.Measure(_, Unit unit) -> new Quantity(Expression.number(1), unit);
            case Expression.Power(Expression base, Expression exponent) -> power(base, exponent);
            case Expression.Product(List<Expression> factors) -> {
                List<Expression> plain = new ArrayList<>();
                Unit unit = Unit.NONE;
                for (Expression factor : factors) {
                    Quantity part = quantity(factor);
                    unit = unit.times(part.unit());
                    if (!part.value().equals(Expression.number(1))) {
                        plain.add(part.value());
                    }
                }
                yield new Quantity(
                        plain.isEmpty() ? Expression.number(1) : Expression.product(plain), unit);
            }
            case Expression.Sum(List<Expression> terms) -> sum(terms);
            default -> new Quantity(expression, Unit.NONE);
        };
    }

    private static Quantity power(Expression base, Expression exponent) {
        Quantity inner = quantity(base);
        if (exponent instanceof Expression.Numeral(Rational times, _, _)
                && times.isSmall()
                && times.abs().compareTo(Rational.of(9)) < 0) {
            Expression value =
                    inner.value().equals(Expression.number(1))
                            ? inner.value()
                            : new Expression.Power(inner.value(), exponent);
            return new Quantity(value, inner.unit().pow(times.numerator().intValueExact()));
        }
        return new Quantity(new Expression.Power(base, exponent), Unit.NONE);
    }

    /// `2 h + 30 min`: in the base unit, where all have the same dimension; terms without a unit
    /// take that of the last.
    private static Quantity sum(List<Expression> terms) {
        List<Quantity> parts = terms.stream().map(Quantities::quantity).toList();
        Unit last = parts.getLast().unit();
        List<Expression> scaled = new ArrayList<>();
        for (Quantity part : parts) {
            boolean bare = part.unit().dimensions().isEmpty();
            if (!bare && !part.unit().dimensions().equals(last.dimensions())) {
                return new Quantity(Expression.sum(terms), Unit.NONE);
            }
            scaled.add(bare ? scaled(new Quantity(part.value(), last)) : scaled(part));
        }
        return new Quantity(Expression.sum(scaled), new Unit(Rational.ONE, last.dimensions()));
    }

    /// `5 m` with a letter that the other side has not: metres.
    private static Expression lettersAsUnits(Expression expression, Expression other) {
        if (!(expression instanceof Expression.Product(List<Expression> factors))
                || !(factors.getFirst() instanceof Expression.Numeral)
                || !other.symbols().isEmpty()) {
            return expression;
        }
        return expression.map(
                part ->
                        part instanceof Expression.Symbol(String name)
                                ? Units.named(name)
                                        .<Expression>map(unit -> new Expression.Measure(name, unit))
                                        .orElse(part)
                                : part);
    }

    /// `2\,\mathrm{m}` beside an expression in m: a symbol after all.
    private static Expression unitsAsLetters(Expression expression) {
        return expression.map(
                part ->
                        part instanceof Expression.Measure(String name, _)
                                        && name.matches("[A-Za-z]")
                                ? new Expression.Symbol(name)
                                : part);
    }
}
