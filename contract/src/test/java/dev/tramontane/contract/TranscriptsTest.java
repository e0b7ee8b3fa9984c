package dev.tramontane.contract;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.tramontane.contract.Transcript.Exchange;
import dev.tramontane.contract.Transcript.Session;
import dev.tramontane.server.RecordedIds;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.List;

/// What real clients sent, sent again without them: the answers are those that they took for good.
class TranscriptsTest {
    private static final JsonMapper MAPPER = new JsonMapper();

    static List<Arguments> sessions() throws IOException {
        List<Arguments> sessions = new ArrayList<>();
        for (String client : Transcript.clients()) {
            for (Session session : Transcript.of(client).sessions()) {
                sessions.add(Arguments.of(client, session));
            }
        }
        return sessions;
    }

    @ParameterizedTest
    @MethodSource("sessions")
    void a_session_goes_as_it_went(String client, Session session)
            throws IOException, InterruptedException {
        var ids = new RecordedIds();
        List<JsonNode> told = new ArrayList<>();
        try (Serving serving = Serving.of(session.scene());
                HttpClient http = HttpClient.newHttpClient()) {
            for (Exchange recorded : session.exchanges()) {
                JsonNode real = MAPPER.readTree(ids.real(recorded.json().toString()));
                HttpResponse<String> answer =
                        http.send(
                                Asked.read(real).request(serving.port()),
                                HttpResponse.BodyHandlers.ofString());
                told.add(new Exchange(recorded.asked(), Told.of(answer, ids)).json());
            }
        }
        assertEquals(session.json(), told, client);
    }
}
