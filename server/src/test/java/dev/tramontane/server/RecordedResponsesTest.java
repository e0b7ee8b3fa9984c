package dev.tramontane.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tramontane.chat.ChatEvent;
import dev.tramontane.chat.ChatRequest;
import dev.tramontane.chat.Message;
import dev.tramontane.chat.ResponseFormat;
import dev.tramontane.chat.Thinking;
import dev.tramontane.chat.ToolCall;
import dev.tramontane.chat.ToolChoice;
import dev.tramontane.chat.Usage;
import dev.tramontane.sampling.FinishReason;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// What real clients sent and were told over {@link #model}, one session each: sent again, it has
/// the same answers but for ids and times. They took those for good, and so did the types of
/// OpenAI's Python library, which all answers were held against when they were recorded.
class RecordedResponsesTest {
    private static final Path RECORDED = Path.of("src/test/resources/clients/responses.json");

    private final RecordedIds ids = new RecordedIds();

    static List<JsonNode> sessions() throws IOException {
        List<JsonNode> sessions = new ArrayList<>();
        Json.parse(Files.readAllBytes(RECORDED)).path("sessions").forEach(sessions::add);
        return sessions;
    }

    /// Thinks where it may, calls a tool where it must, and says what it was told to.
    static Script model() {
        return Script.of(RecordedResponsesTest::answer);
    }

    private static List<ChatEvent> answer(ChatRequest request) {
        List<ChatEvent> events = new ArrayList<>();
        if (!(request.thinking() instanceof Thinking.Off)) {
            events.add(new ChatEvent.Thinking("H"));
            events.add(new ChatEvent.Thinking("m"));
        }
        boolean hasResult = request.messages().getLast() instanceof Message.ToolMessage;
        boolean mayCall = request.toolUse().choice() instanceof ToolChoice.Auto;
        if (!request.tools().isEmpty() && !mayCall && !hasResult) {
            String name = request.tools().getFirst().name();
            events.add(
                    new ChatEvent.ToolCalled(
                            new ToolCall(Optional.of("abcdefghi"), name, "{\"zone\":\"UTC\"}")));
            events.add(new ChatEvent.Finished(FinishReason.TOOL_CALLS, new Usage(9, 7, 2)));
            return events;
        }
        boolean hasForm = request.format() instanceof ResponseFormat.JsonSchema;
        events.add(new ChatEvent.Text(hasForm ? "{\"zone\":\"UTC\"" : "Hel"));
        events.add(new ChatEvent.Text(hasForm ? ",\"now\":true}" : "lo"));
        events.add(new ChatEvent.Finished(FinishReason.STOP, new Usage(9, 5, 2)));
        return events;
    }

    private JsonNode told(Http.Answer answer) {
        if (!answer.header("content-type").startsWith("text/event-stream")) {
            return json(ids.unified(answer.body()));
        }
        ArrayNode events = JsonNodeFactory.instance.arrayNode();
        answer.events().forEach(event -> events.add(json(ids.unified(event))));
        return events;
    }

    private static JsonNode json(String text) {
        return Json.parse(text.getBytes(StandardCharsets.UTF_8));
    }

    @ParameterizedTest
    @MethodSource("sessions")
    void a_real_clients_session_goes_as_it_went(JsonNode session)
            throws IOException, InterruptedException {
        try (Http http = Http.serving(ServerConfig.local(0), model().served("nano"))) {
            for (JsonNode recorded : session.path("requests")) {
                JsonNode request = json(ids.real(recorded.toString()));
                Http.Answer answer = http.send(RecordedClientsTest.request(http, request));
                assertEquals(request.path("status").intValue(), answer.status(), answer.body());
                assertEquals(recorded.path("answer"), told(answer), recorded.toString());
            }
        }
        assertTrue(ids.size() > 10, "ids were known again: " + ids.size());
    }
}
