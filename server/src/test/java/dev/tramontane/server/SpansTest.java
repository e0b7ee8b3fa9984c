package dev.tramontane.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.net.httpserver.HttpServer;

import dev.tramontane.chat.ChatEvent;
import dev.tramontane.chat.Usage;
import dev.tramontane.sampling.FinishReason;
import dev.tramontane.sampling.Intervention;
import dev.tramontane.sampling.SamplingParams;
import dev.tramontane.wire.UpstreamModel;
import dev.tramontane.wire.UpstreamOptions;

import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.trace.SpanContext;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.api.trace.propagation.W3CTraceContextPropagator;
import io.opentelemetry.context.propagation.ContextPropagators;
import io.opentelemetry.sdk.OpenTelemetrySdk;
import io.opentelemetry.sdk.testing.exporter.InMemorySpanExporter;
import io.opentelemetry.sdk.trace.SdkTracerProvider;
import io.opentelemetry.sdk.trace.data.SpanData;
import io.opentelemetry.sdk.trace.export.SimpleSpanProcessor;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;

/// Requests as spans of OpenTelemetry's GenAI conventions.
class SpansTest {
    private static final Usage USAGE =
            new Usage(
                    12, 8, 5, 3, List.of(Intervention.BUDGET_SPENT), false, Usage.Repetition.NONE);

    private final InMemorySpanExporter spans = InMemorySpanExporter.create();
    private final OpenTelemetrySdk sdk =
            OpenTelemetrySdk.builder()
                    .setTracerProvider(
                            SdkTracerProvider.builder()
                                    .addSpanProcessor(SimpleSpanProcessor.create(spans))
                                    .build())
                    .setPropagators(
                            ContextPropagators.create(W3CTraceContextPropagator.getInstance()))
                    .build();
    private final LogLines lines = new LogLines();

    private Http serving() throws IOException {
        Script model =
                Script.of(
                        new ChatEvent.Thinking("a secret thought"),
                        new ChatEvent.Text("a secret answer"),
                        new ChatEvent.Finished(FinishReason.STOP, USAGE));
        return Http.serving(
                ServerConfig.local(0), lines.telemetry().withTraces(sdk), model.served("script"));
    }

    @AfterEach
    void close() {
        sdk.close();
    }

    private SpanData span(String name) {
        return spans.getFinishedSpanItems().stream()
                .filter(span -> span.getName().equals(name))
                .findFirst()
                .orElseThrow(() -> new AssertionError(spans.getFinishedSpanItems().toString()));
    }

    private static String text(SpanData span, String key) {
        return String.valueOf(span.getAttributes().get(AttributeKey.stringKey(key)));
    }

    private static long number(SpanData span, String key) {
        Long value = span.getAttributes().get(AttributeKey.longKey(key));
        return value == null ? -1 : value;
    }

    private static List<String> texts(SpanData span, String key) {
        List<String> value = span.getAttributes().get(AttributeKey.stringArrayKey(key));
        return value == null ? List.of() : value;
    }

    @Test
    void an_answer_is_a_span_of_the_model_within_one_of_http()
            throws IOException, InterruptedException {
        try (Http http = serving()) {
            String id =
                    http.chat("\"temperature\":0.3,\"seed\":7,\"max_tokens\":50,\"top_p\":0.9")
                            .json()
                            .path("id")
                            .stringValue();
            lines.next();
            SpanData request = span("POST /v1/chat/completions");
            assertEquals(SpanKind.SERVER, request.getKind());
            assertEquals("POST", text(request, "http.request.method"));
            assertEquals("/v1/chat/completions", text(request, "http.route"));
            assertEquals(200, number(request, "http.response.status_code"));
            assertEquals("127.0.0.1", text(request, "server.address"));
            assertEquals(http.server.port(), number(request, "server.port"));
            SpanData chat = span("chat script");
            assertEquals(request.getSpanContext().getSpanId(), chat.getParentSpanId());
            assertEquals("chat", text(chat, "gen_ai.operation.name"));
            assertEquals("tramontane", text(chat, "gen_ai.provider.name"));
            assertEquals("script", text(chat, "gen_ai.request.model"));
            assertEquals("script", text(chat, "gen_ai.response.model"));
            assertEquals(id, text(chat, "gen_ai.response.id"));
            assertEquals(12, number(chat, "gen_ai.usage.input_tokens"));
            assertEquals(8, number(chat, "gen_ai.usage.cache_read.input_tokens"));
            assertEquals(5, number(chat, "gen_ai.usage.output_tokens"));
            assertEquals(3, number(chat, "gen_ai.usage.reasoning.output_tokens"));
            assertEquals(List.of("stop"), texts(chat, "gen_ai.response.finish_reasons"));
            assertEquals(List.of("budget_spent"), texts(chat, "tramontane.interventions"));
            assertEquals(7, number(chat, "gen_ai.request.seed"));
            assertEquals(50, number(chat, "gen_ai.request.max_tokens"));
            Double temperature =
                    chat.getAttributes().get(AttributeKey.doubleKey("gen_ai.request.temperature"));
            assertEquals(0.3, temperature);
            assertEquals("first token", chat.getEvents().getFirst().getName());
            assertTrue(chat.getStartEpochNanos() >= request.getStartEpochNanos());
            assertTrue(chat.getEndEpochNanos() <= request.getEndEpochNanos());
            assertEquals(StatusCode.UNSET, chat.getStatus().getStatusCode());
        }
    }

    @Test
    void the_clients_trace_goes_on() throws IOException, InterruptedException {
        String trace = "0af7651916cd43dd8448eb211c80319c";
        String parent = "b7ad6b7169203331";
        try (Http http = serving()) {
            http.with("traceparent", "00-%s-%s-01".formatted(trace, parent)).chat("");
            lines.next();
            SpanData request = span("POST /v1/chat/completions");
            assertEquals(trace, request.getTraceId());
            assertEquals(parent, request.getParentSpanId());
            assertEquals(trace, span("chat script").getTraceId());
        }
    }

    @Test
    void a_server_elsewhere_is_told_whose_span_asks_it() throws IOException, InterruptedException {
        List<String> told = new CopyOnWriteArrayList<>();
        HttpServer elsewhere =
                HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        elsewhere.createContext(
                "/",
                exchange -> {
                    told.add(String.valueOf(exchange.getRequestHeaders().getFirst("traceparent")));
                    byte[] answer =
                            "{\"choices\":[{\"message\":{\"content\":\"Hi\"},\"finish_reason\":\"stop\"}]}"
                                    .getBytes(StandardCharsets.UTF_8);
                    exchange.getResponseHeaders().set("Content-Type", "application/json");
                    exchange.sendResponseHeaders(200, answer.length);
                    exchange.getResponseBody().write(answer);
                    exchange.close();
                });
        elsewhere.start();
        String base = "http://127.0.0.1:" + elsewhere.getAddress().getPort();
        var options = UpstreamOptions.of(base, Map.of()).withModel("far");
        try (UpstreamModel model = UpstreamModel.open(options)) {
            var nature =
                    new ServedModel.Nature(
                            "far", 1024, SamplingParams.greedy(8), true, false, false);
            var far = new ServedModel("script", List.of(), 1, model, nature, Optional.empty());
            try (Http http =
                    Http.serving(ServerConfig.local(0), lines.telemetry().withTraces(sdk), far)) {
                assertEquals(200, http.chat("").status());
                lines.next();
            }
        } finally {
            elsewhere.stop(0);
        }
        SpanContext context = span("POST /v1/chat/completions").getSpanContext();
        String asked =
                String.join(
                        "-",
                        "00",
                        context.getTraceId(),
                        context.getSpanId(),
                        context.getTraceFlags().asHex());
        assertEquals(List.of(asked), told);
    }

    @Test
    void a_trace_that_makes_no_sense_is_left_alone() throws IOException, InterruptedException {
        try (Http http = serving()) {
            assertEquals(200, http.with("traceparent", "00-zz-\u00e9-1").chat("").status());
            lines.next();
            assertFalse(span("POST /v1/chat/completions").getParentSpanContext().isValid());
        }
    }

    @Test
    void nothing_of_what_was_said_is_in_a_span() throws IOException, InterruptedException {
        try (Http http = serving()) {
            http.post(
                    "/v1/chat/completions",
                    "{\"stop\":[\"a secret stop\"],\"user\":\"a secret name\",\"messages\":[{\"role\":\"user\",\"content\":\"a secret question\"}]}");
            lines.next();
            assertEquals(2, spans.getFinishedSpanItems().size());
            assertFalse(spans.getFinishedSpanItems().toString().contains("secret"));
        }
    }

    @Test
    void a_refused_request_says_why_and_is_no_fault_of_the_server()
            throws IOException, InterruptedException {
        try (Http http = serving()) {
            http.chat("\"temperature\":7");
            lines.next();
            SpanData request = span("POST /v1/chat/completions");
            assertEquals("invalid_request_error", text(request, "error.type"));
            assertEquals(StatusCode.UNSET, request.getStatus().getStatusCode());
            assertEquals(StatusCode.ERROR, span("chat script").getStatus().getStatusCode());
        }
    }

    @Test
    void what_takes_no_model_has_no_span() throws IOException, InterruptedException {
        try (Http http = serving()) {
            http.get("/health");
            http.get("/v1/models");
            lines.next();
            lines.next();
            assertEquals(List.of(), spans.getFinishedSpanItems());
        }
    }
}
