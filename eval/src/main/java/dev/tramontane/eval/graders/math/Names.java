package dev.tramontane.eval.graders.math;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;

/// What is a name for an answer rather than a part of it: the `x` of `x = 3`, the `f(x)` of `f(x) =
/// 2x`.
final class Names {
    private Names() {}

    /// What an equation says its left side is; empty where the left side is no name.
    ///
    /// `x = 6/4 = 3/2` says the last, `x = √2 ≈ 1.41` what stands before the approximation.
    static Optional<Expression> value(Expression.Relation relation) {
        List<Expression> sides = relation.sides();
        List<String> signs = relation.signs();
        int about = signs.indexOf("~");
        if (about == 0 && signs.size() == 1) {
            return Optional.of(
                    sides.getFirst().symbols().isEmpty() ? sides.getFirst() : sides.getLast());
        }
        if (about > 0) {
            return value(
                    new Expression.Relation(
                            List.copyOf(sides.subList(0, about + 1)),
                            List.copyOf(signs.subList(0, about))));
        }
        if (signs.equals(List.of("in")) && sides.getFirst() instanceof Expression.Symbol) {
            return Optional.of(sides.getLast());
        }
        if (signs.contains("→")) {
            return Optional.of(sides.getLast());
        }
        if (!signs.stream().allMatch(sign -> sign.equals("=") || sign.equals("=="))) {
            return Optional.empty();
        }
        Expression first = sides.getFirst();
        Expression last = sides.getLast();
        if (sides.stream().allMatch(side -> side.symbols().isEmpty()) || isName(first, last)) {
            return Optional.of(last);
        }
        return isName(last, first) && sides.size() == 2 ? Optional.of(first) : Optional.empty();
    }

    /// Whether an expression is nothing but names, none of which the value has.
    private static boolean isName(Expression expression, Expression value) {
        Set<String> names = expression.symbols();
        if (expression instanceof Expression.Call(String function, List<Expression> arguments)
                && function.matches("[fghFG]'*(⁻¹)?")
                && arguments.stream().allMatch(argument -> argument instanceof Expression.Symbol)) {
            return true;
        }
        if (expression instanceof Expression.Product(List<Expression> factors)
                && factors.size() == 2
                && factors.stream().allMatch(factor -> factor instanceof Expression.Symbol)
                && value.symbols().contains(((Expression.Symbol) factors.getLast()).name())
                && !value.symbols().contains(((Expression.Symbol) factors.getFirst()).name())) {
            return true; // P(x) = …
        }
        if (names.contains("d")
                && expression instanceof Expression.Product
                && !value.symbols().contains("d")) {
            return true; // dy/dx = …
        }
        boolean isEquation =
                value.equals(Expression.number(0))
                        && expression instanceof Expression.Sum
                        && expression.has(Expression.Power.class);
        return !names.isEmpty()
                && !isEquation
                && hasNoNumbers(expression)
                && value.symbols().stream().noneMatch(names::contains);
    }

    private static boolean hasNoNumbers(Expression expression) {
        return switch (expression) {
            case Expression.Numeral _ -> false;
            case Expression.Power(Expression base, _) -> hasNoNumbers(base);
            default -> expression.parts().stream().allMatch(Names::hasNoNumbers);
        };
    }

    /// Whether two left sides may name the same: alike, or a function of x and the customary `y`.
    static boolean agree(Expression a, Expression b) {
        return a.equals(b) || isFunction(a) && isY(b) || isY(a) && isFunction(b);
    }

    private static boolean isFunction(Expression name) {
        return name instanceof Expression.Call || name instanceof Expression.Product;
    }

    private static boolean isY(Expression name) {
        return name.equals(new Expression.Symbol("y"));
    }

    /// Values by name, in order, of those items that say `name = value`.
    static Map<String, Expression> assigned(List<Expression> items) {
        Map<String, Expression> values = new LinkedHashMap<>();
        for (Expression item : items) {
            if (item instanceof Expression.Relation relation
                    && relation.signs().equals(List.of("="))
                    && relation.sides().getFirst() instanceof Expression.Symbol(String name)) {
                values.put(name, relation.sides().getLast());
            }
        }
        return values;
    }

    /// Of `x = 1, y = 2, x = 2, y = 1` the points, by the names' first order; none where the names
    /// do not come by turns.
    static List<Expression> points(List<Expression> items) {
        int names = assigned(items).size();
        if (names < 2 || items.size() == names || items.size() % names != 0) {
            return List.of();
        }
        List<Expression> points = new ArrayList<>();
        List<String> order = List.copyOf(assigned(items.subList(0, names)).keySet());
        for (int from = 0; from < items.size(); from += names) {
            Map<String, Expression> here = assigned(items.subList(from, from + names));
            if (!here.keySet().equals(Set.copyOf(order)) || order.size() != names) {
                return List.of();
            }
            points.add(
                    new Expression.Tuple(
                            '(',
                            order.stream()
                                    .map(name -> Objects.requireNonNull(here.get(name)))
                                    .toList(),
                            ')'));
        }
        return List.copyOf(points);
    }

    /// Of `x = 2, x = 3` the values; other lists as they are.
    static List<Expression> values(List<Expression> items) {
        List<Expression> values = new ArrayList<>();
        Map<String, Expression> names = assigned(items);
        for (Expression item : items) {
            if (names.size() == 1
                    && item instanceof Expression.Relation relation
                    && relation.signs().equals(List.of("="))) {
                values.add(relation.sides().getLast());
            } else {
                values.add(item);
            }
        }
        return values;
    }
}
