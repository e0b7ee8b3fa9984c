package dev.tramontane.grammar.schema;

import tools.jackson.databind.node.StringNode;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// Objects that satisfy all constraints of an alternative.
///
/// @param named properties whose names the schemas tell: in the order of `properties`, then of
///   `required`
/// @param others classes of all other names, which exclude each other
record ObjectShape(List<Named> named, List<Others> others, int least, int most) {
    private static final int MOST_CLASSES = 64;

    /// Characters of a name that a pattern reads in a step.
    private static final int READ_A_STEP = 4;

    /// A property by name; without being required it may be absent.
    record Named(String name, boolean required, List<Schema> schemas) {}

    /// Properties by a set of names.
    record Others(CharacterAutomaton names, List<Schema> schemas) {}

    /// Names that the patterns and the complements of patterns so far leave.
    private record NameClass(CharacterAutomaton names, Set<Constraint.Properties.Patterned> in) {}

    /// @param schemas of the document
    static ObjectShape of(Alternative alternative, Schemas schemas, WorkLimit limit) {
        List<Constraint.Properties> all = alternative.holding(Constraint.Properties.class);
        Map<String, Boolean> names = new LinkedHashMap<>();
        all.forEach(properties -> properties.named().keySet().forEach(n -> names.put(n, false)));
        alternative
                .holding(Constraint.Required.class)
                .forEach(required -> required.names().forEach(name -> names.put(name, true)));
        var nameRules = new NameRules(alternative, schemas, limit);
        List<Named> named = new ArrayList<>();
        names.forEach(
                (name, required) -> {
                    long patterns = all.stream().mapToLong(one -> one.patterned().size()).sum();
                    limit.spend(1 + all.size() + patterns * (1 + name.length() / READ_A_STEP));
                    List<Schema> values = new ArrayList<>();
                    all.forEach(properties -> values.addAll(properties.schemasOf(name)));
                    if (!nameRules.allow(name)) {
                        values.add(Schema.NOTHING);
                    }
                    named.add(new Named(name, required, values));
                });
        int least = 0;
        int most = Constraint.UNLIMITED;
        for (Constraint.PropertyCount count : alternative.holding(Constraint.PropertyCount.class)) {
            least = Math.max(least, count.least());
            most = Math.min(most, count.most());
        }
        List<Others> others = others(all, names.keySet(), nameRules, limit);
        return new ObjectShape(named, others, least, most);
    }

    private static List<Others> others(
            List<Constraint.Properties> all,
            Set<String> named,
            NameRules nameRules,
            WorkLimit limit) {
        if (all.stream().anyMatch(p -> p.patterned().isEmpty() && p.additional().isNothing())) {
            return List.of();
        }
        CharacterAutomaton free = CharacterAutomaton.of(named, limit).complement(limit);
        free = nameRules.narrow(free);
        List<NameClass> classes = new ArrayList<>(List.of(new NameClass(free, Set.of())));
        for (Constraint.Properties properties : all) {
            for (Constraint.Properties.Patterned pattern : properties.patterned()) {
                classes = split(classes, pattern, limit);
            }
        }
        List<Others> others = new ArrayList<>();
        for (NameClass part : classes) {
            if (!part.names.isEmpty()) {
                others.add(new Others(part.names, schemasOf(part, all)));
            }
        }
        return others;
    }

    private static List<NameClass> split(
            List<NameClass> classes, Constraint.Properties.Patterned pattern, WorkLimit limit) {
        List<NameClass> result = new ArrayList<>();
        for (NameClass part : classes) {
            CharacterAutomaton inside = part.names.and(pattern.names(), limit);
            if (!inside.isEmpty()) {
                Set<Constraint.Properties.Patterned> in = new LinkedHashSet<>(part.in);
                in.add(pattern);
                result.add(new NameClass(inside, in));
            }
            CharacterAutomaton outside = part.names.minus(pattern.names(), limit);
            if (!outside.isEmpty()) {
                result.add(new NameClass(outside, part.in));
            }
        }
        limit.atMost(MOST_CLASSES, result.size(), "classes of names by patternProperties");
        return result;
    }

    private static List<Schema> schemasOf(NameClass part, List<Constraint.Properties> all) {
        List<Schema> schemas = new ArrayList<>();
        for (Constraint.Properties properties : all) {
            List<Schema> matching = new ArrayList<>();
            for (Constraint.Properties.Patterned pattern : properties.patterned()) {
                if (part.in.contains(pattern)) {
                    matching.add(pattern.schema());
                }
            }
            schemas.addAll(matching.isEmpty() ? List.of(properties.additional()) : matching);
        }
        return schemas;
    }

    /// What `propertyNames` asks.
    private record NameRules(List<Schema> schemas, Schemas targets, WorkLimit limit) {
        NameRules(Alternative alternative, Schemas targets, WorkLimit limit) {
            this(
                    alternative.holding(Constraint.PropertyNames.class).stream()
                            .map(Constraint.PropertyNames::schema)
                            .toList(),
                    targets,
                    limit);
        }

        boolean allow(String name) {
            return schemas.stream()
                    .allMatch(
                            schema ->
                                    new SchemaValidator(targets, limit::spend)
                                            .isValid(schema, StringNode.valueOf(name)));
        }

        CharacterAutomaton narrow(CharacterAutomaton names) {
            if (schemas.isEmpty()) {
                return names;
            }
            return names.and(new SchemaStrings(targets, limit).of(schemas), limit);
        }
    }
}
