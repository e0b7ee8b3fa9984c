package dev.tramontane.eval.graders.math;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/// Real numbers given by intervals: in order, apart, their ends told as written.
record RealSet(List<Piece> pieces) {
    /// @param lowClosed whether the low end belongs to it
    record Piece(Expression low, boolean lowClosed, Expression high, boolean highClosed) {}

    static final Expression BOTTOM = Expression.negative(Expression.Constant.INFINITY);
    static final Expression TOP = Expression.Constant.INFINITY;

    static RealSet all() {
        return new RealSet(List.of(new Piece(BOTTOM, false, TOP, false)));
    }

    /// What an expression means as a set of real numbers, if it means one: an interval, a union of
    /// such, an inequality in one variable that stands alone.
    static Optional<RealSet> of(Expression expression, ValueComparison values) {
        return pieces(expression, values).map(found -> merged(found, values));
    }

    static Optional<List<Piece>> pieces(Expression expression, ValueComparison values) {
        if (expression instanceof Expression.Tuple(char open, List<Expression> items, char close)
                && items.size() == 2
                && "([]".indexOf(open) >= 0) {
            return Optional.of(
                    List.of(
                            new Piece(
                                    items.getFirst(), open == '[', items.getLast(), close == ']')));
        }
        if (expression instanceof Expression.NamedSet(String name)) {
            return switch (name) {
                case "R" -> Optional.of(all().pieces());
                case "R^+", "R_+", "R_>0" ->
                        Optional.of(List.of(new Piece(Expression.number(0), false, TOP, false)));
                case "∅" -> Optional.of(List.of());
                default -> Optional.empty();
            };
        }
        if (expression instanceof Expression.Union(List<Expression> parts)) {
            return joined(parts, values);
        }
        if (expression instanceof Expression.Many(List<Expression> parts)
                && parts.stream().allMatch(part -> part instanceof Expression.Relation)) {
            return Inequalities.together(parts, values);
        }
        if (expression instanceof Expression.SetOf(List<Expression> items)
                && items.stream().allMatch(item -> values.approximate(item).isPresent())) {
            return Optional.of(
                    items.stream().map(item -> new Piece(item, true, item, true)).toList());
        }
        if (expression instanceof Expression.Intersection(List<Expression> parts)) {
            return shared(parts, values);
        }
        if (expression instanceof Expression.Without(Expression whole, Expression part)) {
            return without(whole, part, values);
        }
        return expression instanceof Expression.Relation relation
                ? Inequalities.solution(relation, values)
                : Optional.empty();
    }

    static Optional<List<Piece>> joined(List<Expression> parts, ValueComparison values) {
        List<Piece> all = new ArrayList<>();
        for (Expression part : parts) {
            Optional<List<Piece>> pieces = pieces(part, values);
            if (pieces.isEmpty()) {
                return pieces;
            }
            all.addAll(pieces.get());
        }
        return Optional.of(all);
    }

    static Optional<List<Piece>> without(
            Expression whole, Expression part, ValueComparison values) {
        if (part instanceof Expression.Value || part instanceof Expression.SetOf) {
            List<Expression> points =
                    part instanceof Expression.SetOf(List<Expression> items)
                            ? items
                            : List.of(part);
            return pieces(whole, values).map(found -> cut(found, points, values));
        }
        Optional<List<Piece>> rest = of(part, values).map(RealSet::complement);
        return rest.isEmpty()
                ? rest
                : pieces(whole, values).map(found -> shared(found, rest.get(), values));
    }

    static boolean isAll(List<Piece> pieces, ValueComparison values) {
        return merged(pieces, values).equals(all());
    }

    static Optional<List<Piece>> shared(List<Expression> parts, ValueComparison values) {
        List<Piece> all = all().pieces();
        for (Expression part : parts) {
            Optional<List<Piece>> pieces = pieces(part, values);
            if (pieces.isEmpty()) {
                return pieces;
            }
            all = shared(all, pieces.get(), values);
        }
        return Optional.of(all);
    }

    /// Each piece of one with each of the other; those that hold nothing fall away when merged.
    private static List<Piece> shared(
            List<Piece> pieces, List<Piece> others, ValueComparison values) {
        List<Piece> shared = new ArrayList<>();
        for (Piece piece : pieces) {
            for (Piece other : others) {
                int low = order(piece.low(), other.low(), values);
                int high = order(piece.high(), other.high(), values);
                shared.add(
                        new Piece(
                                low >= 0 ? piece.low() : other.low(),
                                (low < 0 || piece.lowClosed()) && (low > 0 || other.lowClosed()),
                                high <= 0 ? piece.high() : other.high(),
                                (high > 0 || piece.highClosed())
                                        && (high < 0 || other.highClosed())));
            }
        }
        return shared;
    }

    private static int order(Expression a, Expression b, ValueComparison values) {
        return Double.compare(
                values.approximate(a).orElse(Double.NaN), values.approximate(b).orElse(Double.NaN));
    }

    /// What lies between the pieces, which are in order and apart.
    private List<Piece> complement() {
        List<Piece> gaps = new ArrayList<>();
        Expression from = BOTTOM;
        boolean closed = false;
        for (Piece piece : pieces) {
            gaps.add(new Piece(from, closed, piece.low(), !piece.lowClosed()));
            from = piece.high();
            closed = !piece.highClosed();
        }
        gaps.add(new Piece(from, closed, TOP, false));
        return gaps;
    }

    /// Pieces without points inside them.
    static List<Piece> cut(List<Piece> pieces, List<Expression> points, ValueComparison values) {
        List<Piece> rest = new ArrayList<>(pieces);
        for (Expression point : points) {
            double at = values.approximate(point).orElse(Double.NaN);
            List<Piece> next = new ArrayList<>();
            for (Piece piece : rest) {
                double low = values.approximate(piece.low()).orElse(Double.NaN);
                double high = values.approximate(piece.high()).orElse(Double.NaN);
                if (low < at && at < high) {
                    next.add(new Piece(piece.low(), piece.lowClosed(), point, false));
                    next.add(new Piece(point, false, piece.high(), piece.highClosed()));
                } else if (low == at || high == at) {
                    next.add(
                            new Piece(
                                    piece.low(),
                                    piece.lowClosed() && low != at,
                                    piece.high(),
                                    piece.highClosed() && high != at));
                } else {
                    next.add(piece);
                }
            }
            rest = next;
        }
        return rest;
    }

    /// In order, with those that touch made one; as given where an end has no number.
    private static RealSet merged(List<Piece> pieces, ValueComparison values) {
        if (pieces.stream()
                .anyMatch(
                        piece ->
                                values.approximate(piece.low()).isEmpty()
                                        || values.approximate(piece.high()).isEmpty())) {
            return new RealSet(List.copyOf(pieces));
        }
        List<Piece> sorted = new ArrayList<>(pieces);
        sorted.sort(
                Comparator.comparingDouble(
                                (Piece piece) -> values.approximate(piece.low()).orElseThrow())
                        .thenComparingInt(piece -> piece.lowClosed() ? 0 : 1));
        List<Piece> result = new ArrayList<>();
        for (Piece piece : sorted) {
            double low = values.approximate(piece.low()).orElseThrow();
            double high = values.approximate(piece.high()).orElseThrow();
            if (low > high || low == high && !(piece.lowClosed() && piece.highClosed())) {
                continue;
            }
            if (!result.isEmpty() && touches(result.getLast(), piece, low, values)) {
                result.set(result.size() - 1, union(result.getLast(), piece, high, values));
            } else {
                result.add(piece);
            }
        }
        return new RealSet(List.copyOf(result));
    }

    private static boolean touches(Piece before, Piece piece, double low, ValueComparison values) {
        double end = values.approximate(before.high()).orElseThrow();
        return end > low || end == low && (before.highClosed() || piece.lowClosed());
    }

    private static Piece union(Piece before, Piece piece, double high, ValueComparison values) {
        double end = values.approximate(before.high()).orElseThrow();
        Expression top = high > end ? piece.high() : before.high();
        boolean closed =
                high > end
                        ? piece.highClosed()
                        : high < end
                                ? before.highClosed()
                                : before.highClosed() || piece.highClosed();
        return new Piece(before.low(), before.lowClosed(), top, closed);
    }

    boolean same(RealSet other, ValueComparison values) {
        if (pieces.size() != other.pieces.size()) {
            return false;
        }
        for (int i = 0; i < pieces.size(); i++) {
            Piece mine = pieces.get(i);
            Piece theirs = other.pieces.get(i);
            if (mine.lowClosed() != theirs.lowClosed()
                    || mine.highClosed() != theirs.highClosed()
                    || !values.same(mine.low(), theirs.low())
                    || !values.same(mine.high(), theirs.high())) {
                return false;
            }
        }
        return true;
    }
}
