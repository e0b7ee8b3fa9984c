package dev.tramontane.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.tramontane.chat.ChatEvent;
import dev.tramontane.chat.Usage;
import dev.tramontane.sampling.FinishReason;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import tools.jackson.databind.JsonNode;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;

/// What the access log says, and what it never does.
class AccessLogTest {
    private static final Usage USAGE =
            new Usage(12, 8, 5, 3, List.of(), false, Usage.Repetition.NONE);
    private static final String KEY = "secret-a";
    private static final String KEY_SHA256 =
            "8766b9cb08e6040b704f1e3ee1e186efccf2635b1d2634d6525333007e6aeae1";

    private final LogLines lines = new LogLines();

    private static Script model() {
        return Script.of(
                new ChatEvent.Thinking("a secret thought"),
                new ChatEvent.Text("a secret answer"),
                new ChatEvent.Finished(FinishReason.STOP, USAGE));
    }

    private Http serving(Script model) throws IOException {
        return Http.serving(
                ServerConfig.local(0), lines.telemetry(), model.served("script", "alias"));
    }

    @Test
    void a_request_has_one_line_with_what_it_took_and_nothing_of_what_was_said()
            throws IOException, InterruptedException {
        try (Http http = serving(model()).with("User-Agent", "OpenAI/Python 3.22.1")) {
            Http.Answer answer =
                    http.post(
                            "/v1/chat/completions",
                            "{\"model\":\"alias\",\"stream\":true,\"stop\":[\"a secret stop\"],"
                                    + "\"messages\":[{\"role\":\"user\",\"content\":\"a secret question\"}]}");
            String text = lines.next();
            assertFalse(text.contains("secret"), text);
            JsonNode line = Json.parse(text.getBytes(UTF_8));
            assertEquals(answer.header("x-request-id"), line.path("id").stringValue());
            assertEquals("POST", line.path("method").stringValue());
            assertEquals("/v1/chat/completions", line.path("path").stringValue());
            assertEquals(200, line.path("status").intValue());
            assertEquals("script", line.path("model").stringValue());
            assertTrue(line.path("stream").booleanValue());
            assertEquals(12, line.path("input_tokens").intValue());
            assertEquals(8, line.path("cached_tokens").intValue());
            assertEquals(5, line.path("output_tokens").intValue());
            assertEquals(3, line.path("reasoning_tokens").intValue());
            assertEquals(answer.body().getBytes(UTF_8).length, line.path("bytes").intValue());
            assertEquals("OpenAI/Python 3.22.1", line.path("user_agent").stringValue());
            double first = line.path("first_token_ms").doubleValue();
            assertTrue(first >= 0 && first <= line.path("ms").doubleValue(), text);
            assertTrue(line.path("time").stringValue().endsWith("Z"));
            for (String absent : List.of("owner", "error", "cancelled")) {
                assertFalse(line.has(absent), text);
            }
        }
    }

    @Test
    void choices_to_one_prompt_count_it_once() throws IOException, InterruptedException {
        try (Http http = serving(model())) {
            http.chat("\"n\":3");
            JsonNode line = lines.nextJson();
            assertEquals(12, line.path("input_tokens").intValue());
            assertEquals(15, line.path("output_tokens").intValue());
        }
    }

    @Test
    void what_is_refused_says_why_in_a_word() throws IOException, InterruptedException {
        try (Http http = serving(model())) {
            http.chat("\"temperature\":7");
            JsonNode line = lines.nextJson();
            assertEquals(400, line.path("status").intValue());
            assertEquals("invalid_request_error", line.path("error").stringValue());
            assertEquals("script", line.path("model").stringValue());
            http.get("/nowhere?key=value");
            line = lines.nextJson();
            assertEquals("/nowhere", line.path("path").stringValue());
            assertEquals("unknown_path", line.path("error").stringValue());
            http.get("/health");
            assertEquals(200, lines.nextJson().path("status").intValue());
        }
    }

    @Test
    void a_failure_in_mid_stream_is_told_beside_the_status_that_was_sent()
            throws IOException, InterruptedException {
        try (Http http = serving(Script.of(new ChatEvent.Text("Hello")))) {
            http.chat("\"stream\":true");
            JsonNode line = lines.nextJson();
            assertEquals(200, line.path("status").intValue());
            assertEquals("internal", line.path("error").stringValue());
        }
    }

    @Test
    void a_request_that_is_no_http_has_a_line_as_well() throws IOException, InterruptedException {
        try (Http http = serving(model());
                RawClient raw = RawClient.of(http)) {
            raw.send("GET / HTTP/1.1\r\nHost: localhost\r\nno header\r\n\r\n");
            String answer = raw.readAll();
            JsonNode line = lines.nextJson();
            assertEquals(400, line.path("status").intValue());
            assertEquals("malformed", line.path("error").stringValue());
            assertTrue(answer.contains(line.path("id").stringValue()), answer);
        }
    }

    @Test
    void an_answer_whose_client_goes_is_cancelled_and_its_tokens_count()
            throws IOException, InterruptedException {
        try (Http http = serving(Script.holding(new ChatEvent.Text("Hello")))) {
            RawClient raw = RawClient.of(http);
            raw.post("/v1/chat/completions", Http.question("\"stream\":true"));
            raw.readUntil("Hello");
            raw.reset();
            JsonNode line = lines.nextJson();
            assertTrue(line.path("cancelled").booleanValue());
            assertEquals(1, line.path("output_tokens").intValue());
            assertFalse(line.has("error"), line.toString());
        }
    }

    @Test
    void a_client_that_goes_before_the_answer_begins_has_the_status_of_its_own()
            throws IOException, InterruptedException {
        Script script = Script.holding();
        try (Http http = serving(script)) {
            RawClient raw = RawClient.of(http);
            raw.post("/v1/chat/completions", Http.question(""));
            script.running.take();
            raw.reset();
            JsonNode line = lines.nextJson();
            assertEquals(499, line.path("status").intValue());
            assertTrue(line.path("cancelled").booleanValue());
        }
    }

    @Test
    void a_key_is_told_by_its_owner_and_never_itself() throws IOException, InterruptedException {
        var keys = new ApiKeys(List.of(new ApiKey(KEY_SHA256, "alice", Optional.empty())));
        ServerConfig config = ServerConfig.local(0).withKeys(keys);
        try (Http http = Http.serving(config, lines.telemetry(), model().served("script"))) {
            http.get("/v1/models");
            JsonNode refused = lines.nextJson();
            assertEquals("invalid_api_key", refused.path("error").stringValue());
            assertFalse(refused.has("owner"));
            http.with("Authorization", "Bearer " + KEY).get("/v1/models");
            String line = lines.next();
            assertTrue(line.contains("\"owner\":\"alice\""), line);
            assertFalse(line.contains(KEY), line);
        }
    }

    /// A terminal obeys control characters, those above ASCII as well.
    @Test
    void nothing_that_a_client_sends_moves_a_terminal() throws IOException, InterruptedException {
        try (Http http = serving(model());
                RawClient raw = RawClient.of(http)) {
            raw.send(
                    "GET /%1b%5b2J\u009b2J HTTP/1.1\r\nHost: localhost\r\nUser-Agent: a\u007fb\u009b2J\u202e"
                            + "x".repeat(500)
                            + "\r\nConnection: close\r\n\r\n");
            raw.readAll();
            String line = lines.next();
            assertTrue(line.chars().allMatch(c -> c >= ' ' && c < 0x7f), line);
            assertTrue(line.length() < 700, line);
        }
    }

    @Test
    void a_log_that_is_moved_away_is_made_anew(@TempDir Path folder)
            throws IOException, InterruptedException {
        Path file = folder.resolve("access.log");
        var log = Telemetry.NONE.withAccessLog(new Telemetry.Log.ToFile(file));
        Path first = folder.resolve("access.log.1");
        try (Http http = Http.serving(ServerConfig.local(0), log, model().served("script"))) {
            http.get("/health");
            awaitLine(file);
            Files.move(file, first);
            http.get("/ready");
            awaitLine(file);
        }
        assertTrue(Files.readString(first).contains("/health"));
        assertTrue(Files.readString(file).contains("/ready"));
    }

    private static void awaitLine(Path file) throws IOException {
        Waiting.until(
                "a line of the log",
                () -> Files.exists(file) ? Files.readString(file) : "",
                text -> text.endsWith("\n"));
    }

    @Test
    void lines_that_wait_are_written_before_the_server_is_closed(@TempDir Path folder)
            throws IOException, InterruptedException {
        Path file = folder.resolve("access.log");
        var log = Telemetry.NONE.withAccessLog(new Telemetry.Log.ToFile(file));
        try (Http http = Http.serving(ServerConfig.local(0), log, model().served("script"))) {
            for (int i = 0; i < 20; i++) {
                try (RawClient client = RawClient.of(http)) {
                    client.send(
                            "GET /health HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
                    client.readAll();
                }
            }
            http.awaitConnections(0); // all have ended, and their lines wait or are written
        }
        assertEquals(20, Files.readAllLines(file).size());
    }

    @Test
    void a_log_that_takes_nothing_holds_up_no_answer() throws IOException, InterruptedException {
        var stuck = new CountDownLatch(1);
        var out =
                new OutputStream() {
                    @Override
                    public void write(int next) {
                        try {
                            stuck.await();
                        } catch (InterruptedException _) {
                            Thread.currentThread().interrupt();
                        }
                    }
                };
        var log = Telemetry.NONE.withAccessLog(new Telemetry.Log.ToStream(out));
        try (Http http = Http.serving(ServerConfig.local(0), log, model().served("script"))) {
            for (int i = 0; i < 3; i++) {
                assertEquals(200, http.chat("").status());
            }
            stuck.countDown();
        }
    }

    @Test
    void a_log_that_cannot_be_opened_is_said_at_the_start(@TempDir Path folder) {
        var log = new Telemetry.Log.ToFile(folder.resolve("absent/access.log"));
        assertThrows(
                IOException.class,
                () ->
                        Http.serving(
                                ServerConfig.local(0),
                                Telemetry.NONE.withAccessLog(log),
                                model().served("script")));
    }
}
