package dev.tramontane.eval.benchmark;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;

import dev.tramontane.eval.items.ItemException;
import dev.tramontane.wire.Hub;
import dev.tramontane.wire.HubException;
import dev.tramontane.wire.HubOptions;
import dev.tramontane.wire.PullProgress;

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
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;

/// A hub on this machine that gives a data set to those it knows.
class ItemStoreTest {
    private static final byte[] ITEMS =
            "{\"question\": \"1+1\", \"answer\": \"2\"}\n".getBytes(StandardCharsets.UTF_8);

    @TempDir private Path home;

    private final List<String> asked = new CopyOnWriteArrayList<>();
    private HttpServer server = start();

    private static HttpServer start() {
        try {
            return HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @BeforeEach
    void serve() {
        server.createContext("/", this::answer);
        server.start();
    }

    @AfterEach
    void stop() {
        server.stop(0);
    }

    private void answer(HttpExchange exchange) throws IOException {
        String path = exchange.getRequestURI().getPath();
        asked.add(path);
        String token = String.valueOf(exchange.getRequestHeaders().getFirst("Authorization"));
        byte[] body = ITEMS;
        int status = 200;
        if (!token.equals("Bearer secret")) {
            status = 401;
            exchange.getResponseHeaders().set("X-Error-Code", "GatedRepo");
        } else if (path.startsWith("/api/datasets/owner/set/")) {
            body =
                    """
                    {"sha": "%s", "siblings": [{"rfilename": "data/test.jsonl", "size": %d}]}
                    """
                            .formatted("c0ffee".repeat(6) + "c0ff", ITEMS.length)
                            .getBytes(StandardCharsets.UTF_8);
        }
        exchange.sendResponseHeaders(status, status == 200 ? body.length : -1);
        if (status == 200) {
            exchange.getResponseBody().write(body);
        }
        exchange.close();
    }

    private Hub hub(Optional<String> token) {
        String base = "http://127.0.0.1:" + server.getAddress().getPort();
        return new Hub(HubOptions.of(base, token, Map.of()));
    }

    private Benchmark task(String sha256) throws IOException {
        Path file =
                Files.writeString(
                        home.resolve("task.yaml"),
                        """
                        name: task
                        scorer: exact
                        prompt: "{{question}}"
                        items:
                          dataset: owner/set
                          gated: true
                          files: [{path: data/test.jsonl, sha256: %s}]
                        """
                                .formatted(sha256));
        return Catalogue.find(file.toString());
    }

    @Test
    void gated_items_come_with_a_token_once_and_stay() throws IOException {
        Benchmark task = task(Seeds.digest(ITEMS));
        var source = (ItemSource.Files) task.source();
        var store = ItemStore.in(home);
        assertTrue(store.find(task, source).isEmpty());
        Path folder = store.fetch(task, source, hub(Optional.of("secret")), PullProgress.SILENT);
        assertEquals(Optional.of(folder), store.find(task, source));
        assertEquals(1, new ItemFiles(task, source).load(folder, List.of()).size());
        assertTrue(
                asked.contains(
                        "/datasets/owner/set/resolve/"
                                + "c0ffee".repeat(6)
                                + "c0ff/data/test.jsonl"),
                asked.toString());
    }

    @Test
    void items_of_another_digest_or_revision_are_not_taken_from_the_store() throws IOException {
        var store = ItemStore.in(home);
        Benchmark task = task(Seeds.digest(ITEMS));
        store.fetch(
                task,
                (ItemSource.Files) task.source(),
                hub(Optional.of("secret")),
                PullProgress.SILENT);
        Benchmark other = task("0".repeat(64));
        assertTrue(store.find(other, (ItemSource.Files) other.source()).isEmpty());
        String text = Files.readString(home.resolve("task.yaml"));
        Files.writeString(
                home.resolve("task.yaml"),
                text.replace("owner/set", "owner/set@v2").replaceFirst(", sha256: \\w+", ""));
        Benchmark later = Catalogue.find(home.resolve("task.yaml").toString());
        assertTrue(store.find(later, (ItemSource.Files) later.source()).isEmpty());
    }

    @Test
    void without_a_token_the_refusal_says_what_to_do() throws IOException {
        Benchmark task = task(Seeds.digest(ITEMS));
        var source = (ItemSource.Files) task.source();
        var refused =
                assertThrows(
                        HubException.class,
                        () ->
                                ItemStore.in(home)
                                        .fetch(
                                                task,
                                                source,
                                                hub(Optional.empty()),
                                                PullProgress.SILENT));
        assertTrue(refused.toString().contains("accept the data set's terms"), refused.toString());
        assertTrue(refused.toString().contains("HF_TOKEN"), refused.toString());
    }

    @Test
    void a_file_with_another_digest_than_the_task_states_is_refused() throws IOException {
        Benchmark task = task("0".repeat(64));
        var source = (ItemSource.Files) task.source();
        var refused =
                assertThrows(
                        ItemException.class,
                        () ->
                                ItemStore.in(home)
                                        .fetch(
                                                task,
                                                source,
                                                hub(Optional.of("secret")),
                                                PullProgress.SILENT));
        assertTrue(refused.toString().contains(Seeds.digest(ITEMS)), refused.toString());
    }
}
