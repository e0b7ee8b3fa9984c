package dev.tramontane.chat;

import tools.jackson.databind.JsonNode;

import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;

/// Whether a tool's parameters are a JSON Schema: the meta-schema of draft 7 as a table.
///
/// Regular expressions are compiled with Java's syntax, which is close to, not equal to, ECMA 262.
final class SchemaCheck {
    /// What the value of a keyword must be.
    private enum Kind {
        STRING,
        BOOLEAN,
        NUMBER,
        POSITIVE_NUMBER,
        COUNT,
        ARRAY,
        REGEX,
        SCHEMA,
        SCHEMAS,
        SCHEMA_OR_SCHEMAS,
        STRINGS,
        NAMED_SCHEMAS,
        NAMED_PATTERNS,
        DEPENDENCIES,
        TYPES
    }

    private static final Map<String, Kind> KEYWORDS =
            Map.ofEntries(
                    Map.entry("$id", Kind.STRING),
                    Map.entry("$schema", Kind.STRING),
                    Map.entry("$ref", Kind.STRING),
                    Map.entry("$comment", Kind.STRING),
                    Map.entry("title", Kind.STRING),
                    Map.entry("description", Kind.STRING),
                    Map.entry("readOnly", Kind.BOOLEAN),
                    Map.entry("examples", Kind.ARRAY),
                    Map.entry("multipleOf", Kind.POSITIVE_NUMBER),
                    Map.entry("maximum", Kind.NUMBER),
                    Map.entry("exclusiveMaximum", Kind.NUMBER),
                    Map.entry("minimum", Kind.NUMBER),
                    Map.entry("exclusiveMinimum", Kind.NUMBER),
                    Map.entry("maxLength", Kind.COUNT),
                    Map.entry("minLength", Kind.COUNT),
                    Map.entry("pattern", Kind.REGEX),
                    Map.entry("additionalItems", Kind.SCHEMA),
                    Map.entry("items", Kind.SCHEMA_OR_SCHEMAS),
                    Map.entry("maxItems", Kind.COUNT),
                    Map.entry("minItems", Kind.COUNT),
                    Map.entry("uniqueItems", Kind.BOOLEAN),
                    Map.entry("contains", Kind.SCHEMA),
                    Map.entry("maxProperties", Kind.COUNT),
                    Map.entry("minProperties", Kind.COUNT),
                    Map.entry("required", Kind.STRINGS),
                    Map.entry("additionalProperties", Kind.SCHEMA),
                    Map.entry("definitions", Kind.NAMED_SCHEMAS),
                    Map.entry("properties", Kind.NAMED_SCHEMAS),
                    Map.entry("patternProperties", Kind.NAMED_PATTERNS),
                    Map.entry("dependencies", Kind.DEPENDENCIES),
                    Map.entry("propertyNames", Kind.SCHEMA),
                    Map.entry("enum", Kind.ARRAY),
                    Map.entry("type", Kind.TYPES),
                    Map.entry("format", Kind.STRING),
                    Map.entry("contentMediaType", Kind.STRING),
                    Map.entry("contentEncoding", Kind.STRING),
                    Map.entry("if", Kind.SCHEMA),
                    Map.entry("then", Kind.SCHEMA),
                    Map.entry("else", Kind.SCHEMA),
                    Map.entry("allOf", Kind.SCHEMAS),
                    Map.entry("anyOf", Kind.SCHEMAS),
                    Map.entry("oneOf", Kind.SCHEMAS),
                    Map.entry("not", Kind.SCHEMA));

    private static final Set<String> SIMPLE_TYPES =
            Set.of("array", "boolean", "integer", "null", "number", "object", "string");

    private SchemaCheck() {}

    /// What is wrong with a schema, if anything.
    ///
    /// @param path where the schema stands in the request
    static Optional<String> fault(JsonNode schema, String path) {
        if (schema.isBoolean()) {
            return Optional.empty();
        }
        if (!schema.isObject()) {
            return expected(path, schema, "an object or a boolean");
        }
        for (Map.Entry<String, JsonNode> field : schema.properties()) {
            Kind kind = KEYWORDS.get(field.getKey());
            if (kind != null) {
                Optional<String> fault = fault(kind, field.getValue(), path + "." + field.getKey());
                if (fault.isPresent()) {
                    return fault;
                }
            }
        }
        return Optional.empty();
    }

    private static Optional<String> fault(Kind kind, JsonNode value, String path) {
        return switch (kind) {
            case STRING -> unless(value.isString(), path, value, "a string");
            case BOOLEAN -> unless(value.isBoolean(), path, value, "true or false");
            case NUMBER -> unless(value.isNumber(), path, value, "a number");
            case POSITIVE_NUMBER ->
                    unless(
                            value.isNumber() && value.doubleValue() > 0,
                            path,
                            value,
                            "a number above 0");
            case COUNT -> unless(isCount(value), path, value, "an integer, 0 or more");
            case ARRAY -> unless(value.isArray(), path, value, "an array");
            case REGEX -> unless(isRegex(value), path, value, "a regular expression");
            case SCHEMA -> fault(value, path);
            case SCHEMAS -> faultInSchemas(value, path);
            case SCHEMA_OR_SCHEMAS ->
                    value.isArray() ? faultInSchemas(value, path) : fault(value, path);
            case STRINGS ->
                    unless(isDistinctStrings(value), path, value, "an array of distinct strings");
            case NAMED_SCHEMAS -> faultInNamed(value, path, Kind.SCHEMA);
            case NAMED_PATTERNS -> {
                for (String name : value.propertyNames()) {
                    if (!isRegex(name)) {
                        yield Optional.of(
                                path + " has the key " + name + ", not a regular expression");
                    }
                }
                yield faultInNamed(value, path, Kind.SCHEMA);
            }
            case DEPENDENCIES -> faultInNamed(value, path, Kind.DEPENDENCIES);
            case TYPES -> unless(isTypes(value), path, value, "a type of JSON Schema, or several");
        };
    }

    private static Optional<String> faultInSchemas(JsonNode value, String path) {
        if (!value.isArray() || value.isEmpty()) {
            return expected(path, value, "an array of one schema at least");
        }
        for (int i = 0; i < value.size(); i++) {
            Optional<String> fault = fault(value.get(i), path + "[" + i + "]");
            if (fault.isPresent()) {
                return fault;
            }
        }
        return Optional.empty();
    }

    private static Optional<String> faultInNamed(JsonNode value, String path, Kind kind) {
        if (!value.isObject()) {
            return expected(path, value, "an object");
        }
        for (Map.Entry<String, JsonNode> field : value.properties()) {
            String at = path + "." + field.getKey();
            JsonNode entry = field.getValue();
            boolean names = kind == Kind.DEPENDENCIES && entry.isArray();
            Optional<String> fault = names ? fault(Kind.STRINGS, entry, at) : fault(entry, at);
            if (fault.isPresent()) {
                return fault;
            }
        }
        return Optional.empty();
    }

    private static boolean isCount(JsonNode value) {
        return value.isNumber()
                && value.doubleValue() >= 0
                && value.doubleValue() == Math.rint(value.doubleValue())
                && !Double.isInfinite(value.doubleValue());
    }

    private static boolean isRegex(JsonNode value) {
        return value.isString() && isRegex(value.stringValue());
    }

    private static boolean isRegex(String regex) {
        try {
            Pattern.compile(regex.replace("(?P<", "(?<"));
            return true;
        } catch (PatternSyntaxException _) {
            return false;
        }
    }

    private static boolean isDistinctStrings(JsonNode value) {
        Set<String> seen = new HashSet<>();
        for (JsonNode element : value) {
            if (!element.isString() || !seen.add(element.stringValue())) {
                return false;
            }
        }
        return value.isArray();
    }

    private static boolean isTypes(JsonNode value) {
        if (value.isString()) {
            return SIMPLE_TYPES.contains(value.stringValue());
        }
        if (!isDistinctStrings(value) || value.isEmpty()) {
            return false;
        }
        for (JsonNode element : value) {
            if (!SIMPLE_TYPES.contains(element.stringValue())) {
                return false;
            }
        }
        return true;
    }

    private static Optional<String> unless(
            boolean holds, String path, JsonNode found, String expected) {
        return holds ? Optional.empty() : expected(path, found, expected);
    }

    private static Optional<String> expected(String path, JsonNode found, String expected) {
        return Optional.of(path + " is " + PythonJson.print(found) + ", expected " + expected);
    }
}
