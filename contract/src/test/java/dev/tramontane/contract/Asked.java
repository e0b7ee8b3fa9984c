package dev.tramontane.contract;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

import java.net.URI;
import java.net.http.HttpRequest;
import java.util.Collections;
import java.util.SortedMap;
import java.util.TreeMap;

/// What a client sent.
///
/// @param path with its query
/// @param headers by their names in lower case, without those of the connection and the machine
/// @param body null where there is none
record Asked(String method, String path, SortedMap<String, String> headers, JsonNode body) {
    private static final JsonMapper MAPPER = new JsonMapper();

    Asked {
        headers = Collections.unmodifiableSortedMap(new TreeMap<>(headers));
    }

    /// @param body JSON, or nothing
    static Asked of(String method, String path, SortedMap<String, String> headers, byte... body) {
        JsonNode json =
                body.length == 0 ? JsonNodeFactory.instance.nullNode() : MAPPER.readTree(body);
        return new Asked(method, path, headers, json);
    }

    /// Reads what {@link #write} wrote.
    static Asked read(JsonNode exchange) {
        var headers = new TreeMap<String, String>();
        exchange.path("headers")
                .properties()
                .forEach(header -> headers.put(header.getKey(), header.getValue().stringValue()));
        return new Asked(
                exchange.path("method").stringValue(),
                exchange.path("path").stringValue(),
                headers,
                exchange.path("body"));
    }

    void write(ObjectNode exchange) {
        exchange.put("method", method).put("path", path);
        ObjectNode told = exchange.putObject("headers");
        headers.forEach(told::put);
        exchange.set("body", body);
    }

    /// The same, to a server of this machine.
    HttpRequest request(int port) {
        HttpRequest.Builder request =
                HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
                        .method(
                                method,
                                body.isNull()
                                        ? HttpRequest.BodyPublishers.noBody()
                                        : HttpRequest.BodyPublishers.ofString(body.toString()));
        headers.forEach(request::header);
        return request.build();
    }
}
