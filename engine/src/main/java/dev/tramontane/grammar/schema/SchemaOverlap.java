package dev.tramontane.grammar.schema;

import tools.jackson.databind.JsonNode;

import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// Whether a value could be valid against two schemas at once. A yes may be wrong where it is hard
/// to tell; a no never is: some levels down into required properties and items, everything is
/// possible.
final class SchemaOverlap {
    private static final int DEEPEST = 4;
    private static final int STEPS_A_PAIR = 8;

    private record Pair(Schema one, Schema other) {}

    private final Schemas schemas;
    private final WorkLimit limit;
    private final Alternatives alternatives;
    private final ScalarLanguages languages;
    private final Map<Pair, Boolean> known = new HashMap<>();

    SchemaOverlap(Schemas schemas, WorkLimit limit) {
        this.schemas = schemas;
        this.limit = limit;
        this.alternatives = new Alternatives(schemas, limit, (_, _) -> true, false);
        this.languages = new ScalarLanguages(schemas, limit);
    }

    boolean test(Schema one, Schema other) {
        limit.spend(STEPS_A_PAIR);
        var pair = new Pair(one, other);
        Boolean tested = known.getOrDefault(pair, known.get(new Pair(other, one)));
        if (tested == null) {
            tested = !listApart(one, other) && isPossible(List.of(one, other), 0);
            known.put(pair, tested);
        }
        return tested;
    }

    /// Whether both list values, and none in common: the usual case, told without multiplying out.
    private boolean listApart(Schema one, Schema other) {
        for (Constraint some : one.constraints()) {
            for (Constraint more : other.constraints()) {
                if (some instanceof Constraint.Values values
                        && more instanceof Constraint.Values others) {
                    limit.spend(Math.min(values.texts().size(), others.texts().size()));
                    if (Collections.disjoint(values.texts(), others.texts())) {
                        return true;
                    }
                }
            }
        }
        return false;
    }

    private boolean isPossible(List<Schema> all, int depth) {
        return depth > DEEPEST
                || alternatives.of(all).stream()
                        .anyMatch(alternative -> isPossible(alternative, depth));
    }

    private boolean isPossible(Alternative alternative, int depth) {
        Optional<List<JsonNode>> listed = languages.listed(alternative);
        if (listed.isPresent()) {
            return !listed.get().isEmpty();
        }
        return alternative.kinds().stream()
                .anyMatch(
                        kind ->
                                switch (kind) {
                                    case NULL -> isOpen(alternative, kind, 1);
                                    case BOOLEAN -> isOpen(alternative, kind, 2);
                                    case INTEGER, FRACTION ->
                                            languages
                                                    .numbers(alternative)
                                                    .map(numbers -> !numbers.isEmpty())
                                                    .orElse(true);
                                    case STRING ->
                                            languages
                                                    .strings(alternative)
                                                    .map(strings -> !strings.isEmpty())
                                                    .orElse(true);
                                    case ARRAY -> isPossible(ArrayShape.of(alternative), depth);
                                    case OBJECT ->
                                            isPossible(
                                                    ObjectShape.of(alternative, schemas, limit),
                                                    depth);
                                });
    }

    /// Whether a kind of so many values has one that is not excluded.
    private boolean isOpen(Alternative alternative, JsonKind kind, int values) {
        return languages.excluded(alternative, Set.of(kind)).stream().distinct().count() < values;
    }

    private boolean isPossible(ArrayShape array, int depth) {
        if (array.least() > array.most()) {
            return false;
        }
        int needed = Math.min(array.least(), array.prefix().size() + 1);
        for (int i = 0; i < needed; i++) {
            if (!isPossible(array.item(i), depth + 1)) {
                return false;
            }
        }
        return true;
    }

    private boolean isPossible(ObjectShape object, int depth) {
        int required = 0;
        for (ObjectShape.Named property : object.named()) {
            if (property.required()) {
                required++;
                if (!isPossible(property.schemas(), depth + 1)) {
                    return false;
                }
            }
        }
        return required <= object.most() && object.least() <= object.most();
    }
}
