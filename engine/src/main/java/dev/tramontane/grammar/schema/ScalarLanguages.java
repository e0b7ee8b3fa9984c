package dev.tramontane.grammar.schema;

import tools.jackson.databind.JsonNode;

import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// The strings and numbers that satisfy all constraints of an alternative, and its listed values.
final class ScalarLanguages {
    private final Schemas schemas;
    private final WorkLimit limit;

    ScalarLanguages(Schemas schemas, WorkLimit limit) {
        this.schemas = schemas;
        this.limit = limit;
    }

    /// The values that `enum` and `const` leave, each checked against every other fact; empty where
    /// neither is there.
    Optional<List<JsonNode>> listed(Alternative alternative) {
        List<Constraint.Values> lists = alternative.holding(Constraint.Values.class);
        if (lists.isEmpty()) {
            return Optional.empty();
        }
        Constraint.Values list = lists.getFirst();
        var others =
                new Alternative(
                        alternative.kinds(),
                        alternative.facts().stream()
                                .filter(fact -> !fact.holds() || !fact.constraint().equals(list))
                                .toList());
        List<JsonNode> left = new ArrayList<>();
        for (JsonNode value : list.values()) {
            limit.spend(1 + others.facts().size());
            if (holds(others, value)) {
                left.add(value);
            }
        }
        return Optional.of(left);
    }

    private boolean holds(Alternative alternative, JsonNode value) {
        return alternative.kinds().contains(JsonKind.of(value))
                && alternative.facts().stream()
                        .allMatch(
                                fact ->
                                        new SchemaValidator(schemas, limit::spend)
                                                        .holds(fact.constraint(), value)
                                                == fact.holds());
    }

    /// The values of one kind that the alternative would allow if they were not excluded.
    List<JsonNode> excluded(Alternative alternative, Set<JsonKind> kinds) {
        List<JsonNode> excluded = new ArrayList<>();
        var open =
                new Alternative(
                        kinds,
                        alternative.facts().stream()
                                .filter(
                                        fact ->
                                                fact.holds()
                                                        || !(fact.constraint()
                                                                instanceof Constraint.Values))
                                .toList());
        for (Constraint.Values values : alternative.broken(Constraint.Values.class)) {
            for (JsonNode value : values.values()) {
                limit.spend(1 + alternative.facts().size());
                if (holds(open, value)) {
                    excluded.add(value);
                }
            }
        }
        return excluded;
    }

    /// Strings; empty where every string is one.
    Optional<CharacterAutomaton> strings(Alternative alternative) {
        List<Constraint.Form> forms = alternative.holding(Constraint.Form.class);
        List<Constraint.Form> broken = alternative.broken(Constraint.Form.class);
        List<String> excluded =
                excluded(alternative, EnumSet.of(JsonKind.STRING)).stream()
                        .map(JsonNode::stringValue)
                        .toList();
        Lengths lengths = lengths(alternative);
        if (forms.isEmpty() && broken.isEmpty() && excluded.isEmpty() && lengths.isAny()) {
            return Optional.empty();
        }
        List<CharacterAutomaton> languages = new ArrayList<>();
        forms.forEach(form -> languages.add(form.language()));
        for (Constraint.Form form : broken) {
            limit.at(form.pointer());
            languages.add(form.language().complement(limit));
        }
        if (!excluded.isEmpty()) {
            languages.add(CharacterAutomaton.of(excluded, limit).complement(limit));
        }
        if (!lengths.isAny()) {
            limit.at(lengths.pointer);
            languages.add(lengths.language(limit));
        }
        CharacterAutomaton result = languages.getFirst();
        for (CharacterAutomaton language : languages.subList(1, languages.size())) {
            result = result.and(language, limit);
        }
        return Optional.of(result);
    }

    /// The lengths of strings, where nothing else is asked of them.
    Optional<Lengths> onlyLengths(Alternative alternative) {
        boolean only =
                alternative.holding(Constraint.Form.class).isEmpty()
                        && alternative.broken(Constraint.Form.class).isEmpty()
                        && excluded(alternative, EnumSet.of(JsonKind.STRING)).isEmpty();
        return Optional.of(lengths(alternative)).filter(_ -> only);
    }

    /// A range of lengths, in characters.
    record Lengths(String pointer, int least, int most) {
        boolean isAny() {
            return least == 0 && most == Constraint.UNLIMITED;
        }

        private CharacterAutomaton language(WorkLimit limit) {
            return least > most
                    ? CharacterAutomaton.of(List.of(), limit)
                    : CharacterAutomaton.ofLength(least, most, limit);
        }
    }

    private static Lengths lengths(Alternative alternative) {
        Lengths result = new Lengths("#", 0, Constraint.UNLIMITED);
        for (Constraint.Length length : alternative.holding(Constraint.Length.class)) {
            result =
                    new Lengths(
                            length.pointer(),
                            Math.max(result.least, length.least()),
                            Math.min(result.most, length.most()));
        }
        return result;
    }

    /// Numbers; empty where every number of these kinds is one.
    Optional<CharacterAutomaton> numbers(Alternative alternative) {
        Set<JsonKind> kinds = numberKinds(alternative);
        List<Constraint.Limit> limits = alternative.holding(Constraint.Limit.class);
        List<Constraint.MultipleOf> multiples = alternative.holding(Constraint.MultipleOf.class);
        List<Constraint.MultipleOf> broken = alternative.broken(Constraint.MultipleOf.class);
        List<BigDecimal> excluded =
                excluded(alternative, kinds).stream().map(JsonNumbers::value).toList();
        if (limits.isEmpty() && multiples.isEmpty() && broken.isEmpty() && excluded.isEmpty()) {
            return Optional.empty();
        }
        return Optional.of(new JsonDecimals(limit).of(kinds, limits, multiples, broken, excluded));
    }

    static Set<JsonKind> numberKinds(Alternative alternative) {
        Set<JsonKind> kinds = EnumSet.copyOf(JsonKind.numbers());
        kinds.retainAll(alternative.kinds());
        return kinds;
    }
}
