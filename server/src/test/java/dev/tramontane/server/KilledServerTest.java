package dev.tramontane.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import tools.jackson.databind.JsonNode;

import java.io.BufferedReader;
import java.io.File;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.UUID;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/// `kill -9` in mid-answer.
class KilledServerTest {
    private static final String QUESTION =
            "{\"parent_id\":null,\"content\":\"Count\",\"answer\":{\"mode\":\"think\"}}";

    @TempDir private Path folder;

    @Test
    void every_message_and_what_was_stored_of_the_answer_outlive_a_server_that_is_killed()
            throws Exception {
        Path database = folder.resolve("store.db");
        String path = "/web/conversations/" + UUID.randomUUID();
        String seen;
        Process server = start(database);
        try (BufferedReader out = server.inputReader(StandardCharsets.UTF_8);
                HttpClient client = HttpClient.newHttpClient()) {
            URI base = URI.create("http://127.0.0.1:" + out.readLine());
            HttpRequest.Builder ask = HttpRequest.newBuilder(base.resolve(path + "/messages"));
            send(client, ask.POST(HttpRequest.BodyPublishers.ofString(QUESTION)));
            // stored while it is written, not at its end, which never comes
            seen =
                    Waiting.until(
                            "a hundred numbers are stored",
                            () -> text(send(client, HttpRequest.newBuilder(base.resolve(path)))),
                            text -> text.length() > 300);
        } finally {
            server.destroyForcibly().waitFor();
        }
        ServerConfig config = ServerConfig.local(0).withStore(database.toUri());
        try (Http http = Http.serving(config, Script.of().served("count"))) {
            JsonNode told = http.get(path).json();
            assertEquals("Count", told.at("/messages/0/content/0/text").stringValue());
            assertEquals("Hm.", told.at("/messages/1/thinking").stringValue());
            assertEquals("interrupted", told.at("/messages/1/answer/state").stringValue());
            String kept = text(told);
            assertTrue(kept.startsWith(seen), "nothing that was stored is lost");
            assertEquals(counted(kept), kept, "and nothing is missing in between");
            JsonNode nudge = told.at("/messages/1/answer/interventions/0");
            assertEquals("circle_nudged", nudge.path("kind").stringValue(""), told.toString());
            assertEquals(3, nudge.path("thinking_chars").intValue());
            JsonNode tool = told.at("/messages/1/answer/tools/0");
            assertEquals("look", tool.path("name").stringValue(""));
            assertEquals(0, tool.path("text_chars").intValue());
            String answer = told.at("/messages/1/id").stringValue();
            assertEquals(404, http.get("/web/answers/" + answer + "/events").status());
        }
    }

    private static Process start(Path database) throws Exception {
        return new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "--add-modules",
                        "jdk.incubator.vector",
                        "--enable-native-access=ALL-UNNAMED",
                        "-cp",
                        System.getProperty("java.class.path")
                                + File.pathSeparator
                                + System.getProperty("jdk.module.path", ""),
                        KilledServer.class.getName(),
                        database.toString())
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
    }

    private static JsonNode send(HttpClient client, HttpRequest.Builder request) throws Exception {
        String body = client.send(request.build(), HttpResponse.BodyHandlers.ofString()).body();
        return Json.parse(body.getBytes(StandardCharsets.UTF_8));
    }

    private static String text(JsonNode conversation) {
        return conversation.at("/messages/1/content/0/text").asString("");
    }

    /// The numbers from 2, as many as there are.
    private static String counted(String text) {
        int last = text.split(" ").length + 1;
        return IntStream.rangeClosed(2, last)
                .mapToObj(number -> number + " ")
                .collect(Collectors.joining());
    }
}
