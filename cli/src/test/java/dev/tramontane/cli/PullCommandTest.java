package dev.tramontane.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;

import dev.tramontane.terminal.Stdio;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/// `pull` from a hub on this machine with one tiny model; what goes wrong on the way is the
/// business of the tests of `wire`.
class PullCommandTest {
    private static final String FILE = "tiny-F32.gguf";

    private final List<String> tokens = new CopyOnWriteArrayList<>();
    private Path home = Path.of("");
    private HttpServer hub = start();
    private byte[] weights = new byte[0];

    private static HttpServer start() {
        try {
            return HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @BeforeEach
    void serve_a_model(@TempDir Path folder) throws IOException, NoSuchAlgorithmException {
        home = folder;
        weights = Files.readAllBytes(Path.of(Tramontane.TINY));
        String digest =
                HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(weights));
        String listing =
                "{\"sha\":\"%s\",\"siblings\":[{\"rfilename\":\"%s\",\"size\":%d,\"lfs\":{\"sha256\":\"%s\",\"size\":%d}}]}"
                        .formatted("0".repeat(40), FILE, weights.length, digest, weights.length);
        hub.createContext("/", exchange -> answer(exchange, listing));
        hub.start();
    }

    private void answer(HttpExchange exchange, String listing) throws IOException {
        tokens.add(String.valueOf(exchange.getRequestHeaders().getFirst("Authorization")));
        String path = exchange.getRequestURI().getPath();
        byte[] body = path.endsWith(FILE) ? weights : listing.getBytes(StandardCharsets.UTF_8);
        exchange.sendResponseHeaders(path.contains("owner/tiny") ? 200 : 404, body.length);
        exchange.getResponseBody().write(body);
        exchange.close();
    }

    @AfterEach
    void stop() {
        hub.stop(0);
    }

    private String base() {
        return "http://127.0.0.1:" + hub.getAddress().getPort();
    }

    private Tramontane program() {
        return Tramontane.program()
                .variable("TRAMONTANE_HOME", home.toString())
                .variable("TRAMONTANE_HUB", base());
    }

    @Test
    void a_pulled_model_runs_by_its_name() {
        Tramontane.Result pulled = program().with("pull", "hf:owner/tiny", "--as", "tiny");
        assertEquals(0, pulled.code(), pulled.err());
        assertEquals("tiny\n", pulled.out());
        assertTrue(pulled.err().startsWith("Pulling tiny: 1 file, "), pulled.err());
        assertFalse(pulled.err().contains("\r"), "no moving line where there is no terminal");
        assertEquals(0, program().with("run", "-m", "tiny", "--max-tokens=3", "x").code());
        assertTrue(program().with("ls").out().contains("hf:owner/tiny"));
        assertTrue(
                program().with("pull", "hf:owner/tiny", "--as", "tiny").err().contains("already"));
    }

    @Test
    void json_is_all_of_standard_output() {
        Tramontane.Result pulled = program().with("pull", "hf:owner/tiny:F32", "--json");
        var model = Json.parse("output", pulled.out());
        assertEquals("owner/tiny:F32", model.path("name").stringValue());
        assertTrue(model.path("fetched").booleanValue());
    }

    @Test
    void on_a_terminal_a_line_tells_how_far_it_is() {
        Tramontane.Result pulled =
                program()
                        .terminals(new Stdio.Terminals(true, true, true))
                        .with("pull", "hf:owner/tiny");
        assertTrue(pulled.err().contains(FILE + "   "), pulled.err());
        assertTrue(pulled.err().contains(" %"), pulled.err());
    }

    @Test
    void the_token_comes_from_the_environment() {
        program()
                .variable("HF_TOKEN", "a")
                .variable("TRAMONTANE_HF_TOKEN", "b")
                .with("pull", "hf:owner/tiny");
        assertEquals(List.of("Bearer b", "Bearer b"), tokens);
    }

    /// Such a file may have come with somebody else's files.
    @Test
    void a_hub_that_the_working_directory_names_gets_no_token() throws IOException {
        Path file = Files.writeString(Path.of("tramontane.yaml"), "hub: " + base() + "\n");
        try {
            Tramontane program = program().variable("TRAMONTANE_HUB", "").variable("HF_TOKEN", "a");
            Tramontane.Result pulled = program.with("pull", "hf:owner/tiny");
            assertEquals(0, pulled.code(), pulled.err());
            assertTrue(pulled.err().contains("gets no token"), pulled.err());
            assertEquals(List.of("null", "null"), tokens);
            program.with("pull", "hf:owner/tiny", "--hub", base());
            assertEquals("Bearer a", tokens.getLast());
        } finally {
            Files.delete(file);
        }
    }

    @Test
    void a_refusal_is_one_message_and_the_code_is_one_or_two_if_it_was_typed_wrong() {
        Tramontane.Result refused = program().with("pull", "hf:owner/other");
        assertEquals(1, refused.code());
        assertEquals(1, refused.err().lines().count());
        assertTrue(refused.err().contains("no such repository"), refused.err());
        Tramontane.Result wrong = program().with("pull", "owner/tiny");
        assertEquals(2, wrong.code());
        assertTrue(wrong.err().contains("expected hf:owner/repo"), wrong.err());
    }
}
