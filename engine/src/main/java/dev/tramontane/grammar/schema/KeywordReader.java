package dev.tramontane.grammar.schema;

import static dev.tramontane.grammar.schema.KeywordValues.array;
import static dev.tramontane.grammar.schema.KeywordValues.bool;
import static dev.tramontane.grammar.schema.KeywordValues.entries;
import static dev.tramontane.grammar.schema.KeywordValues.expected;
import static dev.tramontane.grammar.schema.KeywordValues.kinds;
import static dev.tramontane.grammar.schema.KeywordValues.names;
import static dev.tramontane.grammar.schema.KeywordValues.number;
import static dev.tramontane.grammar.schema.KeywordValues.string;

import dev.tramontane.grammar.InvalidGrammarException;

import tools.jackson.databind.JsonNode;

import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/// The keywords of one schema object as constraints.
final class KeywordReader {
    private final SchemaReader reader;
    private final JsonNode node;
    private final String pointer;
    private final int depth;
    private final List<Constraint> constraints = new ArrayList<>();

    /// @param depth of schemas around it
    KeywordReader(SchemaReader reader, JsonNode node, String pointer, int depth) {
        this.reader = reader;
        this.node = node;
        this.pointer = pointer;
        this.depth = depth;
    }

    List<Constraint> constraints() {
        readReferences();
        readValues();
        readNumbers();
        readStrings();
        readArrays();
        readObjects();
        readCombinations();
        return constraints;
    }

    private String at(String keyword) {
        return JsonValues.under(pointer, keyword);
    }

    private void with(String keyword, Function<JsonNode, Constraint> constraint) {
        JsonNode value = node.get(keyword);
        if (value != null) {
            constraints.add(constraint.apply(value));
        }
    }

    private Schema child(String keyword) {
        JsonNode value = node.get(keyword);
        return value == null ? Schema.ANYTHING : reader.schema(value, at(keyword), depth + 1);
    }

    private void readReferences() {
        with(
                "$ref",
                value -> {
                    String target = reader.refer(string(value, at("$ref")), at("$ref"));
                    return new Constraint.SchemaReference(at("$ref"), target);
                });
    }

    private void readValues() {
        with("type", value -> new Constraint.Types(at("type"), kinds(value, at("type"))));
        with("const", value -> Constraint.Values.of(at("const"), List.of(reader.counted(value))));
        with(
                "enum",
                value -> {
                    List<JsonNode> all = new ArrayList<>();
                    for (JsonNode one : array(value, at("enum"))) {
                        all.add(reader.counted(one));
                    }
                    return Constraint.Values.of(at("enum"), all);
                });
    }

    private void readNumbers() {
        limit("minimum", true, true);
        limit("exclusiveMinimum", true, false);
        limit("maximum", false, true);
        limit("exclusiveMaximum", false, false);
        with(
                "multipleOf",
                value -> {
                    BigDecimal divisor = number(value, at("multipleOf"));
                    if (divisor.signum() <= 0) {
                        throw expected(at("multipleOf"), value, "a number above 0");
                    }
                    return new Constraint.MultipleOf(at("multipleOf"), divisor);
                });
    }

    private void limit(String keyword, boolean lower, boolean inclusive) {
        with(
                keyword,
                value ->
                        new Constraint.Limit(
                                at(keyword), number(value, at(keyword)), lower, inclusive));
    }

    private void readStrings() {
        counts("Length")
                .ifPresent(
                        range ->
                                constraints.add(
                                        new Constraint.Length(
                                                range.pointer, range.least, range.most)));
        with(
                "pattern",
                value -> {
                    String pattern = string(value, at("pattern"));
                    return new Constraint.Form(
                            at("pattern"), "pattern", reader.language(pattern, at("pattern")));
                });
        JsonNode format = node.get("format");
        if (format != null) {
            constraints.addAll(reader.format(string(format, at("format")), at("format")));
        }
    }

    private void readArrays() {
        counts("Items")
                .ifPresent(
                        range ->
                                constraints.add(
                                        new Constraint.ItemCount(
                                                range.pointer, range.least, range.most)));
        if (node.has("items") && node.get("items").isArray()) {
            throw new InvalidGrammarException(
                    at("items"), "found an array, expected a schema; use prefixItems");
        }
        if (node.has("prefixItems") || node.has("items")) {
            List<Schema> prefix = node.has("prefixItems") ? several("prefixItems") : List.of();
            String keyword = node.has("items") ? "items" : "prefixItems";
            constraints.add(new Constraint.Items(at(keyword), prefix, child("items")));
        }
        if (node.has("contains")) {
            constraints.add(
                    new Constraint.Contains(
                            at("contains"),
                            child("contains"),
                            0,
                            node.has("minContains") ? count("minContains") : 1,
                            node.has("maxContains") ? count("maxContains") : Constraint.UNLIMITED));
        }
        if (node.has("uniqueItems") && bool(node.get("uniqueItems"), at("uniqueItems"))) {
            constraints.add(new Constraint.UniqueItems(at("uniqueItems")));
        }
    }

    private void readObjects() {
        counts("Properties")
                .ifPresent(
                        range ->
                                constraints.add(
                                        new Constraint.PropertyCount(
                                                range.pointer, range.least, range.most)));
        with(
                "required",
                value -> new Constraint.Required(at("required"), names(value, at("required"))));
        if (node.has("properties")
                || node.has("patternProperties")
                || node.has("additionalProperties")) {
            constraints.add(propertySchemas());
        }
        if (node.has("propertyNames")) {
            constraints.add(
                    new Constraint.PropertyNames(at("propertyNames"), child("propertyNames")));
        }
        if (node.has("dependentRequired")) {
            String at = at("dependentRequired");
            for (Map.Entry<String, JsonNode> entry : entries(node.get("dependentRequired"), at)) {
                String here = JsonValues.under(at, entry.getKey());
                reader.spendOn(here);
                List<String> names = names(entry.getValue(), here);
                constraints.add(
                        new Constraint.Dependent(
                                here,
                                entry.getKey(),
                                Schema.of(new Constraint.Required(here, names))));
            }
        }
        if (node.has("dependentSchemas")) {
            String at = at("dependentSchemas");
            named(node.get("dependentSchemas"), at)
                    .forEach(
                            (name, schema) ->
                                    constraints.add(
                                            new Constraint.Dependent(
                                                    JsonValues.under(at, name), name, schema)));
        }
    }

    private Constraint propertySchemas() {
        Map<String, Schema> named =
                node.has("properties") ? named(node.get("properties"), at("properties")) : Map.of();
        List<Constraint.Properties.Patterned> patterned = new ArrayList<>();
        if (node.has("patternProperties")) {
            String at = at("patternProperties");
            named(node.get("patternProperties"), at)
                    .forEach(
                            (pattern, schema) ->
                                    patterned.add(
                                            new Constraint.Properties.Patterned(
                                                    pattern,
                                                    reader.language(
                                                            pattern, JsonValues.under(at, pattern)),
                                                    schema)));
        }
        String keyword =
                node.has("properties")
                        ? "properties"
                        : node.has("patternProperties")
                                ? "patternProperties"
                                : "additionalProperties";
        return new Constraint.Properties(
                at(keyword), named, List.copyOf(patterned), child("additionalProperties"));
    }

    private void readCombinations() {
        if (node.has("allOf")) {
            constraints.add(new Constraint.AllOf(at("allOf"), several("allOf")));
        }
        if (node.has("anyOf")) {
            constraints.add(new Constraint.AnyOf(at("anyOf"), several("anyOf")));
        }
        if (node.has("oneOf")) {
            constraints.add(new Constraint.OneOf(at("oneOf"), several("oneOf")));
        }
        if (node.has("not")) {
            constraints.add(new Constraint.Not(at("not"), child("not")));
        }
        if (node.has("if") && (node.has("then") || node.has("else"))) {
            constraints.add(
                    new Constraint.Conditional(
                            at("if"), child("if"), child("then"), child("else")));
        }
    }

    /// A least and a most of one thing; the keyword that stands first names them.
    private record Counts(String pointer, int least, int most) {}

    private Optional<Counts> counts(String what) {
        boolean least = node.has("min" + what);
        boolean most = node.has("max" + what);
        return least || most
                ? Optional.of(
                        new Counts(
                                at((least ? "min" : "max") + what),
                                least ? count("min" + what) : 0,
                                most ? count("max" + what) : Constraint.UNLIMITED))
                : Optional.empty();
    }

    private int count(String keyword) {
        return KeywordValues.count(node.get(keyword), at(keyword));
    }

    private List<Schema> several(String keyword) {
        JsonNode value = array(node.get(keyword), at(keyword));
        if (value.isEmpty()) {
            throw expected(at(keyword), value, "an array of one schema at least");
        }
        List<Schema> schemas = new ArrayList<>();
        for (int i = 0; i < value.size(); i++) {
            schemas.add(reader.schema(value.get(i), JsonValues.under(at(keyword), i), depth + 1));
        }
        return List.copyOf(schemas);
    }

    private Map<String, Schema> named(JsonNode value, String at) {
        Map<String, Schema> named = new LinkedHashMap<>();
        for (Map.Entry<String, JsonNode> entry : entries(value, at)) {
            String name = entry.getKey();
            named.put(name, reader.schema(entry.getValue(), JsonValues.under(at, name), depth + 1));
        }
        return named;
    }
}
