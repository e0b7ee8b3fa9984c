package dev.tramontane.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import tools.jackson.databind.JsonNode;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/// The server as a process of its own, and what its command refuses.
class ServeCommandTest {
    private static ProcessBuilder serving(String... flags) {
        List<String> words = new ArrayList<>(List.of("serve", "--port=0", "-m", Tramontane.TINY));
        words.addAll(List.of(flags));
        return Tramontane.process(words.toArray(String[]::new));
    }

    /// One process shows all of it: starting another takes seconds.
    @Test
    void a_server_answers_and_tells_its_operator_until_it_is_told_to_stop(@TempDir Path folder)
            throws IOException, InterruptedException {
        Path err = folder.resolve("err");
        Path log = folder.resolve("access.log");
        try (var collector = new Collector()) {
            ProcessBuilder builder = serving("--access-log=" + log).redirectError(err.toFile());
            builder.environment().put("TRAMONTANE_HOME", folder.toString());
            builder.environment().put("OTEL_EXPORTER_OTLP_ENDPOINT", collector.address());
            builder.environment().put("OTEL_RESOURCE_ATTRIBUTES", "deployment.environment=test");
            Process process = builder.start();
            try (BufferedReader out = process.inputReader(StandardCharsets.UTF_8);
                    HttpClient client = HttpClient.newHttpClient()) {
                String line = String.valueOf(out.readLine());
                assertTrue(
                        line.matches(
                                "Serving model-f32 at http://127.0.0.1:\\d+/, for programs at http://127.0.0.1:\\d+/v1"),
                        line);
                ask(client, URI.create(line.replaceFirst(".* at ", "") + "/chat/completions"));
                process.destroy();
                assertTrue(process.waitFor(60, TimeUnit.SECONDS), "it stops");
                assertEquals(0, process.exitValue());
            } finally {
                process.destroyForcibly();
            }
            assertEquals("POST /v1/traces application/x-protobuf", collector.asked());
            for (String told : List.of("chat model-f32", "tramontane", "deployment.environment")) {
                assertTrue(collector.body().contains(told), told);
            }
            assertFalse(collector.body().contains("A secret"));
        }
        JsonNode logged = Json.parse("line", Files.readString(log));
        assertEquals("model-f32", logged.path("model").stringValue());
        assertEquals(5, logged.path("output_tokens").intValue());
        // of HTTP's own logging nothing shows
        String shown = Files.readString(err).replaceAll("WARNING: Using incubator.*\\R", "");
        assertEquals("Stopping: what runs is finished, nothing new is taken.\n", shown);
    }

    /// An answer that nobody has read yet runs for as long as a test wants: its server cannot write
    /// the rest of it before.
    @Test
    void a_server_that_is_told_to_stop_finishes_what_runs_and_refuses_what_is_new(
            @TempDir Path folder) throws IOException, InterruptedException {
        ProcessBuilder builder =
                serving("--context=1024", "--grace=5m")
                        .redirectError(folder.resolve("err").toFile());
        builder.environment().put("TRAMONTANE_HOME", folder.toString());
        Process process = builder.start();
        try (BufferedReader out = process.inputReader(StandardCharsets.UTF_8);
                HttpClient client = HttpClient.newHttpClient();
                var socket = new Socket()) {
            URI root = URI.create(String.valueOf(out.readLine()).replaceFirst(".* at ", "") + "/");
            socket.setReceiveBufferSize(
                    1 << 16); // before it is connected, or it counts for nothing
            socket.connect(new InetSocketAddress(root.getHost(), root.getPort()));
            socket.setSoTimeout(60_000);
            String body =
                    "{\"prompt\":\"x\",\"n_cmpl\":8,\"n_predict\":400,\"ignore_eos\":true,\"n_probs\":20,\"stream\":true}";
            socket.getOutputStream()
                    .write(
                            "POST /completion HTTP/1.1\r\nHost: localhost\r\nContent-Length: %d\r\n\r\n%s"
                                    .formatted(body.length(), body)
                                    .getBytes(StandardCharsets.UTF_8));
            var answer =
                    new BufferedReader(
                            new InputStreamReader(socket.getInputStream(), StandardCharsets.UTF_8),
                            1024);
            assertEquals("HTTP/1.1 200 OK", answer.readLine());
            process.destroy(); // SIGTERM
            while (send(client, root.resolve("/ready"), "").statusCode() != 503) {
                Thread.onSpinWait(); // it has been told, and is about to do so
            }
            HttpResponse<String> refused =
                    send(client, root.resolve("completions"), "{\"prompt\":\"x\"}");
            assertEquals(503, refused.statusCode(), refused.body());
            assertTrue(refused.headers().firstValue("Retry-After").isPresent());
            assertTrue(process.isAlive(), "it waits for the answer that runs");
            for (int whole = 0; whole < 8; ) {
                String line = String.valueOf(answer.readLine());
                assertFalse(line.equals("null"), "an answer is cut");
                whole += line.contains("\"stop\":true") ? 1 : 0;
            }
            assertTrue(process.waitFor(60, TimeUnit.SECONDS), "it stops");
            assertEquals(0, process.exitValue());
        } finally {
            process.destroyForcibly();
        }
    }

    /// A body, or a look where there is none.
    private static HttpResponse<String> send(HttpClient client, URI address, String body)
            throws IOException, InterruptedException {
        HttpRequest.Builder request = HttpRequest.newBuilder(address);
        HttpRequest.Builder asked =
                body.isEmpty()
                        ? request.GET()
                        : request.POST(HttpRequest.BodyPublishers.ofString(body));
        return client.send(asked.build(), HttpResponse.BodyHandlers.ofString());
    }

    private static void ask(HttpClient client, URI address)
            throws IOException, InterruptedException {
        String question =
                "{\"model\":\"magistral-small-latest\",\"seed\":1,\"max_tokens\":5,"
                        + "\"messages\":[{\"role\":\"user\",\"content\":\"A secret\"}]}";
        HttpResponse<String> answer =
                client.send(
                        HttpRequest.newBuilder(address)
                                .POST(HttpRequest.BodyPublishers.ofString(question))
                                .build(),
                        HttpResponse.BodyHandlers.ofString());
        assertEquals(200, answer.statusCode(), answer.body());
        JsonNode body = Json.parse("answer", answer.body());
        assertEquals("model-f32", body.path("model").stringValue());
        assertEquals(5, body.at("/usage/completion_tokens").intValue());
    }

    /// What takes spans, and keeps the last that came. Text stands in protobuf as it is.
    private static final class Collector implements AutoCloseable {
        private final HttpServer server;
        private volatile String asked = "";
        private volatile String body = "";

        Collector() throws IOException {
            server =
                    HttpServer.create(
                            new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
            server.createContext("/", this::take);
            server.start();
        }

        private void take(HttpExchange exchange) throws IOException {
            body =
                    new String(
                            exchange.getRequestBody().readAllBytes(), StandardCharsets.ISO_8859_1);
            asked =
                    "%s %s %s"
                            .formatted(
                                    exchange.getRequestMethod(),
                                    exchange.getRequestURI(),
                                    exchange.getRequestHeaders().getFirst("Content-Type"));
            exchange.sendResponseHeaders(200, -1);
            exchange.close();
        }

        String address() {
            return "http://127.0.0.1:" + server.getAddress().getPort();
        }

        String asked() {
            return asked;
        }

        String body() {
            return body;
        }

        @Override
        public void close() {
            server.stop(0);
        }
    }

    @Test
    void there_are_no_spans_unless_they_are_wanted() {
        for (Map<String, String> environment :
                List.of(
                        Map.<String, String>of(),
                        Map.of("OTEL_SERVICE_NAME", "mine"),
                        Map.of("OTEL_TRACES_EXPORTER", "none"),
                        Map.of(
                                "OTEL_SDK_DISABLED",
                                "true",
                                "OTEL_EXPORTER_OTLP_ENDPOINT",
                                "http://127.0.0.1:9"))) {
            try (Traces traces = Traces.of(environment)) {
                assertTrue(traces.sdk().isEmpty(), environment.toString());
            }
        }
    }

    @Test
    void spans_that_cannot_be_sent_as_wanted_are_refused_before_a_model_is_opened() {
        for (String[] wrong :
                new String[][] {
                    {"OTEL_EXPORTER_OTLP_PROTOCOL", "carrier-pigeon"},
                    {"OTEL_TRACES_EXPORTER", "stone-tablets"}
                }) {
            Tramontane.Result result =
                    Tramontane.program()
                            .variable("OTEL_EXPORTER_OTLP_ENDPOINT", "http://127.0.0.1:9")
                            .variable(wrong[0], wrong[1])
                            .with("serve", "-m", Tramontane.TINY, "--port=0");
            assertEquals(2, result.code(), result.err());
            assertTrue(result.err().contains(wrong[1]), result.err());
        }
    }

    @Test
    void other_machines_are_served_with_keys_only() {
        Tramontane.Result result = Tramontane.run("serve", "--host=0.0.0.0");
        assertEquals(2, result.code());
        assertTrue(result.err().contains("give one with --keys"), result.err());
    }

    @Test
    void the_password_of_a_store_is_not_said_with_what_is_wrong_with_its_address() {
        for (String address :
                List.of(
                        "postgresql://me:sec ret@db/pages",
                        "jdbc:postgresql://db/pages?password=sec ret")) {
            Tramontane.Result result = Tramontane.run("serve", "--store=" + address);
            assertEquals(2, result.code(), result.err());
            assertTrue(result.err().contains("must be written as a percent sign"), result.err());
            assertFalse(result.err().contains("sec ret"), result.err());
        }
    }

    @Test
    void wrong_flags_are_said_before_a_model_is_opened(@TempDir Path folder) throws IOException {
        Path keys = Files.writeString(folder.resolve("keys"), "secret alice\n");
        for (String[] wrong :
                new String[][] {
                    {"--port=99999", "expected 0 to 65535"},
                    {"--parallel=0", "expected 1 or more"},
                    {"--host=[::1", "no address of this machine"},
                    {"--reasoning-format=loud", "--reasoning-format"},
                    {"--keys=" + keys, ":1: begins with no SHA-256"},
                    {"--fetch-images-from=files.internal", "expected a host and a port"}
                }) {
            Tramontane.Result result = Tramontane.run("serve", wrong[0]);
            assertEquals(2, result.code(), result.err());
            assertTrue(result.err().contains(wrong[1]), result.err());
        }
    }

    @Test
    void a_port_that_is_taken_is_said() throws IOException {
        try (var taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            Tramontane.Result result =
                    Tramontane.run(
                            "serve", "-m", Tramontane.TINY, "--port=" + taken.getLocalPort());
            assertEquals(1, result.code());
            assertTrue(result.err().contains("nobody can listen there"), result.err());
        }
    }
}
