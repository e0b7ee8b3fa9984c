package dev.tramontane.eval.graders.math;

import dev.tramontane.eval.graders.math.RealSet.Piece;

import java.util.List;
import java.util.Optional;

/// `slope · x + offset`, for one variable x.
record Line(Expression slope, Expression offset) {
    /// What an expression is as a line that is not level; empty for what is none.
    static Optional<Line> of(Expression expression, ValueComparison values) {
        if (!(expression instanceof Expression.Value) || expression.symbols().size() != 1) {
            return Optional.empty();
        }
        var variable = new Expression.Symbol(expression.symbols().iterator().next());
        Expression offset = at(expression, variable, 0);
        Expression slope = Expression.difference(at(expression, variable, 1), offset);
        Expression line =
                new Expression.Sum(
                        List.of(new Expression.Product(List.of(slope, variable)), offset));
        boolean isSloped =
                values.approximate(slope)
                        .filter(value -> value != 0 && Double.isFinite(value))
                        .isPresent();
        return isSloped && values.same(expression, line)
                ? Optional.of(new Line(slope, offset))
                : Optional.empty();
    }

    private static Expression at(Expression expression, Expression variable, long value) {
        return expression.map(part -> part.equals(variable) ? Expression.number(value) : part);
    }

    /// The x whose value lies in the pieces.
    List<Piece> solved(List<Piece> pieces, ValueComparison values) {
        boolean falls = values.approximate(slope).orElseThrow() < 0;
        return pieces.stream()
                .map(
                        piece -> {
                            Expression low = solved(piece.low(), falls);
                            Expression high = solved(piece.high(), falls);
                            return falls
                                    ? new Piece(
                                            high,
                                            /* lowClosed= */ piece.highClosed(),
                                            low,
                                            /* highClosed= */ piece.lowClosed())
                                    : new Piece(low, piece.lowClosed(), high, piece.highClosed());
                        })
                .toList();
    }

    private Expression solved(Expression value, boolean falls) {
        Optional<Integer> infinity = ValueComparison.infinity(value);
        if (infinity.isPresent()) {
            boolean isPositive = infinity.get() > 0 != falls;
            return isPositive
                    ? Expression.Constant.INFINITY
                    : Expression.negative(Expression.Constant.INFINITY);
        }
        return new Expression.Product(
                List.of(Expression.difference(value, offset), Expression.inverse(slope)));
    }
}
