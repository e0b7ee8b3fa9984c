package dev.tramontane.langchain4j;

import dev.langchain4j.exception.UnsupportedFeatureException;
import dev.langchain4j.model.chat.request.json.JsonAnyOfSchema;
import dev.langchain4j.model.chat.request.json.JsonArraySchema;
import dev.langchain4j.model.chat.request.json.JsonBooleanSchema;
import dev.langchain4j.model.chat.request.json.JsonEnumSchema;
import dev.langchain4j.model.chat.request.json.JsonIntegerSchema;
import dev.langchain4j.model.chat.request.json.JsonNullSchema;
import dev.langchain4j.model.chat.request.json.JsonNumberSchema;
import dev.langchain4j.model.chat.request.json.JsonObjectSchema;
import dev.langchain4j.model.chat.request.json.JsonRawSchema;
import dev.langchain4j.model.chat.request.json.JsonReferenceSchema;
import dev.langchain4j.model.chat.request.json.JsonSchemaElement;
import dev.langchain4j.model.chat.request.json.JsonStringSchema;

import org.jspecify.annotations.Nullable;

import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

import java.util.List;
import java.util.Map;

/// LangChain4j's schemas as JSON Schema.
///
/// An object that names its properties has no others unless it says so: the schemas are made of
/// Java types, which could not take them, and a model must not invent any.
final class SchemaWriter {
    private static final JsonMapper MAPPER = new JsonMapper();

    private SchemaWriter() {}

    static JsonNode write(JsonSchemaElement schema) {
        return switch (schema) {
            case JsonObjectSchema object -> object(object);
            case JsonArraySchema array -> {
                ObjectNode node = typed("array", array);
                if (array.items() != null) {
                    node.set("items", write(array.items()));
                }
                yield node;
            }
            case JsonEnumSchema options -> {
                ObjectNode node = typed("string", options);
                options.enumValues().forEach(node.putArray("enum")::add);
                yield node;
            }
            case JsonAnyOfSchema any -> {
                ObjectNode node = described(any);
                ArrayNode branches = node.putArray("anyOf");
                any.anyOf().forEach(branch -> branches.add(write(branch)));
                yield node;
            }
            case JsonReferenceSchema reference ->
                    described(reference).put("$ref", "#/$defs/" + reference.reference());
            case JsonStringSchema text -> typed("string", text);
            case JsonIntegerSchema whole -> typed("integer", whole);
            case JsonNumberSchema number -> typed("number", number);
            case JsonBooleanSchema truth -> typed("boolean", truth);
            case JsonNullSchema nothing -> typed("null", nothing);
            case JsonRawSchema raw -> raw(raw);
            default ->
                    throw new UnsupportedFeatureException(
                            "a %s is not supported in schemas, expected one of LangChain4j 1.23; write it as a JsonRawSchema"
                                    .formatted(schema.getClass().getSimpleName()));
        };
    }

    private static JsonNode object(JsonObjectSchema object) {
        ObjectNode node = typed("object", object);
        ObjectNode properties = node.putObject("properties");
        object.properties().forEach((name, each) -> properties.set(name, write(each)));
        @Nullable List<String> required = object.required();
        if (required != null && !required.isEmpty()) {
            required.forEach(node.putArray("required")::add);
        }
        @Nullable Boolean others = object.additionalProperties();
        if (others != null || !object.properties().isEmpty()) {
            node.put("additionalProperties", Boolean.TRUE.equals(others));
        }
        @Nullable Map<String, JsonSchemaElement> definitions = object.definitions();
        if (definitions != null && !definitions.isEmpty()) {
            ObjectNode defs = node.putObject("$defs");
            definitions.forEach((name, each) -> defs.set(name, write(each)));
        }
        return node;
    }

    private static ObjectNode typed(String type, JsonSchemaElement schema) {
        return described(schema).put("type", type);
    }

    private static ObjectNode described(JsonSchemaElement schema) {
        ObjectNode node = JsonNodeFactory.instance.objectNode();
        if (schema.description() != null) {
            node.put("description", schema.description());
        }
        return node;
    }

    private static JsonNode raw(JsonRawSchema raw) {
        try {
            return MAPPER.readTree(raw.schema());
        } catch (JacksonException noJson) {
            throw new dev.langchain4j.exception.InvalidRequestException(
                    "responseFormat.jsonSchema: found a raw schema that is no JSON, expected a JSON schema; correct it",
                    noJson);
        }
    }
}
