package dev.tramontane.eval.graders.math;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// What stands under an integral, taken apart: the integrand, the variable, and factors that are
/// written behind `dx`, such as the `dy` of an outer integral.
record Differential(Expression integrand, Expression variable, List<Expression> behind) {
    static final Expression D = new Expression.Symbol("d");

    /// Whether nothing but it ends the expression.
    boolean isLast() {
        return behind.isEmpty();
    }

    /// The first `dx` in a product, the one at the end of a sum, or one above a fraction bar.
    static Optional<Differential> of(Expression expression) {
        return switch (expression) {
            case Expression.Product(List<Expression> factors) -> ofProduct(factors);
            case Expression.Sum(List<Expression> terms) -> ofSum(terms);
            default -> Optional.empty();
        };
    }

    private static Optional<Differential> ofProduct(List<Expression> factors) {
        for (int i = 0; i < factors.size(); i++) {
            List<Expression> before = factors.subList(0, i);
            if (i + 1 < factors.size()
                    && factors.get(i).equals(D)
                    && factors.get(i + 1) instanceof Expression.Symbol variable) {
                return Optional.of(
                        new Differential(
                                product(before),
                                variable,
                                List.copyOf(factors.subList(i + 2, factors.size()))));
            }
            Optional<Differential> inner =
                    factors.get(i) instanceof Expression.Product(List<Expression> parts)
                            ? ofProduct(parts)
                            : Optional.empty();
            if (inner.isPresent()) { // dx above a bar, the rest of the fraction behind it
                List<Expression> rest = new ArrayList<>(before);
                rest.add(inner.get().integrand());
                rest.addAll(inner.get().behind());
                rest.addAll(factors.subList(i + 1, factors.size()));
                return Optional.of(
                        new Differential(product(rest), inner.get().variable(), List.of()));
            }
        }
        return Optional.empty();
    }

    private static Optional<Differential> ofSum(List<Expression> terms) {
        return of(terms.getLast())
                .map(
                        last -> {
                            List<Expression> all =
                                    new ArrayList<>(terms.subList(0, terms.size() - 1));
                            all.add(last.integrand());
                            return new Differential(
                                    new Expression.Sum(List.copyOf(all)),
                                    last.variable(),
                                    last.behind());
                        });
    }

    private static Expression product(List<Expression> factors) {
        return factors.isEmpty() ? Expression.number(1) : Expression.product(List.copyOf(factors));
    }
}
