package dev.tramontane.eval.graders.math;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/// Real numbers given by intervals: in order, apart, their ends told as written.
record RealSet(List<Piece> pieces) {
    /// @param lowClosed whether the low end belongs to it
    record Piece(Expression low, boolean lowClosed, Expression high, boolean highClosed) {}

    private static final Expression BOTTOM = Expression.negative(Expression.Constant.INFINITY);
    private static final Expression TOP = Expression.Constant.INFINITY;

    static RealSet all() {
        return new RealSet(List.of(new Piece(BOTTOM, false, TOP, false)));
    }

    /// What an expression means as a set of real numbers, if it means one: an interval, a union of
    /// such, an inequality in one variable that stands alone.
    static Optional<RealSet> of(Expression expression, ValueComparison values) {
        return pieces(expression, values).map(found -> merged(found, values));
    }

    private static Optional<List<Piece>> pieces(Expression expression, ValueComparison values) {
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
            return relations(parts, values);
        }
        if (expression instanceof Expression.SetOf(List<Expression> items)
                && items.stream().allMatch(item -> values.approximate(item).isPresent())) {
            return Optional.of(
                    items.stream().map(item -> new Piece(item, true, item, true)).toList());
        }
        if (expression instanceof Expression.Without(Expression whole, Expression part)) {
            return without(whole, part, values);
        }
        return expression instanceof Expression.Relation relation
                ? inequality(relation, values)
                : Optional.empty();
    }

    private static Optional<List<Piece>> joined(List<Expression> parts, ValueComparison values) {
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

    /// Relations beside each other: those with ≠ take points away from the rest, others are
    /// alternatives.
    private static Optional<List<Piece>> relations(List<Expression> parts, ValueComparison values) {
        List<Expression> points = new ArrayList<>();
        List<Expression> rest = new ArrayList<>();
        for (Expression part : parts) {
            if (part instanceof Expression.Relation(List<Expression> sides, List<String> signs)
                    && signs.equals(List.of("!="))
                    && sides.getFirst() instanceof Expression.Symbol) {
                points.add(sides.getLast());
            } else {
                rest.add(part);
            }
        }
        Optional<List<Piece>> pieces =
                rest.isEmpty() ? Optional.of(all().pieces()) : joined(rest, values);
        return pieces.map(found -> cut(found, points, values));
    }

    private static Optional<List<Piece>> without(
            Expression whole, Expression part, ValueComparison values) {
        List<Expression> points =
                part instanceof Expression.SetOf(List<Expression> items) ? items : List.of(part);
        return pieces(whole, values).map(found -> cut(found, points, values));
    }

    /// Pieces without points inside them.
    private static List<Piece> cut(
            List<Piece> pieces, List<Expression> points, ValueComparison values) {
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

    /// `x < 3`, `3 > x`, `1 ≤ x < 3`, `x ≠ 3`, `x ∈ (1, 3)`.
    private static Optional<List<Piece>> inequality(
            Expression.Relation relation, ValueComparison values) {
        List<Expression> sides = relation.sides();
        List<String> signs = relation.signs();
        if (signs.equals(List.of("in")) && sides.getFirst() instanceof Expression.Symbol) {
            return pieces(sides.getLast(), values);
        }
        if (signs.equals(List.of("notin")) && sides.getFirst() instanceof Expression.Symbol) {
            return without(new Expression.NamedSet("R"), sides.getLast(), values);
        }
        if (signs.equals(List.of("!="))) {
            return sides.getFirst() instanceof Expression.Symbol
                    ? Optional.of(cut(all().pieces(), List.of(sides.getLast()), values))
                    : Optional.empty();
        }
        if (signs.size() == 2 && sides.get(1) instanceof Expression.Symbol) {
            return between(sides, signs);
        }
        if (signs.size() != 1) {
            return Optional.empty();
        }
        String sign = signs.getFirst();
        if (sides.getFirst() instanceof Expression.Symbol && sides.getLast().symbols().isEmpty()) {
            return ray(sides.getLast(), sign);
        }
        if (sides.getFirst() instanceof Expression.Call(String function, List<Expression> arguments)
                && function.equals("abs")
                && arguments.getFirst() instanceof Expression.Symbol
                && sides.getLast().symbols().isEmpty()) {
            return distance(sides.getLast(), sign);
        }
        if (sides.getLast() instanceof Expression.Symbol && sides.getFirst().symbols().isEmpty()) {
            return ray(sides.getFirst(), mirrored(sign));
        }
        return Optional.empty();
    }

    private static Optional<List<Piece>> between(List<Expression> sides, List<String> signs) {
        boolean rises = signs.stream().allMatch(sign -> sign.startsWith("<"));
        boolean falls = signs.stream().allMatch(sign -> sign.startsWith(">"));
        if (!rises && !falls) {
            return Optional.empty();
        }
        Expression low = rises ? sides.getFirst() : sides.getLast();
        Expression high = rises ? sides.getLast() : sides.getFirst();
        boolean lowClosed = (rises ? signs.getFirst() : signs.getLast()).endsWith("=");
        boolean highClosed = (rises ? signs.getLast() : signs.getFirst()).endsWith("=");
        return Optional.of(List.of(new Piece(low, lowClosed, high, highClosed)));
    }

    static String mirrored(String sign) {
        return switch (sign) {
            case "<" -> ">";
            case ">" -> "<";
            case "<=" -> ">=";
            case ">=" -> "<=";
            default -> sign;
        };
    }

    /// `|x| < a` lies between -a and a, `|x| > a` beyond.
    private static Optional<List<Piece>> distance(Expression end, String sign) {
        boolean closed = sign.length() == 2;
        Expression negative = Expression.negative(end);
        return switch (sign) {
            case "<", "<=" -> Optional.of(List.of(new Piece(negative, closed, end, closed)));
            case ">", ">=" ->
                    Optional.of(
                            List.of(
                                    new Piece(BOTTOM, false, negative, closed),
                                    new Piece(end, closed, TOP, false)));
            default -> Optional.empty();
        };
    }

    private static Optional<List<Piece>> ray(Expression end, String sign) {
        return switch (sign) {
            case "<", "<=" ->
                    Optional.of(List.of(new Piece(BOTTOM, false, end, sign.length() == 2)));
            case ">", ">=" -> Optional.of(List.of(new Piece(end, sign.length() == 2, TOP, false)));
            default -> Optional.empty();
        };
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
