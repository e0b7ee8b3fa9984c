package dev.tramontane.eval.graders.math;

import dev.tramontane.eval.graders.math.RealSet.Piece;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/// Relations in one variable, as the real numbers that satisfy them.
final class Inequalities {
    private Inequalities() {}

    /// Relations beside each other: those with ≠ take points away from the rest, others are
    /// alternatives.
    static Optional<List<Piece>> together(List<Expression> parts, ValueComparison values) {
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
                rest.isEmpty() ? Optional.of(RealSet.all().pieces()) : RealSet.joined(rest, values);
        if (rest.size() == 2 && pieces.filter(found -> RealSet.isAll(found, values)).isPresent()) {
            pieces =
                    RealSet.shared(
                            rest, values); // x > 1 and x < 3: as alternatives they say nothing
        }
        return pieces.map(found -> RealSet.cut(found, points, values));
    }

    /// `x < 3`, `3 > x`, `1 ≤ x < 3`, `x ≠ 3`, `x ∈ (1, 3)`.
    static Optional<List<Piece>> solution(Expression.Relation relation, ValueComparison values) {
        List<Expression> sides = relation.sides();
        List<String> signs = relation.signs();
        if (signs.equals(List.of("in")) && sides.getFirst() instanceof Expression.Symbol) {
            return RealSet.pieces(sides.getLast(), values);
        }
        if (signs.equals(List.of("notin")) && sides.getFirst() instanceof Expression.Symbol) {
            return RealSet.without(new Expression.NamedSet("R"), sides.getLast(), values);
        }
        if (signs.equals(List.of("!="))) {
            return sides.getFirst() instanceof Expression.Symbol
                    ? Optional.of(
                            RealSet.cut(RealSet.all().pieces(), List.of(sides.getLast()), values))
                    : Optional.empty();
        }
        if (signs.size() == 2 && isQuantity(sides.get(1))) {
            return between(sides, signs);
        }
        if (signs.size() == 2 && distanceOf(sides.get(1)).isPresent()) {
            return between(sides, signs).map(Inequalities::bothSides);
        }
        if (signs.size() != 1) {
            return Optional.empty();
        }
        String sign = signs.getFirst();
        return sides.getLast().symbols().isEmpty()
                ? bounded(sides.getFirst(), sign, sides.getLast(), values)
                : sides.getFirst().symbols().isEmpty()
                        ? bounded(sides.getLast(), mirrored(sign), sides.getFirst(), values)
                        : Optional.empty();
    }

    /// What a number of one bound means: `x < 3`, `f(x) < 3`, `2x + 1 < 7`, `|x - 1| < 3`.
    private static Optional<List<Piece>> bounded(
            Expression of, String sign, Expression end, ValueComparison values) {
        if (isQuantity(of)) {
            return ray(end, sign);
        }
        if (of instanceof Expression.Call(String function, List<Expression> arguments)
                && function.equals("abs")) {
            return Line.of(arguments.getFirst(), values)
                    .flatMap(line -> distance(end, sign).map(found -> line.solved(found, values)));
        }
        return Line.of(of, values)
                .flatMap(line -> ray(end, sign).map(found -> line.solved(found, values)));
    }

    private static boolean isQuantity(Expression expression) {
        return expression instanceof Expression.Symbol
                || expression instanceof Expression.Call(String function, _)
                        && function.matches("[fghFG]'*");
    }

    /// The `x` of `|x|`.
    private static Optional<Expression> distanceOf(Expression expression) {
        return expression instanceof Expression.Call(String function, List<Expression> arguments)
                        && function.equals("abs")
                        && arguments.getFirst() instanceof Expression.Symbol
                ? Optional.of(arguments.getFirst())
                : Optional.empty();
    }

    /// `a ≤ |x| ≤ b` lies on both sides of zero.
    private static List<Piece> bothSides(List<Piece> pieces) {
        return pieces.stream()
                .flatMap(
                        piece ->
                                Stream.of(
                                        piece,
                                        new Piece(
                                                Expression.negative(piece.high()),
                                                /* lowClosed= */ piece.highClosed(),
                                                Expression.negative(piece.low()),
                                                /* highClosed= */ piece.lowClosed())))
                .toList();
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
            case "=" ->
                    Optional.of(
                            List.of(
                                    new Piece(negative, true, negative, true),
                                    new Piece(end, true, end, true)));
            case "<", "<=" -> Optional.of(List.of(new Piece(negative, closed, end, closed)));
            case ">", ">=" ->
                    Optional.of(
                            List.of(
                                    new Piece(RealSet.BOTTOM, false, negative, closed),
                                    new Piece(end, closed, RealSet.TOP, false)));
            default -> Optional.empty();
        };
    }

    private static Optional<List<Piece>> ray(Expression end, String sign) {
        return switch (sign) {
            case "<", "<=" ->
                    Optional.of(List.of(new Piece(RealSet.BOTTOM, false, end, sign.length() == 2)));
            case ">", ">=" ->
                    Optional.of(List.of(new Piece(end, sign.length() == 2, RealSet.TOP, false)));
            default -> Optional.empty();
        };
    }
}
