package dev.tramontane.eval.report.page;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.net.http.WebSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/// A real browser without a screen, told what to do over the DevTools protocol (version 1.3).
public final class Browser implements AutoCloseable {
    private static final JsonMapper JSON = new JsonMapper();
    private static final Pattern LISTENS = Pattern.compile("DevTools listening on ws://([^/]+)/");

    /// However busy the machine.
    private static final long LONGEST_MINUTES = 3;

    private final Path profile;
    private final Process process;
    private final HttpClient client = HttpClient.newHttpClient();
    private final WebSocket socket;
    private final AtomicInteger number = new AtomicInteger();
    private final Map<Integer, CompletableFuture<JsonNode>> answers = new ConcurrentHashMap<>();
    private final List<JsonNode> events = new CopyOnWriteArrayList<>();
    private volatile CompletableFuture<Boolean> loaded = new CompletableFuture<>();

    /// Where this machine has one; empty where it has none.
    public static Optional<Path> find() {
        return Stream.of("/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome")
                .map(Path::of)
                .filter(Files::isExecutable)
                .findFirst();
    }

    public Browser(Path program) throws IOException {
        profile = Files.createTempDirectory("browser");
        process =
                new ProcessBuilder(
                                program.toString(),
                                "--headless=new",
                                "--no-sandbox", // tests may run as root
                                "--disable-gpu",
                                "--disable-dev-shm-usage",
                                "--disable-background-networking",
                                "--no-first-run",
                                "--remote-debugging-port=0",
                                "--user-data-dir=" + profile,
                                "about:blank")
                        .redirectErrorStream(true)
                        .start();
        String host = host();
        HttpRequest open =
                HttpRequest.newBuilder(URI.create("http://" + host + "/json/new?about:blank"))
                        .PUT(HttpRequest.BodyPublishers.noBody())
                        .build();
        try {
            JsonNode tab = JSON.readTree(client.send(open, BodyHandlers.ofString()).body());
            URI address = URI.create(tab.path("webSocketDebuggerUrl").asString());
            socket = client.newWebSocketBuilder().buildAsync(address, new Listener()).join();
        } catch (InterruptedException e) {
            throw new IOException(e);
        }
        for (String domain : List.of("Page", "Runtime", "Network", "Log")) {
            send(domain + ".enable", object());
        }
    }

    private String host() throws IOException {
        var said = new StringBuilder();
        var lines =
                new BufferedReader(
                        new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
        for (String line = lines.readLine(); line != null; line = lines.readLine()) {
            Matcher listens = LISTENS.matcher(line);
            if (listens.find()) {
                Thread.ofVirtual().start(() -> drain(lines));
                return listens.group(1);
            }
            said.append(line).append('\n');
        }
        throw new IOException("the browser did not start: " + said);
    }

    private static void drain(BufferedReader lines) {
        try {
            while (lines.readLine() != null) {
                // so that it is never stopped by a full pipe
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private final class Listener implements WebSocket.Listener {
        private final StringBuilder text = new StringBuilder();

        @Override
        public CompletionStage<?> onText(WebSocket from, CharSequence part, boolean isLast) {
            text.append(part);
            if (isLast) {
                JsonNode message = JSON.readTree(text.toString());
                text.setLength(0);
                take(message);
            }
            from.request(1);
            return CompletableFuture.completedStage(null);
        }
    }

    private void take(JsonNode message) {
        if (message.has("id")) {
            CompletableFuture<JsonNode> waiting = answers.remove(message.path("id").asInt());
            if (waiting != null) {
                waiting.complete(message);
            }
            return;
        }
        events.add(message);
        if (message.path("method").asString("").equals("Page.loadEventFired")) {
            loaded.complete(true);
        }
    }

    public static ObjectNode object() {
        return JsonNodeFactory.instance.objectNode();
    }

    public JsonNode send(String method, ObjectNode parameters) {
        int id = number.incrementAndGet();
        var answer = new CompletableFuture<JsonNode>();
        answers.put(id, answer);
        ObjectNode message = object().put("id", id).put("method", method);
        message.set("params", parameters);
        socket.sendText(message.toString(), true).join();
        JsonNode said = answer.orTimeout(LONGEST_MINUTES, TimeUnit.MINUTES).join();
        if (said.has("error")) {
            throw new IllegalStateException(method + ": " + said.path("error"));
        }
        return said.path("result");
    }

    /// Opens a page and waits until it is loaded.
    public void open(URI page) {
        events.clear();
        loaded = new CompletableFuture<>();
        send("Page.navigate", object().put("url", page.toString()));
        loaded.orTimeout(LONGEST_MINUTES, TimeUnit.MINUTES).join();
    }

    /// What an expression, or the promise it makes, comes to.
    public JsonNode evaluate(String expression) {
        ObjectNode parameters = object().put("expression", expression);
        parameters.put("awaitPromise", true).put("returnByValue", true);
        JsonNode said = send("Runtime.evaluate", parameters);
        if (said.has("exceptionDetails")) {
            throw new IllegalStateException(expression + ": " + said.path("exceptionDetails"));
        }
        return said.path("result").path("value");
    }

    /// Waits until an expression is true.
    public void await(String expression) {
        evaluate(
                "new Promise(done => { const look = () => (%s) ? done(true) : setTimeout(look, 20); look(); })"
                        .formatted(expression));
    }

    /// Presses a key where the focus is.
    public void press(String key) {
        for (String type : List.of("keyDown", "keyUp")) {
            ObjectNode event = object().put("type", type).put("key", key);
            if (type.equals("keyDown") && key.length() == 1) {
                event.put("text", key);
            }
            if (key.equals("Enter") && type.equals("keyDown")) {
                event.put("text", "\r").put("windowsVirtualKeyCode", 13);
            }
            send("Input.dispatchKeyEvent", event);
        }
    }

    /// Every address that was asked for since the page was opened.
    public List<String> requests() {
        return events.stream()
                .filter(
                        event ->
                                event.path("method")
                                        .asString("")
                                        .equals("Network.requestWillBeSent"))
                .map(event -> event.path("params").path("request").path("url").asString(""))
                .toList();
    }

    /// Errors and warnings that the console shows.
    public List<String> complaints() {
        return events.stream()
                .filter(
                        event ->
                                switch (event.path("method").asString("")) {
                                    case "Runtime.exceptionThrown" -> true;
                                    case "Log.entryAdded" ->
                                            !event.path("params")
                                                    .path("entry")
                                                    .path("level")
                                                    .asString("")
                                                    .equals("verbose");
                                    case "Runtime.consoleAPICalled" -> true;
                                    default -> false;
                                })
                .map(JsonNode::toString)
                .toList();
    }

    public void size(int width, int height) {
        send(
                "Emulation.setDeviceMetricsOverride",
                object().put("width", width)
                        .put("height", height)
                        .put("deviceScaleFactor", 1)
                        .put("mobile", false));
    }

    /// @param scheme `light` or `dark`
    public void colours(String scheme) {
        ObjectNode parameters = object();
        parameters
                .putArray("features")
                .addObject()
                .put("name", "prefers-color-scheme")
                .put("value", scheme);
        send("Emulation.setEmulatedMedia", parameters);
    }

    /// Whether the page is shown as it is printed.
    public void prints(boolean printed) {
        send("Emulation.setEmulatedMedia", object().put("media", printed ? "print" : ""));
    }

    public byte[] screenshot() {
        ObjectNode parameters = object().put("format", "png").put("captureBeyondViewport", true);
        return Base64.getDecoder()
                .decode(send("Page.captureScreenshot", parameters).path("data").asString());
    }

    public byte[] pdf() {
        return Base64.getDecoder()
                .decode(
                        send("Page.printToPDF", object().put("printBackground", true))
                                .path("data")
                                .asString());
    }

    @Override
    public void close() {
        socket.sendText("{\"id\":0,\"method\":\"Browser.close\"}", true).join();
        try {
            process.waitFor();
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
        client.shutdownNow();
        deleteProfile();
    }

    /// As far as helpers of the browser that outlive it let that be.
    private void deleteProfile() {
        try (Stream<Path> files = Files.walk(profile)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(file);
            }
        } catch (IOException | UncheckedIOException _) {
            // what is left lies in the system's folder for such things
        }
    }
}
