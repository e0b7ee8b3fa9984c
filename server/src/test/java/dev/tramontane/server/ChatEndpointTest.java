package dev.tramontane.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.tramontane.chat.ChatEvent;
import dev.tramontane.chat.ChatRequest;
import dev.tramontane.chat.InvalidRequestException;
import dev.tramontane.chat.Message;
import dev.tramontane.chat.Thinking;
import dev.tramontane.chat.TokenScore;
import dev.tramontane.chat.ToolCall;
import dev.tramontane.chat.Usage;
import dev.tramontane.engine.EngineOverloadedException;
import dev.tramontane.sampling.FinishReason;
import dev.tramontane.sampling.SamplingParams;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import tools.jackson.databind.JsonNode;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/// The chat API as its clients meet it; rows of the check-list of the wire reference have their
/// number.
///
/// The check-list for a server of both client families, row by row:
///
/// | row | tested by |
/// | --- | --- |
/// | 1, paths, keys, what is unknown | {@link #row_1_unknown_headers_and_fields_are_passed_over}, {@link AccessTest}, {@link RecordedClientsTest} |
/// | 2, 3 and 10, both families' shapes and names | {@link #rows_2_3_and_10_the_request_arrives_as_either_family_means_it} |
/// | 4, forms of thinking | {@link #row_4_the_form_of_thinking_is_the_requests_then_the_clients} |
/// | 5, whole calls | {@link #row_5_calls_are_whole_in_one_delta}; `CallIdsTest` of the engine |
/// | 6, every chunk's end and the last one's usage | {@link #a_stream_ends_with_usage_in_its_last_chunk_and_done} |
/// | 7, errors in both shapes | {@link #row_7_a_fault_in_a_field_is_told_in_both_shapes}, {@link #row_7_mistrals_clients_get_a_list_of_faults_under_422} |
/// | 8, model cards | {@link AccessTest#models_are_listed_as_both_families_read_them} |
/// | 9, schemas and thinking | {@link TextEndpointsTest#row_9_a_schema_limits_the_answer_and_leaves_the_thinking_alone} |
class ChatEndpointTest {
    private static final ChatEvent.Finished END =
            new ChatEvent.Finished(
                    FinishReason.STOP,
                    new Usage(7, 2, 9, 5, List.of(), false, Usage.Repetition.NONE));

    private static Script thinker() {
        return Script.of(
                new ChatEvent.Progress(0, 3, 7, 2),
                new ChatEvent.Thinking("Two"),
                new ChatEvent.Thinking(" and one."),
                new ChatEvent.Text("Th"),
                new ChatEvent.Text("ree."),
                END);
    }

    private static String deltas(Http.Answer answer) {
        var deltas = new StringBuilder();
        for (JsonNode chunk : answer.chunks()) {
            deltas.append(chunk.path("choices").path(0).path("delta")).append('\n');
        }
        return deltas.toString();
    }

    @Test
    void an_answer_in_one_piece_has_all_that_both_families_of_clients_read()
            throws IOException, InterruptedException {
        try (Http http = Http.serving(thinker())) {
            Http.Answer answer = http.chat("");
            assertEquals(200, answer.status(), answer.body());
            assertEquals("application/json; charset=utf-8", answer.header("content-type"));
            assertTrue(answer.header("x-request-id").length() > 20, "an id for the operator");
            JsonNode body = answer.json();
            assertTrue(body.path("id").stringValue().matches("chatcmpl-[0-9a-f]{32}"));
            assertEquals("chat.completion", body.path("object").stringValue());
            assertEquals("script", body.path("model").stringValue());
            assertTrue(body.path("created").longValue() > 1_700_000_000);
            assertEquals(
                    "[{\"index\":0,\"message\":{\"role\":\"assistant\",\"content\":\"Three.\","
                            + "\"reasoning_content\":\"Two and one.\",\"reasoning\":\"Two and one.\",\"refusal\":null},"
                            + "\"finish_reason\":\"stop\",\"logprobs\":null}]",
                    body.path("choices").toString());
            assertEquals(
                    "{\"prompt_tokens\":7,\"completion_tokens\":9,\"total_tokens\":16,"
                            + "\"prompt_tokens_details\":{\"cached_tokens\":2},"
                            + "\"completion_tokens_details\":{\"reasoning_tokens\":5}}",
                    body.path("usage").toString());
            assertEquals(9, body.at("/timings/predicted_n").intValue());
            assertEquals(2, body.at("/timings/cache_n").intValue());
        }
    }

    @Test
    void a_stream_ends_with_usage_in_its_last_chunk_and_done()
            throws IOException, InterruptedException {
        try (Http http = Http.serving(thinker())) {
            Http.Answer answer = http.chat("\"stream\":true");
            assertEquals(200, answer.status(), answer.body());
            assertEquals("text/event-stream; charset=utf-8", answer.header("content-type"));
            assertEquals("[DONE]", answer.events().getLast());
            assertEquals(
                    """
                    {"role":"assistant","content":""}
                    {"reasoning_content":"Two","reasoning":"Two"}
                    {"reasoning_content":" and one.","reasoning":" and one."}
                    {"content":"Th"}
                    {"content":"ree."}
                    {}
                    """,
                    deltas(answer));
            for (JsonNode chunk : answer.chunks()) {
                assertEquals("chat.completion.chunk", chunk.path("object").stringValue());
                assertTrue(chunk.at("/choices/0").has("finish_reason"), "6: on every chunk");
                assertEquals(answer.chunks().getFirst().path("id"), chunk.path("id"));
            }
            JsonNode last = answer.chunks().getLast();
            assertEquals("stop", last.at("/choices/0/finish_reason").stringValue());
            assertEquals(
                    5, last.at("/usage/completion_tokens_details/reasoning_tokens").intValue());
            assertTrue(last.has("timings"), last.toString());
        }
    }

    @Test
    void usage_has_a_chunk_of_its_own_where_it_is_asked_for()
            throws IOException, InterruptedException {
        try (Http http = Http.serving(thinker())) {
            List<JsonNode> chunks =
                    http.chat("\"stream\":true,\"stream_options\":{\"include_usage\":true}")
                            .chunks();
            assertEquals("[]", chunks.getLast().path("choices").toString());
            assertEquals(16, chunks.getLast().at("/usage/total_tokens").intValue());
            assertFalse(chunks.get(chunks.size() - 2).has("usage"));
        }
    }

    @Test
    void openais_java_client_which_looks_for_choices_or_usage_has_both_in_one_chunk_never()
            throws IOException, InterruptedException {
        try (Http http =
                Http.serving(thinker()).with("User-Agent", "OpenAIClientImpl/Java 4.101.0")) {
            JsonNode last = http.chat("\"stream\":true").chunks().getLast();
            assertEquals("stop", last.at("/choices/0/finish_reason").stringValue());
            assertFalse(last.has("usage"), last.toString());
            JsonNode apart =
                    http.chat("\"stream\":true,\"stream_options\":{\"include_usage\":true}")
                            .chunks()
                            .getLast();
            assertEquals("[]", apart.path("choices").toString());
            assertEquals(16, apart.at("/usage/total_tokens").intValue());
        }
    }

    @Test
    void progress_is_told_where_it_is_asked_for() throws IOException, InterruptedException {
        try (Http http = Http.serving(thinker())) {
            JsonNode progress =
                    http.chat("\"stream\":true,\"return_progress\":true")
                            .chunks()
                            .get(1)
                            .path("prompt_progress");
            assertEquals(0, progress.path("queue_position").intValue());
            assertEquals(3, progress.path("processed").intValue());
            assertEquals(7, progress.path("total").intValue());
            assertEquals(2, progress.path("cache").intValue());
            assertTrue(progress.path("time_ms").isIntegralNumber(), progress.toString());
        }
    }

    @ParameterizedTest(name = "{0} by {1}")
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                " | OpenAI/Python 1.0 | \"Three.\" | \"Two and one.\"",
                "\"reasoning_format\":\"hidden\" | x | \"Three.\" | -",
                "\"reasoning_format\":\"merged\" | x | \"<think>Two and one.</think>\\n\\nThree.\" | -",
                " | mistral-client-python/2.5.1 | [{\"type\":\"thinking\",\"thinking\":[{\"type\":\"text\",\"text\":\"Two and one.\"}],\"closed\":true},{\"type\":\"text\",\"text\":\"Three.\"}] | -",
                " | langchain4j-mistral-ai | [{\"type\":\"thinking\",\"thinking\":[{\"type\":\"text\",\"text\":\"Two and one.\"}],\"closed\":true},{\"type\":\"text\",\"text\":\"Three.\"}] | -",
                "\"reasoning_format\":\"separate\" | mistral-client-typescript/2 | \"Three.\" | \"Two and one.\"",
            })
    void row_4_the_form_of_thinking_is_the_requests_then_the_clients(
            String fields, String userAgent, String content, String reasoning)
            throws IOException, InterruptedException {
        try (Http http = Http.serving(thinker()).with("User-Agent", userAgent)) {
            JsonNode message =
                    http.chat(fields == null ? "" : fields).json().at("/choices/0/message");
            assertEquals(content, message.path("content").toString());
            String told = message.path("reasoning_content").toString();
            assertEquals(reasoning, message.has("reasoning_content") ? told : "-");
        }
    }

    @Test
    void row_1_unknown_headers_and_fields_are_passed_over()
            throws IOException, InterruptedException {
        Script model = thinker();
        try (Http http =
                Http.serving(model)
                        .with("OpenAI-Organization", "org")
                        .with("X-Stainless-Lang", "python")
                        .with("Authorization", "Bearer sk-whatever")) {
            assertEquals(200, http.chat("\"store\":true,\"x\":{\"y\":[1]}").status());
        }
    }

    @Test
    void rows_2_3_and_10_the_request_arrives_as_either_family_means_it()
            throws IOException, InterruptedException {
        Script model = thinker();
        try (Http http = Http.serving(model)) {
            Http.Answer answer =
                    http.post(
                            "/v1/chat/completions",
                            """
                            {"model":"other-name","random_seed":5,"max_completion_tokens":9,"prompt_mode":null,
                             "reasoning_effort":"none","messages":[
                              {"role":"developer","content":"a"},
                              {"role":"user","content":[{"type":"text","text":"b"}]},
                              {"role":"assistant","content":null,"tool_calls":[
                                {"id":"call_abc","type":"function","function":{"name":"f","arguments":{"x":1}}}]},
                              {"role":"tool","tool_call_id":"call_abc","content":"c"}]}
                            """);
            assertEquals(200, answer.status(), answer.body());
            assertEquals("script", answer.json().path("model").stringValue(), "the real name");
            ChatRequest asked = model.asked.take();
            assertEquals(new Message.SystemMessage("a"), asked.messages().getFirst());
            assertEquals(5, asked.sampling().orElseThrow().seed());
            assertEquals(9, asked.sampling().orElseThrow().maxTokens());
            assertEquals(new Thinking.Off(), asked.thinking());
            assertFalse(asked.defaultSystemPrompt());
        }
    }

    @Test
    void row_5_calls_are_whole_in_one_delta() throws IOException, InterruptedException {
        Script model =
                Script.of(
                        new ChatEvent.ToolCalled(
                                new ToolCall(Optional.of("abc123def"), "add", "{\"a\":1}")),
                        new ChatEvent.Finished(FinishReason.TOOL_CALLS, new Usage(1, 1, 0)));
        try (Http http = Http.serving(model)) {
            String call =
                    "[{\"index\":0,\"id\":\"abc123def\",\"type\":\"function\",\"function\":"
                            + "{\"name\":\"add\",\"arguments\":\"{\\\"a\\\":1}\"}}]";
            List<JsonNode> chunks = http.chat("\"stream\":true").chunks();
            assertEquals(call, chunks.get(1).at("/choices/0/delta/tool_calls").toString());
            assertEquals(
                    "tool_calls", chunks.getLast().at("/choices/0/finish_reason").stringValue());
            JsonNode whole = http.chat("").json().at("/choices/0");
            assertEquals(call, whole.at("/message/tool_calls").toString());
            assertTrue(whole.at("/message/content").isNull(), whole.toString());
        }
    }

    @Test
    void several_answers_have_their_numbers_and_seeds_of_their_own()
            throws IOException, InterruptedException {
        Script model =
                Script.of(
                        request -> {
                            long seed = request.sampling().map(SamplingParams::seed).orElse(0L);
                            return List.of(new ChatEvent.Text("seed " + seed), END);
                        });
        try (Http http = Http.serving(model)) {
            JsonNode whole = http.chat("\"n\":3,\"seed\":10").json();
            for (int i = 0; i < 3; i++) {
                JsonNode choice = whole.path("choices").path(i);
                assertEquals(i, choice.path("index").intValue());
                assertEquals("seed 1" + i, choice.at("/message/content").stringValue());
            }
            assertEquals(7, whole.at("/usage/prompt_tokens").intValue(), "one prompt");
            assertEquals(27, whole.at("/usage/completion_tokens").intValue());
            List<JsonNode> chunks = http.chat("\"n\":3,\"seed\":10,\"stream\":true").chunks();
            String texts =
                    String.join(
                            ", ",
                            chunks.stream()
                                    .map(chunk -> chunk.path("choices").path(0))
                                    .filter(
                                            choice ->
                                                    choice.at("/delta/content")
                                                            .asString("")
                                                            .startsWith("s"))
                                    .map(
                                            choice ->
                                                    choice.path("index")
                                                            + choice.at("/delta/content")
                                                                    .stringValue())
                                    .sorted()
                                    .toList());
            assertEquals("0seed 10, 1seed 11, 2seed 12", texts);
            assertEquals(1, chunks.stream().filter(chunk -> chunk.has("usage")).count());
            assertEquals(27, chunks.getLast().at("/usage/completion_tokens").intValue());
        }
    }

    @Test
    void log_probabilities_stand_with_the_text_they_belong_to()
            throws IOException, InterruptedException {
        var other = new TokenScore(2, "No", "No".getBytes(UTF_8), -2, List.of());
        var score = new TokenScore(1, "Yes", "Yes".getBytes(UTF_8), -0.5f, List.of(other));
        Script model = Script.of(new ChatEvent.Scored(score), new ChatEvent.Text("Yes"), END);
        String expected =
                "{\"content\":[{\"token\":\"Yes\",\"logprob\":-0.5,\"bytes\":[89,101,115],\"top_logprobs\":"
                        + "[{\"token\":\"No\",\"logprob\":-2.0,\"bytes\":[78,111]}]}],\"refusal\":null}";
        try (Http http = Http.serving(model)) {
            String fields = "\"logprobs\":true,\"top_logprobs\":1";
            JsonNode whole = http.chat(fields).json();
            assertEquals(expected, whole.at("/choices/0/logprobs").toString());
            assertEquals(1, model.asked.take().sampling().orElseThrow().topLogprobs());
            JsonNode chunk = http.chat(fields + ",\"stream\":true").chunks().get(1);
            assertEquals("Yes", chunk.at("/choices/0/delta/content").stringValue());
            assertEquals(expected, chunk.at("/choices/0/logprobs").toString());
        }
    }

    @Test
    void a_vote_tells_how_its_answers_stood() throws IOException, InterruptedException {
        Script model =
                Script.of(
                        request -> {
                            long seed = request.sampling().map(SamplingParams::seed).orElse(0L);
                            return List.of(
                                    new ChatEvent.Text(seed == 1 ? "41" : "42"),
                                    new ChatEvent.Finished(FinishReason.STOP, new Usage(3, 1, 0)));
                        });
        try (Http http = Http.serving(model)) {
            JsonNode body = http.chat("\"votes\":3,\"seed\":1").json();
            assertEquals("42", body.at("/choices/0/message/content").stringValue());
            assertEquals(
                    "[{\"answer\":\"42\",\"count\":2},{\"answer\":\"41\",\"count\":1}]",
                    body.path("votes").toString());
            assertEquals(3, body.at("/usage/completion_tokens").intValue());
            Http.Answer both = http.chat("\"votes\":3,\"n\":2");
            assertEquals(400, both.status());
        }
    }

    @Test
    void row_7_a_fault_in_a_field_is_told_in_both_shapes()
            throws IOException, InterruptedException {
        try (Http http = Http.serving(thinker())) {
            Http.Answer answer = http.chat("\"temperature\":3");
            assertEquals(400, answer.status());
            JsonNode body = answer.json();
            assertEquals("error", body.path("object").stringValue());
            for (JsonNode shape : List.of(body, body.path("error"))) {
                assertEquals(
                        "temperature: found 3, expected a number from 0 to 2; correct it",
                        shape.path("message").stringValue());
                assertEquals("invalid_request_error", shape.path("type").stringValue());
                assertEquals("temperature", shape.path("param").stringValue());
                assertTrue(shape.path("code").isNull(), shape.toString());
            }
            assertFalse(body.has("detail"));
        }
    }

    @Test
    void row_7_mistrals_clients_get_a_list_of_faults_under_422()
            throws IOException, InterruptedException {
        try (Http http =
                Http.serving(thinker()).with("User-Agent", "mistral-client-python/2.5.1")) {
            Http.Answer answer =
                    http.post(
                            "/v1/chat/completions",
                            "{\"messages\":[{\"role\":\"user\",\"content\":7}]}");
            assertEquals(422, answer.status(), answer.body());
            JsonNode fault = answer.json().path("detail").path(0);
            assertEquals("[\"body\",\"messages\",0,\"content\"]", fault.path("loc").toString());
            assertTrue(fault.path("msg").stringValue().contains("expected a string"));
            assertEquals("value_error", fault.path("type").stringValue());
        }
    }

    @Test
    void a_conversation_longer_than_the_context_has_its_own_code()
            throws IOException, InterruptedException {
        Script model =
                Script.of(
                        _ -> {
                            throw new InvalidRequestException(
                                    "messages",
                                    "too long",
                                    InvalidRequestException.Kind.CONTEXT_LENGTH);
                        });
        try (Http http = Http.serving(model)) {
            Http.Answer answer = http.chat("\"stream\":true");
            assertEquals(400, answer.status());
            assertEquals("context_length_exceeded", answer.json().at("/error/code").stringValue());
        }
    }

    @Test
    void a_full_queue_says_when_to_come_back() throws IOException, InterruptedException {
        Script model =
                Script.of(
                        _ -> {
                            throw new EngineOverloadedException(
                                    "256 requests wait already", Duration.ofMillis(1500));
                        });
        try (Http http = Http.serving(model)) {
            Http.Answer answer = http.chat("");
            assertEquals(503, answer.status());
            assertEquals("1", answer.header("retry-after"));
            assertEquals("1500", answer.header("retry-after-ms"));
            assertEquals("overloaded", answer.json().at("/error/code").stringValue());
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "\"data:image/png;base64,A\"",
                "{\"url\":\"data:image/png;base64,A\",\"detail\":\"low\"}"
            })
    void an_image_is_refused_where_nobody_sees_it(String image)
            throws IOException, InterruptedException {
        try (Http http = Http.serving(thinker())) {
            Http.Answer answer =
                    http.post(
                            "/v1/chat/completions",
                            "{\"messages\":[{\"role\":\"user\",\"content\":[{\"type\":\"text\",\"text\":\"What is it?\"},"
                                    + "{\"type\":\"image_url\",\"image_url\":%s}]}]}"
                                            .formatted(image));
            assertEquals(400, answer.status());
            assertEquals("messages[0].content[1]", answer.json().path("param").stringValue());
        }
    }

    @Test
    void an_unknown_model_is_404_and_the_message_names_those_there_are()
            throws IOException, InterruptedException {
        try (Http http = Http.serving(thinker())) {
            Http.Answer answer =
                    http.post("/v1/chat/completions", "{\"model\":\"gpt-9\",\"messages\":[]}");
            assertEquals(404, answer.status());
            assertEquals("model_not_found", answer.json().path("code").stringValue());
            assertTrue(answer.body().contains("script"), answer.body());
        }
    }

    @Test
    void what_fails_in_mid_stream_is_an_error_event_and_no_done()
            throws IOException, InterruptedException {
        Script model = Script.of(new ChatEvent.Text("Well"));
        try (Http http = Http.serving(model)) {
            Http.Answer answer = http.chat("\"stream\":true");
            JsonNode last = answer.chunks().getLast();
            assertEquals("server_error", last.at("/error/type").stringValue());
            assertFalse(answer.body().contains("[DONE]"));
            assertFalse(answer.body().contains("script has no end"), "the log's, not the client's");
            Http.Answer whole = http.chat("");
            assertEquals(500, whole.status());
        }
    }

    @Test
    void an_answer_that_is_long_in_coming_keeps_its_connection_alive() throws Exception {
        Script model = Script.holding();
        ServerConfig local = ServerConfig.local(0);
        ServerConfig config = local.withLimits(local.limits().withKeepAlive(Duration.ofMillis(20)));
        try (Http http = Http.serving(config, model.served("script"));
                RawClient client = RawClient.of(http)) {
            client.post("/v1/chat/completions", Http.question("\"stream\":true"));
            client.readUntil(": still at it");
            client.readUntil(": still at it");
            model.running.take().answerNow();
            assertTrue(client.readUntil("[DONE]").contains("\"finish_reason\":\"stop\""));
        }
    }

    @Test
    void a_stream_goes_on_behind_what_is_not_told() throws Exception {
        Script model = Script.holding(new ChatEvent.Progress(0, 3, 7));
        try (Http http = Http.serving(model);
                RawClient client = RawClient.of(http)) {
            client.post("/v1/chat/completions", Http.question("\"stream\":true"));
            assertFalse(client.readUntil("\r\n\r\n").contains("Content-Length"));
            model.running.take().answerNow();
            String rest = client.readUntil("[DONE]");
            assertTrue(rest.contains("\"finish_reason\":\"stop\""), rest);
            assertFalse(rest.startsWith("0\r\n"), "an empty chunk is the end");
        }
    }

    @Test
    void the_thinking_of_a_running_answer_can_be_ended() throws Exception {
        Script model = Script.holding(new ChatEvent.Thinking("Hm"));
        try (Http http = Http.serving(model);
                RawClient client = RawClient.of(http)) {
            client.post("/v1/chat/completions", Http.question("\"stream\":true"));
            String id = client.readUntil("\"Hm\"}").replaceAll("(?s).*\"id\":\"([^\"]*)\".*", "$1");
            String order = "{\"id\":\"%s\",\"action\":\"%s\"}";
            String path = "/v1/chat/completions/control";
            assertEquals(
                    404, http.post(path, order.formatted("chatcmpl-0", "reasoning_end")).status());
            assertEquals(400, http.post(path, order.formatted(id, "dance")).status());
            Http.Answer done = http.post(path, order.formatted(id, "reasoning_end"));
            assertEquals(200, done.status(), done.body());
            client.readUntil("[DONE]");
        }
    }
}
