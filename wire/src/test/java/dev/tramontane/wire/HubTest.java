package dev.tramontane.wire;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.tramontane.engine.ModelName;
import dev.tramontane.engine.ModelStore;
import dev.tramontane.engine.StoredFile;
import dev.tramontane.engine.StoredModel;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Collectors;

/// Pulls from a hub on this machine that drops, lies, refuses and dawdles: what arrives is whole or
/// absent.
class HubTest {
    private static final int BYTES = 300_000;
    private static final int HALF = 150_000;
    private static final byte[] WEIGHTS = content(1, BYTES);
    private static final String FILE = "tiny-Q4_0.gguf";
    private static final HubReference REFERENCE = HubReference.of("hf:owner/tiny:Q4_0");
    private static final ModelName NAME = new ModelName("owner/tiny:Q4_0");

    /// Of silence. No answer of the hub here takes so long, however busy the machine.
    private static final Duration SHORT = Duration.ofSeconds(5);

    private static final Duration LONG = Duration.ofMinutes(1);

    private final List<Duration> pauses = new ArrayList<>();
    private Path home = Path.of("");
    private ModelStore store = ModelStore.at(home);
    private FakeHub hub = start();

    private static FakeHub start() {
        try {
            return new FakeHub()
                    .with(FILE, WEIGHTS)
                    .with("tiny-Q8_0.gguf", content(2, BYTES))
                    .with("tekken.json", "{\"small\":1}".getBytes(StandardCharsets.UTF_8))
                    .with("README.md", "read".getBytes(StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static byte[] content(long seed, int bytes) {
        byte[] content = new byte[bytes];
        new Random(seed).nextBytes(content);
        return content;
    }

    @BeforeEach
    void make_a_store(@TempDir Path folder) {
        home = folder;
        store = ModelStore.at(folder.resolve("models"));
    }

    @AfterEach
    void stop_the_hub() {
        hub.close();
    }

    private Hub client(Optional<String> token) {
        return client(hub.base(), token, Map.of(), LONG);
    }

    private Hub client(
            String base, Optional<String> token, Map<String, String> environment, Duration stall) {
        return new Hub(new HubOptions(base, token, environment, stall, pauses::add));
    }

    private Hub.Pulled pull() throws IOException {
        return pull(client(Optional.empty()));
    }

    private Hub.Pulled pull(Hub client) throws IOException {
        return client.pull(REFERENCE, Optional.empty(), store, PullProgress.SILENT);
    }

    private HubException refused() {
        return assertThrows(HubException.class, this::pull);
    }

    private void assertWhole(StoredModel model) throws IOException {
        assertArrayEquals(WEIGHTS, Files.readAllBytes(model.path()));
        assertTrue(
                store.verify(model.name(), _ -> {}).stream()
                        .allMatch(check -> check.state() == ModelStore.State.WHOLE));
        assertEquals(List.of(), store.unfinished());
    }

    private void assertAbsent() throws IOException {
        assertEquals(Optional.empty(), store.find(NAME));
        assertEquals(List.of(), store.names());
    }

    @Test
    void the_quantisation_that_was_asked_for_arrives_with_what_belongs_to_it() throws IOException {
        StoredModel model = pull().model();
        assertWhole(model);
        assertEquals(NAME, model.name());
        assertEquals("hf:owner/tiny:Q4_0", model.source());
        assertEquals(Optional.of(FakeHub.COMMIT), model.revision());
        assertEquals(
                List.of(FILE, "tekken.json"),
                model.files().stream().map(StoredFile::name).toList());
        assertEquals(List.of(), hub.requests("README.md"));
    }

    @Test
    void a_model_that_is_here_is_not_fetched_again() throws IOException {
        StoredModel first = pull().model();
        int before = hub.requests().size();
        Hub.Pulled again = pull();
        assertFalse(again.isNew());
        assertEquals(first, again.model());
        assertEquals(before + 1, hub.requests().size(), "the listing alone");
    }

    @Test
    void a_small_file_that_changed_but_for_its_length_is_fetched() throws IOException {
        pull();
        byte[] changed = "{\"small\":2}".getBytes(StandardCharsets.UTF_8);
        hub.with("tekken.json", changed);
        Hub.Pulled again = pull();
        assertTrue(again.isNew());
        assertArrayEquals(
                changed, Files.readAllBytes(again.model().folder().resolve("tekken.json")));
        assertWhole(again.model());
        assertFalse(pull().isNew());
    }

    @Test
    void files_without_digests_are_the_same_at_the_same_revision() throws IOException {
        String listing = "{\"sha\":\"%s\",\"siblings\":[{\"rfilename\":\"%s\",\"size\":%d}]}";
        hub.listing(listing.formatted(FakeHub.COMMIT, FILE, BYTES));
        assertTrue(pull().isNew());
        assertFalse(pull().isNew());
        hub.listing(listing.formatted("d0".repeat(20), FILE, BYTES));
        assertTrue(pull().isNew());
    }

    @ParameterizedTest
    @ValueSource(strings = {"hf_sécret", "hf_secret\r\nX-Other: 1", "hf secret", ""})
    void a_token_that_no_header_carries_is_refused_and_not_quoted(String token) {
        var refused =
                assertThrows(IllegalArgumentException.class, () -> client(Optional.of(token)));
        assertEquals(
                "the hub's token: found something else than letters, digits and signs, expected"
                        + " those in one word; copy it again",
                refused.getMessage());
    }

    @Test
    void a_listing_that_comes_slowly_is_waited_for() throws IOException {
        String listing =
                "{\"sha\":\"%s\",\"siblings\":[{\"rfilename\":\"%s\",\"size\":%d}]}"
                        .formatted(FakeHub.COMMIT, FILE, BYTES);
        hub.fault(
                "/revision/main",
                (exchange, _) -> {
                    exchange.sendResponseHeaders(200, 0);
                    for (String piece : listing.split("(?<=,)")) { // of three
                        exchange.getResponseBody().write(piece.getBytes(StandardCharsets.UTF_8));
                        exchange.getResponseBody().flush();
                        LockSupport.parkNanos(SHORT.dividedBy(2).toNanos());
                    }
                    exchange.close();
                });
        assertWhole(pull(client(hub.base(), Optional.empty(), Map.of(), SHORT)).model());
        assertEquals(1, hub.requests("/revision/main").size());
        assertEquals(List.of(), pauses);
    }

    @Test
    void another_name_may_be_given() throws IOException {
        StoredModel model =
                client(Optional.empty())
                        .pull(
                                REFERENCE,
                                Optional.of(new ModelName("mine")),
                                store,
                                PullProgress.SILENT)
                        .model();
        assertEquals("mine", model.name().text());
        assertEquals("hf:owner/tiny:Q4_0", model.source());
    }

    @Test
    void a_hub_that_knows_only_trees_is_read_page_by_page() throws IOException {
        hub.withoutRevisions(1);
        StoredModel model = pull().model();
        assertWhole(model);
        assertEquals(Optional.of("main"), model.revision());
        assertEquals(4, hub.requests("/tree/main").size());
    }

    @Test
    void a_dropped_connection_goes_on_where_it_broke() throws IOException {
        hub.fault(
                "cdn/owner/tiny/resolve/" + FakeHub.COMMIT + "/" + FILE,
                FakeHub.dropsAfter(HALF),
                FakeHub.dropsAfter(1000));
        assertWhole(pull().model());
        List<String> ranges =
                hub.requests("/" + FILE).stream()
                        .filter(request -> request.path().startsWith("/cdn"))
                        .map(FakeHub.Request::range)
                        .toList();
        assertEquals(List.of("null", "bytes=150000-", "bytes=151000-"), ranges);
        assertEquals(2, pauses.size());
    }

    @Test
    void a_connection_that_keeps_dropping_is_given_up_and_its_bytes_are_kept() throws IOException {
        FakeHub.Fault[] drops = new FakeHub.Fault[6];
        Arrays.fill(drops, FakeHub.dropsAfter(0));
        drops[0] = FakeHub.dropsAfter(HALF);
        hub.withoutRedirects().fault("/" + FILE, drops);
        HubException refusal = refused();
        assertTrue(refusal.toString().contains("6 times in a row"), refusal.toString());
        assertTrue(refusal.toString().contains("run the same command again"), refusal.toString());
        assertAbsent();
        assertEquals(HALF, store.unfinished().getFirst().bytes());
        assertWhole(pull().model());
        assertEquals("bytes=150000-", hub.requests("/" + FILE).getLast().range());
    }

    @Test
    void a_connection_that_stalls_is_given_up_and_goes_on() throws IOException {
        var over = new CountDownLatch(1);
        hub.withoutRedirects()
                .fault(
                        "/" + FILE,
                        (exchange, content) -> {
                            FakeHub.head(exchange, content, 0);
                            exchange.getResponseBody().write(content, 0, HALF);
                            exchange.getResponseBody().flush();
                            awaitQuietly(over);
                            exchange.close();
                        });
        try {
            assertWhole(pull(client(hub.base(), Optional.empty(), Map.of(), SHORT)).model());
        } finally {
            over.countDown();
        }
        assertEquals(2, hub.requests("/" + FILE).size());
        assertEquals("bytes=150000-", hub.requests("/" + FILE).getLast().range());
    }

    private static void awaitQuietly(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }

    @Test
    void a_killed_process_leaves_no_model_and_the_next_pull_goes_on() throws Exception {
        var over = new CountDownLatch(1);
        hub.withoutRedirects()
                .fault(
                        "/" + FILE,
                        (exchange, content) -> {
                            FakeHub.head(exchange, content, 0);
                            exchange.getResponseBody().write(content, 0, HALF);
                            exchange.getResponseBody().flush();
                            awaitQuietly(over);
                            exchange.close();
                        });
        Process process =
                new ProcessBuilder(
                                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                                "-cp",
                                classPath(),
                                PullProcess.class.getName(),
                                hub.base(),
                                store.root().toString())
                        .redirectError(ProcessBuilder.Redirect.INHERIT)
                        .start();
        try (BufferedReader said = process.inputReader()) {
            String line = said.readLine();
            while (line != null && Long.parseLong(line) < HALF) {
                line = said.readLine();
            }
            assertEquals(Integer.toString(HALF), line);
            process.destroyForcibly(); // SIGKILL
            process.waitFor();
        } finally {
            over.countDown();
        }
        assertAbsent();
        assertEquals(HALF, store.unfinished().getFirst().bytes());
        assertWhole(pull().model());
        assertEquals("bytes=150000-", hub.requests("/" + FILE).getLast().range());
    }

    /// Everything that this test runs on, modules included.
    private static String classPath() {
        String modules =
                ModuleLayer.boot().configuration().modules().stream()
                        .flatMap(module -> module.reference().location().stream())
                        .filter(location -> location.getScheme().equals("file"))
                        .map(location -> Path.of(location).toString())
                        .collect(Collectors.joining(File.pathSeparator));
        return String.join(
                File.pathSeparator,
                "target/test-classes",
                modules,
                System.getProperty("java.class.path"));
    }

    @Test
    void wrong_bytes_are_removed_and_one_error_says_so() throws IOException {
        byte[] wrong = WEIGHTS.clone();
        wrong[12_345] ^= 1;
        hub.withoutRedirects().fault("/" + FILE, FakeHub.sends(wrong));
        HubException refusal = refused();
        assertTrue(
                refusal.toString().contains(FakeHub.hex("SHA-256", WEIGHTS)), refusal.toString());
        assertTrue(refusal.toString().contains("it has been removed"), refusal.toString());
        assertEquals(1, hub.requests("/" + FILE).size(), "wrong bytes are no reason to try again");
        assertAbsent();
        assertEquals(List.of(), store.unfinished());
        assertWhole(pull().model());
    }

    @Test
    void wrong_bytes_of_a_small_file_are_noticed_by_the_digest_of_git() throws IOException {
        hub.fault("/tekken.json", FakeHub.sends("{\"small\":2}".getBytes(StandardCharsets.UTF_8)));
        assertTrue(refused().toString().contains("tekken.json: what arrived is not what"));
        assertAbsent();
        assertWhole(pull().model());
        assertEquals(
                1,
                hub.requests("cdn/owner/tiny/resolve/" + FakeHub.COMMIT + "/" + FILE).size(),
                "the large file was kept");
    }

    @Test
    void bytes_that_somebody_changed_between_two_tries_are_noticed() throws IOException {
        hub.withoutRedirects();
        String digest = FakeHub.hex("SHA-256", WEIGHTS);
        try (var staging = store.stage(NAME)) {
            Files.write(staging.part(digest), content(3, HALF));
        }
        assertTrue(refused().toString().contains("it has been removed"));
        assertAbsent();
        assertWhole(pull().model());
    }

    @Test
    void a_hub_without_ranges_sends_all_again() throws IOException {
        hub.withoutRedirects().fault("/" + FILE, FakeHub.dropsAfter(HALF), FakeHub.sends(WEIGHTS));
        assertWhole(pull().model());
        assertEquals(2, hub.requests("/" + FILE).size());
    }

    @Test
    void a_range_that_was_not_asked_for_is_refused() throws IOException {
        hub.withoutRedirects()
                .fault(
                        "/" + FILE,
                        FakeHub.dropsAfter(HALF),
                        FakeHub.status(206, "Content-Range", "bytes 0-299999/300000"));
        assertTrue(refused().toString().contains("expected the bytes from 150000 of 300000"));
        assertAbsent();
    }

    @Test
    void a_range_beyond_the_file_begins_anew() throws IOException {
        hub.withoutRedirects().fault("/" + FILE, FakeHub.dropsAfter(HALF), FakeHub.status(416));
        assertWhole(pull().model());
        assertEquals("null", hub.requests("/" + FILE).getLast().range());
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 5, BYTES - 1, BYTES + 1})
    void a_body_of_another_length_is_refused(int length) throws IOException {
        hub.withoutRedirects().fault("/" + FILE, FakeHub.sends(content(1, length)));
        assertTrue(refused().toString().contains("expected 300000"));
        assertAbsent();
    }

    @Test
    void a_large_file_of_which_nobody_says_how_long_it_is_costs_nothing_that_is_here()
            throws IOException {
        hub.withoutRedirects();
        for (int i = 0; i < 6; i++) {
            hub.fault(
                    "/" + FILE,
                    (exchange, content) -> {
                        exchange.sendResponseHeaders(200, 0); // chunked
                        try (OutputStream out = exchange.getResponseBody()) {
                            out.write(content);
                            out.write(content);
                        }
                    });
        }
        assertTrue(refused().toString().contains("does not say how many bytes it sends"));
        assertAbsent();
    }

    @Test
    void a_full_disk_is_said_and_what_fits_is_kept() throws Exception {
        Path disk = Files.createDirectories(home.resolve("disk"));
        boolean isMounted =
                new ProcessBuilder(
                                        "mount",
                                        "-t",
                                        "tmpfs",
                                        "-o",
                                        "size=512k",
                                        "tmpfs",
                                        disk.toString())
                                .redirectErrorStream(true)
                                .start()
                                .waitFor()
                        == 0;
        if (!isMounted) {
            System.err.println("SKIPPED: a full disk needs a file system of its own (root, tmpfs)");
        }
        assumeTrue(isMounted, "no tmpfs may be mounted here");
        try {
            store = ModelStore.at(disk.resolve("models"));
            hub.withoutRedirects()
                    .fault(
                            "/" + FILE,
                            (exchange, content) -> { // somebody else fills it while we fetch
                                Files.write(disk.resolve("other"), new byte[400_000]);
                                FakeHub.head(exchange, content, 0);
                                exchange.getResponseBody().write(content);
                                exchange.close();
                            });
            var failure = assertThrows(FileSystemException.class, this::pull);
            assertTrue(failure.toString().contains("No space left on device"), failure.toString());
            assertTrue(failure.toString().contains("goes on from here"), failure.toString());
            assertAbsent();
            assertTrue(store.unfinished().getFirst().bytes() > 0);
            Files.delete(disk.resolve("other"));
            assertWhole(pull().model());
            assertFalse(hub.requests("/" + FILE).getLast().range().equals("null"), "it went on");
            store.remove(NAME);
            Files.write(disk.resolve("other"), new byte[400_000]);
            var refusal = assertThrows(FileSystemException.class, this::pull);
            assertTrue(
                    refusal.toString().contains("needs 0.3 MB, and 0.1 MB are free"),
                    refusal.toString());
            assertAbsent();
        } finally {
            new ProcessBuilder("umount", disk.toString()).start().waitFor();
        }
    }

    @Test
    void the_token_goes_to_the_hub_and_to_no_other_host() throws IOException {
        pull(client(Optional.of("secret")));
        for (FakeHub.Request request : hub.requests()) {
            boolean isHub = request.host().startsWith("127.0.0.1");
            assertEquals(
                    isHub ? "Bearer secret" : "null", request.authorization(), request.toString());
        }
        assertEquals(
                1, hub.requests().stream().filter(r -> r.host().startsWith("localhost")).count());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"ftp://localhost/x", "file:///etc/passwd", "", "http://user:pw@localhost/x"})
    void a_redirect_to_elsewhere_is_not_followed(String location) throws IOException {
        hub.fault("/" + FILE, FakeHub.redirectsTo(location));
        assertTrue(refused().toString().contains("is not followed"));
        assertAbsent();
    }

    @Test
    void redirects_in_a_circle_end() throws IOException {
        FakeHub.Fault[] circle = new FakeHub.Fault[6];
        for (int i = 0; i < circle.length; i++) {
            circle[i] = FakeHub.redirectsTo("/hop" + i + "/" + FILE);
        }
        hub.fault("/" + FILE, circle);
        assertTrue(refused().toString().contains("more than 5 redirects"));
    }

    @Test
    void a_signed_address_that_expired_is_asked_for_again() throws IOException {
        hub.fault("cdn/owner/tiny/resolve/" + FakeHub.COMMIT + "/" + FILE, FakeHub.status(403));
        assertWhole(pull().model());
    }

    @Test
    void what_passes_is_waited_for_and_as_long_as_the_hub_asks() throws IOException {
        hub.fault("/revision/main", FakeHub.status(503), FakeHub.status(500));
        hub.fault("/" + FILE, FakeHub.status(429, "Retry-After", "7"));
        assertWhole(pull().model());
        assertEquals(3, pauses.size());
        assertTrue(pauses.get(0).toMillis() >= 1000 && pauses.get(0).toMillis() < 1250);
        assertTrue(pauses.get(1).toMillis() >= 2000 && pauses.get(1).toMillis() < 2500);
        assertEquals(Duration.ofSeconds(7), pauses.get(2));
    }

    @Test
    void a_pause_beyond_patience_is_said() {
        hub.fault("/revision/main", FakeHub.status(429, "Retry-After", "3600"));
        assertTrue(refused().toString().contains("asks for a pause of 3600 s"));
        assertEquals(List.of(), pauses);
    }

    @Test
    void a_hub_that_stays_broken_is_given_up() {
        FakeHub.Fault[] faults = new FakeHub.Fault[6];
        Arrays.fill(faults, FakeHub.status(502));
        hub.fault("/revision/main", faults);
        assertTrue(refused().toString().contains("127.0.0.1 answers 502, 6 times in a row"));
        assertEquals(5, pauses.size());
    }

    @ParameterizedTest
    @CsvSource({
        "401, GatedRepo, , accept the model's terms at",
        "401, RepoNotFound, , set HF_TOKEN to a token",
        "401, RepoNotFound, token, has no such repository",
        "403, GatedRepo, token, your token does not open it",
        "404, RevisionNotFound, , no such revision",
        "400, , , check the hub's address"
    })
    void a_refusal_says_what_to_do(
            int status, @Nullable String code, @Nullable String token, String says)
            throws IOException {
        hub.fault("/revision/main", FakeHub.status(status, "X-Error-Code", String.valueOf(code)));
        var refusal =
                assertThrows(HubException.class, () -> pull(client(Optional.ofNullable(token))));
        assertTrue(refusal.toString().contains(says), refusal.toString());
        assertFalse(refusal.toString().contains("Bearer"), refusal.toString());
        assertAbsent();
        assertEquals(List.of(), pauses);
    }

    @Test
    void a_repository_that_does_not_exist_is_said() {
        var refusal =
                assertThrows(
                        HubException.class,
                        () ->
                                client(Optional.empty())
                                        .pull(
                                                HubReference.of("hf:owner/tyni"),
                                                Optional.empty(),
                                                store,
                                                PullProgress.SILENT));
        assertTrue(refusal.toString().contains("no such repository or file"), refusal.toString());
    }

    @Test
    void a_quantisation_that_does_not_exist_is_answered_with_those_that_do() {
        var refusal =
                assertThrows(
                        IllegalArgumentException.class,
                        () ->
                                client(Optional.empty())
                                        .pull(
                                                HubReference.of("hf:owner/tiny:Q5_K_M"),
                                                Optional.empty(),
                                                store,
                                                PullProgress.SILENT));
        assertEquals(
                "hf:owner/tiny: no single file in Q5_K_M; there are: Q4_0, Q8_0",
                refusal.getMessage());
    }

    @Test
    void a_login_page_is_no_listing() throws IOException {
        hub.listing("<html>Please log in</html>");
        assertTrue(refused().toString().contains("no JSON"));
        assertAbsent();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "../../tiny-Q4_0.gguf",
                "x/../tiny-Q4_0.gguf",
                "a\\\\tiny-Q4_0.gguf",
                "tiny-Q4_0:x.gguf"
            })
    void a_name_that_means_another_place_is_refused(String path) throws IOException {
        hub.listing(
                "{\"sha\":\"%s\",\"siblings\":[{\"rfilename\":\"%s\",\"size\":5}]}"
                        .formatted(FakeHub.COMMIT, path));
        assertTrue(refused().toString().contains("expected a plain name"));
        assertAbsent();
    }

    @ParameterizedTest
    @ValueSource(strings = {"-1", "1e30", "9223372036854775808"})
    void a_length_that_cannot_be_is_refused(String length) throws IOException {
        hub.listing(
                "{\"sha\":\"%s\",\"siblings\":[{\"rfilename\":\"a-Q4_0.gguf\",\"size\":%s}]}"
                        .formatted(FakeHub.COMMIT, length));
        assertThrows(HubException.class, this::pull);
        assertAbsent();
    }

    @Test
    void of_two_pulls_at_once_one_is_told_to_wait_and_the_other_succeeds() throws Exception {
        var begun = new CountDownLatch(1);
        var go = new CountDownLatch(1);
        hub.withoutRedirects()
                .fault(
                        "/" + FILE,
                        (exchange, content) -> {
                            begun.countDown();
                            awaitQuietly(go);
                            FakeHub.head(exchange, content, 0);
                            exchange.getResponseBody().write(content);
                            exchange.close();
                        });
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            var first = threads.submit(() -> pull());
            begun.await();
            var refusal = assertThrows(FileSystemException.class, this::pull);
            assertTrue(refusal.toString().contains("wait for that process"), refusal.toString());
            go.countDown();
            assertWhole(first.get().model());
        } catch (ExecutionException e) {
            throw new AssertionError(e.getCause());
        }
    }

    @Test
    void a_newer_version_that_does_not_arrive_leaves_the_old_one() throws IOException {
        StoredModel old = pull().model();
        byte[] newer = content(9, BYTES);
        hub.close();
        hub = start().with(FILE, newer).withoutRedirects();
        hub.fault("/" + FILE, FakeHub.status(404));
        assertTrue(refused().toString().contains("no such repository or file"));
        assertArrayEquals(WEIGHTS, Files.readAllBytes(old.path()));
        assertEquals(old, store.find(NAME).orElseThrow());
        Hub.Pulled pulled = pull();
        assertTrue(pulled.isNew());
        assertArrayEquals(newer, Files.readAllBytes(pulled.model().path()));
    }

    @Test
    void the_proxy_of_the_environment_is_used_unless_excepted() throws IOException {
        var environment = new HashMap<String, String>();
        environment.put("http_proxy", "http://me:p%40ss@127.0.0.1:" + hub.port());
        hub.withoutRedirects();
        Hub client = client("http://hub.invalid", Optional.of("secret"), environment, LONG);
        assertWhole(pull(client).model());
        assertEquals("hub.invalid", hub.requests().getFirst().host());
        assertEquals("null", hub.requests().getFirst().authorization(), "never in the clear");
        assertEquals(
                "Basic bWU6cEBzcw==", // me:p@ss, RFC 7617
                hub.requests().getFirst().proxyAuthorization());
        environment.put("NO_PROXY", ".invalid");
        Hub direct = client("http://hub.invalid", Optional.empty(), environment, LONG);
        assertThrows(HubException.class, () -> pull(direct));
    }

    private Hub.Pulled pullDataset(List<String> paths) throws IOException {
        return client(Optional.empty())
                .pullDataset(
                        HubReference.of("hf:owner/tiny"),
                        paths,
                        new ModelName("owner/tiny:task"),
                        store,
                        PullProgress.SILENT);
    }

    @Test
    void files_of_a_data_set_come_from_their_own_place_and_resume_as_models_do()
            throws IOException {
        byte[] items = content(4, 3 * BYTES);
        hub.with("data/items.jsonl", items).withoutRedirects();
        hub.fault("/items.jsonl", FakeHub.dropsAfter(BYTES));
        Hub.Pulled pulled = pullDataset(List.of("data/items.jsonl"));
        assertTrue(pulled.isNew());
        assertArrayEquals(
                items, Files.readAllBytes(pulled.model().folder().resolve("items.jsonl")));
        assertEquals("bytes=" + BYTES + "-", hub.requests("/items.jsonl").getLast().range());
        assertTrue(
                hub.requests("/items.jsonl")
                        .getLast()
                        .path()
                        .startsWith("/datasets/owner/tiny/resolve/"));
        assertEquals("/api/datasets/owner/tiny/revision/main", hub.requests().getFirst().path());
        assertFalse(pullDataset(List.of("data/items.jsonl")).isNew());
    }

    @Test
    void a_file_that_a_data_set_lacks_is_named() {
        var refused =
                assertThrows(HubException.class, () -> pullDataset(List.of("data/other.jsonl")));
        assertTrue(refused.toString().contains("data/other.jsonl"), refused.toString());
    }
}
