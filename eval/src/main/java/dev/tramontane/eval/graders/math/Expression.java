package dev.tramontane.eval.graders.math;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.UnaryOperator;

/// An answer, read: numbers and what is built of them, and the forms that answers take beside.
///
/// Equality of records is equality of form; whether two forms mean the same is asked of {@link
/// Equivalence}.
sealed interface Expression {
    /// What the names of variables begin with that a sum, an integral or a limit binds.
    String BOUND = "•";

    /// A number, or what becomes one when its variables have values.
    sealed interface Value extends Expression {}

    /// What is no number: collections, relations, words, and signs that stand for two answers.
    sealed interface Form extends Expression {}

    /// A number as written.
    ///
    /// @param significantDigits how many digits a decimal fraction was written with; 0 for what is
    ///   exact
    /// @param places how many of them stand behind the point
    record Numeral(Rational value, int significantDigits, int places) implements Value {
        Numeral(Rational value) {
            this(value, 0, 0);
        }
    }

    record Symbol(String name) implements Value {}

    enum Constant implements Value {
        PI,
        E,
        I,
        INFINITY
    }

    /// A unit of measurement, a factor like any other until values are compared.
    record Measure(String name, Unit unit) implements Value {}

    record Sum(List<Expression> terms) implements Value {}

    record Product(List<Expression> factors) implements Value {}

    record Power(Expression base, Expression exponent) implements Value {}

    /// A function by name; one that {@link Evaluation} does not know stands for itself.
    record Call(String function, List<Expression> arguments) implements Value {}

    record Percent(Expression value) implements Value {}

    /// `±` (upper) or `∓`, as a factor of 1 or -1.
    record Sign(boolean upper) implements Form {}

    /// Digits with their base: `1010_2`.
    record InBase(String digits, int base) implements Form {}

    /// Two or more in parentheses or brackets: a point, a vector, or an interval.
    record Tuple(char open, List<Expression> items, char close) implements Form {}

    record SetOf(List<Expression> items) implements Form {}

    /// Several answers beside each other, with commas, "and" or "or" between.
    record Many(List<Expression> items) implements Form {}

    record Matrix(List<List<Expression>> rows) implements Form {}

    /// `a < b ≤ c`: one sign fewer than sides.
    record Relation(List<Expression> sides, List<String> signs) implements Form {}

    record Union(List<Expression> parts) implements Form {}

    record Intersection(List<Expression> parts) implements Form {}

    record Without(Expression whole, Expression part) implements Form {}

    /// `3 : 4 : 5`.
    record Ratio(List<Expression> terms) implements Form {}

    record Congruence(Expression value, Expression modulus) implements Form {}

    /// A set of numbers with a name of its own: `ℝ`, `ℤ`, `∅`.
    record NamedSet(String name) implements Form {}

    record Words(String text) implements Form {}

    static Expression number(long value) {
        return new Numeral(Rational.of(value));
    }

    static Expression sum(List<Expression> terms) {
        return terms.size() == 1 ? terms.getFirst() : new Sum(List.copyOf(terms));
    }

    static Expression product(List<Expression> factors) {
        return factors.size() == 1 ? factors.getFirst() : new Product(List.copyOf(factors));
    }

    static Expression negative(Expression value) {
        return value instanceof Numeral(Rational number, int digits, int places)
                ? new Numeral(number.negate(), digits, places)
                : new Product(List.of(number(-1), value));
    }

    static Expression inverse(Expression value) {
        return new Power(value, number(-1));
    }

    static Expression difference(Expression left, Expression right) {
        return new Sum(List.of(left, negative(right)));
    }

    /// What it is built of, in order.
    default List<Expression> parts() {
        return switch (this) {
            case Numeral _,
                    Symbol _,
                    Constant _,
                    Measure _,
                    Sign _,
                    InBase _,
                    NamedSet _,
                    Words _ ->
                    List.of();
            case Sum(List<Expression> terms) -> terms;
            case Product(List<Expression> factors) -> factors;
            case Power(Expression base, Expression exponent) -> List.of(base, exponent);
            case Call(_, List<Expression> arguments) -> arguments;
            case Percent(Expression value) -> List.of(value);
            case Tuple(_, List<Expression> items, _) -> items;
            case SetOf(List<Expression> items) -> items;
            case Many(List<Expression> items) -> items;
            case Matrix(List<List<Expression>> rows) ->
                    rows.stream().flatMap(List::stream).toList();
            case Relation(List<Expression> sides, _) -> sides;
            case Union(List<Expression> parts) -> parts;
            case Intersection(List<Expression> parts) -> parts;
            case Without(Expression whole, Expression part) -> List.of(whole, part);
            case Ratio(List<Expression> terms) -> terms;
            case Congruence(Expression value, Expression modulus) -> List.of(value, modulus);
        };
    }

    /// The same with every part changed, from the leaves up.
    default Expression map(UnaryOperator<Expression> change) {
        return change.apply(
                switch (this) {
                    case Numeral _,
                            Symbol _,
                            Constant _,
                            Measure _,
                            Sign _,
                            InBase _,
                            NamedSet _,
                            Words _ ->
                            this;
                    case Sum(List<Expression> terms) -> new Sum(all(terms, change));
                    case Product(List<Expression> factors) -> new Product(all(factors, change));
                    case Power(Expression base, Expression exponent) ->
                            new Power(base.map(change), exponent.map(change));
                    case Call(String function, List<Expression> arguments) ->
                            new Call(function, all(arguments, change));
                    case Percent(Expression value) -> new Percent(value.map(change));
                    case Tuple(char open, List<Expression> items, char close) ->
                            new Tuple(open, all(items, change), close);
                    case SetOf(List<Expression> items) -> new SetOf(all(items, change));
                    case Many(List<Expression> items) -> new Many(all(items, change));
                    case Matrix(List<List<Expression>> rows) ->
                            new Matrix(rows.stream().map(row -> all(row, change)).toList());
                    case Relation(List<Expression> sides, List<String> signs) ->
                            new Relation(all(sides, change), signs);
                    case Union(List<Expression> parts) -> new Union(all(parts, change));
                    case Intersection(List<Expression> parts) ->
                            new Intersection(all(parts, change));
                    case Without(Expression whole, Expression part) ->
                            new Without(whole.map(change), part.map(change));
                    case Ratio(List<Expression> terms) -> new Ratio(all(terms, change));
                    case Congruence(Expression value, Expression modulus) ->
                            new Congruence(value.map(change), modulus.map(change));
                });
    }

    private static List<Expression> all(List<Expression> parts, UnaryOperator<Expression> change) {
        List<Expression> changed = new ArrayList<>(parts.size());
        for (Expression part : parts) {
            changed.add(part.map(change));
        }
        return List.copyOf(changed);
    }

    /// The names of its variables, sorted; those of sums, integrals and limits are none.
    default Set<String> symbols() {
        Set<String> names = new TreeSet<>();
        collect(names);
        return names;
    }

    private void collect(Set<String> names) {
        if (this instanceof Symbol(String name) && !name.startsWith(BOUND)) {
            names.add(name);
        }
        for (Expression part : parts()) {
            part.collect(names);
        }
    }

    /// Whether it, or something in it, is of a kind.
    default boolean has(Class<? extends Expression> kind) {
        return kind.isInstance(this) || parts().stream().anyMatch(part -> part.has(kind));
    }
}
