package dev.tramontane.eval.graders;

import tools.jackson.core.JacksonException;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.core.json.JsonReadFeature;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import java.math.BigDecimal;
import java.util.Optional;

/// Compares what a function returned with what it should have, both as JSON, as Python's `==`
/// would: `1`, `1.0` and `true` are equal, lists element by element, objects by key, and a float is
/// exactly what it is.
final class ReturnedValue {
    private static final JsonMapper MAPPER =
            JsonMapper.builder(
                            JsonFactory.builder()
                                    .enable(JsonReadFeature.ALLOW_NON_NUMERIC_NUMBERS)
                                    .streamReadConstraints(
                                            StreamReadConstraints.builder()
                                                    .maxNestingDepth(1_000)
                                                    .maxNumberLength(100_000)
                                                    .maxStringLength(64 << 20)
                                                    .build())
                                    .build())
                    .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
                    .build();

    private ReturnedValue() {}

    /// @throws IllegalArgumentException if what is expected is no JSON
    static JsonNode expected(String json) {
        return read(json)
                .orElseThrow(
                        () ->
                                new IllegalArgumentException(
                                        "a test expects %s, which is no JSON"
                                                .formatted(PrintedOutput.quoted(json))));
    }

    static Optional<JsonNode> read(String json) {
        try {
            return Optional.of(MAPPER.readTree(json));
        } catch (JacksonException malformed) {
            return Optional.empty();
        }
    }

    static boolean isEqual(JsonNode value, JsonNode right) {
        if (isNumber(value) && isNumber(right)) {
            return sameNumber(value, right);
        }
        if (value.isArray() && right.isArray()) {
            return sameElements(value, right);
        }
        if (value.isObject() && right.isObject()) {
            return value.size() == right.size()
                    && right.propertyStream()
                            .allMatch(
                                    each ->
                                            value.has(each.getKey())
                                                    && isEqual(
                                                            value.get(each.getKey()),
                                                            each.getValue()));
        }
        return value.isString() && right.isString()
                ? value.stringValue().equals(right.stringValue())
                : value.isNull() && right.isNull();
    }

    private static boolean sameElements(JsonNode value, JsonNode right) {
        if (value.size() != right.size()) {
            return false;
        }
        for (int i = 0; i < right.size(); i++) {
            if (!isEqual(value.get(i), right.get(i))) {
                return false;
            }
        }
        return true;
    }

    private static boolean isNumber(JsonNode node) {
        return node.isNumber() || node.isBoolean();
    }

    private static boolean sameNumber(JsonNode value, JsonNode right) {
        if (isFinite(value) && isFinite(right)) {
            return exact(value).compareTo(exact(right)) == 0;
        }
        // not a number is equal to nothing; the infinities to themselves
        return value.isDouble() && right.isDouble() && value.doubleValue() == right.doubleValue();
    }

    private static boolean isFinite(JsonNode node) {
        return !node.isDouble() || Double.isFinite(node.doubleValue());
    }

    private static BigDecimal exact(JsonNode node) {
        if (node.isBoolean()) {
            return node.booleanValue() ? BigDecimal.ONE : BigDecimal.ZERO;
        }
        return node.isDouble()
                ? new BigDecimal(node.doubleValue())
                : new BigDecimal(node.bigIntegerValue());
    }
}
