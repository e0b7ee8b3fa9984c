package dev.tramontane.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.tramontane.chat.ChatEvent;
import dev.tramontane.chat.ChatModel;
import dev.tramontane.chat.ChatRequest;
import dev.tramontane.chat.ChatStream;
import dev.tramontane.chat.EventQueue;
import dev.tramontane.chat.LocalModel;
import dev.tramontane.chat.Message;
import dev.tramontane.chat.Thinking;
import dev.tramontane.chat.Usage;
import dev.tramontane.engine.EngineOptions;
import dev.tramontane.engine.EngineOverloadedException;
import dev.tramontane.sampling.FinishReason;
import dev.tramontane.wire.ReasoningFormat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import tools.jackson.databind.JsonNode;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;

/// The messages API as Anthropic's clients meet it.
class MessagesEndpointTest {
    private static final Path TINY = Path.of("../engine/src/test/resources/vectors/tiny-text-a");

    private static final ChatEvent.Finished END =
            new ChatEvent.Finished(
                    FinishReason.STOP,
                    new Usage(7, 2, 9, 5, List.of(), false, Usage.Repetition.NONE));

    private static Script thinker() {
        return Script.of(
                new ChatEvent.Progress(0, 3, 7),
                new ChatEvent.Thinking("Two"),
                new ChatEvent.Text("Three."),
                END);
    }

    private static String question(String fields) {
        return Http.question("\"max_tokens\":100" + (fields.isEmpty() ? "" : "," + fields));
    }

    private static Http.Answer ask(Http http, String fields)
            throws IOException, InterruptedException {
        return http.post("/v1/messages", question(fields));
    }

    @Test
    void an_answer_in_one_piece_has_a_block_for_each_part()
            throws IOException, InterruptedException {
        try (Http http = Http.serving(thinker())) {
            Http.Answer answer = ask(http, "");
            assertEquals(200, answer.status(), answer.body());
            assertEquals(answer.header("x-request-id"), answer.header("request-id"));
            JsonNode body = answer.json();
            assertTrue(body.path("id").stringValue().matches("msg_[0-9a-f]{32}"));
            assertEquals("Two", body.at("/content/0/thinking").stringValue());
            assertEquals("Three.", body.at("/content/1/text").stringValue());
            assertEquals("end_turn", body.path("stop_reason").stringValue());
            assertEquals(5, body.at("/usage/input_tokens").intValue());
            assertFalse(body.has("timings"), "Anthropic has none");
        }
    }

    @Test
    void a_stream_has_events_named_by_their_type_and_no_other_end()
            throws IOException, InterruptedException {
        try (Http http = Http.serving(thinker())) {
            Http.Answer answer = ask(http, "\"stream\":true");
            assertTrue(answer.header("content-type").startsWith("text/event-stream"));
            List<String> names = new ArrayList<>();
            for (String event : answer.body().split("\n\n")) {
                String[] lines = event.split("\n");
                names.add(lines[0].replaceFirst("event: ", ""));
                JsonNode data = Json.parse(lines[1].replaceFirst("data: ", "").getBytes(UTF_8));
                assertEquals(names.getLast(), data.path("type").stringValue());
            }
            assertEquals(
                    List.of(
                            "message_start",
                            "content_block_start",
                            "content_block_delta",
                            "content_block_delta",
                            "content_block_stop",
                            "content_block_start",
                            "content_block_delta",
                            "content_block_stop",
                            "message_delta",
                            "message_stop"),
                    names);
        }
    }

    @Test
    void the_request_reaches_the_model() throws IOException, InterruptedException {
        Script model = thinker();
        try (Http http = Http.serving(model)) {
            ask(http, "\"system\":\"Be brief.\",\"temperature\":0,\"stop_sequences\":[\"x\"]");
            ChatRequest request = model.asked.element();
            assertEquals(
                    List.of(new Message.SystemMessage("Be brief."), new Message.UserMessage("Hi")),
                    request.messages());
            assertEquals(new Thinking.Off(), request.thinking());
            assertEquals(List.of("x"), request.stop());
            assertEquals(100, request.sampling().orElseThrow().maxTokens());
            assertEquals(0, request.sampling().orElseThrow().temperature());
        }
    }

    @Test
    void thinking_stays_hidden_where_the_server_says_so() throws IOException, InterruptedException {
        ServerConfig config = ServerConfig.local(0).withFormat(ReasoningFormat.HIDDEN);
        try (Http http = Http.serving(config, thinker().served("script"))) {
            assertEquals(
                    "[{\"type\":\"text\",\"text\":\"Three.\"}]",
                    ask(http, "").json().path("content").toString());
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "{\"max_tokens\":9} | 400 | invalid_request_error | messages",
                "nonsense | 400 | invalid_request_error | no JSON",
                "{\"model\":\"gpt-9\"} | 404 | not_found_error | gpt-9",
                "{\"max_tokens\":9,\"messages\":[{\"role\":\"user\",\"content\":[{\"type\":\"image\",\"source\":"
                        + "{\"type\":\"base64\",\"media_type\":\"image/png\",\"data\":\"AAAA\"}}]}]}"
                        + " | 400 | invalid_request_error | messages[0].content[0]: found an image"
            })
    void errors_have_anthropics_form(String body, int status, String type, String message)
            throws IOException, InterruptedException {
        try (Http http = Http.serving(thinker())) {
            Http.Answer answer = http.post("/v1/messages", body);
            assertEquals(status, answer.status(), answer.body());
            JsonNode told = answer.json();
            assertEquals("error", told.path("type").stringValue());
            assertEquals(type, told.at("/error/type").stringValue());
            String said = told.at("/error/message").stringValue();
            assertTrue(said.contains(message), said);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"/v1/messages", "/v1/messages/count_tokens", "/v1/messages/batches"})
    void errors_of_every_path_have_that_form(String path) throws IOException, InterruptedException {
        try (Http http = Http.serving(thinker())) {
            Http.Answer answer = http.get(path);
            assertTrue(answer.status() >= 404, answer.body());
            assertEquals("error", answer.json().path("type").stringValue());
        }
    }

    @Test
    void an_overloaded_model_says_when_to_come_back() throws IOException, InterruptedException {
        Script full =
                Script.of(
                        _ -> {
                            throw new EngineOverloadedException("full", Duration.ofSeconds(3));
                        });
        try (Http http = Http.serving(full)) {
            Http.Answer answer = ask(http, "");
            assertEquals(503, answer.status());
            assertEquals("3", answer.header("retry-after"));
            assertEquals("overloaded_error", answer.json().at("/error/type").stringValue());
        }
    }

    @Test
    void an_answer_that_breaks_off_ends_with_an_error() throws IOException, InterruptedException {
        try (Http http = Http.serving(Script.of(new ChatEvent.Text("Th")))) {
            String body = ask(http, "\"stream\":true").body();
            String last = body.substring(body.lastIndexOf("event: "));
            assertTrue(last.startsWith("event: error\ndata: {\"type\":\"error\","), last);
            assertTrue(last.contains("\"type\":\"api_error\""), last);
        }
    }

    @Test
    void an_answer_that_is_long_in_coming_pings() throws Exception {
        Script model = Script.holding();
        ServerConfig local = ServerConfig.local(0);
        ServerConfig config = local.withLimits(local.limits().withKeepAlive(Duration.ofMillis(20)));
        try (Http http = Http.serving(config, model.served("script"));
                RawClient client = RawClient.of(http)) {
            client.post("/v1/messages", question("\"stream\":true"));
            client.readUntil("event: ping\ndata: {\"type\":\"ping\"}");
            model.running.take().answerNow();
            client.readUntil("event: message_stop");
        }
    }

    /// A model that reads a prompt, a token each millisecond, until it is told to answer.
    private static final class Reading implements ChatModel, ChatStream {
        private static final long STEP_NANOS = 1_000_000;

        private final AtomicBoolean isTold = new AtomicBoolean();
        private final EventQueue waiting = new EventQueue();
        private int read;

        @Override
        public ChatStream chat(ChatRequest request) {
            return this;
        }

        @Override
        public Iterator<ChatEvent> iterator() {
            return waiting.read(this::advance);
        }

        private void advance() {
            long start = System.nanoTime();
            while (System.nanoTime() - start < STEP_NANOS) {
                Thread.onSpinWait();
            }
            if (isTold.get()) {
                waiting.add(END);
                waiting.end();
            } else {
                waiting.add(new ChatEvent.Progress(0, read++, Integer.MAX_VALUE));
            }
        }

        @Override
        public void answerNow() {
            isTold.set(true);
        }

        @Override
        public void thinkLonger(int tokens) {}

        @Override
        public void close() {
            isTold.set(true);
        }
    }

    @Test
    void a_prompt_that_is_long_in_being_read_pings() throws Exception {
        var model = new Reading();
        var nature = new ServedModel.Nature("Reading", 4096, Script.SAMPLING, true, true, false);
        var served = new ServedModel("script", List.of(), 1, model, nature, Optional.empty());
        ServerConfig local = ServerConfig.local(0);
        ServerConfig config =
                local.withLimits(local.limits().withKeepAlive(Duration.ofMillis(100)));
        try (Http http = Http.serving(config, served);
                RawClient client = RawClient.of(http)) {
            client.post("/v1/messages", question("\"stream\":true"));
            client.readUntil("event: ping");
            client.readUntil("event: ping");
            model.answerNow();
            client.readUntil("event: message_stop");
        }
    }

    @Test
    void tokens_are_counted_as_the_model_reads_them() throws IOException, InterruptedException {
        EngineOptions options =
                EngineOptions.defaults().withContext(512).withThreads(1).withMaxSequences(1);
        try (LocalModel model = LocalModel.open(TINY, options);
                Http http =
                        Http.serving(
                                ServerConfig.local(0),
                                ServedModel.of("script", List.of(), 1, model))) {
            String body = "\"system\":\"Be brief.\",\"temperature\":0";
            JsonNode counted = http.post("/v1/messages/count_tokens", Http.question(body)).json();
            JsonNode usage = ask(http, body).json().path("usage");
            int counts = counted.path("input_tokens").intValue();
            assertTrue(counts > 3, counted.toString());
            assertEquals(
                    counts,
                    usage.path("input_tokens").intValue()
                            + usage.path("cache_read_input_tokens").intValue());
        }
    }

    @Test
    void tokens_of_a_model_that_runs_elsewhere_are_not_counted()
            throws IOException, InterruptedException {
        try (Http http = Http.serving(thinker())) {
            Http.Answer answer = http.post("/v1/messages/count_tokens", Http.question(""));
            assertEquals(400, answer.status());
            String said = answer.json().at("/error/message").stringValue();
            assertTrue(said.startsWith("model: found script, which runs elsewhere"), said);
        }
    }

    /// `printf %s sesame | sha256sum`
    @Test
    void a_key_is_a_header_of_either_name() throws IOException, InterruptedException {
        var key =
                new ApiKey(
                        "d0c04f4b1951e4aeaaec8223ed2039e542f3aae805a6fa7f6d794e5afff5d272",
                        "alice",
                        Optional.empty());
        ServerConfig config = ServerConfig.local(0).withKeys(new ApiKeys(List.of(key)));
        try (Http http = Http.serving(config, thinker().served("script"))) {
            assertEquals(
                    "authentication_error", ask(http, "").json().at("/error/type").stringValue());
            assertEquals(200, ask(http.with("x-api-key", "sesame"), "").status());
        }
    }
}
