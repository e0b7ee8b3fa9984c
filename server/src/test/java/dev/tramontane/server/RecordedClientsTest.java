package dev.tramontane.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tramontane.chat.ChatEvent;
import dev.tramontane.chat.Usage;
import dev.tramontane.sampling.FinishReason;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import tools.jackson.databind.JsonNode;

import java.io.IOException;
import java.net.http.HttpRequest;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/// Requests as real clients send them, which took the answers for good when they were recorded.
class RecordedClientsTest {
    private static final Path RECORDED = Path.of("src/test/resources/clients/requests.json");

    static List<JsonNode> requests() throws IOException {
        return requests(RECORDED);
    }

    /// @param recorded a file of them
    static List<JsonNode> requests(Path recorded) throws IOException {
        List<JsonNode> requests = new ArrayList<>();
        Json.parse(Files.readAllBytes(recorded)).path("requests").forEach(requests::add);
        return requests;
    }

    private static Script model() {
        return Script.of(
                new ChatEvent.Thinking("Hm"),
                new ChatEvent.Text("Hello"),
                new ChatEvent.Finished(FinishReason.STOP, new Usage(1, 2, 1)));
    }

    /// As it was sent.
    static HttpRequest.Builder request(Http http, JsonNode recorded) {
        String body = recorded.path("body").isNull() ? "" : recorded.path("body").toString();
        HttpRequest.Builder request =
                HttpRequest.newBuilder(http.uri(recorded.path("path").stringValue()))
                        .method(
                                recorded.path("method").stringValue(),
                                body.isEmpty()
                                        ? HttpRequest.BodyPublishers.noBody()
                                        : HttpRequest.BodyPublishers.ofString(body));
        for (Map.Entry<String, JsonNode> header : recorded.path("headers").properties()) {
            request.header(header.getKey(), header.getValue().stringValue());
        }
        return request;
    }

    @ParameterizedTest
    @MethodSource("requests")
    void a_real_clients_request_has_the_answer_that_it_reads(JsonNode recorded)
            throws IOException, InterruptedException {
        ServedModel served =
                model().served("nano", "mistral-medium-latest", "magistral-small-latest");
        try (Http http = Http.serving(ServerConfig.local(0), served)) {
            Http.Answer answer = http.send(request(http, recorded));
            assertEquals(recorded.path("status").intValue(), answer.status(), answer.body());
            if (answer.status() != 200 || recorded.path("body").isNull()) {
                return;
            }
            boolean isMistrals =
                    recorded.at("/headers/user-agent").stringValue().startsWith("mistral-client-");
            String chunk =
                    "{\"type\":\"thinking\",\"thinking\":[{\"type\":\"text\",\"text\":\"Hm\"}]";
            assertEquals(isMistrals, answer.body().contains(chunk), answer.body());
            assertEquals(!isMistrals, answer.body().contains("\"reasoning_content\":\"Hm\""));
            boolean isStream = recorded.path("body").path("stream").asBoolean(false);
            assertEquals(isStream, answer.header("content-type").startsWith("text/event-stream"));
            JsonNode last = isStream ? answer.chunks().getLast() : answer.json();
            int choices = Math.max(1, recorded.path("body").path("n").asInt(1));
            assertEquals(
                    2 * choices, last.at("/usage/completion_tokens").intValue(), answer.body());
            assertTrue(!isStream || answer.events().getLast().equals("[DONE]"), answer.body());
        }
    }
}
