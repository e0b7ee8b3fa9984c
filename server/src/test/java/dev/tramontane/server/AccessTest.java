package dev.tramontane.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tramontane.chat.ChatEvent;
import dev.tramontane.chat.Usage;
import dev.tramontane.sampling.FinishReason;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/// Who may ask, and what it may not.
class AccessTest {
    private static final String KEYS =
            """
            # of secret-a and secret-b
            SHA256:%s  alice
            %s  bob  mistral   # thinking in chunks
            """
                    .formatted(
                            "8766b9cb08e6040b704f1e3ee1e186efccf2635b1d2634d6525333007e6aeae1",
                            "ff492ef788c89b555e6f738b33d2422f57dbb6656af2402155672c5f123a90af");

    private static Script model() {
        return Script.of(
                new ChatEvent.Thinking("Hm"),
                new ChatEvent.Text("Hello"),
                new ChatEvent.Finished(FinishReason.STOP, new Usage(1, 1, 0)));
    }

    /// Open to `secret-a` of alice, and to `secret-b` of bob.
    static Http guarded(Script model, Path folder) throws IOException {
        Path file = Files.writeString(folder.resolve("keys"), KEYS);
        ServerConfig config = ServerConfig.local(0).withKeys(ApiKeys.read(file));
        return Http.serving(config, model.served("script"));
    }

    /// The same with conversations in a file.
    static Http guarded(Script model, Path folder, Path store) throws IOException {
        Path file = Files.writeString(folder.resolve("keys"), KEYS);
        ServerConfig config = ServerConfig.local(0).withKeys(ApiKeys.read(file));
        return Http.serving(config.withStore(store.toUri()), model.served("script"));
    }

    @Test
    void with_keys_nobody_asks_without_one(@TempDir Path folder)
            throws IOException, InterruptedException {
        try (Http http = guarded(model(), folder)) {
            for (String path : List.of("/v1/models", "/v1/models/script", "/models")) {
                assertEquals(401, http.get(path).status(), path);
            }
            assertEquals(401, http.chat("").status());
            assertEquals("Bearer", http.chat("").header("www-authenticate"));
            assertEquals(200, http.get("/health").status());
            assertEquals(200, http.get("/ready").status());
            assertEquals("invalid_api_key", http.chat("").json().at("/error/code").stringValue());
        }
        try (Http http = guarded(model(), folder).with("Authorization", "Bearer wrong")) {
            assertEquals(401, http.chat("").status());
        }
    }

    @Test
    void a_key_names_its_owner_and_how_thinking_is_told(@TempDir Path folder)
            throws IOException, InterruptedException {
        Script model = model();
        try (Http http = guarded(model, folder).with("Authorization", "bearer secret-a")) {
            Http.Answer answer = http.chat("");
            assertEquals(200, answer.status(), answer.body());
            assertEquals("alice", model.asked.take().client().owner());
            assertTrue(answer.body().contains("\"reasoning_content\":\"Hm\""), answer.body());
        }
        try (Http http = guarded(model, folder).with("x-api-key", "secret-b")) {
            Http.Answer answer = http.chat("");
            assertEquals("bob", model.asked.take().client().owner());
            assertTrue(answer.body().contains("\"type\":\"thinking\""), answer.body());
        }
    }

    @Test
    void nobody_controls_the_answer_of_another(@TempDir Path folder) throws Exception {
        Script model = Script.holding(new ChatEvent.Thinking("Hm"));
        try (Http alice = guarded(model, folder).with("x-api-key", "secret-a");
                RawClient client = RawClient.of(alice)) {
            String body = Http.question("\"stream\":true");
            client.send(
                    "POST /v1/chat/completions HTTP/1.1\r\nHost: x\r\nx-api-key: secret-b\r\nContent-Length: %d\r\n\r\n%s"
                            .formatted(body.length(), body));
            String id = client.readUntil("Hm").replaceAll("(?s).*\"id\":\"([^\"]*)\".*", "$1");
            String order = "{\"id\":\"%s\",\"action\":\"reasoning_end\"}".formatted(id);
            Http.Answer refused = alice.post("/v1/chat/completions/control", order);
            assertEquals(404, refused.status());
            model.running.take().answerNow();
            client.readUntil("[DONE]");
        }
    }

    @ParameterizedTest
    @CsvSource({
        "evil.example,,403",
        "localhost:1,,200",
        "[::1]:1,,200",
        "127.0.0.1,,200",
        "localhost,null,403",
        "localhost,http://evil.example,403",
        "localhost:8080,http://localhost:8080,200",
        "localhost:8080,http://localhost:9090,403",
        "localhost.evil.example,,403",
    })
    void without_keys_no_page_asks(String host, String origin, int status)
            throws IOException, InterruptedException {
        try (Http http = Http.serving(model());
                RawClient client = RawClient.of(http)) {
            client.send(
                    "GET /v1/models HTTP/1.1\r\nHost: %s\r\n%sConnection: close\r\n\r\n"
                            .formatted(host, origin == null ? "" : "Origin: " + origin + "\r\n"));
            String answer = client.readAll();
            assertTrue(answer.startsWith("HTTP/1.1 " + status), answer);
        }
    }

    private static String sent(Http http, String request) throws IOException {
        try (RawClient client = RawClient.of(http)) {
            client.send(request + "Connection: close\r\n\r\n");
            return client.readAll();
        }
    }

    /// Browsers ask before they send a key, and show the page no answer that is not for its origin.
    @Test
    void with_keys_every_page_asks_that_has_one(@TempDir Path folder) throws IOException {
        String origin = "Host: x\r\nOrigin: https://app.example\r\n";
        String allowed = "Access-Control-Allow-Origin: https://app.example\r\n";
        try (Http http = guarded(model(), folder)) {
            String preflight =
                    sent(
                            http,
                            "OPTIONS /v1/chat/completions HTTP/1.1\r\n"
                                    + origin
                                    + "Access-Control-Request-Method: POST\r\n"
                                    + "Access-Control-Request-Headers: authorization,content-type\r\n");
            assertTrue(preflight.startsWith("HTTP/1.1 200"), preflight);
            assertTrue(preflight.contains(allowed), preflight);
            assertTrue(
                    preflight.contains(
                            "Access-Control-Allow-Headers: authorization,content-type\r\n"),
                    preflight);
            assertFalse(preflight.contains("Credentials"), preflight);
            String read = sent(http, "GET /v1/models HTTP/1.1\r\nx-api-key: secret-a\r\n" + origin);
            assertTrue(read.startsWith("HTTP/1.1 200") && read.contains(allowed), read);
            String keyless = sent(http, "GET /v1/models HTTP/1.1\r\n" + origin);
            assertTrue(keyless.startsWith("HTTP/1.1 401") && keyless.contains(allowed), keyless);
            String noPage = sent(http, "OPTIONS /v1/models HTTP/1.1\r\nHost: x\r\n");
            assertTrue(noPage.startsWith("HTTP/1.1 405"), noPage);
        }
        try (Http http = Http.serving(model())) {
            String page =
                    "OPTIONS /v1/models HTTP/1.1\r\nHost: localhost\r\nOrigin: https://app.example\r\n";
            String refused = sent(http, page + "Access-Control-Request-Method: GET\r\n");
            assertTrue(refused.startsWith("HTTP/1.1 403"), refused);
            assertFalse(refused.contains("Access-Control-Allow-Origin"), refused);
        }
    }

    @Test
    void other_machines_are_not_served_without_keys() {
        ServerConfig open = ServerConfig.local(0).withHost(ServerConfig.address("0.0.0.0"));
        var refused =
                assertThrows(
                        IllegalArgumentException.class,
                        () -> Server.start(open, new Models(List.of(model().served("script")))));
        assertTrue(String.valueOf(refused.getMessage()).contains("--keys"), refused.toString());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "alice | :1: begins with no SHA-256",
                "0123 alice | :1: begins with no SHA-256",
                "# nothing | no keys in it",
                "f38fb99cb3f07abc9c8ad3d88d6d5f04ec5ac9ac9de7b7d6b6ae6ac1cbd3f6ef | :1: 1 words",
                "f38fb99cb3f07abc9c8ad3d88d6d5f04ec5ac9ac9de7b7d6b6ae6ac1cbd3f6ef a loud | :1: thinking told as loud",
            })
    void a_wrong_file_of_keys_is_said_with_its_line(
            String text, String message, @TempDir Path folder) throws IOException {
        Path file = Files.writeString(folder.resolve("keys"), text);
        var refused = assertThrows(IllegalArgumentException.class, () -> ApiKeys.read(file));
        assertTrue(String.valueOf(refused.getMessage()).contains(message), refused.toString());
    }

    @Test
    void unknown_paths_and_methods_are_said() throws IOException, InterruptedException {
        try (Http http = Http.serving(model())) {
            assertEquals(404, http.get("/v1/nothing").status());
            assertEquals("unknown_path", http.get("/v1/x").json().path("code").stringValue());
            assertEquals(405, http.get("/v1/chat/completions").status());
        }
    }

    @Test
    void models_are_listed_as_both_families_read_them() throws IOException, InterruptedException {
        try (Http http = Http.serving(model())) {
            var list = http.get("/v1/models").json();
            assertEquals("list", list.path("object").stringValue());
            var card = list.path("data").path(0);
            assertEquals("script", card.path("id").stringValue());
            assertEquals("model", card.path("object").stringValue());
            assertEquals(4096, card.path("max_context_length").intValue());
            assertEquals(4096, card.path("max_model_len").intValue());
            assertEquals("[\"other-name\"]", card.path("aliases").toString());
            assertEquals("0.7", card.path("default_model_temperature").toString());
            assertTrue(card.at("/capabilities/completion_chat").booleanValue());
            assertEquals(card, http.get("/v1/models/other-name").json());
            assertEquals(404, http.get("/v1/models/gpt-9").status());
        }
    }
}
