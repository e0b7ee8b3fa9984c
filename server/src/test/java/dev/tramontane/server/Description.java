package dev.tramontane.server;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.networknt.schema.Schema;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;

/// The description of the API as a test reads it.
record Description(JsonNode document) {
    private static final SchemaRegistry SCHEMAS =
            SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12);

    /// An operation of the API.
    ///
    /// @param method in capitals
    record Operation(String method, String path, JsonNode node) {
        @Override
        public String toString() {
            return method + " " + path;
        }

        /// The schema of a successful answer of a content type; nothing where there is none.
        JsonNode answer(String contentType) {
            return node.path("responses")
                    .path("200")
                    .path("content")
                    .path(contentType)
                    .path("schema");
        }
    }

    /// A request that the description shows.
    record Example(Operation operation, String name, JsonNode body) {
        @Override
        public String toString() {
            return operation + ": " + name;
        }
    }

    List<Operation> operations() {
        List<Operation> operations = new ArrayList<>();
        for (Map.Entry<String, JsonNode> path : document.path("paths").properties()) {
            for (Map.Entry<String, JsonNode> method : path.getValue().properties()) {
                String name = method.getKey().toUpperCase(Locale.ROOT);
                operations.add(new Operation(name, path.getKey(), method.getValue()));
            }
        }
        return operations;
    }

    List<Example> examples() {
        List<Example> examples = new ArrayList<>();
        for (Operation operation : operations()) {
            JsonNode shown = operation.node().at("/requestBody/content/application~1json/examples");
            for (Map.Entry<String, JsonNode> example : shown.properties()) {
                examples.add(
                        new Example(operation, example.getKey(), example.getValue().path("value")));
            }
        }
        return examples;
    }

    /// A schema of the document, ready to hold values against.
    Schema compiled(JsonNode schema) {
        ObjectNode alone = Json.object();
        alone.putArray("allOf").add(schema);
        alone.set("components", document.path("components"));
        return SCHEMAS.getSchema(alone);
    }

    /// Holds a value against a schema of the document.
    void check(JsonNode value, JsonNode schema, String what) {
        check(value, compiled(schema), what);
    }

    static void check(JsonNode value, Schema schema, String what) {
        assertEquals(List.of(), schema.validate(value), () -> what + ": " + value);
    }

    /// Names of fields, and values that have a meaning, in all schemas.
    Set<String> words() {
        Set<String> words = new TreeSet<>();
        each(
                document,
                node -> {
                    node.path("properties").propertyNames().forEach(words::add);
                    node.path("enum").forEach(value -> words.add(value.asString("")));
                    node.path("examples").forEach(value -> words.add(value.asString("")));
                    words.add(node.path("const").asString(""));
                });
        return words;
    }

    /// Names of the fields of requests.
    Set<String> requestFields() {
        Set<String> fields = new TreeSet<>();
        for (Operation operation : operations()) {
            JsonNode schema = operation.node().at("/requestBody/content/application~1json/schema");
            fields(schema, fields, new HashMap<>());
        }
        return fields;
    }

    private void fields(JsonNode schema, Set<String> into, Map<String, Boolean> seen) {
        String reference = schema.path("$ref").asString("");
        if (!reference.isEmpty()) {
            if (seen.put(reference, true) == null) {
                fields(document.at(reference.substring(1)), into, seen);
            }
            return;
        }
        into.addAll(schema.path("properties").propertyNames());
        for (JsonNode part : schema) {
            fields(part, into, seen);
        }
    }

    /// Every object and list of a value, itself included.
    static void each(JsonNode node, Consumer<JsonNode> reader) {
        reader.accept(node);
        node.forEach(part -> each(part, reader));
    }
}
