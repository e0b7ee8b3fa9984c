package dev.tramontane.eval.graders.math;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.IntStream;

/// Whether two answers mean the same, by what kind of thing they are.
///
/// Lists and sets are compared without order, tuples with; a pair in brackets is a point or an
/// interval, whichever the other side is; `x = 3` means 3 where the other side names no variable;
/// an equation equals its multiples; an inequality in one variable is the set that solves it; a
/// percentage equals its number with or without the sign.
final class Equivalence {
    private static final int LONGEST_UNORDERED = 64;

    private final ValueComparison values;
    private final Quantities quantities;

    Equivalence(Budget budget) {
        this.values = new ValueComparison(budget);
        this.quantities = new Quantities(values);
    }

    boolean same(Expression one, Expression other) {
        Expression a = Preparation.of(one);
        Expression b = Preparation.of(other);
        return a.equals(b)
                || percentages(a, b)
                || percentages(b, a)
                || relations(a, b)
                || collections(a, b)
                || sets(a, b)
                || forms(a, b)
                || forms(b, a)
                || a instanceof Expression.Value
                        && b instanceof Expression.Value
                        && quantities.same(a, b);
    }

    private boolean percentages(Expression a, Expression b) {
        if (!(a instanceof Expression.Percent(Expression value))) {
            return false;
        }
        return b instanceof Expression.Percent(Expression other)
                ? same(value, other)
                : same(value, b) || b instanceof Expression.Value && values.same(a, b);
    }

    /// Where at least one says that something equals something.
    private boolean relations(Expression a, Expression b) {
        boolean first = a instanceof Expression.Relation;
        boolean second = b instanceof Expression.Relation;
        if (a instanceof Expression.Relation one && b instanceof Expression.Relation two) {
            return equations(one, two);
        }
        return first
                        && Names.value((Expression.Relation) a)
                                .filter(value -> same(value, b))
                                .isPresent()
                || second
                        && Names.value((Expression.Relation) b)
                                .filter(value -> same(a, value))
                                .isPresent();
    }

    private boolean equations(Expression.Relation a, Expression.Relation b) {
        Optional<Expression> one = Names.value(a);
        Optional<Expression> two = Names.value(b);
        if (one.isPresent()
                && two.isPresent()
                && Names.agree(a.sides().getFirst(), b.sides().getFirst())
                && same(one.get(), two.get())) {
            return true;
        }
        if (a.signs().size() != 1 || b.signs().size() != 1) {
            return false;
        }
        String sign = a.signs().getFirst();
        Expression left = difference(a);
        Expression right = difference(b);
        if (!(left instanceof Expression.Value)
                || !(right instanceof Expression.Value)
                || left.symbols().isEmpty()) {
            return false;
        }
        if (sign.equals(b.signs().getFirst())) {
            boolean ordered = sign.startsWith("<") || sign.startsWith(">");
            return values.proportional(left, right, ordered);
        }
        return Inequalities.mirrored(sign).equals(b.signs().getFirst())
                && values.proportional(left, Expression.negative(right), true);
    }

    private static Expression difference(Expression.Relation relation) {
        return Expression.difference(relation.sides().getFirst(), relation.sides().getLast());
    }

    /// Lists, sets, tuples and matrices, by their members.
    private boolean collections(Expression a, Expression b) {
        Optional<List<Expression>> one = unordered(a);
        Optional<List<Expression>> two = unordered(b);
        if (one.isPresent() && two.isPresent()) {
            return matched(one.get(), two.get()) || assignments(a, b) || grouped(a, b);
        }
        if (a instanceof Expression.Tuple(char open, List<Expression> items, char close)
                && b
                        instanceof
                        Expression.Tuple(
                                char otherOpen,
                                List<Expression> others,
                                char otherClose)) {
            boolean sameBrackets = open == otherOpen && close == otherClose;
            return (sameBrackets || items.size() != 2) && inOrder(items, others);
        }
        if (a instanceof Expression.Matrix(List<List<Expression>> rows)
                && b instanceof Expression.Matrix(List<List<Expression>> others)) {
            return rows.size() == others.size()
                    && IntStream.range(0, rows.size())
                            .allMatch(row -> inOrder(rows.get(row), others.get(row)));
        }
        return vectors(a, b) || vectors(b, a) || listed(a, b) || listed(b, a);
    }

    private static Optional<List<Expression>> unordered(Expression expression) {
        if (expression instanceof Expression.Many(List<Expression> items)) {
            return Optional.of(items);
        }
        return expression instanceof Expression.SetOf(List<Expression> items)
                ? Optional.of(items)
                : Optional.empty();
    }

    /// A matrix of one row or column is the tuple of its entries.
    private boolean vectors(Expression a, Expression b) {
        return a instanceof Expression.Matrix(List<List<Expression>> rows)
                && b instanceof Expression.Tuple(_, List<Expression> items, _)
                && (rows.size() == 1 || rows.stream().allMatch(row -> row.size() == 1))
                && inOrder(a.parts(), items);
    }

    /// `1, 2` without brackets is the pair `(1, 2)`; so is `x = 1, y = 2`.
    private boolean listed(Expression a, Expression b) {
        if (unordered(a).isEmpty()
                || !(b instanceof Expression.Tuple(char open, List<Expression> others, _))
                || open != '(') {
            return false;
        }
        List<Expression> items = a.parts();
        Map<String, Expression> assigned = Names.assigned(items);
        if (a instanceof Expression.SetOf && assigned.size() != items.size()) {
            return false;
        }
        return assigned.size() == items.size()
                ? inOrder(List.copyOf(assigned.values()), others)
                        || inOrder(List.copyOf(new TreeMap<>(assigned).values()), others)
                : inOrder(items, others);
    }

    /// `x = 1, y = 2` against `y = 2, x = 1` or against `1, 2`.
    private boolean assignments(Expression a, Expression b) {
        Map<String, Expression> one = Names.assigned(a.parts());
        Map<String, Expression> two = Names.assigned(b.parts());
        boolean first = one.size() == a.parts().size();
        boolean second = two.size() == b.parts().size();
        return first != second
                && inOrder(
                        first ? List.copyOf(one.values()) : a.parts(),
                        second ? List.copyOf(two.values()) : b.parts());
    }

    private boolean inOrder(List<Expression> items, List<Expression> others) {
        if (items.size() != others.size()) {
            return false;
        }
        for (int i = 0; i < items.size(); i++) {
            if (!same(items.get(i), others.get(i))) {
                return false;
            }
        }
        return true;
    }

    /// Whether each has its like on the other side.
    private boolean matched(List<Expression> items, List<Expression> others) {
        List<Expression> named = once(Names.values(items));
        List<Expression> left = new ArrayList<>(once(Names.values(others)));
        if (named.size() != left.size()) {
            return false;
        }
        if (named.size() > LONGEST_UNORDERED) {
            return inOrder(named, left);
        }
        for (Expression item : named) {
            Optional<Expression> like =
                    left.stream().filter(other -> same(item, other)).findFirst();
            if (like.isEmpty()) {
                return false;
            }
            left.remove(like.get());
        }
        return true;
    }

    /// Points that are named twice are one; numbers in a list may be there twice.
    private static List<Expression> once(List<Expression> items) {
        return items.stream().allMatch(item -> item instanceof Expression.Tuple)
                ? items.stream().distinct().toList()
                : items;
    }

    /// `x = 1, y = 2; x = 2, y = 1` against `(1, 2), (2, 1)`.
    private boolean grouped(Expression a, Expression b) {
        List<Expression> one = Names.points(a.parts());
        List<Expression> two = Names.points(b.parts());
        return one.isEmpty() != two.isEmpty()
                && matched(one.isEmpty() ? a.parts() : one, two.isEmpty() ? b.parts() : two);
    }

    /// Sets of real numbers; a pair in brackets counts as one beside another such set only.
    private boolean sets(Expression a, Expression b) {
        boolean bothPairs = a instanceof Expression.Tuple && b instanceof Expression.Tuple;
        if (bothPairs || a instanceof Expression.Value || b instanceof Expression.Value) {
            return false;
        }
        Optional<RealSet> one = RealSet.of(a, values);
        Optional<RealSet> two = one.isEmpty() ? one : RealSet.of(b, values);
        return one.isPresent() && two.isPresent() && one.get().same(two.get(), values);
    }

    /// Forms of their own: ratios, residues, digits in a base.
    private boolean forms(Expression a, Expression b) {
        return switch (a) {
            case Expression.Ratio(List<Expression> terms) -> ratio(terms, b);
            case Expression.Congruence(Expression value, Expression modulus) ->
                    residue(value, modulus, b);
            case Expression.InBase(String digits, int base) -> inBase(digits, base, b);
            case Expression.Union(List<Expression> parts) ->
                    b instanceof Expression.Union(List<Expression> others)
                            && matched(parts, others);
            case Expression.Value _,
                    Expression.Sign _,
                    Expression.Tuple _,
                    Expression.SetOf _,
                    Expression.Many _,
                    Expression.Matrix _,
                    Expression.Relation _,
                    Expression.Intersection _,
                    Expression.Without _,
                    Expression.NamedSet _,
                    Expression.Words _ ->
                    false;
        };
    }

    private boolean ratio(List<Expression> terms, Expression b) {
        if (b instanceof Expression.Ratio(List<Expression> others)) {
            boolean hasZero =
                    terms.contains(Expression.number(0)) || others.contains(Expression.number(0));
            if (hasZero
                    || terms.size() != others.size()
                    || Clock.isTime(terms) && Clock.isTime(others)) {
                return inOrder(terms, others);
            }
            for (int i = 1; i < terms.size(); i++) { // a₁ b₂ = a₂ b₁
                if (!values.same(
                        new Expression.Product(List.of(terms.getFirst(), others.get(i))),
                        new Expression.Product(List.of(terms.get(i), others.getFirst())))) {
                    return false;
                }
            }
            return true;
        }
        return terms.size() == 2
                && b instanceof Expression.Value
                && values.same(
                        new Expression.Product(
                                List.of(terms.getFirst(), Expression.inverse(terms.getLast()))),
                        b);
    }

    private boolean residue(Expression value, Expression modulus, Expression b) {
        if (!(b instanceof Expression.Congruence(Expression other, Expression otherModulus))) {
            return same(value, b)
                    || b instanceof Expression.Value && isRemainder(b, value, modulus);
        }
        Expression steps =
                new Expression.Product(
                        List.of(Expression.difference(value, other), Expression.inverse(modulus)));
        return same(modulus, otherModulus)
                && (same(value, other)
                        || values.same(steps, new Expression.Call("floor", List.of(steps))));
    }

    /// `17 mod 5` is 2.
    private boolean isRemainder(Expression b, Expression value, Expression modulus) {
        Expression wholes =
                new Expression.Call(
                        "floor",
                        List.of(
                                new Expression.Product(
                                        List.of(value, Expression.inverse(modulus)))));
        return value.symbols().isEmpty()
                && values.same(
                        b,
                        Expression.difference(
                                value, new Expression.Product(List.of(modulus, wholes))));
    }

    private static boolean inBase(String digits, int base, Expression b) {
        if (b instanceof Expression.InBase(String others, int otherBase)) {
            return base == otherBase && digits.equalsIgnoreCase(others);
        }
        return b instanceof Expression.Numeral(Rational value, _, _)
                && value.toString().equals(digits);
    }
}
