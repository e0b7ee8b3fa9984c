package dev.tramontane.wire;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;

import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.ArrayDeque;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/// A hub on this machine with one repository, `owner/tiny`, that goes wrong in the ways it is told
/// to; it is a data set as well. Large files are redirected to another host name, as the public hub
/// does.
final class FakeHub implements AutoCloseable {
    static final String COMMIT = "c0ffee".repeat(6) + "c0ff";
    private static final Pattern RANGE = Pattern.compile("bytes=(\\d+)-");

    private final HttpServer server;
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final Map<String, byte[]> files = new TreeMap<>();
    private final Map<String, Queue<Fault>> faults = new ConcurrentHashMap<>();
    private final List<Request> requests = new CopyOnWriteArrayList<>();
    private boolean knowsRevisions = true;
    private boolean redirects = true;
    private int pageSize = Integer.MAX_VALUE;
    private Optional<String> listing = Optional.empty();

    /// What somebody asked for.
    record Request(
            String path,
            String host,
            String range,
            String authorization,
            String proxyAuthorization) {}

    /// How a request goes wrong.
    interface Fault {
        void answer(HttpExchange exchange, byte[] content) throws IOException;
    }

    FakeHub() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setExecutor(threads);
        server.createContext("/", this::answer);
        server.start();
    }

    int port() {
        return server.getAddress().getPort();
    }

    String base() {
        return "http://127.0.0.1:" + port();
    }

    FakeHub with(String path, byte[] content) {
        files.put(path, content);
        return this;
    }

    FakeHub withoutRevisions(int filesOnAPage) {
        knowsRevisions = false;
        pageSize = filesOnAPage;
        return this;
    }

    FakeHub withoutRedirects() {
        redirects = false;
        return this;
    }

    FakeHub listing(String json) {
        listing = Optional.of(json);
        return this;
    }

    /// The next requests for what ends so go wrong, in this order.
    FakeHub fault(String pathEnd, Fault... next) {
        faults.computeIfAbsent(pathEnd, _ -> new ArrayDeque<>()).addAll(List.of(next));
        return this;
    }

    List<Request> requests(String pathEnd) {
        return requests.stream().filter(request -> request.path().endsWith(pathEnd)).toList();
    }

    List<Request> requests() {
        return List.copyOf(requests);
    }

    /// Sends the first bytes of what was asked for, then drops the connection.
    static Fault dropsAfter(int bytes) {
        return (exchange, content) -> {
            int from = from(exchange);
            head(exchange, content, from);
            exchange.getResponseBody().write(content, from, bytes);
            exchange.getResponseBody().flush();
            exchange.close();
        };
    }

    static Fault status(int status, String... headers) {
        return (exchange, _) -> {
            for (int i = 0; i < headers.length; i += 2) {
                exchange.getResponseHeaders().set(headers[i], headers[i + 1]);
            }
            exchange.sendResponseHeaders(status, -1);
            exchange.close();
        };
    }

    /// Answers 200 with other bytes.
    static Fault sends(byte[] other) {
        return (exchange, _) -> send(exchange, 200, other);
    }

    static Fault redirectsTo(String address) {
        return status(302, "Location", address);
    }

    private void answer(HttpExchange exchange) throws IOException {
        String asked = exchange.getRequestURI().getPath();
        String path =
                asked.replaceFirst("^/api/datasets/", "/api/models/")
                        .replaceFirst("^/datasets/", "/");
        requests.add(
                new Request(
                        asked,
                        exchange.getRequestHeaders().getFirst("Host"),
                        header(exchange, "Range"),
                        header(exchange, "Authorization"),
                        header(exchange, "Proxy-Authorization")));
        byte[] content =
                files.getOrDefault(path.replaceFirst("^.*?/resolve/[^/]+/", ""), new byte[0]);
        Optional<Fault> fault = nextFault(path);
        if (fault.isPresent()) {
            fault.get().answer(exchange, content);
        } else if (path.equals("/api/models/owner/tiny/revision/main") && knowsRevisions) {
            send(exchange, 200, listing.orElseGet(this::revision).getBytes(StandardCharsets.UTF_8));
        } else if (path.equals("/api/models/owner/tiny/tree/main") && !knowsRevisions) {
            sendPage(exchange);
        } else if (path.startsWith("/owner/tiny/resolve/") && redirects && isLarge(content)) {
            exchange.getResponseHeaders().set("X-Linked-Etag", '"' + hex("SHA-256", content) + '"');
            redirectsTo("http://localhost:" + port() + "/cdn" + path).answer(exchange, content);
        } else if (path.contains("/owner/tiny/resolve/") && files.containsValue(content)) {
            int from = from(exchange);
            head(exchange, content, from);
            exchange.getResponseBody().write(content, from, content.length - from);
            exchange.close();
        } else {
            status(404).answer(exchange, content);
        }
    }

    private Optional<Fault> nextFault(String path) {
        for (var each : faults.entrySet()) {
            if (path.endsWith(each.getKey())) {
                return Optional.ofNullable(each.getValue().poll());
            }
        }
        return Optional.empty();
    }

    private static String header(HttpExchange exchange, String name) {
        return String.valueOf(exchange.getRequestHeaders().getFirst(name));
    }

    private static int from(HttpExchange exchange) {
        Matcher range = RANGE.matcher(header(exchange, "Range"));
        return range.matches() ? Integer.parseInt(range.group(1)) : 0;
    }

    /// Status and headers of the content from a byte on.
    static void head(HttpExchange exchange, byte[] content, int from) throws IOException {
        if (from > 0) {
            exchange.getResponseHeaders()
                    .set(
                            "Content-Range",
                            "bytes %d-%d/%d".formatted(from, content.length - 1, content.length));
        }
        int length = content.length - from;
        exchange.sendResponseHeaders(from > 0 ? 206 : 200, length == 0 ? -1 : length);
    }

    private static void send(HttpExchange exchange, int status, byte[] body) throws IOException {
        exchange.sendResponseHeaders(status, body.length == 0 ? -1 : body.length);
        try (OutputStream out = exchange.getResponseBody()) {
            out.write(body);
        }
    }

    /// As on the public hub, small files are git's own.
    static boolean isLarge(byte[] content) {
        return content.length > 100;
    }

    private String revision() {
        String siblings =
                files.entrySet().stream()
                        .map(
                                file ->
                                        "{\"rfilename\":\"%s\",\"size\":%d,\"blobId\":\"%s\"%s}"
                                                .formatted(
                                                        file.getKey(),
                                                        file.getValue().length,
                                                        blob(file.getValue()),
                                                        lfs(file.getValue(), "sha256")))
                        .collect(Collectors.joining(","));
        return "{\"id\":\"owner/tiny\",\"sha\":\"" + COMMIT + "\",\"siblings\":[" + siblings + "]}";
    }

    private void sendPage(HttpExchange exchange) throws IOException {
        Matcher cursor =
                Pattern.compile("cursor=(\\d+)")
                        .matcher(String.valueOf(exchange.getRequestURI().getQuery()));
        int from = cursor.find() ? Integer.parseInt(cursor.group(1)) : 0;
        if (from + pageSize < files.size()) {
            exchange.getResponseHeaders()
                    .set(
                            "Link",
                            "<%s/api/models/owner/tiny/tree/main?recursive=true&cursor=%d>; rel=\"next\""
                                    .formatted(base(), from + pageSize));
        }
        String entries =
                files.entrySet().stream()
                        .skip(from)
                        .limit(pageSize)
                        .map(
                                file ->
                                        "{\"type\":\"file\",\"path\":\"%s\",\"size\":%d,\"oid\":\"%s\"%s}"
                                                .formatted(
                                                        file.getKey(),
                                                        file.getValue().length,
                                                        blob(file.getValue()),
                                                        lfs(file.getValue(), "oid")))
                        .collect(Collectors.joining(","));
        send(
                exchange,
                200,
                ("[{\"type\":\"directory\",\"path\":\"x\",\"size\":0}," + entries + "]")
                        .getBytes(StandardCharsets.UTF_8));
    }

    private static String lfs(byte[] content, String field) {
        return isLarge(content)
                ? ",\"lfs\":{\"%s\":\"%s\",\"size\":%d,\"pointerSize\":134}"
                        .formatted(field, hex("SHA-256", content), content.length)
                : "";
    }

    private static String blob(byte[] content) {
        byte[] head = ("blob " + content.length + "\0").getBytes(StandardCharsets.US_ASCII);
        return hex("SHA-1", head, content);
    }

    static String hex(String algorithm, byte[]... parts) {
        MessageDigest digest = Download.digest(algorithm);
        for (byte[] part : parts) {
            digest.update(part);
        }
        return HexFormat.of().formatHex(digest.digest());
    }

    @Override
    public void close() {
        server.stop(0);
        threads.shutdownNow();
    }
}
