package dev.tramontane.grammar.schema;

import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/// One way to satisfy a schema: kinds that the value may be, and facts that hold of it together.
/// The combining keywords are gone: a schema is a list of alternatives, of which one must hold.
///
/// @param facts only such as speak of one kind, and {@link Constraint.Values}
record Alternative(Set<JsonKind> kinds, List<Fact> facts) {
    /// No condition.
    static final Alternative ANY = new Alternative(JsonKind.all(), List.of());

    /// A constraint that holds, or does not.
    record Fact(Constraint constraint, boolean holds) {}

    Alternative {
        facts = List.copyOf(facts);
    }

    static Alternative of(Set<JsonKind> kinds, Constraint... holding) {
        List<Fact> facts = new ArrayList<>();
        for (Constraint constraint : holding) {
            facts.add(new Fact(constraint, true));
        }
        return new Alternative(kinds, facts);
    }

    static Alternative without(Set<JsonKind> kinds, Constraint broken) {
        return new Alternative(kinds, List.of(new Fact(broken, false)));
    }

    /// Both at once; without kinds when they exclude each other.
    Alternative and(Alternative other) {
        Set<JsonKind> both = EnumSet.copyOf(JsonKind.all());
        both.retainAll(kinds);
        both.retainAll(other.kinds);
        List<Fact> all = new ArrayList<>(facts);
        all.addAll(other.facts);
        return new Alternative(both, all);
    }

    /// Whether it has no condition.
    boolean isAny() {
        return facts.isEmpty() && kinds.containsAll(JsonKind.all());
    }

    boolean isImpossible() {
        return kinds.isEmpty();
    }

    /// The constraints of one sort that hold.
    <C extends Constraint> List<C> holding(Class<C> sort) {
        return of(sort, true);
    }

    /// The constraints of one sort that do not hold.
    <C extends Constraint> List<C> broken(Class<C> sort) {
        return of(sort, false);
    }

    private <C extends Constraint> List<C> of(Class<C> sort, boolean holds) {
        List<C> found = new ArrayList<>();
        for (Fact fact : facts) {
            if (fact.holds == holds && sort.isInstance(fact.constraint)) {
                found.add(sort.cast(fact.constraint));
            }
        }
        return found;
    }
}
