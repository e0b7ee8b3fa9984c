package dev.tramontane.langchain4j;

import static dev.tramontane.langchain4j.Asking.over;
import static dev.tramontane.langchain4j.Asking.question;
import static dev.tramontane.langchain4j.Asking.thinker;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.langchain4j.exception.InvalidRequestException;
import dev.langchain4j.exception.UnsupportedFeatureException;
import dev.langchain4j.model.chat.request.ChatRequestParameters;
import dev.langchain4j.model.chat.request.json.JsonAnyOfSchema;
import dev.langchain4j.model.chat.request.json.JsonArraySchema;
import dev.langchain4j.model.chat.request.json.JsonBooleanSchema;
import dev.langchain4j.model.chat.request.json.JsonIntegerSchema;
import dev.langchain4j.model.chat.request.json.JsonNullSchema;
import dev.langchain4j.model.chat.request.json.JsonNumberSchema;
import dev.langchain4j.model.chat.request.json.JsonObjectSchema;
import dev.langchain4j.model.chat.request.json.JsonRawSchema;
import dev.langchain4j.model.chat.request.json.JsonReferenceSchema;
import dev.langchain4j.model.chat.request.json.JsonSchemaElement;
import dev.langchain4j.model.chat.request.json.JsonStringSchema;
import dev.tramontane.chat.ResponseFormat;
import dev.tramontane.grammar.schema.JsonSchema;
import dev.tramontane.server.Script;

import org.junit.jupiter.api.Test;

import tools.jackson.databind.json.JsonMapper;

import java.util.List;
import java.util.Map;

/// What form an answer is asked to have.
class ResponseFormatsTest {
    private static ResponseFormat asked(dev.langchain4j.model.chat.request.ResponseFormat format)
            throws InterruptedException {
        Script model = thinker();
        over(model).chat(question(ChatRequestParameters.builder().responseFormat(format).build()));
        return model.asked.take().format();
    }

    private static String written(JsonSchemaElement root) throws InterruptedException {
        var schema =
                dev.langchain4j.model.chat.request.json.JsonSchema.builder()
                        .name("answer")
                        .rootElement(root)
                        .build();
        var format =
                dev.langchain4j.model.chat.request.ResponseFormat.builder()
                        .type(dev.langchain4j.model.chat.request.ResponseFormatType.JSON)
                        .jsonSchema(schema)
                        .build();
        return assertInstanceOf(ResponseFormat.JsonSchema.class, asked(format)).schema().toString();
    }

    @Test
    void text_is_free_and_json_alone_is_an_object() throws InterruptedException {
        assertEquals(
                ResponseFormat.TEXT, asked(dev.langchain4j.model.chat.request.ResponseFormat.TEXT));
        assertEquals(
                new ResponseFormat.JsonObject(),
                asked(dev.langchain4j.model.chat.request.ResponseFormat.JSON));
    }

    @Test
    void every_kind_of_element_has_its_json_schema() throws InterruptedException {
        JsonSchemaElement all =
                JsonObjectSchema.builder()
                        .description("all")
                        .addProperty("text", new JsonStringSchema())
                        .addProperty("whole", new JsonIntegerSchema())
                        .addProperty("number", new JsonNumberSchema())
                        .addProperty("truth", new JsonBooleanSchema())
                        .addEnumProperty("option", List.of("a", "b"))
                        .addProperty(
                                "any",
                                JsonAnyOfSchema.builder()
                                        .anyOf(new JsonStringSchema(), new JsonNullSchema())
                                        .build())
                        .addProperty("map", JsonObjectSchema.builder().build())
                        .addProperty(
                                "open",
                                JsonObjectSchema.builder()
                                        .addStringProperty("x")
                                        .additionalProperties(true)
                                        .build())
                        .build();
        assertEquals(
                "{\"description\":\"all\",\"type\":\"object\",\"properties\":{\"text\":{\"type\":\"string\"},"
                        + "\"whole\":{\"type\":\"integer\"},\"number\":{\"type\":\"number\"},\"truth\":{\"type\":\"boolean\"},"
                        + "\"option\":{\"type\":\"string\",\"enum\":[\"a\",\"b\"]},"
                        + "\"any\":{\"anyOf\":[{\"type\":\"string\"},{\"type\":\"null\"}]},"
                        + "\"map\":{\"type\":\"object\",\"properties\":{}},"
                        + "\"open\":{\"type\":\"object\",\"properties\":{\"x\":{\"type\":\"string\"}},\"additionalProperties\":true}},"
                        + "\"additionalProperties\":false}",
                written(all));
    }

    @Test
    void a_schema_that_contains_itself_is_one_that_the_engine_reads() throws InterruptedException {
        JsonSchemaElement node = JsonReferenceSchema.builder().reference("Node").build();
        JsonSchemaElement definition =
                JsonObjectSchema.builder()
                        .addStringProperty("name")
                        .addProperty("children", JsonArraySchema.builder().items(node).build())
                        .required("name", "children")
                        .build();
        String written =
                written(
                        JsonObjectSchema.builder()
                                .addProperty("root", node)
                                .required("root")
                                .definitions(Map.of("Node", definition))
                                .build());
        JsonSchema schema = JsonSchema.parse(written);
        var mapper = new JsonMapper();
        assertTrue(
                schema.isValid(
                        mapper.readTree(
                                "{\"root\":{\"name\":\"a\",\"children\":[{\"name\":\"b\",\"children\":[]}]}}")));
        assertFalse(
                schema.isValid(mapper.readTree("{\"root\":{\"name\":\"a\",\"children\":[3]}}")));
    }

    @Test
    void a_raw_schema_stays_as_it_is_and_must_be_json() throws InterruptedException {
        String raw = "{\"type\":\"array\",\"minItems\":2}";
        assertEquals(raw, written(JsonRawSchema.from(raw)));
        assertThrows(InvalidRequestException.class, () -> written(JsonRawSchema.from("{type:")));
    }

    @Test
    void an_element_that_nobody_knows_is_refused() {
        JsonSchemaElement other = () -> "of a later LangChain4j";
        String message =
                assertThrows(UnsupportedFeatureException.class, () -> written(other)).getMessage();
        assertTrue(String.valueOf(message).contains("JsonRawSchema"), message);
    }
}
