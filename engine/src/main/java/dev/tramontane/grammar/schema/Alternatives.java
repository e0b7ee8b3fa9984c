package dev.tramontane.grammar.schema;

import dev.tramontane.grammar.InvalidGrammarException;

import java.util.ArrayList;
import java.util.Collection;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BiPredicate;

/// The alternatives of schemas: combining keywords multiplied out to a disjunction, complements
/// pushed inwards by De Morgan's laws until they reach a keyword that has an opposite.
///
/// `oneOf` is `anyOf` where no two branches can hold at once; of branches that can, each comes with
/// the complement of the others.
final class Alternatives {
    private static final int MOST = 1_000;

    private static final int STEPS_A_CONSTRAINT = 4;
    private static final int STEPS_A_PAIR = 6;
    private static final int FACTS_A_STEP = 4;

    private final Schemas schemas;
    private final WorkLimit limit;
    private final BiPredicate<Schema, Schema> mayOverlap;
    private final boolean exact;
    private final Map<Schema, Schema> complements = new HashMap<>();

    /// @param mayOverlap whether a value could be valid against both; asked of branches of `oneOf`
    /// @param exact whether what cannot be told is refused; else it is left out, and the
    ///   alternatives may hold for more than the schema
    Alternatives(
            Schemas schemas,
            WorkLimit limit,
            BiPredicate<Schema, Schema> mayOverlap,
            boolean exact) {
        this.schemas = schemas;
        this.limit = limit;
        this.mayOverlap = mayOverlap;
        this.exact = exact;
    }

    /// The alternatives of schemas that must all hold.
    List<Alternative> of(Collection<Schema> all) {
        List<Alternative> result = List.of(Alternative.ANY);
        for (Schema schema : all) {
            result = product(result, of(schema, true));
        }
        return result;
    }

    private List<Alternative> of(Schema schema, boolean holds) {
        limit.spend(1);
        List<Alternative> result = holds ? List.of(Alternative.ANY) : List.of();
        for (Constraint constraint : schema.constraints()) {
            limit.at(constraint.pointer());
            List<Alternative> more = of(constraint, holds);
            result = holds ? product(result, more) : union(result, more);
        }
        return result;
    }

    private List<Alternative> of(Constraint constraint, boolean holds) {
        limit.spend(STEPS_A_CONSTRAINT);
        return switch (constraint) {
            case Constraint.AllOf(_, List<Schema> all) -> holds ? all(all, true) : any(all, false);
            case Constraint.AnyOf(_, List<Schema> any) -> holds ? any(any, true) : all(any, false);
            case Constraint.OneOf(_, List<Schema> one) -> holds ? one(one) : notOne(one);
            case Constraint.Not(_, Schema schema) -> of(schema, !holds);
            case Constraint.SchemaReference(_, String target) -> of(schemas.at(target), holds);
            case Constraint.Conditional(_, Schema condition, Schema then, Schema otherwise) ->
                    union(
                            product(of(condition, true), of(then, holds)),
                            product(of(condition, false), of(otherwise, holds)));
            case Constraint.Dependent(String at, String name, Schema schema) -> {
                var present = with(JsonKind.OBJECT, required(at, name));
                yield holds
                        ? union(
                                List.of(
                                        otherThan(JsonKind.OBJECT),
                                        with(JsonKind.OBJECT, property(at, name, Schema.NOTHING))),
                                product(List.of(present), of(schema, true)))
                        : product(List.of(present), of(schema, false));
            }
            case Constraint.Types(_, Set<JsonKind> kinds) ->
                    List.of(Alternative.of(holds ? kinds : others(kinds)));
            case Constraint.Values _,
                    Constraint.Limit _,
                    Constraint.MultipleOf _,
                    Constraint.Length _,
                    Constraint.Form _,
                    Constraint.Items _,
                    Constraint.ItemCount _,
                    Constraint.Contains _,
                    Constraint.UniqueItems _,
                    Constraint.Properties _,
                    Constraint.Required _,
                    Constraint.PropertyCount _,
                    Constraint.PropertyNames _ ->
                    holds
                            ? List.of(Alternative.of(JsonKind.all(), constraint))
                            : opposite(constraint);
        };
    }

    /// The ways to break a constraint that speaks of one kind.
    private List<Alternative> opposite(Constraint constraint) {
        return switch (constraint) {
            case Constraint.Values values -> List.of(Alternative.without(JsonKind.all(), values));
            case Constraint.Limit(String at, var bound, boolean lower, boolean inclusive) ->
                    List.of(
                            Alternative.of(
                                    JsonKind.numbers(),
                                    new Constraint.Limit(at, bound, !lower, !inclusive)));
            case Constraint.MultipleOf multiple ->
                    List.of(Alternative.without(JsonKind.numbers(), multiple));
            case Constraint.Form form ->
                    List.of(Alternative.without(EnumSet.of(JsonKind.STRING), form));
            case Constraint.Length(String at, int least, int most) ->
                    outside(least, most).stream()
                            .map(
                                    r ->
                                            with(
                                                    JsonKind.STRING,
                                                    new Constraint.Length(at, r.least, r.most)))
                            .toList();
            case Constraint.ItemCount(String at, int least, int most) ->
                    outside(least, most).stream()
                            .map(
                                    r ->
                                            with(
                                                    JsonKind.ARRAY,
                                                    new Constraint.ItemCount(at, r.least, r.most)))
                            .toList();
            case Constraint.Contains(String at, Schema schema, int from, int least, int most) ->
                    outside(least, most).stream()
                            .map(
                                    r ->
                                            with(
                                                    JsonKind.ARRAY,
                                                    new Constraint.Contains(
                                                            at, schema, from, r.least, r.most)))
                            .toList();
            case Constraint.PropertyCount(String at, int least, int most) ->
                    outside(least, most).stream()
                            .map(
                                    r ->
                                            with(
                                                    JsonKind.OBJECT,
                                                    new Constraint.PropertyCount(
                                                            at, r.least, r.most)))
                            .toList();
            case Constraint.Items items -> someItemNot(items);
            case Constraint.Required(String at, List<String> names) ->
                    names.stream()
                            .map(name -> with(JsonKind.OBJECT, property(at, name, Schema.NOTHING)))
                            .toList();
            case Constraint.Properties properties -> somePropertyNot(properties);
            case Constraint.UniqueItems(String at) -> unknown(at, JsonKind.ARRAY);
            case Constraint.PropertyNames(String at, _) -> unknown(at, JsonKind.OBJECT);
            case Constraint.Types _,
                    Constraint.AllOf _,
                    Constraint.AnyOf _,
                    Constraint.OneOf _,
                    Constraint.Not _,
                    Constraint.Dependent _,
                    Constraint.Conditional _,
                    Constraint.SchemaReference _ ->
                    throw new IllegalArgumentException(constraint + " has been multiplied out");
        };
    }

    private record Range(int least, int most) {}

    private static List<Range> outside(int least, int most) {
        List<Range> ranges = new ArrayList<>();
        if (least > 0) {
            ranges.add(new Range(0, least - 1));
        }
        if (most < Constraint.UNLIMITED) {
            ranges.add(new Range(most + 1, Constraint.UNLIMITED));
        }
        return ranges;
    }

    private List<Alternative> someItemNot(Constraint.Items items) {
        List<Alternative> ways = new ArrayList<>();
        List<Schema> before = new ArrayList<>();
        for (Schema schema : items.prefix()) {
            List<Schema> prefix = new ArrayList<>(before);
            prefix.add(not(schema));
            ways.add(
                    with(
                            JsonKind.ARRAY,
                            new Constraint.ItemCount(
                                    items.pointer(), prefix.size(), Constraint.UNLIMITED),
                            new Constraint.Items(items.pointer(), prefix, Schema.ANYTHING)));
            before.add(Schema.ANYTHING);
        }
        ways.add(
                with(
                        JsonKind.ARRAY,
                        new Constraint.Contains(
                                items.pointer(),
                                not(items.rest()),
                                before.size(),
                                1,
                                Constraint.UNLIMITED)));
        return ways;
    }

    private List<Alternative> somePropertyNot(Constraint.Properties properties) {
        List<Alternative> ways = new ArrayList<>();
        properties
                .named()
                .forEach(
                        (name, schema) ->
                                ways.add(
                                        with(
                                                JsonKind.OBJECT,
                                                required(properties.pointer(), name),
                                                property(
                                                        properties.pointer(), name, not(schema)))));
        boolean open =
                properties.additional().isAnything()
                        && properties.patterned().stream().allMatch(p -> p.schema().isAnything());
        return open ? ways : union(ways, unknown(properties.pointer(), JsonKind.OBJECT));
    }

    /// The complement of what has none here.
    private List<Alternative> unknown(String at, JsonKind kind) {
        if (exact) {
            throw new InvalidGrammarException(
                    at,
                    "its opposite is needed (under not or if, or for oneOf of branches that overlap) and is not supported; make the branches exclude each other, by a const property for instance");
        }
        return List.of(with(kind));
    }

    private List<Alternative> one(List<Schema> schemas) {
        if (!exact) {
            return any(schemas, true);
        }
        List<Alternative> result = new ArrayList<>();
        for (Schema schema : schemas) {
            List<Alternative> branch = of(schema, true);
            for (Schema other : schemas) {
                if (branch.isEmpty()) {
                    break;
                }
                if (other != schema && mayOverlap.test(schema, other)) {
                    branch = product(branch, of(other, false));
                }
            }
            result.addAll(branch);
            checked(result);
        }
        return result;
    }

    /// No branch, or two at least.
    private List<Alternative> notOne(List<Schema> schemas) {
        List<Alternative> result = new ArrayList<>(all(schemas, false));
        for (int i = 0; i < schemas.size(); i++) {
            for (int j = i + 1; j < schemas.size(); j++) {
                result.addAll(product(of(schemas.get(i), true), of(schemas.get(j), true)));
                checked(result);
            }
        }
        return result;
    }

    private List<Alternative> all(List<Schema> schemas, boolean holds) {
        List<Alternative> result = List.of(Alternative.ANY);
        for (Schema schema : schemas) {
            result = product(result, of(schema, holds));
        }
        return result;
    }

    private List<Alternative> any(List<Schema> schemas, boolean holds) {
        List<Alternative> result = new ArrayList<>();
        for (Schema schema : schemas) {
            result.addAll(of(schema, holds));
            checked(result);
        }
        return result;
    }

    private List<Alternative> union(List<Alternative> some, List<Alternative> more) {
        List<Alternative> result = new ArrayList<>(some);
        result.addAll(more);
        limit.spend(result.size() / FACTS_A_STEP);
        return checked(result);
    }

    private List<Alternative> product(List<Alternative> some, List<Alternative> more) {
        if (more.size() == 1 && more.getFirst().isAny()) {
            return some;
        }
        if (some.size() == 1 && some.getFirst().isAny()) {
            return more;
        }
        List<Alternative> result = new ArrayList<>();
        for (Alternative one : some) {
            for (Alternative other : more) {
                Alternative both = one.and(other);
                limit.spend(STEPS_A_PAIR + both.facts().size() / FACTS_A_STEP);
                if (!both.isImpossible()) {
                    result.add(both);
                }
            }
            checked(result);
        }
        return result;
    }

    private List<Alternative> checked(List<Alternative> alternatives) {
        limit.atMost(MOST, alternatives.size(), "alternatives");
        return alternatives;
    }

    /// The complement of a schema; the same one each time.
    Schema not(Schema schema) {
        return complements.computeIfAbsent(schema, Schema::not);
    }

    private static Constraint required(String at, String name) {
        return new Constraint.Required(at, List.of(name));
    }

    private static Constraint property(String at, String name, Schema schema) {
        return new Constraint.Properties(at, Map.of(name, schema), List.of(), Schema.ANYTHING);
    }

    private static Alternative with(JsonKind kind, Constraint... constraints) {
        return Alternative.of(EnumSet.of(kind), constraints);
    }

    private static Alternative otherThan(JsonKind kind) {
        return Alternative.of(others(EnumSet.of(kind)));
    }

    private static Set<JsonKind> others(Set<JsonKind> kinds) {
        Set<JsonKind> others = EnumSet.copyOf(JsonKind.all());
        others.removeAll(kinds);
        return others;
    }
}
