package dev.tramontane.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tramontane.chat.ChatEvent;
import dev.tramontane.chat.ChatRequest;
import dev.tramontane.chat.Message;
import dev.tramontane.chat.Usage;
import dev.tramontane.engine.Priority;
import dev.tramontane.sampling.FinishReason;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import tools.jackson.databind.JsonNode;

import java.io.IOException;
import java.net.http.HttpRequest;
import java.nio.file.Path;
import java.util.List;
import java.util.UUID;

/// Conversations that the server keeps for the page.
class ConversationsEndpointTest {
    @TempDir private Path folder;

    private static List<ChatEvent> say(ChatRequest request) {
        boolean isTitle = request.client().priority() == Priority.BACKGROUND;
        return isTitle
                ? List.of(
                        new ChatEvent.Text("**A Short Title**\n"),
                        new ChatEvent.Finished(FinishReason.STOP, new Usage(5, 3, 0)))
                : List.of(
                        new ChatEvent.Progress(0, 3, 7),
                        new ChatEvent.Thinking("Hm, "),
                        new ChatEvent.Thinking("well."),
                        new ChatEvent.Text("Twenty"),
                        new ChatEvent.Text("-five."),
                        new ChatEvent.Finished(FinishReason.STOP, new Usage(7, 4, 2)));
    }

    private Http serving(Script model) throws IOException {
        ServerConfig config = ServerConfig.local(0).withStore(folder.resolve("store.db").toUri());
        return Http.serving(config, model.served("script"));
    }

    private static String conversation() {
        return "/web/conversations/" + UUID.randomUUID();
    }

    private static String question(String text, String parent) {
        return "{\"parent_id\":%s,\"content\":[{\"type\":\"text\",\"text\":\"%s\"}],\"answer\":{\"mode\":\"think\"}}"
                .formatted(parent, text);
    }

    /// An answer's events to the end.
    private static String events(Http http, Http.Answer begun) throws Exception {
        assertEquals(201, begun.status(), begun.body());
        String id = begun.json().at("/answer/id").stringValue();
        return http.get("/web/answers/" + id + "/events").body();
    }

    @Test
    void a_question_is_answered_kept_and_given_a_title() throws Exception {
        Script model = Script.of(ConversationsEndpointTest::say);
        try (Http http = serving(model)) {
            String path = conversation();
            String events =
                    events(http, http.post(path + "/messages", question("How many?", "null")));
            assertTrue(
                    events.contains(
                            "id: 1\nevent: progress\ndata: {\"queue\":0,\"computed\":3,\"total\":7}\n"),
                    events);
            assertTrue(events.contains("event: thinking\ndata: {\"text\":\"Hm, "), events);
            assertTrue(events.contains("event: finished\n"), events);
            assertTrue(
                    events.endsWith("event: title\ndata: {\"title\":\"A Short Title\"}\n\n"),
                    events);
            JsonNode told = http.get(path).json();
            assertEquals("A Short Title", told.path("title").stringValue());
            JsonNode answer = told.path("messages").get(1);
            assertEquals("Twenty-five.", answer.at("/content/0/text").stringValue());
            assertEquals("Hm, well.", answer.path("thinking").stringValue());
            assertEquals("done", answer.at("/answer/state").stringValue());
            assertEquals(4, answer.at("/answer/usage/completion_tokens").intValue());
            assertEquals(answer.path("id"), told.path("leaf"));
            assertEquals(
                    1,
                    http.get("/web/conversations?query=TWENTY-f")
                            .json()
                            .path("conversations")
                            .size());
            assertEquals(
                    0,
                    http.get("/web/conversations?query=nothing")
                            .json()
                            .path("conversations")
                            .size());
        }
    }

    @Test
    void a_title_has_no_control_characters() throws Exception {
        Script model =
                Script.of(
                        new ChatEvent.Text("Two\f\u0007Words\n"),
                        new ChatEvent.Finished(FinishReason.STOP, new Usage(5, 3, 0)));
        try (Http http = serving(model)) {
            String path = conversation();
            events(http, http.post(path + "/messages", question("How many?", "null")));
            assertEquals("Two Words", http.get(path).json().path("title").stringValue());
        }
    }

    @Test
    void a_model_that_answers_in_place_of_a_title_leaves_the_first_words() throws Exception {
        Script model =
                Script.of(
                        new ChatEvent.Text("The answer is \\boxed{25}\n"),
                        new ChatEvent.Finished(FinishReason.STOP, new Usage(5, 3, 0)));
        try (Http http = serving(model)) {
            String path = conversation();
            String events =
                    events(http, http.post(path + "/messages", question("How many?", "null")));
            assertFalse(events.contains("event: title"), events);
            assertEquals("How many?", http.get(path).json().path("title").stringValue());
        }
    }

    @Test
    void a_following_question_takes_what_was_said_along_and_branches_stay_apart() throws Exception {
        Script model = Script.of(ConversationsEndpointTest::say);
        try (Http http = serving(model)) {
            String path = conversation();
            Http.Answer first = http.post(path + "/messages", question("One", "null"));
            events(http, first);
            String parent = first.json().path("answer").path("id").toString();
            events(http, http.post(path + "/messages", question("Two", parent)));
            events(http, http.post(path + "/messages", question("Three", parent)));
            List<Message> asked = List.of();
            while (!model.asked.isEmpty()) {
                asked = model.asked.take().messages();
            }
            assertEquals(3, asked.size());
            assertEquals(new Message.UserMessage("One"), asked.getFirst());
            assertEquals(new Message.UserMessage("Three"), asked.getLast());
            String question = first.json().at("/message/id").toString();
            events(
                    http,
                    http.post(
                            path + "/answers",
                            "{\"parent_id\":%s,\"answer\":{\"mode\":\"flash\"}}"
                                    .formatted(question)));
            assertEquals(7, http.get(path).json().path("messages").size());
        }
    }

    @Test
    void a_conversation_is_renamed_pinned_archived_and_deleted() throws Exception {
        try (Http http = serving(Script.of(ConversationsEndpointTest::say))) {
            String id =
                    http.post("/web/conversations", "{\"title\":\"First\"}")
                            .json()
                            .path("id")
                            .stringValue();
            String path = "/web/conversations/" + id;
            Http.Answer changed =
                    patch(http, path, "{\"title\":\"Other\",\"pinned\":true,\"archived\":true}");
            assertEquals(200, changed.status(), changed.body());
            assertEquals("Other", changed.json().path("title").stringValue());
            assertEquals(0, http.get("/web/conversations").json().path("conversations").size());
            assertEquals(
                    1,
                    http.get("/web/conversations?archived=true")
                            .json()
                            .path("conversations")
                            .size());
            assertEquals(204, http.send(HttpRequest.newBuilder(http.uri(path)).DELETE()).status());
            assertEquals(404, http.get(path).status());
            assertEquals(404, http.send(HttpRequest.newBuilder(http.uri(path)).DELETE()).status());
        }
    }

    private static Http.Answer patch(Http http, String path, String body) throws Exception {
        return http.send(
                HttpRequest.newBuilder(http.uri(path))
                        .method("PATCH", HttpRequest.BodyPublishers.ofString(body)));
    }

    @Test
    void what_was_exported_is_imported_as_it_was() throws Exception {
        try (Http http = serving(Script.of(ConversationsEndpointTest::say))) {
            String path = conversation();
            events(http, http.post(path + "/messages", question("How <many>?", "null")));
            Http.Answer exported = http.get(path + "/export?format=json");
            Http.Answer imported = http.post("/web/import", exported.body());
            assertEquals(201, imported.status(), imported.body());
            String copy =
                    "/web/conversations/" + imported.json().at("/conversations/0/id").stringValue();
            assertEquals(
                    withoutIds(exported.body()),
                    withoutIds(http.get(copy + "/export?format=json").body()));
            assertTrue(
                    http.get(path + "/export?format=markdown").body().contains("\nTwenty-five.\n"));
            assertTrue(exported.header("content-disposition").startsWith("attachment; "));
            Http.Answer page = http.get(path + "/export?format=html");
            assertTrue(page.body().contains("How &lt;many&gt;?"), page.body());
            assertTrue(
                    page.header("content-disposition").startsWith("inline; "),
                    "what is to be printed is shown");
        }
    }

    private static String withoutIds(String json) {
        return json.replaceAll("[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", "ID");
    }

    @Test
    void a_temporary_answer_leaves_nothing() throws Exception {
        try (Http http = serving(Script.of(ConversationsEndpointTest::say))) {
            String events =
                    events(
                            http,
                            http.post(
                                    "/web/temporary",
                                    "{\"messages\":[{\"role\":\"user\",\"content\":\"Hi\"}],\"answer\":{}}"));
            assertTrue(events.contains("event: finished\n"), events);
            assertEquals(0, http.get("/web/conversations").json().path("conversations").size());
        }
    }
}
