package dev.tramontane.contract;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.http.HttpClient;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.regex.Pattern;

/// Stands between a client and a server of this machine and notes what passes: each answer is read
/// to its end, noted and only then sent on.
final class NotingProxy implements AutoCloseable {
    /// Of the connection or the machine, or another each time.
    private static final Pattern UNTOLD =
            Pattern.compile(
                    "host|connection|content-length|transfer-encoding|upgrade|http2-settings"
                            + "|accept-encoding|idempotency-key|traceparent"
                            + "|x-stainless-(os|os-version|arch|runtime|runtime-version|kotlin-version)");

    /// The JDK's own client tells which JDK it is of.
    private static final Pattern JDK = Pattern.compile("(Java(?:-http-client)?)/[0-9._]+");

    /// What clients read of an answer beside its body.
    private static final List<String> PASSED =
            List.of("Content-Type", "Retry-After", "Retry-After-Ms");

    private final int target;
    private final Notes notes;
    private final HttpClient client = HttpClient.newHttpClient();
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final HttpServer server;

    /// Takes exchanges, on any thread.
    interface Notes {
        void note(Asked asked, HttpResponse<String> answer);
    }

    /// @param target the server's port
    NotingProxy(int target, Notes notes) throws IOException {
        this.target = target;
        this.notes = notes;
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", this::pass);
        server.setExecutor(threads);
        server.start();
    }

    int port() {
        return server.getAddress().getPort();
    }

    private void pass(HttpExchange exchange) throws IOException {
        try (exchange) {
            byte[] body = exchange.getRequestBody().readAllBytes();
            String path = exchange.getRequestURI().toString();
            Asked asked = Asked.of(exchange.getRequestMethod(), path, headers(exchange), body);
            HttpResponse<String> answer =
                    client.send(asked.request(target), HttpResponse.BodyHandlers.ofString());
            notes.note(asked, answer);
            for (String name : PASSED) {
                answer.headers()
                        .firstValue(name)
                        .ifPresent(value -> exchange.getResponseHeaders().set(name, value));
            }
            byte[] told = answer.body().getBytes(StandardCharsets.UTF_8);
            exchange.sendResponseHeaders(answer.statusCode(), told.length == 0 ? -1 : told.length);
            exchange.getResponseBody().write(told);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static SortedMap<String, String> headers(HttpExchange exchange) {
        var headers = new TreeMap<String, String>();
        exchange.getRequestHeaders()
                .forEach(
                        (name, values) -> {
                            String known = name.toLowerCase(Locale.ROOT);
                            if (!UNTOLD.matcher(known).matches()) {
                                String value = String.join(", ", values);
                                headers.put(known, JDK.matcher(value).replaceAll("$1"));
                            }
                        });
        return headers;
    }

    @Override
    public void close() {
        server.stop(0);
        threads.close();
        client.shutdownNow();
    }
}
