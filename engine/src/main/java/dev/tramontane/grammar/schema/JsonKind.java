package dev.tramontane.grammar.schema;

import tools.jackson.databind.JsonNode;

import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;

/// What a JSON value is. Numbers are two kinds, so that every set of types of JSON Schema and the
/// complement of each is a set of kinds: `integer` is one of them, `number` both.
enum JsonKind {
    NULL,
    BOOLEAN,
    /// A number without a fraction, however it is written: 1, 1.0 and 1e2.
    INTEGER,
    /// Any other number.
    FRACTION,
    STRING,
    ARRAY,
    OBJECT;

    static Set<JsonKind> all() {
        return EnumSet.allOf(JsonKind.class);
    }

    static Set<JsonKind> numbers() {
        return EnumSet.of(INTEGER, FRACTION);
    }

    /// The kind of a value.
    static JsonKind of(JsonNode value) {
        return switch (value.getNodeType()) {
            case NULL, MISSING -> NULL;
            case BOOLEAN -> BOOLEAN;
            case NUMBER -> JsonNumbers.isInteger(value) ? INTEGER : FRACTION;
            case STRING, BINARY -> STRING;
            case ARRAY -> ARRAY;
            case OBJECT, POJO -> OBJECT;
        };
    }

    /// The kinds of a name of `type`, if it is one.
    static Optional<Set<JsonKind>> ofType(String name) {
        return switch (name) {
            case "null" -> Optional.of(EnumSet.of(NULL));
            case "boolean" -> Optional.of(EnumSet.of(BOOLEAN));
            case "integer" -> Optional.of(EnumSet.of(INTEGER));
            case "number" -> Optional.of(numbers());
            case "string" -> Optional.of(EnumSet.of(STRING));
            case "array" -> Optional.of(EnumSet.of(ARRAY));
            case "object" -> Optional.of(EnumSet.of(OBJECT));
            case String _ -> Optional.empty();
        };
    }
}
