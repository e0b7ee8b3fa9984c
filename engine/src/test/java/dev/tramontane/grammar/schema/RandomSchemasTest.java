package dev.tramontane.grammar.schema;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tramontane.grammar.GrammarSource;
import dev.tramontane.grammar.InvalidGrammarException;

import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/// Random schemas and random texts of their grammars, told by the validator.
class RandomSchemasTest {
    private static final int SCHEMAS = 2_000;
    private static final int TEXTS = 4;
    private static final int LONG_TEXT = 200;
    private static final int MOST_ORDERS = 24;

    private static final JsonMapper MAPPER =
            JsonMapper.builder()
                    .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
                    .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
                    .build();

    /// A schema that has a grammar.
    private record Compiled(JsonNode text, JsonSchema schema, GrammarSource grammar) {}

    private static final List<Compiled> COMPILED = new ArrayList<>();

    @BeforeAll
    static void compile() {
        var schemas = new RandomSchemas(new Random(20260101));
        int refused = 0;
        while (COMPILED.size() < SCHEMAS) {
            JsonNode text = schemas.next();
            try {
                JsonSchema schema = JsonSchema.of(text);
                COMPILED.add(new Compiled(text, schema, schema.grammar()));
            } catch (InvalidGrammarException _) {
                refused++; // most of them since nothing is valid
            }
        }
        assertTrue(refused < SCHEMAS, refused + " schemas were refused");
    }

    @Test
    void every_text_of_a_random_schemas_grammar_is_valid() {
        Random random = new Random(1);
        for (Compiled one : COMPILED) {
            var sampler = new TreeSampler(one.grammar, random, LONG_TEXT);
            for (int i = 0; i < TEXTS; i++) {
                String text = sampler.next();
                assertEquals(
                        "",
                        one.schema
                                .fault(MAPPER.readTree(text))
                                .map(SchemaFault::message)
                                .orElse(""),
                        () -> text + " of " + one.text);
            }
        }
    }

    @Test
    void a_grammar_matches_a_canonical_text_exactly_when_the_document_is_valid() {
        Random random = new Random(2);
        int valid = 0;
        int compared = 0;
        for (int i = 1; i < COMPILED.size(); i++) {
            Compiled one = COMPILED.get(i);
            Compiled other = COMPILED.get(i - 1);
            for (GrammarSource source : List.of(one.grammar, other.grammar)) {
                JsonNode document =
                        mutated(
                                MAPPER.readTree(new TreeSampler(source, random, LONG_TEXT).next()),
                                random);
                List<String> texts = CanonicalJson.texts(document);
                if (texts.size() > MOST_ORDERS
                        || texts.getFirst().matches("(?s).*([0-9]E|[0-9]{20}).*")) {
                    continue; // too many orders, or a longer number than grammars write
                }
                boolean matches =
                        texts.stream().anyMatch(text -> TreeMatcher.matches(one.grammar, text));
                assertEquals(
                        one.schema.isValid(document), matches, () -> document + " and " + one.text);
                compared++;
                valid += matches ? 1 : 0;
            }
        }
        assertTrue(valid > compared / 10 && valid < compared * 9 / 10, valid + " of " + compared);
    }

    /// The document, or one with a value changed somewhere.
    private static JsonNode mutated(JsonNode document, Random random) {
        if (random.nextInt(3) == 0) {
            return document;
        }
        List<JsonNode> values = new ArrayList<>();
        for (String value :
                List.of("null", "3", "\"ab\"", "[]", "{\"a\":1}", "-0.5", "{}", "\"\"")) {
            values.add(MAPPER.readTree(value));
        }
        JsonNode fresh = values.get(random.nextInt(values.size()));
        if (document.isObject() && !document.isEmpty()) {
            var copy = ((ObjectNode) document).deepCopy();
            List<String> names = List.copyOf(copy.propertyNames());
            String name = names.get(random.nextInt(names.size()));
            switch (random.nextInt(3)) {
                case 0 -> copy.remove(name);
                case 1 -> copy.set(name, mutated(copy.get(name), random));
                default -> copy.set("b", fresh);
            }
            return copy;
        }
        if (document.isArray() && !document.isEmpty()) {
            var copy = ((ArrayNode) document).deepCopy();
            int index = random.nextInt(copy.size());
            switch (random.nextInt(3)) {
                case 0 -> copy.remove(index);
                case 1 -> copy.set(index, mutated(copy.get(index), random));
                default -> copy.add(fresh);
            }
            return copy;
        }
        return fresh;
    }
}
