package dev.tramontane.wire.image;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;

import dev.tramontane.engine.EngineOverloadedException;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/// A server on this machine, which strangers must not reach, and an operator may allow.
class ImageFetcherTest {
    private final AtomicInteger hits = new AtomicInteger();
    private final byte[] png = ImageCases.file("png rgb");
    private HttpServer server;
    private String here;

    @BeforeEach
    void serve() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        here = "localhost:" + server.getAddress().getPort();
        server.createContext("/", exchange -> answer(exchange, "image/png", png));
        server.setExecutor(each -> Thread.ofVirtual().start(each));
        server.start();
    }

    @AfterEach
    void stop() {
        server.stop(0);
    }

    private void answer(HttpExchange exchange, String type, byte[] body) throws IOException {
        hits.incrementAndGet();
        exchange.getResponseHeaders().add("Content-Type", type);
        exchange.sendResponseHeaders(200, body.length);
        exchange.getResponseBody().write(body);
        exchange.close();
    }

    private void redirects(String path, String to) {
        server.createContext(
                path,
                exchange -> {
                    exchange.getResponseHeaders().add("Location", to);
                    exchange.sendResponseHeaders(302, -1);
                    exchange.close();
                });
    }

    private ImageFetcher allowed() {
        return new ImageFetcher(FetchRules.USUAL.withPrivateTargets(Set.of(here)));
    }

    private ImageFault refused(ImageFetcher fetcher, String path) {
        return assertThrows(
                ImageFault.class, () -> fetcher.fetch(URI.create("http://" + here + path)));
    }

    @Test
    void a_file_of_an_allowed_host_is_read() throws ImageFault {
        assertArrayEquals(png, allowed().fetch(URI.create("http://" + here + "/chart.png?v=2")));
        redirects("/moved", "/chart.png");
        assertArrayEquals(png, allowed().fetch(URI.create("http://" + here + "/moved")));
    }

    @Test
    void no_spelling_of_this_machine_is_reached() {
        List<String> hosts = new ArrayList<>();
        hosts.addAll(List.of("localhost", "LOCALHOST", "localhost.", "2130706433", "017700000001"));
        hosts.addAll(List.of("0x7f000001", "0x7f.1", "0177.0.0.1", "127.1", "127.0.1", "0", "0.0"));
        hosts.addAll(List.of("[::1]", "[::]", "[::ffff:127.0.0.1]", "[::ffff:7f00:1]"));
        hosts.addAll(List.of("[64:ff9b::7f00:1]", "[2002:7f00:1::]", "[fe80::1]", "[fc00::1]"));
        hosts.addAll(List.of("user@localhost", "example.org@localhost", "localhost%2f", "a b"));
        hosts.addAll(List.of("127。0。0。1", "①②⑦.0.0.1", "localhost\\@example.org", ""));
        for (int i = 0; i < 64; i++) {
            hosts.add("127.%d.%d.%d".formatted(i, 255 - i, i + 1));
        }
        int port = server.getAddress().getPort();
        // the port is allowed, so that the host alone decides
        FetchRules rules =
                FetchRules.USUAL.withPorts(Set.of(80, 443, port)).withTime(Duration.ofMillis(500));
        int tried = 0;
        for (String host : hosts) {
            for (String form :
                    List.of(
                            "http://%s:" + port + "/",
                            "http://%s/",
                            "https://%s/",
                            "http://%s:443/x?y")) {
                tried += tries(form.formatted(host), rules) ? 1 : 0;
            }
        }
        for (String scheme : List.of("file", "ftp", "gopher", "jar:http", "dict", "ws", "data2")) {
            tried += tries(scheme + "://localhost:" + port + "/", rules) ? 1 : 0;
        }
        assertTrue(tried >= 200, "tried " + tried);
        assertEquals(0, hits.get());
    }

    /// Whether it is an address at all; none of them may be opened.
    private static boolean tries(String address, FetchRules rules) {
        URI uri;
        try {
            uri = new URI(address);
        } catch (URISyntaxException _) {
            return false;
        }
        assertThrows(ImageFault.class, () -> new ImageFetcher(rules).fetch(uri), address);
        return true;
    }

    @Test
    void every_special_network_is_closed_and_the_open_internet_is_not() throws IOException {
        List<String> closed =
                List.of(
                        "0.1.2.3",
                        "10.0.0.1",
                        "100.64.0.1",
                        "100.127.255.255",
                        "127.0.0.1",
                        "169.254.169.254",
                        "172.16.0.1",
                        "172.31.255.255",
                        "192.0.0.8",
                        "192.0.2.1",
                        "192.88.99.1",
                        "192.168.1.1",
                        "198.18.0.1",
                        "198.19.255.255",
                        "198.51.100.7",
                        "203.0.113.9",
                        "224.0.0.1",
                        "239.1.1.1",
                        "240.0.0.1",
                        "255.255.255.255",
                        "::",
                        "::1",
                        "::7f00:1",
                        "::ffff:10.0.0.1",
                        "64:ff9b::a00:1",
                        "64:ff9b:1::1",
                        "100::1",
                        "2001::1",
                        "2001:2::1",
                        "2001:db8::1",
                        "2002:a00:1::",
                        "3fff::1",
                        "5f00::1",
                        "fc00::1",
                        "fd12::1",
                        "fe80::1",
                        "fec0::1",
                        "ff02::1");
        for (String address : closed) {
            assertFalse(PublicAddresses.has(InetAddress.ofLiteral(address)), address);
        }
        List<String> open =
                List.of(
                        "1.1.1.1",
                        "9.255.255.255",
                        "11.0.0.1",
                        "100.63.255.255",
                        "100.128.0.1",
                        "172.15.0.1",
                        "172.32.0.1",
                        "198.20.0.1",
                        "223.255.255.255",
                        "2001:4860:4860::8888",
                        "2606:4700::1111",
                        "2a00:1450::1");
        for (String address : open) {
            assertTrue(PublicAddresses.has(InetAddress.ofLiteral(address)), address);
        }
    }

    @Test
    void a_name_with_one_private_address_among_public_ones_is_refused() throws ImageFault {
        var rules = FetchRules.USUAL;
        FetchRules.Target target = rules.target(URI.create("http://two.example/"));
        InetAddress[] both = {InetAddress.ofLiteral("1.1.1.1"), InetAddress.ofLiteral("127.0.0.1")};
        assertThrows(ImageFault.class, () -> rules.check(target, both));
        assertThrows(ImageFault.class, () -> rules.check(target, new InetAddress[0]));
    }

    @Test
    void a_name_is_resolved_once_and_the_checked_address_connected_to() {
        int port = server.getAddress().getPort();
        var asked = new AtomicInteger();
        var rules = FetchRules.only(Set.of("Flipping.example:" + port));
        var fetcher =
                new ImageFetcher(
                        rules,
                        _ -> {
                            boolean isFirst = asked.getAndIncrement() == 0;
                            return new InetAddress[] {
                                InetAddress.ofLiteral(isFirst ? "127.0.0.1" : "169.254.169.254")
                            };
                        });
        assertTrue(
                isRead(fetcher, "http://flipping.example:" + port + "/"), "the first one is used");
        assertEquals(1, asked.get());
        // a name that answers differently the second time
        var hostile =
                new ImageFetcher(
                        FetchRules.USUAL.withPorts(Set.of(port)),
                        _ -> new InetAddress[] {InetAddress.getLoopbackAddress()});
        assertFalse(isRead(hostile, "http://rebinding.example:" + port + "/"));
        assertEquals(1, hits.get());
    }

    private static boolean isRead(ImageFetcher fetcher, String address) {
        try {
            return fetcher.fetch(URI.create(address)).length > 0;
        } catch (ImageFault _) {
            return false;
        }
    }

    @Test
    void where_hosts_are_named_no_others_are_opened() throws ImageFault {
        FetchRules rules = FetchRules.only(Set.of("Files.internal:8080"));
        FetchRules.Target named = rules.target(URI.create("http://FILES.internal:8080/a.png"));
        InetAddress[] inside = {InetAddress.ofLiteral("10.0.0.7")};
        assertEquals(inside[0], rules.check(named, inside));
        assertThrows(ImageFault.class, () -> rules.target(URI.create("http://example.org/a.png")));
        assertThrows(ImageFault.class, () -> rules.target(URI.create("http://files.internal/")));
    }

    @Test
    void an_address_is_asked_for_in_ascii() throws ImageFault {
        FetchRules.Target target =
                FetchRules.USUAL.target(URI.create("https://example.org/día.png?ñ=1#teil"));
        assertEquals("/d%C3%ADa.png?%C3%B1=1", target.path());
        assertEquals("example.org", target.hostHeader());
    }

    @Test
    void each_redirect_is_checked_anew() {
        redirects("/inside", "http://127.0.0.1:" + server.getAddress().getPort() + "/secret");
        redirects("/metadata", "http://169.254.169.254/latest/meta-data/");
        redirects("/file", "file:///etc/passwd");
        redirects("/round", "/round");
        redirects("/nowhere", "http://[broken");
        for (String path : List.of("/inside", "/metadata", "/file", "/round", "/nowhere")) {
            refused(allowed(), path);
        }
        assertEquals(0, hits.get());
    }

    @Test
    void what_is_no_image_or_too_large_is_refused() {
        server.createContext("/page", exchange -> answer(exchange, "text/html", png));
        server.createContext(
                "/large", exchange -> answer(exchange, "image/png", new byte[(5 << 20) + 1]));
        server.createContext(
                "/endless",
                exchange -> {
                    exchange.getResponseHeaders().add("Content-Type", "image/png");
                    exchange.sendResponseHeaders(200, 0);
                    byte[] more = new byte[1 << 16];
                    for (int i = 0; i < 200; i++) {
                        exchange.getResponseBody().write(more);
                    }
                    exchange.close();
                });
        server.createContext(
                "/packed",
                exchange -> {
                    exchange.getResponseHeaders().add("Content-Encoding", "gzip");
                    answer(exchange, "image/png", png);
                });
        server.createContext("/absent", exchange -> exchange.sendResponseHeaders(404, -1));
        for (String path : List.of("/large", "/endless")) {
            String message = String.valueOf(refused(allowed(), path).getMessage());
            assertTrue(message.contains("5242880 bytes"), message);
        }
        for (String path : List.of("/page", "/packed", "/absent")) {
            refused(allowed(), path);
        }
    }

    @Test
    void a_server_that_goes_silent_is_left_in_time() {
        server.createContext("/silent", _ -> {});
        server.createContext(
                "/dripping",
                exchange -> {
                    exchange.getResponseHeaders().add("Content-Type", "image/png");
                    exchange.sendResponseHeaders(200, 0);
                    OutputStream body = exchange.getResponseBody();
                    try {
                        for (CountDownLatch never = new CountDownLatch(1);
                                !never.await(20, TimeUnit.MILLISECONDS); ) {
                            body.write(0); // each byte in time, and the whole never
                            body.flush();
                        }
                    } catch (InterruptedException _) {
                        Thread.currentThread().interrupt();
                    }
                });
        var rules = FetchRules.only(Set.of(here)).withTime(Duration.ofMillis(300));
        refused(new ImageFetcher(rules), "/silent");
        refused(new ImageFetcher(rules), "/dripping");
    }

    @Test
    void a_resolver_that_goes_silent_is_left_in_time() {
        var answers = new CountDownLatch(1);
        var rules = FetchRules.USUAL.withTime(Duration.ofMillis(100));
        var fetcher =
                new ImageFetcher(
                        rules,
                        _ -> {
                            awaitQuietly(answers);
                            return new InetAddress[0];
                        });
        assertFalse(isRead(fetcher, "http://slow.example/"));
        answers.countDown();
    }

    private static void awaitQuietly(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }

    @Test
    void few_files_are_fetched_at_once() throws Exception {
        var arrived = new CountDownLatch(16);
        var goesOn = new CountDownLatch(1);
        var fetcher =
                new ImageFetcher(
                        FetchRules.USUAL,
                        _ -> {
                            arrived.countDown();
                            awaitQuietly(goesOn);
                            return new InetAddress[0];
                        });
        try (var visitors = Executors.newVirtualThreadPerTaskExecutor()) {
            for (int i = 0; i < 16; i++) {
                visitors.execute(() -> assertFalse(isRead(fetcher, "http://slow.example/")));
            }
            assertTrue(arrived.await(1, TimeUnit.MINUTES));
            assertThrows(
                    EngineOverloadedException.class,
                    () -> fetcher.fetch(URI.create("http://slow.example/")));
            goesOn.countDown();
        }
        assertFalse(isRead(fetcher, "http://slow.example/"));
    }

    @Test
    void hints_before_the_answer_are_passed_over() throws IOException {
        String told =
                "HTTP/1.1 103 Early Hints\r\nLink: </style.css>\r\n\r\n"
                        + "HTTP/1.1 200 OK\r\nContent-Type: image/gif\r\nContent-Length: 3\r\n\r\nGIF";
        var in = new ByteArrayInputStream(told.getBytes(StandardCharsets.US_ASCII));
        assertEquals("GIF", new String(HttpReply.read(in, 100).file(), StandardCharsets.US_ASCII));
    }

    @Test
    void refusals_tell_nothing_of_the_network() {
        String refusal =
                String.valueOf(refused(new ImageFetcher(FetchRules.USUAL), "/").getMessage());
        assertFalse(refusal.contains("localhost"), refusal);
        assertFalse(refusal.contains("127."), refusal);
    }
}
