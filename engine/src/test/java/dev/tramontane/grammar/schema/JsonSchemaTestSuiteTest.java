package dev.tramontane.grammar.schema;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.tramontane.grammar.GrammarSource;
import dev.tramontane.grammar.InvalidGrammarException;

import org.junit.jupiter.api.Test;

import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Predicate;

/// JSON-Schema-Test-Suite: every case whose schema is in the subset is told as the suite has it, by
/// the validator and by the automaton. The others are counted by the keyword that is refused, so
/// that the subset cannot shrink unseen.
class JsonSchemaTestSuiteTest {
    private static final JsonMapper MAPPER =
            JsonMapper.builder().enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS).build();

    private static final String FILES =
            """
            additionalProperties allOf anchor anyOf bignum boolean_schema const contains content
            default defs dependentRequired dependentSchemas dynamicRef ecmascript-regex enum
            exclusiveMaximum exclusiveMinimum format-date format-date-time format-duration
            format-email format-hostname format-ipv4 format-ipv6 format-json-pointer
            format-relative-json-pointer format-time format-uri format-uri-reference format-uuid
            if-then-else infinite-loop-detection items maxContains maxItems maxLength
            maxProperties maximum minContains minItems minLength minProperties minimum multipleOf
            non-bmp-regex not oneOf pattern patternProperties prefixItems properties propertyNames
            ref required type unevaluatedItems unevaluatedProperties uniqueItems
            """;

    /// A group of cases of one schema.
    private record Group(String name, JsonNode schema, JsonNode tests) {
        String name(JsonNode test) {
            return name + ": " + test.get("description").stringValue();
        }
    }

    private static List<Group> groups() throws IOException {
        List<Group> groups = new ArrayList<>();
        for (String file : FILES.strip().split("\\s+")) {
            try (InputStream in =
                    JsonSchemaTestSuiteTest.class.getResourceAsStream(
                            "/json-schema-test-suite/" + file + ".json")) {
                for (JsonNode group : MAPPER.readTree(in)) {
                    groups.add(
                            new Group(
                                    file + ": " + group.get("description").stringValue(),
                                    group.get("schema"),
                                    group.get("tests")));
                }
            }
        }
        return groups;
    }

    /// Groups and cases that the subset tells otherwise, by their beginnings: what docs say of it.
    private static final List<String> FORMATS_OTHERWISE =
            List.of(
                    "format-hostname: validation of A-label (punycode) host names: ",
                    "format-hostname: validation of host names: exceeds maximum overall length",
                    "format-time: validation of time strings: valid leap second, ",
                    "format-date-time: validation of date-time strings: a valid date-time with a leap second, with minus offset");

    /// Valid, but with more digits than a grammar writes.
    private static final List<String> LONG_NUMBERS = List.of("bignum: ");

    /// Cases whose schema is refused, by the keyword that is.
    private static final Map<String, Integer> REFUSED =
            Map.of(
                    "$dynamicRef", 6,
                    "$id", 3,
                    "$ref", 69,
                    "^\\p{digit}+$", 3,
                    "pattern", 3,
                    "unevaluatedItems", 69,
                    "unevaluatedProperties", 132);

    /// Cases whose schema has no grammar, by the keyword that is refused; `#` where nothing is
    /// valid.
    private static final Map<String, Integer> WITHOUT_GRAMMAR =
            Map.of("#", 40, "minProperties", 4, "multipleOf", 1, "uniqueItems", 41);

    private static final int TOLD_BY_VALIDATOR = 1_449;
    private static final int TOLD_BY_GRAMMAR = 1_357;

    private static boolean isOneOf(List<String> beginnings, String name) {
        return beginnings.stream().anyMatch(name::startsWith);
    }

    /// The keyword that a refusal names.
    private static String keyword(InvalidGrammarException refusal) {
        return refusal.where().substring(refusal.where().lastIndexOf('/') + 1);
    }

    @Test
    void the_validator_tells_every_case_of_the_subset_as_the_suite_does() throws IOException {
        Map<String, Integer> refused = new TreeMap<>();
        List<String> wrong = new ArrayList<>();
        int told = 0;
        for (Group group : groups()) {
            JsonSchema schema;
            try {
                schema = JsonSchema.of(group.schema);
            } catch (InvalidGrammarException e) {
                refused.merge(keyword(e), group.tests.size(), Integer::sum);
                continue;
            }
            for (JsonNode test : group.tests) {
                if (isOneOf(FORMATS_OTHERWISE, group.name(test))) {
                    continue;
                }
                told++;
                if (schema.isValid(test.get("data")) != test.get("valid").booleanValue()) {
                    wrong.add(group.name(test));
                }
            }
        }
        assertEquals(List.of(), wrong);
        assertEquals(new TreeMap<>(REFUSED), refused);
        assertEquals(TOLD_BY_VALIDATOR, told);
    }

    @Test
    void a_grammar_matches_the_valid_documents_of_the_suite_and_no_others() throws IOException {
        Map<String, Integer> without = new TreeMap<>();
        List<String> wrong = new ArrayList<>();
        int told = 0;
        for (Group group : groups()) {
            Optional<Predicate<String>> grammar = grammar(group, without);
            if (grammar.isEmpty()) {
                continue;
            }
            for (JsonNode test : group.tests) {
                if (isOneOf(FORMATS_OTHERWISE, group.name(test))
                        || (isOneOf(LONG_NUMBERS, group.name(test))
                                && test.get("valid").booleanValue())) {
                    continue;
                }
                told++;
                boolean matches =
                        CanonicalJson.texts(test.get("data")).stream().anyMatch(grammar.get());
                if (matches != test.get("valid").booleanValue()) {
                    wrong.add(group.name(test));
                }
            }
        }
        assertEquals(List.of(), wrong);
        assertEquals(new TreeMap<>(WITHOUT_GRAMMAR), without);
        assertEquals(TOLD_BY_GRAMMAR, told);
    }

    private static Optional<Predicate<String>> grammar(Group group, Map<String, Integer> without) {
        JsonSchema schema;
        try {
            schema = JsonSchema.of(group.schema);
        } catch (InvalidGrammarException _) {
            return Optional.empty(); // the other test counts these
        }
        try {
            GrammarSource source = schema.grammar();
            return Optional.of(text -> TreeMatcher.matches(source, text));
        } catch (InvalidGrammarException e) {
            without.merge(keyword(e), group.tests.size(), Integer::sum);
            return Optional.empty();
        }
    }
}
