package dev.tramontane.contract;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tramontane.contract.Transcript.Exchange;
import dev.tramontane.contract.Transcript.Session;

import org.junit.jupiter.api.Test;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;

import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.List;

/// The articles' programs that send a chart, to a model that sees: what OpenAI's client for Python
/// sent for `examples/ask_with_openai.py`, which {@link ScriptedClientsTest} runs where it is
/// installed.
class ArticlesTest {
    private static final JsonMapper MAPPER = new JsonMapper();
    private static final String CONTENT = "/messages/1/content";

    /// The picture of one point is one token and the mark of its end.
    private static final int IMAGE_TOKENS = 2;

    private static List<Asked> asksAboutPictures() throws IOException {
        List<Asked> asks = new ArrayList<>();
        for (Session session : Transcript.of("openai-python").sessions()) {
            for (Exchange exchange : session.exchanges()) {
                if (exchange.asked().body().toString().contains("image_url")) {
                    asks.add(exchange.asked());
                }
            }
        }
        return asks;
    }

    private static Asked withoutPicture(Asked asked) {
        JsonNode body = asked.body().deepCopy();
        ((ArrayNode) body.at(CONTENT)).remove(1);
        return new Asked(asked.method(), asked.path(), asked.headers(), body);
    }

    private static JsonNode answer(HttpClient http, Serving serving, Asked asked)
            throws IOException, InterruptedException {
        HttpResponse<String> answer =
                http.send(asked.request(serving.port()), HttpResponse.BodyHandlers.ofString());
        assertEquals(200, answer.statusCode(), answer.body());
        return MAPPER.readTree(answer.body());
    }

    @Test
    void a_chart_is_seen_and_counted() throws Exception {
        List<Asked> asks = asksAboutPictures();
        assertFalse(asks.isEmpty(), "no recorded program sends a picture");
        try (Serving serving = Serving.of(Scene.SEEING);
                HttpClient http = HttpClient.newHttpClient()) {
            for (Asked asked : asks) {
                JsonNode seen = answer(http, serving, asked);
                assertTrue(seen.at("/choices/0/message/content").isString(), seen.toString());
                assertEquals("tiny", seen.path("model").stringValue());
                JsonNode unseen = answer(http, serving, withoutPicture(asked));
                assertEquals(
                        unseen.at("/usage/prompt_tokens").intValue() + IMAGE_TOKENS,
                        seen.at("/usage/prompt_tokens").intValue());
            }
        }
    }
}
