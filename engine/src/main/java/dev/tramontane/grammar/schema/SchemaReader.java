package dev.tramontane.grammar.schema;

import dev.tramontane.grammar.Expression;
import dev.tramontane.grammar.InvalidGrammarException;
import dev.tramontane.grammar.Limits;
import dev.tramontane.grammar.Regex;

import tools.jackson.databind.JsonNode;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// Reads a schema's document: each keyword checked, each `$ref` found.
///
/// Draft 2020-12, and what draft 7 and 2019-09 say in the same words. Keywords that only tell
/// (`title`, `default`, `readOnly`, what nobody knows) are passed over; those that decide what is
/// valid and that we do not know are refused.
final class SchemaReader {
    private static final int DEEPEST = 32;
    private static final int MOST_SCHEMAS = 10_000;

    /// Reading takes some microseconds each.
    private static final int STEPS_A_SCHEMA = 100;

    private static final int MOST_VALUES = 10_000;

    /// Keywords that decide what is valid, and that no grammar of ours enforces: with what to do.
    private static final Map<String, String> REFUSED =
            Map.ofEntries(
                    Map.entry("$dynamicRef", "use $ref"),
                    Map.entry("$recursiveRef", "use $ref"),
                    Map.entry("unevaluatedItems", "use items"),
                    Map.entry("unevaluatedProperties", "use additionalProperties"),
                    Map.entry("additionalItems", "use prefixItems and items"),
                    Map.entry("dependencies", "use dependentRequired or dependentSchemas"),
                    Map.entry("nullable", "add \"null\" to type"),
                    Map.entry("divisibleBy", "use multipleOf"),
                    Map.entry("disallow", "use not"),
                    Map.entry("extends", "use allOf"));

    private static final Set<String> DIALECTS =
            Set.of(
                    "https://json-schema.org/draft/2020-12/schema",
                    "https://json-schema.org/draft/2019-09/schema",
                    "http://json-schema.org/draft-07/schema",
                    "http://json-schema.org/draft-06/schema");

    /// A `$ref` that was read, and where it stands.
    private record Link(String pointer, String target) {}

    private final JsonNode document;
    private final WorkLimit limit = new WorkLimit("#");
    private final Map<String, Schema> schemas = new LinkedHashMap<>();
    private final Deque<Link> links = new ArrayDeque<>();
    private final SchemaPlaces places;
    private final Formats formats = new Formats(limit);
    private final Map<String, CharacterAutomaton> languages = new HashMap<>();
    private int values;

    SchemaReader(JsonNode document) {
        this.document = document;
        this.places = new SchemaPlaces(document, limit);
    }

    /// The document's schemas.
    Schemas read() {
        checkDialect();
        schema(document, "#", 0);
        while (!links.isEmpty()) {
            Link link = links.remove();
            if (!schemas.containsKey(link.target)) {
                JsonNode node = places.find(link.target, link.pointer);
                schema(node, link.target, depthOf(link.target));
            }
        }
        var read = new Schemas(schemas);
        new ReferenceLoops(read).refuse();
        return read;
    }

    /// Steps of work that reading has left for the grammar.
    long stepsLeft() {
        return limit.left();
    }

    /// The depth of a place, which is two names a schema mostly: a keyword and a name.
    private static int depthOf(String pointer) {
        return (int) pointer.chars().filter(c -> c == '/').count() / 2;
    }

    private void checkDialect() {
        JsonNode dialect = document.get("$schema");
        if (dialect == null) {
            return;
        }
        String name = KeywordValues.string(dialect, "#/$schema");
        if (!DIALECTS.contains(name.endsWith("#") ? name.substring(0, name.length() - 1) : name)) {
            throw new InvalidGrammarException(
                    "#/$schema",
                    "found %s, expected draft 2020-12, 2019-09, 7 or 6".formatted(name));
        }
    }

    /// The schema at a pointer, read once.
    ///
    /// @param depth of schemas around it
    Schema schema(JsonNode node, String pointer, int depth) {
        Schema known = schemas.get(pointer);
        if (known != null) {
            return known;
        }
        limit.at(pointer);
        limit.spend(STEPS_A_SCHEMA);
        limit.spendOn(pointer);
        Schema schema = node.isBoolean() ? plain(node, pointer) : object(node, pointer, depth);
        schemas.put(pointer, schema);
        limit.at(pointer);
        limit.atMost(MOST_SCHEMAS, schemas.size(), "schemas");
        return schema;
    }

    private static Schema plain(JsonNode node, String pointer) {
        return node.booleanValue()
                ? new Schema(pointer, List.of())
                : new Schema(pointer, List.of(new Constraint.Not(pointer, Schema.ANYTHING)));
    }

    private Schema object(JsonNode node, String pointer, int depth) {
        if (!node.isObject()) {
            throw KeywordValues.expected(pointer, node, "an object or a boolean");
        }
        if (depth > DEEPEST) {
            throw new InvalidGrammarException(
                    pointer,
                    "schemas in schemas %d deep, expected at most %d; use $defs and $ref"
                            .formatted(depth, DEEPEST));
        }
        for (Map.Entry<String, String> refused : REFUSED.entrySet()) {
            if (node.has(refused.getKey())) {
                throw new InvalidGrammarException(
                        JsonValues.under(pointer, refused.getKey()),
                        "%s is not supported; %s".formatted(refused.getKey(), refused.getValue()));
            }
        }
        SchemaPlaces.refuseName(node, pointer);
        return new Schema(pointer, new KeywordReader(this, node, pointer, depth).constraints());
    }

    /// Notes a `$ref`.
    ///
    /// @return the pointer that it names
    String refer(String reference, String at) {
        String target = places.target(reference, at);
        links.add(new Link(at, target));
        return target;
    }

    /// Spends what a pointer costs that is no schema's.
    void spendOn(String pointer) {
        limit.spendOn(pointer);
    }

    /// A value of `enum` or `const`, counted.
    JsonNode counted(JsonNode value) {
        values++;
        limit.atMost(MOST_VALUES, values, "values in enum and const");
        return value;
    }

    /// The strings in which a pattern is found; read once, however often it stands there.
    CharacterAutomaton language(String pattern, String at) {
        limit.at(at);
        CharacterAutomaton known = languages.get(pattern);
        if (known != null) {
            return known;
        }
        Expression expression;
        try {
            expression = Regex.search(pattern, Limits.STANDARD, limit::spend);
        } catch (InvalidGrammarException e) {
            throw new InvalidGrammarException(at, String.valueOf(e.getMessage()));
        }
        CharacterAutomaton language = CharacterAutomaton.of(expression, limit);
        languages.put(pattern, language);
        return language;
    }

    List<Constraint> format(String name, String at) {
        limit.at(at);
        return formats.named(name, at);
    }
}
