package dev.tramontane.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tramontane.chat.ChatEvent;
import dev.tramontane.chat.Usage;
import dev.tramontane.sampling.FinishReason;
import dev.tramontane.server.connection.Patience;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import java.io.IOException;
import java.net.SocketException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/// Clients that go, dawdle, or send what is no HTTP.
class ConnectionTest {
    private static final Duration NEVER = Duration.ofHours(1);
    private static final Duration AT_ONCE = Duration.ofMillis(50);

    private static final ChatEvent.Finished END =
            new ChatEvent.Finished(FinishReason.STOP, new Usage(1, 1, 0));

    private static Script greeter() {
        return Script.of(new ChatEvent.Text("Hello"), END);
    }

    private static void awaitClosed(Script.Running answer) {
        Waiting.until("the answer is closed", answer.closed::getCount, left -> left == 0);
    }

    @ParameterizedTest
    @CsvSource({"true,true", "true,false", "false,true", "false,false"})
    void an_answer_whose_client_has_gone_is_cancelled(boolean stream, boolean reset)
            throws IOException, InterruptedException {
        Script model = Script.holding(new ChatEvent.Text("Hello"));
        try (Http http = Http.serving(Http.ENDLESS, model)) {
            RawClient client = RawClient.of(http);
            client.post("/v1/chat/completions", Http.question("\"stream\":" + stream));
            Script.Running running = model.running.take();
            if (stream) {
                client.readUntil("Hello");
            }
            if (reset) {
                client.reset();
            } else {
                client.close();
            }
            awaitClosed(running);
            assertEquals(200, http.get("/health").status(), "others are not concerned");
        }
    }

    @Test
    void two_hundred_that_vanish_leave_nothing_behind() throws IOException, InterruptedException {
        Script model = Script.holding(new ChatEvent.Text("Hello"));
        try (Http http = Http.serving(Http.ENDLESS, model)) {
            List<RawClient> clients = new ArrayList<>();
            for (int i = 0; i < 200; i++) {
                RawClient client = RawClient.of(http);
                client.post("/v1/chat/completions", Http.question("\"stream\":true"));
                clients.add(client);
            }
            for (RawClient client : clients) {
                client.readUntil("Hello");
                client.reset();
            }
            for (Script.Running running : model.running) {
                awaitClosed(running);
            }
            assertEquals(200, model.running.size());
            http.awaitNothingAnswered();
            http.awaitConnections(0);
        }
    }

    @Test
    void a_client_that_sends_its_headers_drop_by_drop_is_cut()
            throws IOException, InterruptedException {
        var patience = new Patience(NEVER, AT_ONCE, NEVER, Integer.MAX_VALUE, NEVER);
        try (Http http = Http.serving(patience, greeter());
                RawClient client = RawClient.of(http)) {
            client.send("GET /health HTTP/1.1\r\nHost: local");
            assertEquals("", client.readAll());
        }
    }

    @Test
    void a_client_that_says_nothing_is_cut() throws IOException, InterruptedException {
        var patience = new Patience(AT_ONCE, NEVER, NEVER, Integer.MAX_VALUE, NEVER);
        try (Http http = Http.serving(patience, greeter());
                RawClient client = RawClient.of(http)) {
            assertEquals("", client.readAll());
        }
    }

    @Test
    void a_body_that_does_not_come_is_not_waited_for() throws IOException, InterruptedException {
        var patience = new Patience(NEVER, NEVER, AT_ONCE, Integer.MAX_VALUE, NEVER);
        try (Http http = Http.serving(patience, greeter());
                RawClient client = RawClient.of(http)) {
            client.send(
                    "POST /v1/chat/completions HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100\r\n\r\n{");
            assertFalse(client.readAll().contains("200 OK"));
        }
    }

    @Test
    void bodies_that_come_slowly_keep_no_place_from_others()
            throws IOException, InterruptedException {
        ServerConfig local = ServerConfig.local(0);
        ServerConfig one = local.withLimits(local.limits().withRequests(1));
        List<RawClient> slow = new ArrayList<>();
        try (Http http = Http.serving(one, greeter().served("script"))) {
            for (int i = 0; i < 50; i++) {
                RawClient client = RawClient.of(http);
                slow.add(client);
                client.send(
                        "POST /v1/chat/completions HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100\r\n\r\n{");
            }
            assertEquals(200, http.chat("").status());
            http.awaitNothingAnswered();
            for (RawClient client : slow) {
                client.close();
            }
        }
    }

    /// A client that asks for headers alone reads none of a body, and takes it for the next answer.
    @ParameterizedTest
    @CsvSource({
        "/,200",
        "/health,200",
        "/ui/no-such-file.js,404",
        "/v1/models,200",
        "/v1/models/gpt-9,404",
        "/v1/nothing,404",
        "/v1/chat/completions,405"
    })
    void headers_alone_are_told_wherever_there_is_something_to_read(String path, int status)
            throws IOException, InterruptedException {
        try (Http http = Http.serving(greeter());
                RawClient client = RawClient.of(http)) {
            String rest = " HTTP/1.1\r\nHost: localhost\r\n";
            client.send("HEAD " + path + rest + "\r\n");
            client.send("GET /health" + rest + "Connection: close\r\n\r\n");
            String[] told = client.readAll().split("\r\n\r\n");
            assertEquals(3, told.length, "headers, headers and a body: " + String.join("|", told));
            assertTrue(told[0].startsWith("HTTP/1.1 " + status), told[0]);
            assertTrue(told[1].startsWith("HTTP/1.1 200 OK"), told[1]);
            Http.Answer whole = http.get(path);
            if (whole.status() == 200) {
                String length = "Content-Length: " + whole.header("content-length");
                assertTrue(told[0].contains(length), told[0]);
            }
        }
    }

    @ParameterizedTest
    @CsvSource({
        "POST /v1/nothing,X: y,404",
        "POST /health,X: y,405",
        "GET /health,X: y,200",
        "GET /ui/app.js,X: y,200",
        "GET /v1/models,X: y,401",
        "GET /v1/models,x-api-key: secret-a,200",
        "OPTIONS /v1/models,Origin: https://app.example|Access-Control-Request-Method: GET,200"
    })
    void a_body_that_nobody_wants_is_not_waited_for(
            String asked, String headers, int status, @TempDir Path folder)
            throws IOException, InterruptedException {
        try (Http http = AccessTest.guarded(greeter(), folder);
                RawClient client = RawClient.of(http)) {
            client.send(
                    "%s HTTP/1.1\r\nHost: x\r\n%s\r\nContent-Length: 20000000\r\n\r\n{"
                            .formatted(asked, headers.replace("|", "\r\n")));
            String told = client.readUntil("\r\n\r\n");
            assertTrue(told.startsWith("HTTP/1.1 " + status), told);
            assertTrue(told.contains("Connection: close\r\n"), told);
        }
    }

    @Test
    void large_bodies_are_few_at_a_time() throws IOException, InterruptedException {
        List<RawClient> large = new ArrayList<>();
        try (Http http = Http.serving(greeter())) {
            boolean isFull = false;
            while (!isFull) { // the last of them is refused
                RawClient client = RawClient.of(http);
                large.add(client);
                client.send(
                        "POST /v1/chat/completions HTTP/1.1\r\nHost: localhost\r\nContent-Length: 20000000\r\n\r\n{");
                isFull = http.post("/v1/chat/completions", largeQuestion()).status() == 503;
                assertTrue(large.size() < 1000, "nobody is refused");
            }
            assertEquals(200, http.chat("").status(), "small ones are taken all the same");
            for (RawClient client : large) {
                client.close();
            }
        }
    }

    private static String largeQuestion() {
        return Http.question("\"user\":\"" + "u".repeat(2 << 20) + "\"");
    }

    @Test
    void a_client_that_does_not_read_is_cut_and_its_answer_cancelled()
            throws IOException, InterruptedException {
        var patience = new Patience(NEVER, NEVER, NEVER, Integer.MAX_VALUE, AT_ONCE);
        ChatEvent kilobyte = new ChatEvent.Text("a".repeat(1024));
        List<ChatEvent> flood = new ArrayList<>(Collections.nCopies(100_000, kilobyte));
        flood.add(END);
        Script model = Script.of(_ -> flood);
        try (Http http = Http.serving(patience, model);
                RawClient client = RawClient.of(http)) {
            client.post("/v1/chat/completions", Http.question("\"stream\":true"));
            awaitClosed(model.running.take());
        }
    }

    @Test
    void requests_may_follow_each_other_without_waiting_for_answers()
            throws IOException, InterruptedException {
        try (Http http = Http.serving(greeter());
                RawClient client = RawClient.of(http)) {
            String body = Http.question("");
            client.post("/v1/chat/completions", body);
            client.post("/v1/chat/completions", body);
            client.send("GET /health HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
            String all = client.readAll();
            assertEquals(3, all.split("HTTP/1.1 200 OK", -1).length - 1, all);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "POST /v1/chat/completions HTTP/1.1\r\nHost: localhost\r\nContent-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
                "POST /v1/chat/completions HTTP/1.1\r\nHost: localhost\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\n{}",
                "POST /v1/chat/completions HTTP/1.1\r\nHost: localhost\r\nContent-Length: -2\r\n\r\n{}",
                "POST /v1/chat/completions HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: gzip, chunked\r\n\r\n",
                "POST /v1/chat/completions HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\n",
                "GET /health HTTP/1.1\r\n\r\n",
                "GET /health HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n",
                "GET /health HTTP/9.9\r\nHost: localhost\r\n\r\n",
                "GET /health\r\n\r\n",
                "\u0016\u0003\u0001 not TLS here\r\n\r\n",
                "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
                "GET /health HTTP/1.1\r\nHost: localhost\r\nBad Header: x\r\n\r\n",
                "GET /\u0000 HTTP/1.1\r\nHost: localhost\r\n\r\n",
            })
    void what_is_no_proper_request_is_refused_and_its_connection_ended(String request)
            throws IOException, InterruptedException {
        try (Http http = Http.serving(greeter());
                RawClient client = RawClient.of(http)) {
            client.send(request);
            String answer = client.readAll();
            assertTrue(answer.startsWith("HTTP/1.1 4") || answer.startsWith("HTTP/1.1 5"), answer);
            assertTrue(answer.contains("\"error\":{\"message\""), answer);
            assertFalse(answer.startsWith("HTTP/1.1 500"), answer);
        }
    }

    /// A client may offer more (`Upgrade: h2c`), as Java's does by itself.
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void a_client_that_offers_http_2_is_answered_in_http_1(boolean stream)
            throws IOException, InterruptedException {
        try (Http http = Http.serving(greeter());
                HttpClient client =
                        HttpClient.newBuilder().version(HttpClient.Version.HTTP_2).build()) {
            HttpResponse<String> answer =
                    client.send(
                            HttpRequest.newBuilder(http.uri("/v1/chat/completions"))
                                    .POST(
                                            HttpRequest.BodyPublishers.ofString(
                                                    Http.question("\"stream\":" + stream)))
                                    .build(),
                            HttpResponse.BodyHandlers.ofString());
            assertEquals(200, answer.statusCode(), answer.body());
            assertEquals(HttpClient.Version.HTTP_1_1, answer.version());
        }
    }

    @ParameterizedTest
    @CsvSource({"8000,200", "9000,4"})
    void a_path_has_a_limit(int chars, String status) throws IOException, InterruptedException {
        try (Http http = Http.serving(greeter());
                RawClient client = RawClient.of(http)) {
            String path = "/health?" + "a".repeat(chars);
            client.send(
                    "GET " + path + " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
            String answer = client.readAll();
            assertTrue(answer.startsWith("HTTP/1.1 " + status), answer);
        }
    }

    @ParameterizedTest
    @CsvSource({"98,10,200", "99,10,431", "10,1500,200", "10,1700,4"})
    void headers_have_limits(int count, int chars, String status)
            throws IOException, InterruptedException {
        try (Http http = Http.serving(greeter());
                RawClient client = RawClient.of(http)) {
            var request = new StringBuilder("GET /health HTTP/1.1\r\nHost: localhost\r\n");
            for (int i = 0; i < count; i++) {
                request.append("X-")
                        .append(i)
                        .append(": ")
                        .append("a".repeat(chars))
                        .append("\r\n");
            }
            client.send(request + "Connection: close\r\n\r\n");
            String answer = client.readAll();
            assertTrue(answer.startsWith("HTTP/1.1 " + status), answer);
        }
    }

    @Test
    void a_body_has_a_limit_and_its_sender_reads_so() throws IOException, InterruptedException {
        ServerConfig local = ServerConfig.local(0);
        ServerConfig small = local.withLimits(local.limits().withBodyBytes(1000));
        Script model = greeter();
        try (Http http = Http.serving(small, model.served("script"))) {
            String rest = "\"user\":\"%s\"";
            int frame = Http.question(rest.formatted("")).length();
            assertEquals(200, http.chat(rest.formatted("u".repeat(1000 - frame))).status());
            Http.Answer tooLong = http.chat(rest.formatted("u".repeat(1001 - frame)));
            assertEquals(413, tooLong.status());
            assertTrue(tooLong.json().path("error").has("message"), tooLong.body());
            try (RawClient client = RawClient.of(http)) {
                client.send(
                        "POST /v1/chat/completions HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n");
                client.send("3ff\r\n" + "u".repeat(0x3ff) + "\r\n0\r\n\r\n");
                assertTrue(client.readAll().startsWith("HTTP/1.1 413"));
            }
        }
    }

    @Test
    void small_bodies_in_chunks_are_answered_side_by_side() throws Exception {
        String body = Http.question("\"stream\":true");
        List<RawClient> clients = new ArrayList<>();
        try (Http http = Http.serving(Http.ENDLESS, Script.holding(new ChatEvent.Text("Hello")))) {
            for (int i = 0; i < 20; i++) { // more than large bodies may be read at once
                RawClient client = RawClient.of(http);
                clients.add(client);
                client.send(
                        "POST /v1/chat/completions HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n");
                client.send(Integer.toHexString(body.length()) + "\r\n" + body + "\r\n0\r\n\r\n");
                client.readUntil("Hello");
            }
        } finally {
            for (RawClient client : clients) {
                client.close();
            }
        }
        assertEquals(20, clients.size());
    }

    @Test
    void a_chunk_whose_header_never_ends_is_cut() throws IOException, InterruptedException {
        ServerConfig local = ServerConfig.local(0);
        ServerConfig small = local.withLimits(local.limits().withBodyBytes(1000));
        try (Http http = Http.serving(small, greeter().served("script"));
                RawClient client = RawClient.of(http)) {
            client.send(
                    "POST /v1/chat/completions HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n");
            try {
                for (int i = 0; i < 100; i++) {
                    client.send("0".repeat(1000));
                }
                assertFalse(client.readAll().contains("200 OK"));
            } catch (SocketException reset) {
                assertTrue(http.server.port() > 0, "it was cut while it sent");
            }
        }
    }

    @Test
    void a_server_that_stops_finishes_what_runs_and_takes_nothing_new() throws Exception {
        Script model = Script.holding(new ChatEvent.Text("Hello"));
        try (Http http = Http.serving(Http.ENDLESS, model);
                RawClient client = RawClient.of(http)) {
            client.post("/v1/chat/completions", Http.question("\"stream\":true"));
            client.readUntil("Hello");
            Thread stopping = Thread.ofVirtual().start(http.server::close);
            Waiting.until(
                    "it is not ready any more",
                    () -> http.get("/ready").status(),
                    status -> status != 200);
            Http.Answer refused = http.chat("");
            assertEquals(503, refused.status());
            assertEquals("10", refused.header("retry-after"));
            model.running.take().answerNow();
            assertTrue(client.readUntil("[DONE]").contains("\"finish_reason\":\"stop\""));
            assertTrue(stopping.join(Waiting.LONGEST), "it has stopped");
        }
    }

    @Test
    void an_answer_that_outlives_the_grace_period_has_a_proper_end()
            throws IOException, InterruptedException {
        ServerConfig local = ServerConfig.local(0);
        ServerConfig hasty = local.withLimits(local.limits().withGrace(AT_ONCE));
        Script model = Script.holding(new ChatEvent.Text("Hello"));
        try (Http http = Http.serving(hasty, model.served("script"));
                RawClient client = RawClient.of(http)) {
            client.post("/v1/chat/completions", Http.question("\"stream\":true"));
            client.readUntil("Hello");
            Thread stopping = Thread.ofVirtual().start(http.server::close);
            assertTrue(client.readUntil("[DONE]").contains("\"finish_reason\":\"length\""));
            assertTrue(stopping.join(Waiting.LONGEST), "it has stopped");
        }
    }

    @Test
    void more_requests_than_there_is_room_for_are_told_to_come_back()
            throws IOException, InterruptedException {
        Script model = Script.holding(new ChatEvent.Text("Hello"));
        ServerConfig local = ServerConfig.local(0);
        ServerConfig one = local.withLimits(local.limits().withRequests(1));
        try (Http http = Http.serving(one, model.served("script"));
                RawClient client = RawClient.of(http)) {
            client.post("/v1/chat/completions", Http.question("\"stream\":true"));
            client.readUntil("Hello");
            Http.Answer refused = http.chat("");
            assertEquals(503, refused.status());
            assertEquals("1", refused.header("retry-after"));
            assertEquals(200, http.get("/v1/models").status(), "what costs nothing is answered");
            model.running.take().answerNow();
        }
    }
}
