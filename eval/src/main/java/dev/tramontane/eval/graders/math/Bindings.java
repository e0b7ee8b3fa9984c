package dev.tramontane.eval.graders.math;

import dev.tramontane.eval.graders.math.Token.Kind;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/// Reads what binds a variable: sums, products, integrals, limits. Bound variables get names of
/// their own, so that it does not matter what they were called.
final class Bindings {
    private final Terms terms;

    /// How many integral signs stand open, whose `dx` ends the argument of a function.
    private int integrals;

    Bindings(Terms terms) {
        this.terms = terms;
    }

    /// Whether the `dx` of an integral is next.
    boolean endsHere() {
        return integrals > 0
                && terms.peek().text().equals("d")
                && terms.peek(1).kind() == Kind.LETTER;
    }

    /// `\sum_{k=1}^{n} …`: variable, from, to, and the product behind them; what is not written is
    /// empty.
    Expression of(String name) {
        Expression from = new Expression.NamedSet("∅");
        Expression to = new Expression.NamedSet("∅");
        for (int i = 0; i < 2; i++) {
            if (terms.skipsIf("_")) {
                from = signedAlone();
            } else if (terms.skipsIf("^")) {
                to = signedAlone();
            }
        }
        if (name.equals("int")) {
            return integral(from, to);
        }
        Expression body = terms.product();
        if (name.equals("lim")
                && from instanceof Expression.Relation(List<Expression> ends, List<String> arrows)
                && arrows.equals(List.of("→"))) {
            return limit(ends.getFirst(), ends.getLast(), body);
        }
        if (from instanceof Expression.Relation(List<Expression> sides, List<String> signs)
                && signs.equals(List.of("="))) {
            return bound(name, sides.getFirst(), List.of(sides.getLast(), to), body);
        }
        return new Expression.Call(name, List.of(from, to, body));
    }

    private Expression signedAlone() {
        return terms.skipsIf("-") ? Expression.negative(terms.primary()) : terms.primary();
    }

    /// A call whose variable has a name that nothing else has.
    private static Expression bound(
            String name, Expression variable, List<Expression> range, Expression body) {
        var own = new Expression.Symbol(Expression.BOUND + binders(body));
        List<Expression> arguments = new ArrayList<>(List.of(own));
        arguments.addAll(range);
        arguments.add(body.map(part -> part.equals(variable) ? own : part));
        return new Expression.Call(name, List.copyOf(arguments));
    }

    /// How many variables are bound inside an expression.
    private static long binders(Expression body) {
        long own =
                body instanceof Expression.Call(String name, _) && name.matches("sum|prod|int|lim")
                        ? 1
                        : 0;
        return own + body.parts().stream().mapToLong(Bindings::binders).sum();
    }

    /// `\lim_{x \to a^+}`: the variable, where to, from which side, and of what.
    private static Expression limit(Expression variable, Expression to, Expression body) {
        boolean oneSided = to instanceof Expression.Call(String mark, _) && mark.matches("\\^[+-]");
        int side =
                !oneSided
                        ? 0
                        : to instanceof Expression.Call(String mark, _) && mark.equals("^+")
                                ? 1
                                : -1;
        Expression point = oneSided ? to.parts().getFirst() : to;
        return bound("lim", variable, List.of(point, Expression.number(side)), body);
    }

    /// Up to the last `dx` of a sum or product; what stands behind it is a factor.
    private Expression integral(Expression from, Expression to) {
        int start = terms.mark();
        integrals++;
        Expression whole = terms.sum();
        Optional<Differential> found = Differential.of(whole);
        if (found.isEmpty() || whole instanceof Expression.Sum && !found.get().isLast()) {
            terms.reset(start);
            whole = terms.product();
            found = Differential.of(whole);
        }
        integrals--;
        if (found.isEmpty()) {
            return new Expression.Call("int", List.of(from, to, whole));
        }
        Expression integral =
                bound("int", found.get().variable(), List.of(from, to), found.get().integrand());
        return found.get().behind().isEmpty()
                ? integral
                : new Expression.Product(
                        Stream.concat(Stream.of(integral), found.get().behind().stream()).toList());
    }
}
