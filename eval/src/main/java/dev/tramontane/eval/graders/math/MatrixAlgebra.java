package dev.tramontane.eval.graders.math;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Sums, products and transposes of matrices, carried out on their entries.
final class MatrixAlgebra {
    /// Products whose entries would be larger stay as they are written.
    private static final int MOST_PARTS = 20_000;

    private MatrixAlgebra() {}

    /// An expression whose parts are carried out already, as one matrix where it is one.
    static Expression carriedOut(Expression expression) {
        Optional<Expression> matrix =
                switch (expression) {
                    case Expression.Sum(List<Expression> terms) -> sum(terms);
                    case Expression.Product(List<Expression> factors) -> product(factors);
                    case Expression.Power(Expression base, Expression exponent) ->
                            exponent.equals(new Expression.Symbol("T"))
                                    ? transposed(base)
                                    : Optional.empty();
                    default -> Optional.empty();
                };
        return matrix.orElse(expression);
    }

    private static Optional<Expression> sum(List<Expression> terms) {
        if (!(terms.getFirst() instanceof Expression.Matrix(List<List<Expression>> first))
                || !terms.stream().allMatch(term -> hasShape(term, first))) {
            return Optional.empty();
        }
        List<List<Expression>> rows = new ArrayList<>();
        for (int row = 0; row < first.size(); row++) {
            List<Expression> entries = new ArrayList<>();
            for (int column = 0; column < first.get(row).size(); column++) {
                List<Expression> addends = new ArrayList<>();
                for (Expression term : terms) {
                    addends.add(((Expression.Matrix) term).rows().get(row).get(column));
                }
                entries.add(Expression.sum(addends));
            }
            rows.add(List.copyOf(entries));
        }
        return Optional.of(new Expression.Matrix(List.copyOf(rows)));
    }

    private static boolean hasShape(Expression term, List<List<Expression>> shape) {
        return term instanceof Expression.Matrix(List<List<Expression>> rows)
                && rows.stream()
                        .map(List::size)
                        .toList()
                        .equals(shape.stream().map(List::size).toList());
    }

    /// Values times the product of the matrices, in their order.
    private static Optional<Expression> product(List<Expression> factors) {
        List<Expression> scalars = new ArrayList<>();
        Optional<List<List<Expression>>> rows = Optional.empty();
        for (Expression factor : factors) {
            if (factor instanceof Expression.Matrix(List<List<Expression>> next)) {
                rows = rows.isEmpty() ? Optional.of(next) : times(rows.get(), next);
                if (rows.isEmpty()) {
                    return Optional.empty();
                }
            } else if (factor instanceof Expression.Value) {
                scalars.add(factor);
            } else {
                return Optional.empty();
            }
        }
        return rows.map(
                found ->
                        scalars.isEmpty()
                                ? new Expression.Matrix(found)
                                : scaled(found, Expression.product(scalars)));
    }

    private static Expression scaled(List<List<Expression>> rows, Expression scalar) {
        return new Expression.Matrix(
                rows.stream()
                        .map(
                                row ->
                                        row.stream()
                                                .<Expression>map(
                                                        entry ->
                                                                new Expression.Product(
                                                                        List.of(scalar, entry)))
                                                .toList())
                        .toList());
    }

    private static Optional<List<List<Expression>>> times(
            List<List<Expression>> left, List<List<Expression>> right) {
        int inner = right.size();
        int columns = right.getFirst().size();
        boolean fits =
                left.stream().allMatch(row -> row.size() == inner)
                        && right.stream().allMatch(row -> row.size() == columns)
                        && parts(left) * columns + parts(right) * left.size() <= MOST_PARTS;
        if (!fits) {
            return Optional.empty();
        }
        List<List<Expression>> rows = new ArrayList<>();
        for (List<Expression> row : left) {
            List<Expression> entries = new ArrayList<>();
            for (int column = 0; column < columns; column++) {
                List<Expression> addends = new ArrayList<>();
                for (int k = 0; k < inner; k++) {
                    addends.add(
                            new Expression.Product(List.of(row.get(k), right.get(k).get(column))));
                }
                entries.add(Expression.sum(addends));
            }
            rows.add(List.copyOf(entries));
        }
        return Optional.of(List.copyOf(rows));
    }

    private static long parts(List<List<Expression>> rows) {
        return rows.stream().flatMap(List::stream).mapToLong(MatrixAlgebra::parts).sum();
    }

    private static long parts(Expression entry) {
        return 1 + entry.parts().stream().mapToLong(MatrixAlgebra::parts).sum();
    }

    /// Of a matrix; a tuple is a column already.
    private static Optional<Expression> transposed(Expression base) {
        if (base instanceof Expression.Tuple) {
            return Optional.of(base);
        }
        if (!(base instanceof Expression.Matrix(List<List<Expression>> rows))
                || rows.stream().anyMatch(row -> row.size() != rows.getFirst().size())) {
            return Optional.empty();
        }
        List<List<Expression>> columns = new ArrayList<>();
        for (int column = 0; column < rows.getFirst().size(); column++) {
            int at = column;
            columns.add(rows.stream().map(row -> row.get(at)).toList());
        }
        return Optional.of(new Expression.Matrix(List.copyOf(columns)));
    }
}
