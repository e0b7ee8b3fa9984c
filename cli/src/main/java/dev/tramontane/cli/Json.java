package dev.tramontane.cli;

import tools.jackson.core.JacksonException;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

import java.util.List;

/// JSON as the commands read and write it.
final class Json {
    private static final JsonMapper MAPPER =
            JsonMapper.builder()
                    .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                    .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
                    .build();

    private Json() {}

    static ObjectNode object() {
        return MAPPER.createObjectNode();
    }

    static ArrayNode array(int[] numbers) {
        ArrayNode array = MAPPER.createArrayNode();
        for (int number : numbers) {
            array.add(number);
        }
        return array;
    }

    static ArrayNode array(List<String> texts) {
        ArrayNode array = MAPPER.createArrayNode();
        texts.forEach(array::add);
        return array;
    }

    /// @param where the file or line, for the message
    /// @throws IllegalArgumentException when the text is no JSON
    static JsonNode parse(String where, String text) {
        try {
            return MAPPER.readTree(text);
        } catch (JacksonException e) {
            throw new IllegalArgumentException(
                    where + ": " + e.getOriginalMessage() + "; expected one JSON value", e);
        }
    }

    /// The ids of a JSON list.
    ///
    /// @throws IllegalArgumentException when it is no list of whole numbers
    static int[] ids(JsonNode list) {
        if (!list.isArray()) {
            throw new IllegalArgumentException(
                    "tokens is "
                            + (list.isMissingNode() ? "missing" : list)
                            + ", expected a list of ids");
        }
        int[] ids = new int[list.size()];
        for (int i = 0; i < ids.length; i++) {
            if (!list.get(i).isInt()) {
                throw new IllegalArgumentException(
                        "tokens[" + i + "] is " + list.get(i) + ", expected an id");
            }
            ids[i] = list.get(i).intValue();
        }
        return ids;
    }
}
