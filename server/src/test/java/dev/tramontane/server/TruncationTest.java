package dev.tramontane.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tramontane.chat.LocalModel;
import dev.tramontane.engine.EngineOptions;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/// Conversations that are longer than a context, over a real model of random weights.
class TruncationTest {
    private static final Path TINY = Path.of("../engine/src/test/resources/vectors/tiny-text-a");
    private static final int CONTEXT = 256;

    private static LocalModel model;
    private static Http http;

    @BeforeAll
    static void open() throws IOException {
        EngineOptions options =
                EngineOptions.defaults().withContext(CONTEXT).withThreads(1).withMaxSequences(2);
        model = LocalModel.open(TINY, options);
        http = Http.serving(ServerConfig.local(0), ServedModel.of("tiny", List.of(), 1, model));
    }

    @AfterAll
    static void close() {
        http.close();
        model.close();
    }

    /// @param turns each of a question and its answer, the last a question alone
    private static ObjectNode request(int turns, String truncation) {
        ObjectNode request = Json.object().put("max_output_tokens", 4).put("temperature", 0);
        request.put("truncation", truncation).put("instructions", "Be brief.");
        ArrayNode input = request.putArray("input");
        for (int i = 0; i < turns; i++) {
            input.addObject().put("role", "user").put("content", "Question number " + i);
            if (i < turns - 1) {
                input.addObject().put("role", "assistant").put("content", "Answer number " + i);
            }
        }
        return request;
    }

    private static Http.Answer ask(ObjectNode request) throws IOException, InterruptedException {
        return http.post("/v1/responses", request.toString());
    }

    private static int tokens(ObjectNode request) throws IOException, InterruptedException {
        Http.Answer answer = http.post("/v1/responses/input_tokens", request.toString());
        assertEquals(200, answer.status(), answer.body());
        assertEquals("response.input_tokens", answer.json().path("object").stringValue());
        return answer.json().path("input_tokens").intValue();
    }

    private static int read(Http.Answer answer) {
        assertEquals(200, answer.status(), answer.body());
        return answer.json().at("/usage/input_tokens").intValue();
    }

    @Test
    void a_request_has_as_many_tokens_as_its_answer_counts()
            throws IOException, InterruptedException {
        ObjectNode request = request(2, "disabled");
        assertEquals(tokens(request), read(ask(request)));
    }

    @Test
    void a_conversation_that_is_too_long_is_refused_unless_it_may_be_cut()
            throws IOException, InterruptedException {
        ObjectNode request = request(40, "disabled");
        assertTrue(tokens(request) > CONTEXT, "or the test is none");
        Http.Answer refused = ask(request);
        assertEquals(400, refused.status());
        assertEquals("input", refused.json().path("param").stringValue());
        assertEquals("context_length_exceeded", refused.json().path("code").stringValue());
    }

    /// What is left is the shortest end that fits, under the same instructions.
    @ParameterizedTest
    @CsvSource({"3", "10", "40", "200"})
    void the_oldest_turns_are_left_out_and_no_more_of_them_than_need_be(int turns)
            throws IOException, InterruptedException {
        ObjectNode request = request(turns, "auto");
        int read = read(ask(request));
        assertTrue(read + 4 <= CONTEXT, read + " tokens, and 4 more");
        int whole = tokens(request);
        if (whole + 4 <= CONTEXT) {
            assertEquals(whole, read);
            return;
        }
        ArrayNode input = (ArrayNode) request.path("input");
        int longer = whole;
        while (tokens(request) + 4 > CONTEXT) {
            longer = tokens(request);
            input.remove(0); // a question
            input.remove(0); // its answer
        }
        assertEquals(tokens(request), read);
        assertTrue(longer + 4 > CONTEXT, "one turn more would not have fitted");
    }

    @Test
    void a_last_turn_that_is_too_long_by_itself_is_refused()
            throws IOException, InterruptedException {
        ObjectNode request = request(2, "auto");
        JsonNode last = request.path("input").path(2);
        ((ObjectNode) last).put("content", "word ".repeat(CONTEXT));
        assertEquals("context_length_exceeded", ask(request).json().path("code").stringValue());
    }
}
