package dev.tramontane.contract;

import dev.tramontane.server.RecordedIds;

import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

import java.net.http.HttpResponse;
import java.util.Base64;

/// What a client was answered.
///
/// @param answer the body, or the data of each event of a stream; ids and times as a record has
///   them, vectors by their length, since the last bits of their values are the processor's
record Told(int status, JsonNode answer) {
    private static final JsonMapper MAPPER = new JsonMapper();
    private static final JsonNodeFactory NODES = JsonNodeFactory.instance;
    private static final String EVENT = "data: ";

    /// @param ids those that the session was told before
    static Told of(HttpResponse<String> response, RecordedIds ids) {
        String type = response.headers().firstValue("content-type").orElse("");
        if (!type.startsWith("text/event-stream")) {
            return new Told(response.statusCode(), parsed(response.body(), ids));
        }
        ArrayNode events = NODES.arrayNode();
        response.body()
                .lines()
                .filter(line -> line.startsWith(EVENT))
                .forEach(line -> events.add(parsed(line.substring(EVENT.length()), ids)));
        return new Told(response.statusCode(), events);
    }

    /// Reads what {@link #write} wrote.
    static Told read(JsonNode exchange) {
        return new Told(exchange.path("status").intValue(), exchange.path("answer"));
    }

    void write(ObjectNode exchange) {
        exchange.put("status", status).set("answer", answer);
    }

    /// @return text where it is no JSON
    private static JsonNode parsed(String text, RecordedIds ids) {
        try {
            JsonNode value = MAPPER.readTree(ids.unified(text));
            for (JsonNode each : value.path("data")) {
                if (each instanceof ObjectNode item && item.has("embedding")) {
                    item.put("embedding", "%d values".formatted(length(item.path("embedding"))));
                }
            }
            return value;
        } catch (JacksonException noJson) {
            return NODES.stringNode(text);
        }
    }

    private static int length(JsonNode vector) {
        return vector.isString()
                ? Base64.getDecoder().decode(vector.stringValue()).length / Float.BYTES
                : vector.size();
    }
}
