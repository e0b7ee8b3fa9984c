package dev.tramontane.wire;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;

import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/// A server of models on this machine that answers what it is told to, request by request.
final class FakeUpstream implements AutoCloseable {
    private final HttpServer server;
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final Queue<Reply> replies = new ConcurrentLinkedQueue<>();
    private final List<Request> requests = new CopyOnWriteArrayList<>();

    /// What somebody asked for.
    record Request(String method, String path, String authorization, String body) {}

    /// How a request is answered.
    interface Reply {
        void answer(HttpExchange exchange) throws IOException;
    }

    FakeUpstream(Reply... next) throws IOException {
        replies.addAll(List.of(next));
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setExecutor(threads);
        server.createContext("/", this::answer);
        server.start();
    }

    String base() {
        return "http://127.0.0.1:" + server.getAddress().getPort();
    }

    List<Request> requests() {
        return List.copyOf(requests);
    }

    private void answer(HttpExchange exchange) throws IOException {
        String body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
        requests.add(
                new Request(
                        exchange.getRequestMethod(),
                        exchange.getRequestURI().toString(),
                        String.valueOf(exchange.getRequestHeaders().getFirst("Authorization")),
                        body));
        Reply reply = replies.poll();
        if (reply == null) {
            status(418, "nothing more was planned").answer(exchange);
        } else {
            reply.answer(exchange);
        }
    }

    static Reply status(int status, String body, String... headers) {
        return whole(status, "application/json", body, headers);
    }

    static Reply whole(int status, String type, String body, String... headers) {
        return exchange -> {
            exchange.getResponseHeaders().set("Content-Type", type);
            for (int i = 0; i < headers.length; i += 2) {
                exchange.getResponseHeaders().set(headers[i], headers[i + 1]);
            }
            byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
            exchange.sendResponseHeaders(status, bytes.length == 0 ? -1 : bytes.length);
            try (OutputStream out = exchange.getResponseBody()) {
                out.write(bytes);
            }
        };
    }

    /// A stream that ends as it should.
    static Reply stream(String events) {
        return exchange -> {
            begin(exchange, events);
            exchange.close();
        };
    }

    /// A stream whose connection drops behind these events.
    static Reply broken(String events) {
        return exchange -> {
            exchange.getResponseHeaders().set("Content-Type", "text/event-stream");
            byte[] bytes = events.getBytes(StandardCharsets.UTF_8);
            exchange.sendResponseHeaders(200, bytes.length + 1000L); // promises more
            exchange.getResponseBody().write(bytes);
            exchange.getResponseBody().flush();
            throw new IOException("drops the connection");
        };
    }

    /// Headers and the first events of a stream.
    static void begin(HttpExchange exchange, String events) throws IOException {
        exchange.getResponseHeaders().set("Content-Type", "text/event-stream; charset=utf-8");
        exchange.sendResponseHeaders(200, 0);
        exchange.getResponseBody().write(events.getBytes(StandardCharsets.UTF_8));
        exchange.getResponseBody().flush();
    }

    /// An event with a piece of the answer.
    static String text(String piece) {
        return event("{\"content\":\"" + piece + "\"}", "null");
    }

    static String event(String delta, String finish) {
        return "data: {\"id\":\"c1\",\"choices\":[{\"index\":0,\"delta\":%s,\"finish_reason\":%s}]}\n\n"
                .formatted(delta, finish);
    }

    /// The end of a stream.
    static final String END =
            event("{}", "\"stop\"")
                    + "data: {\"choices\":[],\"usage\":{\"prompt_tokens\":5,\"completion_tokens\":2}}\n\n"
                    + "data: [DONE]\n\n";

    @Override
    public void close() {
        server.stop(0);
        threads.shutdownNow();
    }
}
