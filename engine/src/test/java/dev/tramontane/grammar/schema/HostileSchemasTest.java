package dev.tramontane.grammar.schema;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tramontane.grammar.Grammar;
import dev.tramontane.grammar.InvalidGrammarException;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.json.JsonMapper;

import java.util.List;
import java.util.function.IntFunction;
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

    private static String listed(int count, IntFunction<String> one) {
        return IntStream.range(0, count).mapToObj(one).collect(Collectors.joining(","));
    }

    /// Schemas whose work hides in something small: long names in pointers, the same list looked
    /// through again and again, sets of characters named by the thousand.
    static List<String> laboriousSchemas() {
        return List.of(
                "{\"properties\":{\""
                        + "k".repeat(49_000)
                        + "\":{\"allOf\":["
                        + listed(9_000, _ -> "true")
                        + "]}}}",
                "{\"properties\":{\""
                        + "k".repeat(49_000)
                        + "\":{\"dependentRequired\":{"
                        + listed(30_000, i -> "\"a" + i + "\":[]")
                        + "}}}}",
                "{\"properties\":{"
                        + listed(5_000, i -> "\"p" + i + "\":true")
                        + "},\"patternProperties\":{"
                        + listed(4_000, i -> "\"^q" + i + "$\":true")
                        + "}}",
                "{\"allOf\":[{\"enum\":[\""
                        + "x".repeat(900_000)
                        + "\"]},{\"anyOf\":["
                        + listed(900, i -> "{\"maxLength\":" + (i + 1_000_000) + "}")
                        + "]}]}",
                "{\"allOf\":[{\"enum\":[["
                        + listed(200_000, _ -> "0")
                        + "]]},{\"anyOf\":["
                        + listed(800, i -> "{\"items\":{\"minimum\":-" + i + "}}")
                        + "]}]}",
                "{\"not\":{\"oneOf\":[" + listed(9_000, _ -> "false") + "]}}",
                "{\"pattern\":\"" + "\\\\P{L}".repeat(20_000) + "\"}",
                "{\"pattern\":\"" + "[\\\\p{L}\\\\P{Lu}]".repeat(10_000) + "\"}",
                "{\"pattern\":\"^(?:b{1900000}|a{9999})$\"}");
    }

    @ParameterizedTest
    @MethodSource("laboriousSchemas")
    void work_is_counted_wherever_it_hides(String schema) {
        assertTrue(message(schema).contains("steps of work"));
    }

    /// The steps that reading a schema and telling its grammar take.
    private static long steps(String schema) {
        var reader = new SchemaReader(JsonMapper.shared().readTree(schema));
        Schemas schemas = reader.read();
        var limit = new WorkLimit("#", reader.stepsLeft());
        SchemaGrammar.compile(schemas, limit);
        return new WorkLimit("#").left() - limit.left();
    }

    static List<IntFunction<String>> growingSchemas() {
        return List.of(
                n -> "{\"enum\":[" + listed(n, i -> "\"value " + i + "\"") + "]}",
                n ->
                        "{\"allOf\":[{\"enum\":["
                                + listed(n, i -> "" + i)
                                + "]},{\"enum\":["
                                + listed(n, i -> "" + (i + 1))
                                + "]}]}",
                n -> "{\"uniqueItems\":true,\"const\":[" + listed(n, i -> "" + i) + "]}",
                n -> "{\"prefixItems\":[" + listed(n, i -> "{\"const\":" + i + "}") + "]}",
                n ->
                        "{\"properties\":{"
                                + listed(n, i -> "\"p" + i + "\":{\"type\":\"null\"}")
                                + "}}",
                n ->
                        "{\"$defs\":{"
                                + listed(
                                        n,
                                        i ->
                                                "\"d%d\":{\"type\":\"object\",\"required\":[\"p\"],\"properties\":{\"p\":%s}}"
                                                        .formatted(
                                                                i,
                                                                i == 0
                                                                        ? "true"
                                                                        : "{\"$ref\":\"#/$defs/d"
                                                                                + (i - 1)
                                                                                + "\"}"))
                                + "},\"prefixItems\":["
                                + listed(n, i -> "{\"$ref\":\"#/$defs/d" + i + "\"}")
                                + "]}",
                n -> "{\"pattern\":\"^(?:" + "ab?".repeat(n) + ")$\"}");
    }

    @ParameterizedTest
    @MethodSource("growingSchemas")
    void twice_as_much_of_a_schema_is_about_twice_as_much_work(IntFunction<String> schema) {
        long some = steps(schema.apply(400));
        long more = steps(schema.apply(800));
        assertTrue(more < 5 * some / 2, some + " steps, then " + more);
    }

    @Test
    void schemas_of_everyday_size_are_far_from_the_limits() {
        for (String schema :
                List.of(
                        "{\"oneOf\":[" + listed(300, i -> "{\"const\":\"c" + i + "\"}") + "]}",
                        "{\"properties\":{"
                                + listed(
                                        2,
                                        i ->
                                                "\"p%d\":{\"pattern\":\"^.{1,500}$\",\"minLength\":2}"
                                                        .formatted(i))
                                + "}}",
                        "{\"properties\":{"
                                + listed(40, i -> "\"p" + i + "\":{\"format\":\"uri\"}")
                                + "}}",
                        "{\"properties\":{"
                                + listed(800, i -> "\"p" + i + "\":{\"type\":\"string\"}")
                                + "}}",
                        "{\"enum\":[" + listed(5_000, i -> "\"" + i * 7919 + "\"") + "]}")) {
            Grammar.compile(JsonSchema.parse(schema).grammar());
            long steps = steps(schema);
            assertTrue(
                    steps < new WorkLimit("#").left() / 2,
                    steps + " steps: " + schema.substring(0, 60));
        }
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
