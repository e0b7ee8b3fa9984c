package dev.tramontane.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tramontane.chat.ChatEvent;
import dev.tramontane.chat.ToolCall;
import dev.tramontane.chat.Usage;
import dev.tramontane.engine.Drafts;
import dev.tramontane.sampling.FinishReason;
import dev.tramontane.sampling.Intervention;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import tools.jackson.databind.JsonNode;

import java.net.http.HttpRequest;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.Statement;
import java.time.Duration;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/// Answers that go on without their page, and what many pages do to one.
class PageAnswersTest {
    private static final String QUESTION =
            "{\"parent_id\":null,\"content\":\"Hi\",\"answer\":{\"mode\":\"think\"}}";
    private static final String TEMPORARY =
            "{\"messages\":[{\"role\":\"user\",\"content\":\"Hi\"}],\"answer\":{}}";

    @TempDir private Path folder;

    private final String path = "/web/conversations/" + UUID.randomUUID();

    private Path file() {
        return folder.resolve("store.db");
    }

    private Http serving(Script model) throws Exception {
        ServerConfig config = ServerConfig.local(0).withStore(file().toUri());
        return Http.serving(config, model.served("script"));
    }

    /// Thinks, says the beginning of an answer, and waits to be stopped or told to answer.
    private static Script held() {
        return Script.holding(
                new ChatEvent.Thinking("Hm."),
                new ChatEvent.Intervened(Intervention.CIRCLE_NUDGED),
                new ChatEvent.Text("Begun"));
    }

    private static Script quick() {
        return Script.of(
                new ChatEvent.Text("Hello"),
                new ChatEvent.Finished(FinishReason.STOP, new Usage(1, 1, 0)));
    }

    private String begin(Http http) throws Exception {
        Http.Answer begun = http.post(path + "/messages", QUESTION);
        assertEquals(201, begun.status(), begun.body());
        return "/web/answers/" + begun.json().at("/answer/id").stringValue();
    }

    private static CompletableFuture<String> reading(Http http, String answer, int after) {
        return CompletableFuture.supplyAsync(
                () -> {
                    try {
                        return http.get(answer + "/events?after=" + after).body();
                    } catch (Exception e) {
                        throw new IllegalStateException(e);
                    }
                },
                each -> Thread.ofVirtual().start(each));
    }

    private JsonNode told(Http http) throws Exception {
        return http.get(path).json().path("messages").path(1);
    }

    private void awaitText(Http http) throws Exception {
        Waiting.until(
                "the answer's beginning is stored",
                () -> told(http).at("/content/0/text").asString(""),
                "Begun"::equals);
    }

    @Test
    void two_pages_read_along_each_from_where_it_is() throws Exception {
        Script model = held();
        try (Http http = serving(model)) {
            String answer = begin(http);
            CompletableFuture<String> first = reading(http, answer, 0);
            CompletableFuture<String> second = reading(http, answer, 1);
            awaitText(http);
            Waiting.until( // on a machine so busy that its writer sleeps, it seems to have none
                    "it is being answered",
                    () -> http.get("/web/conversations").json().at("/conversations/0/answering"),
                    JsonNode::booleanValue);
            assertEquals(204, http.post(answer + "/answer-now", "").status());
            String all = first.join();
            assertTrue(
                    all.startsWith(
                            "id: 1\nevent: thinking\ndata: {\"text\":\"Hm.\"}\n\nid: 2\nevent: intervened\n"),
                    all);
            assertEquals(all.substring(all.indexOf("id: 2")), second.join());
            String last = http.get(answer + "/events?after=3").body();
            assertTrue(last.startsWith("id: 4\nevent: finished\n"), last);
            assertEquals(
                    "circle_nudged", told(http).at("/answer/interventions/0/kind").stringValue());
            assertEquals("", http.get(answer + "/events?after=100").body());
        }
    }

    @Test
    void tools_and_drafts_are_kept_with_the_answer_and_imported_with_it() throws Exception {
        Script model =
                Script.of(
                                new ChatEvent.Thinking("Hm."),
                                new ChatEvent.ToolCalled(
                                        new ToolCall(Optional.of("1"), "look", "{\"at\":1}")),
                                new ChatEvent.Text("Seen."),
                                new ChatEvent.ToolCalled(
                                        new ToolCall(Optional.of("2"), "close", "{}")),
                                new ChatEvent.Finished(FinishReason.TOOL_CALLS, new Usage(1, 4, 2)))
                        .drafting(new Drafts(8, 5));
        try (Http http = serving(model)) {
            String events = http.get(begin(http) + "/events").body();
            assertTrue(
                    events.contains(
                            "event: tool\ndata: {\"name\":\"look\",\"arguments\":\"{\\\"at\\\":1}\",\"thinking_chars\":3,\"text_chars\":0}"),
                    events);
            JsonNode answer = told(http).path("answer");
            assertEquals(3, answer.at("/tools/0/thinking_chars").intValue());
            assertEquals("close", answer.at("/tools/1/name").stringValue());
            assertEquals(5, answer.at("/tools/1/text_chars").intValue());
            assertEquals(8, answer.at("/timings/draft_n").intValue());
            assertEquals(5, answer.at("/timings/draft_n_accepted").intValue());
            String exported = http.get(path + "/export?format=json").body();
            String imported =
                    http.post("/web/import", exported)
                            .json()
                            .at("/conversations/0/id")
                            .stringValue();
            JsonNode again = http.get("/web/conversations/" + imported).json();
            assertEquals(answer.path("tools"), again.at("/messages/1/answer/tools"));
        }
    }

    @Test
    void a_vote_tells_how_many_were_asked_and_how_many_it_took() throws Exception {
        Script model =
                Script.of(
                        new ChatEvent.Text("The answer is 42."),
                        new ChatEvent.Finished(FinishReason.STOP, new Usage(1, 4, 0)));
        try (Http http = serving(model)) {
            String question =
                    "{\"content\":\"How many?\",\"answer\":{\"mode\":\"votes\",\"votes\":5}}";
            String id =
                    http.post(path + "/messages", question).json().at("/answer/id").stringValue();
            String events = http.get("/web/answers/" + id + "/events").body();
            assertTrue(events.contains("\"samples\":5,\"samples_finished\":3"), events);
            JsonNode answer = told(http).path("answer");
            assertEquals(5, answer.path("samples").intValue());
            assertEquals(3, answer.path("samples_finished").intValue(), "a majority is enough");
            String exported = http.get(path + "/export?format=json").body();
            JsonNode imported = http.post("/web/import", exported).json();
            String other = imported.at("/conversations/0/id").stringValue();
            JsonNode again = http.get("/web/conversations/" + other).json();
            assertEquals(5, again.at("/messages/1/answer/samples").intValue());
            assertEquals(3, again.at("/messages/1/answer/samples_finished").intValue());
        }
    }

    @Test
    void a_page_that_goes_leaves_the_answer_as_it_is() throws Exception {
        Script model = held();
        try (Http http = serving(model)) {
            String answer = begin(http);
            try (RawClient page = RawClient.of(http)) {
                page.send("GET %s/events HTTP/1.1\r\nHost: localhost\r\n\r\n".formatted(answer));
                page.readUntil("Begun");
            }
            assertEquals(204, http.post(answer + "/answer-now", "").status());
            String events = http.get(answer + "/events").body();
            assertTrue(events.contains("\"state\":\"done\""), events);
            assertEquals("done", told(http).at("/answer/state").stringValue());
        }
    }

    @Test
    void one_that_is_stopped_twice_is_stopped_once_and_keeps_its_beginning() throws Exception {
        Script model = held();
        try (Http http = serving(model)) {
            String answer = begin(http);
            CompletableFuture<String> page = reading(http, answer, 0);
            awaitText(http);
            assertEquals(204, http.post(answer + "/stop", "").status());
            assertEquals(204, http.post(answer + "/stop", "").status());
            assertTrue(page.join().contains("\"state\":\"stopped\""));
            assertEquals(204, http.post(answer + "/stop", "").status(), "when it has ended, too");
            assertEquals("stopped", told(http).at("/answer/state").stringValue());
            assertEquals("Begun", told(http).at("/content/0/text").stringValue());
            http.awaitNothingAnswered();
        }
    }

    @Test
    void a_conversation_that_is_deleted_ends_its_answer() throws Exception {
        Script model = held();
        try (Http http = serving(model)) {
            String answer = begin(http);
            CompletableFuture<String> page = reading(http, answer, 0);
            awaitText(http);
            HttpRequest.Builder delete = HttpRequest.newBuilder(http.uri(path)).DELETE();
            assertEquals(204, http.send(delete).status());
            assertTrue(page.join().contains("event: finished\n"));
            model.running.take().closed.await();
            assertEquals(404, http.get(path).status());
            http.awaitNothingAnswered();
            assertEquals(0, http.get("/web/conversations").json().path("conversations").size());
        }
    }

    @Test
    void one_that_is_deleted_elsewhere_is_ended() throws Exception {
        Script model = held();
        try (Http http = serving(model)) {
            begin(http);
            awaitText(http);
            change("DELETE FROM answers"); // as another server does that has the same store
            assertTrue(
                    model.running
                            .take()
                            .closed
                            .await(Waiting.LONGEST.toSeconds(), TimeUnit.SECONDS));
            http.awaitNothingAnswered();
        }
    }

    @Test
    void a_server_that_stops_interrupts_answers_and_keeps_what_there_is() throws Exception {
        ServerConfig config =
                ServerConfig.local(0)
                        .withStore(file().toUri())
                        .withLimits(ServerConfig.Limits.STANDARD.withGrace(Duration.ZERO));
        try (Http http = Http.serving(config, held().served("script"))) {
            begin(http);
            awaitText(http);
        }
        try (Http http = serving(quick())) {
            assertEquals("interrupted", told(http).at("/answer/state").stringValue());
            assertEquals("Begun", told(http).at("/content/0/text").stringValue());
        }
    }

    @Test
    void what_a_store_does_not_take_is_told_and_stored_when_it_can_be() throws Exception {
        Script model = held();
        try (Http http = serving(model)) {
            String answer = begin(http);
            awaitText(http);
            change("ALTER TABLE pieces RENAME TO gone");
            assertEquals(204, http.post(answer + "/answer-now", "").status());
            String events = http.get(answer + "/events").body();
            assertTrue(events.contains("\"unsaved\":true"), events);
            change("ALTER TABLE gone RENAME TO pieces");
            Waiting.until(
                    "it is stored",
                    () -> told(http).at("/answer/state").asString(""),
                    "done"::equals);
            assertEquals("ok", http.get("/web/config").json().at("/store/state").stringValue());
        }
    }

    private void change(String sql) throws Exception {
        try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + file());
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    @Test
    void where_the_store_fails_everything_else_goes_on() throws Exception {
        Files.writeString(file(), "This is no database.\n".repeat(100));
        try (Http http = serving(quick())) {
            Http.Answer refused = http.post(path + "/messages", QUESTION);
            assertEquals(503, refused.status());
            assertEquals("store_damaged", refused.json().at("/error/code").stringValue());
            assertEquals(503, http.get("/web/conversations").status());
            JsonNode config = http.get("/web/config").json();
            assertEquals("failed", config.at("/store/state").stringValue());
            assertEquals("store_damaged", config.at("/store/error/code").stringValue());
            assertEquals(200, http.chat("").status());
            assertEquals(201, http.post("/web/temporary", TEMPORARY).status());
            http.awaitNothingAnswered();
        }
    }

    @Test
    void a_server_without_a_store_says_so() throws Exception {
        try (Http http = Http.serving(quick())) {
            assertEquals(
                    "no_store",
                    http.get("/web/conversations").json().at("/error/code").stringValue());
            assertEquals("none", http.get("/web/config").json().at("/store/state").stringValue());
            assertEquals(201, http.post("/web/temporary", TEMPORARY).status());
        }
    }

    @Test
    void owners_have_their_own(@TempDir Path keys) throws Exception {
        try (Http alice =
                AccessTest.guarded(held(), keys, file()).with("Authorization", "Bearer secret-a")) {
            String answer = begin(alice);
            awaitText(alice);
            alice.withoutHeaders();
            assertEquals(401, alice.get(path).status());
            assertTrue(alice.get("/web/config").json().path("keys_required").booleanValue());
            alice.with("Authorization", "Bearer secret-b");
            assertEquals(404, alice.get(path).status());
            assertEquals(404, alice.get(answer + "/events").status());
            assertEquals(404, alice.post(answer + "/stop", "").status());
            assertEquals(404, alice.post(path + "/messages", QUESTION).status());
            assertEquals(404, alice.get(path + "/export").status());
            assertEquals(
                    0,
                    alice.get("/web/conversations?query=Hi").json().path("conversations").size());
            alice.withoutHeaders();
            alice.with("Authorization", "Bearer secret-a");
            Waiting.until(
                    "it is running",
                    () -> told(alice).at("/answer/state").stringValue(),
                    "running"::equals);
            assertEquals(204, alice.post(answer + "/stop", "").status());
        }
    }

    @Test
    void a_page_of_another_origin_is_refused() throws Exception {
        try (Http http = serving(quick()).with("Origin", "https://elsewhere.example")) {
            for (String each :
                    new String[] {"/web/config", "/web/conversations", "/web/status", path}) {
                assertEquals(403, http.get(each).status(), each);
            }
            assertEquals(403, http.post(path + "/messages", QUESTION).status());
            assertEquals(403, http.post("/web/temporary", TEMPORARY).status());
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "[]",
                "{}",
                "{\"content\":\"Hi\"}",
                "{\"content\":\"\",\"answer\":{}}",
                "{\"content\":[],\"answer\":{}}",
                "{\"content\":7,\"answer\":{}}",
                "{\"content\":[{\"type\":\"html\"}],\"answer\":{}}",
                "{\"content\":\"Hi\",\"answer\":{\"mode\":\"slow\"}}",
                "{\"content\":\"Hi\",\"answer\":{\"budget\":-1}}",
                "{\"content\":\"Hi\",\"answer\":{\"budget\":1e308}}",
                "{\"content\":\"Hi\",\"answer\":{\"mode\":\"votes\",\"votes\":65}}",
                "{\"content\":\"Hi\",\"answer\":{\"seed\":0.5}}",
                "{\"content\":\"Hi\",\"parent_id\":\"x\",\"answer\":{}}",
                "{\"content\":\"Hi\",\"parent_id\":1,\"answer\":{}}",
                "{\"content\":[{\"type\":\"image\",\"url\":\"https://elsewhere.example/a.png\"}],\"answer\":{}}",
                "{\"content\":[{\"type\":\"image\",\"url\":\"data:image/svg+xml;base64,AAAA\"}],\"answer\":{}}",
                "{\"content\":[{\"type\":\"image\",\"url\":\"data:image/png;base64,AAAA\"}],\"answer\":{}}",
                "{\"content\":\"Hi\",\"attachments\":[{\"name\":\"a\"}],\"answer\":{}}"
            })
    void a_strange_question_is_refused_and_leaves_nothing(String body) throws Exception {
        try (Http http = serving(quick())) {
            Http.Answer refused = http.post(path + "/messages", body);
            assertEquals(400, refused.status(), refused.body());
            assertTrue(refused.body().contains("expected"), refused.body());
            assertEquals(0, http.get("/web/conversations").json().path("conversations").size());
            http.awaitNothingAnswered();
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "[]",
                "7",
                "{\"conversations\":[]}",
                "{\"messages\":7,\"created_at\":\"2026-01-01T00:00:00Z\"}",
                "{\"messages\":[],\"created_at\":\"yesterday\"}",
                "{\"messages\":[],\"created_at\":\"+999999999-01-01T00:00:00Z\"}",
                "{\"messages\":[{\"id\":\"a\",\"parent_id\":\"a\",\"role\":\"user\",\"content\":\"x\",\"created_at\":\"2026-01-01T00:00:00Z\"}],\"created_at\":\"2026-01-01T00:00:00Z\"}",
                "{\"messages\":[{\"id\":\"a\",\"parent_id\":\"b\",\"role\":\"user\",\"content\":\"x\",\"created_at\":\"2026-01-01T00:00:00Z\"},{\"id\":\"b\",\"parent_id\":\"a\",\"role\":\"user\",\"content\":\"x\",\"created_at\":\"2026-01-01T00:00:00Z\"}],\"created_at\":\"2026-01-01T00:00:00Z\"}",
                "{\"messages\":[{\"id\":\"a\",\"role\":\"root\",\"content\":\"x\",\"created_at\":\"2026-01-01T00:00:00Z\"}],\"created_at\":\"2026-01-01T00:00:00Z\"}",
                "{\"messages\":[{\"id\":\"a\",\"role\":\"assistant\",\"content\":\"x\",\"created_at\":\"2026-01-01T00:00:00Z\",\"answer\":{\"usage\":\"<b>\"}}],\"created_at\":\"2026-01-01T00:00:00Z\"}",
                "{\"messages\":[{\"id\":\"a\",\"role\":\"assistant\",\"content\":\"x\",\"created_at\":\"2026-01-01T00:00:00Z\",\"answer\":{\"interventions\":[1]}}],\"created_at\":\"2026-01-01T00:00:00Z\"}"
            })
    void a_strange_import_is_refused_and_leaves_nothing(String body) throws Exception {
        try (Http http = serving(quick())) {
            Http.Answer refused = http.post("/web/import", body);
            assertEquals(400, refused.status(), refused.body());
            assertEquals(0, http.get("/web/conversations").json().path("conversations").size());
        }
    }

    @Test
    void strange_parameters_are_refused() throws Exception {
        try (Http http = serving(quick())) {
            for (String query :
                    new String[] {
                        "limit=0", "limit=201", "limit=x", "archived=1", "after=x", "after=MDox"
                    }) {
                Http.Answer refused = http.get("/web/conversations?" + query);
                assertEquals(400, refused.status(), query);
            }
            assertEquals(
                    404, http.post("/web/conversations/not-a-uuid/messages", QUESTION).status());
            String answer = begin(http);
            assertEquals(400, http.get(answer + "/events?after=-1").status());
            assertEquals(400, http.post(answer + "/think-longer", "{\"tokens\":0}").status());
            assertEquals(204, http.post(answer + "/think-longer", "{\"tokens\":100}").status());
            assertEquals(404, http.get("/web/answers/unknown/events").status());
            assertEquals(400, http.get(path + "/export?format=pdf").status());
        }
    }

    @Test
    void the_status_tells_of_models_and_of_the_store() throws Exception {
        try (Http http = serving(quick())) {
            JsonNode status = http.get("/web/status").json();
            assertEquals("script", status.at("/models/0/name").stringValue());
            assertTrue(status.at("/interventions/budget_spent").isNumber(), status.toString());
            assertTrue(status.path("uptime_s").isNumber());
            assertEquals("ok", status.at("/store/state").stringValue());
        }
    }

    @Test
    void a_document_is_told_as_text() throws Exception {
        try (Http http = serving(quick())) {
            Http.Answer told = http.post("/web/documents?name=a.txt", "Grüße");
            assertEquals(200, told.status(), told.body());
            assertEquals(
                    "{\"name\":\"a.txt\",\"pages\":null,\"characters\":5,\"text\":\"Grüße\",\"tokens\":1}",
                    told.body());
            Http.Answer refused = http.post("/web/documents?name=a", "\0");
            assertEquals(415, refused.status(), refused.body());
            assertFalse(refused.body().isEmpty());
        }
    }
}
