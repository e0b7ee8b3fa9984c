package dev.tramontane.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import tools.jackson.databind.JsonNode;

import java.io.BufferedReader;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/// `ps` and `stop`, with servers that are processes of their own.
@Timeout(600)
class RunningServersTest {
    /// Two models of the same file, the first of which is loaded from the start.
    private static final String MODELS =
            """
            models:
              a: {path: tiny.gguf, context: 1024, aliases: [first]}
              b: {path: tiny.gguf, context: 256}
            """;

    private record Running(Process process, BufferedReader out, String address)
            implements AutoCloseable {
        static Running start(Path home, String file) throws IOException {
            ProcessBuilder builder =
                    Tramontane.process("serve", "--port=0", "--config=" + home.resolve(file));
            builder.environment().put("TRAMONTANE_HOME", home.toString());
            builder.redirectError(ProcessBuilder.Redirect.INHERIT);
            Process process = builder.start();
            BufferedReader out = process.inputReader(StandardCharsets.UTF_8);
            String line = String.valueOf(out.readLine());
            assertTrue(line.matches("Serving (tiny|far) at http://127.0.0.1:.*"), line);
            return new Running(process, out, line.replaceFirst(".* at ", "").replace("/v1", ""));
        }

        @Override
        public void close() throws IOException {
            process.destroyForcibly();
            out.close();
        }
    }

    /// One pair of processes shows all of it: starting another takes seconds.
    @Test
    void servers_are_found_and_their_models_unloaded_until_they_are_stopped(@TempDir Path home)
            throws IOException, InterruptedException {
        Files.copy(Path.of(Tramontane.TINY), home.resolve("tiny.gguf"));
        Files.writeString(home.resolve("servers.yaml"), MODELS);
        Tramontane program = Tramontane.program().variable("TRAMONTANE_HOME", home.toString());
        assertTrue(program.with("ps").err().contains("No server runs"));
        assertEquals("{\"servers\":[]}\n", program.with("ps", "--json").out());
        assertEquals(1, program.with("stop").code());
        try (Running one = Running.start(home, "servers.yaml")) {
            JsonNode server = only(program);
            assertEquals(one.process().pid(), server.path("pid").asLong());
            assertEquals(one.address(), server.path("address").stringValue());
            assertEquals(0, server.path("requests").intValue());
            assertEquals("loaded unloaded", states(program));
            assertTrue(server.path("models").path(0).path("bytes").asLong() > 0);
            String table = program.with("ps").out();
            assertTrue(table.matches("(?s)MODEL +STATE .*a +loaded .*b +unloaded .*"), table);

            Tramontane.Result unloaded = program.with("stop", "first");
            assertEquals("a is unloaded from " + one.address() + ".\n", unloaded.out());
            assertEquals("unloaded unloaded", states(program));
            assertTrue(program.with("stop", "b", "--json").out().contains("was_unloaded"));
            Tramontane.Result unknown = program.with("stop", "c");
            assertEquals(1, unknown.code());
            assertTrue(unknown.err().contains("expected one of [a, b]"), unknown.err());

            killed(program, home, one);
            Tramontane.Result stopped = program.with("stop", "--all");
            assertEquals(one.address() + " is stopped.\n", stopped.out());
            assertTrue(one.process().waitFor(60, TimeUnit.SECONDS), "it ends");
            assertEquals(0, one.process().exitValue());
            assertEquals(List.of(), left(home));
        }
    }

    /// A second server, which has the first one's model, is forgotten when it dies without a word.
    private static void killed(Tramontane program, Path home, Running one)
            throws IOException, InterruptedException {
        Files.writeString(
                home.resolve("far.yaml"),
                "models:\n  far:\n    upstream: {addresses: %s/v1, model: a}\n"
                        .formatted(one.address()));
        try (Running two = Running.start(home, "far.yaml")) {
            assertEquals("far", answered(two).path("model").stringValue());
            assertEquals("loaded", modelOf(program, one).path("state").stringValue());
            assertEquals("remote", modelOf(program, two).path("state").stringValue());
            Tramontane.Result which = program.with("stop");
            assertEquals(2, which.code());
            assertTrue(which.err().contains("2 servers run"), which.err());
            assertTrue(which.err().contains(two.address()), which.err());
            two.process().destroyForcibly().waitFor();
            assertEquals(4, left(home).size());
            assertFalse(program.with("ps").out().contains(two.address()));
            assertEquals(2, left(home).size());
        }
    }

    private static JsonNode answered(Running server) throws IOException, InterruptedException {
        String question =
                "{\"model\":\"far\",\"max_tokens\":3,"
                        + "\"messages\":[{\"role\":\"user\",\"content\":\"Hi\"}]}";
        try (HttpClient client = HttpClient.newHttpClient()) {
            HttpResponse<String> answer =
                    client.send(
                            HttpRequest.newBuilder(
                                            URI.create(server.address() + "/v1/chat/completions"))
                                    .POST(HttpRequest.BodyPublishers.ofString(question))
                                    .build(),
                            HttpResponse.BodyHandlers.ofString());
            assertEquals(200, answer.statusCode(), answer.body());
            return Json.parse("answer", answer.body());
        }
    }

    /// The first model of a server, as `ps` tells it.
    private static JsonNode modelOf(Tramontane program, Running server) {
        for (JsonNode each :
                Json.parse("output", program.with("ps", "--json").out()).path("servers")) {
            if (each.path("address").stringValue("").equals(server.address())) {
                return each.path("models").path(0);
            }
        }
        throw new AssertionError(server.address() + " is not listed");
    }

    private static List<Path> left(Path home) throws IOException {
        try (Stream<Path> files = Files.list(home.resolve("servers"))) {
            return files.toList();
        }
    }

    private static JsonNode only(Tramontane program) {
        JsonNode servers = Json.parse("output", program.with("ps", "--json").out()).path("servers");
        assertEquals(1, servers.size(), servers.toString());
        return servers.path(0);
    }

    private static String states(Tramontane program) {
        JsonNode models = only(program).path("models");
        return models.path(0).path("state").stringValue()
                + " "
                + models.path(1).path("state").stringValue();
    }

    @Test
    void a_name_and_all_are_too_much() {
        Tramontane.Result result = Tramontane.run("stop", "a", "--all");
        assertEquals(2, result.code());
        assertTrue(result.err().contains("expected one"), result.err());
    }
}
