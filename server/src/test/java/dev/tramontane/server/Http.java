package dev.tramontane.server;

import dev.tramontane.server.connection.Patience;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/// A server with scripted models, and a client that asks it.
final class Http implements AutoCloseable {
    private static final JsonMapper MAPPER = new JsonMapper();
    private static final Duration NEVER = Duration.ofHours(1);

    /// With clients that may take as long as a test wants.
    static final Patience ENDLESS = new Patience(NEVER, NEVER, NEVER, Integer.MAX_VALUE, NEVER);

    private final HttpClient client = HttpClient.newHttpClient();
    final Server server;
    private final List<String> headers = new ArrayList<>();

    private Http(Server server) {
        this.server = server;
    }

    /// An answer.
    record Answer(int status, HttpResponse<String> response) {
        JsonNode json() {
            return MAPPER.readTree(response.body());
        }

        String body() {
            return response.body();
        }

        String header(String name) {
            return response.headers().firstValue(name).orElse("-");
        }

        /// The data of its events.
        List<String> events() {
            return body().lines()
                    .filter(line -> line.startsWith("data: "))
                    .map(line -> line.substring(6))
                    .toList();
        }

        /// The JSON of its events but the last, which says that it is over.
        List<JsonNode> chunks() {
            return events().stream()
                    .filter(data -> !data.equals("[DONE]"))
                    .map(MAPPER::readTree)
                    .toList();
        }
    }

    static Http serving(Script model) throws IOException {
        return serving(ServerConfig.local(0), model.served("script", "other-name"));
    }

    static Http serving(ServerConfig config, Offer... models) throws IOException {
        return new Http(Server.start(config, new Models(List.of(models))));
    }

    static Http serving(ServerConfig config, Telemetry telemetry, ServedModel... models)
            throws IOException {
        return new Http(Server.start(config, new Models(List.of(models)), telemetry));
    }

    static Http serving(Patience patience, Script model) throws IOException {
        return serving(patience, model.served("script"));
    }

    static Http serving(Patience patience, ServedModel... models) throws IOException {
        var all = new Models(List.of(models));
        return new Http(Server.start(ServerConfig.local(0), all, Telemetry.NONE, patience));
    }

    /// From here on every request has this header.
    Http with(String name, String value) {
        headers.add(name);
        headers.add(value);
        return this;
    }

    void withoutHeaders() {
        headers.clear();
    }

    URI uri(String path) {
        return URI.create("http://127.0.0.1:" + server.port() + path);
    }

    Answer get(String path) throws IOException, InterruptedException {
        return send(HttpRequest.newBuilder(uri(path)).GET());
    }

    Answer post(String path, String body) throws IOException, InterruptedException {
        return send(
                HttpRequest.newBuilder(uri(path))
                        .header("Content-Type", "application/json")
                        .POST(HttpRequest.BodyPublishers.ofString(body)));
    }

    /// A question with more fields.
    Answer chat(String fields) throws IOException, InterruptedException {
        return post("/v1/chat/completions", question(fields));
    }

    static String question(String fields) {
        String comma = fields.isEmpty() ? "" : ",";
        return "{\"model\":\"script\",\"messages\":[{\"role\":\"user\",\"content\":\"Hi\"}]"
                + comma
                + fields
                + "}";
    }

    Answer send(HttpRequest.Builder request) throws IOException, InterruptedException {
        if (!headers.isEmpty()) {
            request.headers(headers.toArray(String[]::new));
        }
        HttpResponse<String> response =
                client.send(request.build(), HttpResponse.BodyHandlers.ofString());
        return new Answer(response.statusCode(), response);
    }

    /// Waits until something is answered.
    void awaitAnswering() {
        Waiting.until("something is answered", server::answering, answering -> answering > 0);
    }

    /// Waits until nothing is answered any more: a client has its answer a moment before the server
    /// forgets it.
    void awaitNothingAnswered() {
        Waiting.until("nothing is answered", server::answering, answering -> answering == 0);
    }

    /// Waits until so many connections are open: a client has left a moment before the server
    /// knows.
    void awaitConnections(int count) {
        Waiting.until(count + " connections", server::connections, open -> open == count);
    }

    @Override
    public void close() {
        client.shutdownNow();
        server.close();
    }
}
