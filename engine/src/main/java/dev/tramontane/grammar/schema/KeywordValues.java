package dev.tramontane.grammar.schema;

import dev.tramontane.grammar.InvalidGrammarException;

import tools.jackson.databind.JsonNode;

import java.math.BigDecimal;
import java.util.EnumSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// The values of a schema's keywords, each checked to be of its kind.
final class KeywordValues {
    private static final int LONGEST_NUMBER_DIGITS = 100;
    private static final int LARGEST_EXPONENT = 400;

    private KeywordValues() {}

    static Set<JsonKind> kinds(JsonNode value, String at) {
        Set<JsonKind> kinds = EnumSet.noneOf(JsonKind.class);
        List<JsonNode> names = value.isArray() ? List.copyOf(value.values()) : List.of(value);
        for (JsonNode name : names) {
            kinds.addAll(
                    Optional.of(name)
                            .filter(JsonNode::isString)
                            .flatMap(one -> JsonKind.ofType(one.stringValue()))
                            .orElseThrow(
                                    () ->
                                            expected(
                                                    at,
                                                    name,
                                                    "null, boolean, integer, number, string, array or object")));
        }
        if (names.isEmpty()) {
            throw expected(at, value, "a type, or several");
        }
        return kinds;
    }

    static List<String> names(JsonNode value, String at) {
        Set<String> names = new LinkedHashSet<>();
        for (JsonNode name : array(value, at)) {
            names.add(string(name, at));
        }
        return List.copyOf(names);
    }

    static String string(JsonNode value, String at) {
        if (!value.isString()) {
            throw expected(at, value, "a string");
        }
        return value.stringValue();
    }

    static JsonNode array(JsonNode value, String at) {
        if (!value.isArray()) {
            throw expected(at, value, "an array");
        }
        return value;
    }

    static Set<Map.Entry<String, JsonNode>> entries(JsonNode value, String at) {
        if (!value.isObject()) {
            throw expected(at, value, "an object");
        }
        return value.properties();
    }

    static BigDecimal number(JsonNode value, String at) {
        if (!value.isNumber()) {
            throw expected(at, value, "a number");
        }
        BigDecimal number = JsonNumbers.value(value);
        if (number.signum() == 0) {
            return BigDecimal.ZERO;
        }
        long exponent = (long) number.precision() - number.scale();
        if (number.precision() > LONGEST_NUMBER_DIGITS || Math.abs(exponent) > LARGEST_EXPONENT) {
            throw new InvalidGrammarException(
                    at,
                    "a number of %d digits times 10^%d, expected at most %d digits and an exponent to %d"
                            .formatted(
                                    number.precision(),
                                    -(long) number.scale(),
                                    LONGEST_NUMBER_DIGITS,
                                    LARGEST_EXPONENT));
        }
        return number.stripTrailingZeros();
    }

    static InvalidGrammarException expected(String at, JsonNode found, String expected) {
        return new InvalidGrammarException(
                at, "found %s, expected %s".formatted(JsonValues.shown(found), expected));
    }

    /// A count; what no document can reach is no limit.
    static int count(JsonNode value, String at) {
        BigDecimal count = number(value, at);
        if (count.signum() < 0 || !JsonNumbers.isInteger(count)) {
            throw expected(at, value, "an integer, 0 or more");
        }
        return count.min(BigDecimal.valueOf(Constraint.UNLIMITED)).intValueExact();
    }

    static boolean bool(JsonNode value, String at) {
        if (!value.isBoolean()) {
            throw expected(at, value, "true or false");
        }
        return value.booleanValue();
    }
}
