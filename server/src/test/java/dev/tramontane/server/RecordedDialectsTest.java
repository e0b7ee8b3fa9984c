package dev.tramontane.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.tramontane.chat.ChatEvent;
import dev.tramontane.chat.Usage;
import dev.tramontane.sampling.FinishReason;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import tools.jackson.databind.JsonNode;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/// Requests as Anthropic's and Ollama's clients send them, which took the answers for good when
/// they were recorded.
class RecordedDialectsTest {
    private static final Path CLIENTS = Path.of("src/test/resources/clients");

    static List<JsonNode> anthropic() throws IOException {
        return RecordedClientsTest.requests(CLIENTS.resolve("anthropic.json"));
    }

    static List<JsonNode> ollama() throws IOException {
        return RecordedClientsTest.requests(CLIENTS.resolve("ollama.json"));
    }

    /// Sends a request again; the status is as it was.
    private static Http.Answer replayed(JsonNode recorded)
            throws IOException, InterruptedException {
        Script model =
                Script.of(
                        new ChatEvent.Progress(0, 0, 1),
                        new ChatEvent.Thinking("Hm"),
                        new ChatEvent.Text("Hello"),
                        new ChatEvent.Finished(FinishReason.STOP, new Usage(1, 2, 1)));
        try (Http http = Http.serving(ServerConfig.local(0), model.served("nano"))) {
            Http.Answer answer = http.send(RecordedClientsTest.request(http, recorded));
            assertEquals(recorded.path("status").intValue(), answer.status(), answer.body());
            return answer;
        }
    }

    private static boolean isPost(JsonNode recorded) {
        return recorded.path("method").stringValue().equals("POST");
    }

    @ParameterizedTest
    @MethodSource("anthropic")
    void anthropics_client_has_the_answer_that_it_reads(JsonNode recorded)
            throws IOException, InterruptedException {
        Http.Answer answer = replayed(recorded);
        if (!isPost(recorded)) {
            return;
        }
        if (answer.status() != 200) {
            assertEquals("error", answer.json().path("type").stringValue());
            return;
        }
        boolean isShown = !recorded.at("/body/thinking/display").asString("").equals("omitted");
        assertEquals(isShown, answer.body().contains("\"thinking\":\"Hm\""), answer.body());
        if (recorded.at("/body/stream").asBoolean(false)) {
            String last = answer.body().substring(answer.body().lastIndexOf("event: "));
            assertTrue(last.startsWith("event: message_stop\n"), answer.body());
        } else {
            String text =
                    answer.json().at(isShown ? "/content/1/text" : "/content/0/text").stringValue();
            assertEquals("Hello", text);
            assertEquals(2, answer.json().at("/usage/output_tokens").intValue());
        }
    }

    @ParameterizedTest
    @MethodSource("ollama")
    void ollamas_client_has_the_answer_that_it_reads(JsonNode recorded)
            throws IOException, InterruptedException {
        Http.Answer answer = replayed(recorded);
        if (answer.status() != 200) {
            assertTrue(answer.json().path("error").isString(), answer.body());
            return;
        }
        String path = recorded.path("path").stringValue();
        boolean answers = path.equals("/api/chat") || path.equals("/api/generate");
        if (!answers) {
            return;
        }
        List<JsonNode> lines =
                answer.body().lines().map(line -> Json.parse(line.getBytes(UTF_8))).toList();
        boolean isStream = recorded.at("/body/stream").asBoolean(true);
        boolean loads = lines.getLast().path("done_reason").asString("").equals("load");
        assertEquals(isStream && !loads ? 3 : 1, lines.size(), answer.body());
        assertTrue(lines.getLast().path("done").booleanValue(), answer.body());
        assertEquals(!loads, answer.body().contains("\"Hello\""), "loading says nothing");
    }
}
