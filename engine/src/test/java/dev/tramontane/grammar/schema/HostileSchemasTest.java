package dev.tramontane.grammar.schema;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tramontane.grammar.InvalidGrammarException;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.json.JsonMapper;

import java.util.stream.Collectors;
import java.util.stream.IntStream;

/// Schemas that would cost a naive reader its time or memory: each ends in a refusal with a place,
/// or in a grammar.
class HostileSchemasTest {
    private static InvalidGrammarException refusal(String schema) {
        return assertThrows(
                InvalidGrammarException.class, () -> JsonSchema.parse(schema).grammar());
    }

    private static String message(String schema) {
        return String.valueOf(refusal(schema).getMessage());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"$ref\":\"#\"}",
                "{\"allOf\":[{\"$ref\":\"#\"}]}",
                "{\"not\":{\"$ref\":\"#\"}}",
                "{\"$ref\":\"#/$defs/a\",\"$defs\":{\"a\":{\"$ref\":\"#/$defs/b\"},\"b\":{\"anyOf\":[{\"$ref\":\"#/$defs/a\"},{}]}}}",
                "{\"if\":{\"$ref\":\"#\"},\"then\":{}}"
            })
    void references_that_lead_nowhere_are_refused(String schema) {
        assertTrue(message(schema).contains("leads back to itself"));
    }

    @Test
    void schemas_are_refused_beyond_a_depth() {
        String schema = "{\"items\":".repeat(33) + "{}" + "}".repeat(33);
        assertEquals("#" + "/items".repeat(33), refusal(schema).where());
        assertEquals("#", refusal("{\"not\":".repeat(5_000) + "{}" + "}".repeat(5_000)).where());
    }

    @Test
    void chains_of_references_are_refused_beyond_a_length() {
        String links =
                IntStream.range(0, 5_000)
                        .mapToObj(i -> "\"" + i + "\":{\"$ref\":\"#/$defs/" + (i + 1) + "\"}")
                        .collect(Collectors.joining(","));
        assertTrue(
                message("{\"$ref\":\"#/$defs/0\",\"$defs\":{" + links + ",\"5000\":{}}}")
                        .contains("in a chain"));
    }

    @Test
    void a_key_that_comes_twice_is_refused() {
        assertEquals("#", refusal("{\"type\":\"string\",\"type\":\"integer\"}").where());
    }

    @Test
    void counts_beyond_any_document_are_no_limits_and_large_ones_are_counted() {
        JsonSchema.parse("{\"type\":\"array\",\"maxItems\":1e30}").grammar();
        JsonSchema.parse("{\"type\":\"array\",\"maxItems\":1000000}").grammar();
        JsonSchema.parse("{\"type\":\"string\",\"maxLength\":1000000}").grammar();
        assertEquals(
                "#/maxLength",
                refusal("{\"type\":\"string\",\"maxLength\":1000000,\"pattern\":\"a\"}").where());
        assertEquals(
                "#/contains",
                refusal(
                                "{\"type\":\"array\",\"maxItems\":1000000,\"contains\":{\"type\":\"null\"}}")
                        .where());
        assertEquals(
                "#/maxProperties",
                refusal("{\"type\":\"object\",\"maxProperties\":1000000}").where());
    }

    @ParameterizedTest
    @ValueSource(strings = {"minimum", "multipleOf", "maxItems"})
    void numbers_with_too_many_digits_are_refused(String keyword) {
        assertEquals("#", refusal("{\"" + keyword + "\":1" + "0".repeat(1_000_000) + "}").where());
        assertEquals("#/" + keyword, refusal("{\"" + keyword + "\":1e999999999}").where());
        assertEquals(
                "#/" + keyword, refusal("{\"" + keyword + "\":" + "9".repeat(500) + "}").where());
    }

    @ParameterizedTest
    @ValueSource(strings = {"(a+)+$", "^(a|a)*$", "(x+x+)+y", "^(.*,){10}P"})
    void patterns_that_cost_a_backtracking_matcher_its_time_are_harmless(String pattern) {
        JsonSchema schema = JsonSchema.parse("{\"pattern\":\"" + pattern + "\"}");
        schema.grammar();
        assertFalse(
                schema.isValid(JsonMapper.shared().getNodeFactory().stringNode("b".repeat(50_000)))
                        && schema.isValid(JsonMapper.shared().getNodeFactory().stringNode("")));
    }

    @ParameterizedTest
    @ValueSource(strings = {"(a|b)*a(a|b){30}", "a{1,1000000}", "(a{1,1000}){1,1000}"})
    void patterns_with_too_many_states_are_refused(String pattern) {
        assertEquals("#/pattern", refusal("{\"pattern\":\"" + pattern + "\"}").where());
    }

    @Test
    void alternatives_that_multiply_are_refused() {
        String ten =
                IntStream.range(0, 10)
                        .mapToObj(i -> "{\"minLength\":" + i + "}")
                        .collect(Collectors.joining(",", "{\"anyOf\":[", "]}"));
        String all =
                IntStream.range(0, 10)
                        .mapToObj(_ -> ten)
                        .collect(Collectors.joining(",", "{\"allOf\":[", "]}"));
        assertTrue(message(all).contains("more than 1000 alternatives"));
    }

    @Test
    void schemas_that_double_by_reference_are_validated_in_linear_time() {
        String definitions =
                IntStream.range(0, 45)
                        .mapToObj(
                                i ->
                                        "\"%d\":{\"anyOf\":[{\"$ref\":\"#/$defs/%d\"},{\"$ref\":\"#/$defs/%d\"}]}"
                                                .formatted(i, i + 1, i + 1))
                        .collect(Collectors.joining(","));
        JsonSchema schema =
                JsonSchema.parse(
                        "{\"$ref\":\"#/$defs/0\",\"$defs\":{"
                                + definitions
                                + ",\"45\":{\"type\":\"null\"}}}");
        assertFalse(schema.isValid(JsonMapper.shared().readTree("1")));
        assertTrue(schema.isValid(JsonMapper.shared().readTree("null")));
        assertThrows(InvalidGrammarException.class, schema::grammar);
    }

    @Test
    void documents_may_nest_deeply_and_have_numbers_of_any_exponent() {
        JsonSchema schema = JsonSchema.parse("{\"items\":{\"$ref\":\"#\"},\"multipleOf\":7}");
        String nested = "[".repeat(400) + "7e999999999" + "]".repeat(400);
        JsonMapper exact =
                JsonMapper.builder()
                        .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
                        .build();
        assertTrue(schema.isValid(exact.readTree(nested)));
        assertFalse(schema.isValid(exact.readTree(nested.replace('7', '6'))));
        assertTrue(
                JsonSchema.parse("{\"minimum\":1e308}")
                        .isValid(JsonMapper.shared().readTree("1e999")));
    }
}
