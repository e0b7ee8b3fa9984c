package dev.tramontane.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import tools.jackson.databind.JsonNode;

import java.io.BufferedReader;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;

/// The server as a process of its own, and what its command refuses.
class ServeCommandTest {
    private static Process serve() throws IOException {
        var builder =
                new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "--add-modules=jdk.incubator.vector",
                        "--enable-native-access=ALL-UNNAMED",
                        "-XX:TieredStopAtLevel=1",
                        "-cp",
                        Tramontane.classPath(),
                        "dev.tramontane.cli.Main",
                        "serve",
                        "--port=0",
                        "-m",
                        Tramontane.TINY);
        builder.redirectError(ProcessBuilder.Redirect.INHERIT);
        return builder.start();
    }

    @Test
    void a_server_answers_until_it_is_told_to_stop() throws IOException, InterruptedException {
        Process process = serve();
        try (BufferedReader out = process.inputReader(StandardCharsets.UTF_8);
                HttpClient client = HttpClient.newHttpClient()) {
            String line = String.valueOf(out.readLine());
            assertTrue(line.matches("Serving model-f32 at http://127.0.0.1:\\d+/v1"), line);
            URI base = URI.create(line.replaceFirst(".* at ", "") + "/chat/completions");
            String question =
                    "{\"model\":\"magistral-small-latest\",\"seed\":1,\"max_tokens\":5,"
                            + "\"messages\":[{\"role\":\"user\",\"content\":\"Hi\"}]}";
            HttpResponse<String> answer =
                    client.send(
                            HttpRequest.newBuilder(base)
                                    .POST(HttpRequest.BodyPublishers.ofString(question))
                                    .build(),
                            HttpResponse.BodyHandlers.ofString());
            assertEquals(200, answer.statusCode(), answer.body());
            JsonNode body = Json.parse("answer", answer.body());
            assertEquals("model-f32", body.path("model").stringValue());
            assertEquals(5, body.at("/usage/completion_tokens").intValue());
            process.destroy();
            assertTrue(process.waitFor(60, TimeUnit.SECONDS), "it stops");
            assertEquals(0, process.exitValue());
        } finally {
            process.destroyForcibly();
        }
    }

    @Test
    void other_machines_are_served_with_keys_only() {
        Tramontane.Result result = Tramontane.run("serve", "--host=0.0.0.0");
        assertEquals(2, result.code());
        assertTrue(result.err().contains("give one with --keys"), result.err());
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
                    {"--keys=" + keys, ":1: begins with no SHA-256"}
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
