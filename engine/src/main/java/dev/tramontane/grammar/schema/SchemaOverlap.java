package dev.tramontane.grammar.schema;

import tools.jackson.databind.JsonNode;

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
        Boolean tested = known.get(new Pair(other, one));
        if (tested != null) {
            return tested;
        }
        return known.computeIfAbsent(new Pair(one, other), _ -> isPossible(List.of(one, other), 0));
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
