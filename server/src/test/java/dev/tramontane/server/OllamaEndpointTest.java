package dev.tramontane.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.tramontane.chat.ChatEvent;
import dev.tramontane.chat.ChatRequest;
import dev.tramontane.chat.LocalModel;
import dev.tramontane.chat.Message;
import dev.tramontane.chat.Thinking;
import dev.tramontane.chat.Usage;
import dev.tramontane.engine.EngineOptions;
import dev.tramontane.sampling.FinishReason;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import tools.jackson.databind.JsonNode;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;

/// Ollama's API as tools meet it that find local models in its way.
class OllamaEndpointTest {
    private static final Path TINY = Path.of("../engine/src/test/resources/vectors/tiny-text-a");

    private static Script thinker() {
        return Script.of(
                new ChatEvent.Progress(0, 3, 7),
                new ChatEvent.Thinking("Two"),
                new ChatEvent.Text("Three."),
                new ChatEvent.Finished(FinishReason.STOP, new Usage(7, 9, 5)));
    }

    private static Http.Answer ask(Http http, String fields)
            throws IOException, InterruptedException {
        return http.post("/api/chat", Http.question(fields));
    }

    private static List<JsonNode> lines(Http.Answer answer) {
        return answer.body().lines().map(line -> Json.parse(line.getBytes(UTF_8))).toList();
    }

    @Test
    void a_chat_streams_lines_unless_told_otherwise() throws IOException, InterruptedException {
        try (Http http = Http.serving(thinker())) {
            Http.Answer answer = ask(http, "");
            assertEquals("application/x-ndjson", answer.header("content-type"));
            List<JsonNode> lines = lines(answer);
            assertEquals(3, lines.size(), answer.body());
            assertEquals("Two", lines.get(0).at("/message/thinking").stringValue());
            assertEquals("Three.", lines.get(1).at("/message/content").stringValue());
            JsonNode last = lines.getLast();
            assertTrue(last.path("done").booleanValue());
            assertEquals(
                    last.path("total_duration").longValue(),
                    last.path("prompt_eval_duration").longValue()
                            + last.path("eval_duration").longValue());
        }
    }

    @Test
    void a_chat_comes_in_one_piece_where_that_is_asked() throws IOException, InterruptedException {
        try (Http http = Http.serving(thinker())) {
            JsonNode body = ask(http, "\"stream\":false").json();
            assertEquals("script", body.path("model").stringValue());
            assertEquals("Three.", body.at("/message/content").stringValue());
            assertEquals("stop", body.path("done_reason").stringValue());
            assertTrue(body.path("total_duration").longValue() > 0, body.toString());
        }
    }

    @Test
    void a_generated_text_is_an_answer_to_one_question() throws IOException, InterruptedException {
        Script model = thinker();
        try (Http http = Http.serving(model)) {
            String request =
                    "{\"model\":\"script:latest\",\"prompt\":\"Hi\",\"think\":false,\"options\":{\"num_predict\":5}}";
            List<JsonNode> lines = lines(http.post("/api/generate", request));
            assertEquals("Three.", lines.get(1).path("response").stringValue());
            ChatRequest asked = model.asked.element();
            assertEquals(List.of(new Message.UserMessage("Hi")), asked.messages());
            assertEquals(new Thinking.Off(), asked.thinking());
            assertEquals(5, asked.sampling().orElseThrow().maxTokens());
        }
    }

    @Test
    void a_request_without_words_only_loads() throws IOException, InterruptedException {
        Script model = thinker();
        try (Http http = Http.serving(model)) {
            JsonNode chat = http.post("/api/chat", "{\"model\":\"script\"}").json();
            assertEquals("load", chat.path("done_reason").stringValue());
            JsonNode text = http.post("/api/generate", "{\"model\":\"script\"}").json();
            assertTrue(text.path("done").booleanValue());
            assertTrue(model.asked.isEmpty(), "nobody asked the model");
        }
    }

    @Test
    void texts_are_continued_and_gaps_filled_by_a_model_of_this_process()
            throws IOException, InterruptedException {
        EngineOptions options =
                EngineOptions.defaults().withContext(512).withThreads(1).withMaxSequences(1);
        try (LocalModel model = LocalModel.open(TINY, options);
                Http http =
                        Http.serving(
                                ServerConfig.local(0),
                                ServedModel.of("tiny", List.of(), 1, model))) {
            String five = "\"stream\":false,\"options\":{\"num_predict\":5,\"temperature\":0}";
            JsonNode raw =
                    http.post("/api/generate", "{\"prompt\":\"Hello\",\"raw\":true," + five + "}")
                            .json();
            assertEquals(
                    model.textPrompt("Hello").length, raw.path("prompt_eval_count").intValue());
            assertEquals(5, raw.path("eval_count").intValue());
            JsonNode gap =
                    http.post(
                                    "/api/generate",
                                    "{\"prompt\":\"Hello\",\"suffix\":\"end\"," + five + "}")
                            .json();
            assertEquals(5, gap.path("eval_count").intValue(), gap.toString());
            assertEquals(1, http.get("/api/ps").json().path("models").size());
            JsonNode shown = http.post("/api/show", "{\"model\":\"tiny\"}").json();
            assertEquals("{{ .Prompt }}{{ .Suffix }}", shown.path("template").stringValue());
            JsonNode info = shown.path("model_info");
            String family = info.path("general.architecture").stringValue();
            assertEquals(512, info.path(family + ".context_length").intValue());
        }
    }

    @Test
    void models_are_found_in_the_way_of_ollama() throws IOException, InterruptedException {
        try (Http http = Http.serving(thinker())) {
            JsonNode model = http.get("/api/tags").json().at("/models/0");
            assertEquals("script", model.path("name").stringValue());
            assertEquals("script", model.path("model").stringValue());
            assertEquals(
                    1700000000,
                    Instant.parse(model.path("modified_at").stringValue()).getEpochSecond());
            assertTrue(model.path("digest").stringValue().matches("[0-9a-f]{64}"));
            assertEquals(4096, model.path("context_length").intValue());
            assertEquals(0, http.get("/api/ps").json().path("models").size(), "it runs elsewhere");
            String version = http.get("/api/version").json().path("version").stringValue();
            assertTrue(version.matches("\\d+\\.\\d+\\.\\d+"), version);
        }
    }

    @Test
    void a_model_is_shown_under_either_field_and_with_a_tag()
            throws IOException, InterruptedException {
        try (Http http = Http.serving(thinker())) {
            JsonNode shown = http.post("/api/show", "{\"name\":\"script:latest\"}").json();
            assertEquals(
                    "[\"completion\",\"tools\",\"thinking\"]",
                    shown.path("capabilities").toString());
            assertTrue(
                    shown.path("parameters").stringValue().startsWith("num_ctx 4096\n"),
                    shown.toString());
            assertEquals("{{ .Prompt }}", shown.path("template").stringValue());
            assertEquals(404, http.post("/api/show", "{\"model\":\"script:7b\"}").status());
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "/api/chat | {\"model\":\"gpt-9\"} | 404 | model: found gpt-9",
                "/api/chat | nonsense | 400 | the body is no JSON",
                "/api/chat | {\"messages\":[{\"role\":\"user\",\"images\":[\"AAAA\"]}]} | 400 | messages[0].images[0]: found an image",
                "/api/generate | {\"prompt\":\"a\",\"options\":{\"temperature\":9}} | 400 | options.temperature: found 9",
                "/api/generate | {\"prompt\":\"a\",\"raw\":true} | 400 | model: found script, which runs elsewhere",
                "/api/pull | {} | 404 | POST /api/pull: no such endpoint"
            })
    void errors_have_ollamas_form(String path, String body, int status, String message)
            throws IOException, InterruptedException {
        try (Http http = Http.serving(thinker())) {
            Http.Answer answer = http.post(path, body);
            assertEquals(status, answer.status(), answer.body());
            String said = answer.json().path("error").stringValue();
            assertTrue(said.startsWith(message), said);
        }
    }

    @Test
    void an_answer_that_breaks_off_ends_with_an_error() throws IOException, InterruptedException {
        try (Http http = Http.serving(Script.of(new ChatEvent.Text("Th")))) {
            JsonNode last = lines(ask(http, "")).getLast();
            assertTrue(last.path("error").stringValue().startsWith("the server failed"));
        }
    }

    @Test
    void an_answer_that_is_long_in_coming_shows_that_it_comes() throws Exception {
        Script model = Script.holding();
        ServerConfig local = ServerConfig.local(0);
        ServerConfig config = local.withLimits(local.limits().withKeepAlive(Duration.ofMillis(20)));
        try (Http http = Http.serving(config, model.served("script"));
                RawClient client = RawClient.of(http)) {
            client.post("/api/chat", Http.question(""));
            client.readUntil("\"content\":\"\"},\"done\":false}\n");
            model.running.take().answerNow();
            client.readUntil("\"done\":true");
        }
    }
}
