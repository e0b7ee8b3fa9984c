package dev.tramontane.grammar.schema;

import tools.jackson.databind.JsonNode;

import java.util.List;

/// The strings that are valid against schemas: what `propertyNames` lets a name be.
final class SchemaStrings {
    private final Schemas schemas;
    private final WorkLimit limit;

    SchemaStrings(Schemas schemas, WorkLimit limit) {
        this.schemas = schemas;
        this.limit = limit;
    }

    CharacterAutomaton of(List<Schema> all) {
        var overlap = new SchemaOverlap(schemas, limit);
        var alternatives = new Alternatives(schemas, limit, overlap::test, true);
        var languages = new ScalarLanguages(schemas, limit);
        CharacterAutomaton result = CharacterAutomaton.of(List.of(), limit);
        for (Alternative alternative : alternatives.of(all)) {
            if (alternative.kinds().contains(JsonKind.STRING)) {
                result = result.or(strings(alternative, languages), limit);
            }
        }
        return result;
    }

    private CharacterAutomaton strings(Alternative alternative, ScalarLanguages languages) {
        return languages
                .listed(alternative)
                .map(
                        values ->
                                CharacterAutomaton.of(
                                        values.stream()
                                                .filter(JsonNode::isString)
                                                .map(JsonNode::stringValue)
                                                .toList(),
                                        limit))
                .or(() -> languages.strings(alternative))
                .orElseGet(() -> CharacterAutomaton.ofLength(0, Constraint.UNLIMITED, limit));
    }
}
