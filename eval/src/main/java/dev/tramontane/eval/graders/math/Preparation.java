package dev.tramontane.eval.graders.math;

import java.util.List;

/// Brings an expression into the form in which it is compared.
final class Preparation {
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
        return part instanceof Expression.SetOf(List<Expression> items) && items.size() == 1
                ? items.getFirst()
                : part;
    }
}
