package dev.tramontane.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tramontane.chat.ChatEvent;
import dev.tramontane.chat.LocalModel;
import dev.tramontane.chat.Usage;
import dev.tramontane.engine.EngineOptions;
import dev.tramontane.sampling.FinishReason;

import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.net.http.HttpRequest;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/// The figures for Prometheus: their names, what they count, and that strangers make no series.
class MetricsTest {
    private static final Path TINY = Path.of("../engine/src/test/resources/vectors/tiny-text-a");
    private static final Usage USAGE =
            new Usage(12, 8, 5, 3, List.of(), false, Usage.Repetition.NONE);

    private final LogLines lines = new LogLines();

    private Http serving(ChatEvent... events) throws IOException {
        return Http.serving(
                ServerConfig.local(0), lines.telemetry(), Script.of(events).served("script"));
    }

    private static ChatEvent[] answer() {
        return new ChatEvent[] {
            new ChatEvent.Thinking("Hm"),
            new ChatEvent.Text("Hello"),
            new ChatEvent.Finished(FinishReason.STOP, USAGE)
        };
    }

    private static double value(String page, String series) {
        return find(page, series)
                .orElseThrow(() -> new AssertionError("no " + series + " in\n" + page));
    }

    private static Optional<Double> find(String page, String series) {
        return Arrays.stream(page.split("\n"))
                .filter(line -> line.startsWith(series + " "))
                .map(line -> Double.valueOf(line.substring(series.length() + 1)))
                .findFirst();
    }

    @Test
    void the_conventions_histograms_and_tokens_tell_of_an_answer()
            throws IOException, InterruptedException {
        try (Http http = serving(answer())) {
            http.chat("\"stream\":true");
            lines.next();
            String page = http.get("/metrics").body();
            String of =
                    "gen_ai_operation_name=\"chat\",gen_ai_provider_name=\"tramontane\",gen_ai_request_model=\"script\"";
            for (String name : List.of("time_to_first_token", "time_per_output_token")) {
                String series = "gen_ai_server_%s_seconds".formatted(name);
                assertEquals(1, value(page, series + "_count{" + of + "}"));
                assertEquals(1, value(page, series + "_bucket{" + of + ",le=\"+Inf\"}"));
                assertTrue(page.contains("# TYPE " + series + " histogram\n"), page);
            }
            String request = "gen_ai_server_request_duration_seconds_";
            assertEquals(1, value(page, request + "count{error_type=\"\"," + of + "}"));
            String bound = ",le=\"81.92\"}";
            assertEquals(1, value(page, request + "bucket{error_type=\"\"," + of + bound));
            String usage = "gen_ai_client_token_usage_";
            String[][] types = {{"input", "12"}, {"output", "5"}};
            for (String[] type : types) {
                String series = "sum{%s,gen_ai_token_type=\"%s\"}".formatted(of, type[0]);
                assertEquals(Double.parseDouble(type[1]), value(page, usage + series));
            }
            for (String type : List.of("input 12", "cached 8", "output 5", "reasoning 3")) {
                String[] words = type.split(" ");
                String series =
                        "tramontane_tokens_total{model=\"script\",type=\"%s\"}".formatted(words[0]);
                assertEquals(Double.parseDouble(words[1]), value(page, series));
            }
            String http200 =
                    "http_server_request_duration_seconds_count{error_type=\"\",http_request_method=\"POST\",http_response_status_code=\"200\",http_route=\"/v1/chat/completions\"}";
            assertEquals(1, value(page, http200));
            String stop = "tramontane_answers_total{finish_reason=\"stop\",model=\"script\"}";
            assertEquals(1, value(page, stop));
            String hit = "tramontane_prefix_cache_lookups_total{model=\"script\",result=\"hit\"}";
            assertEquals(1, value(page, hit));
        }
    }

    @Test
    void errors_are_told_by_endpoint_and_kind() throws IOException, InterruptedException {
        try (Http http = serving(answer())) {
            http.chat("\"temperature\":7");
            http.chat("\"model\":\"a model that nobody has\"");
            http.get("/nowhere");
            for (int i = 0; i < 3; i++) {
                lines.next();
            }
            String page = http.get("/metrics").body();
            for (String labels :
                    List.of(
                            "endpoint=\"/v1/chat/completions\",kind=\"invalid_request_error\"",
                            "endpoint=\"/v1/chat/completions\",kind=\"model_not_found\"",
                            "endpoint=\"\",kind=\"unknown_path\"")) {
                assertEquals(1, value(page, "tramontane_errors_total{" + labels + "}"));
            }
            assertTrue(page.contains("error_type=\"invalid_request_error\",gen_ai"), page);
            assertFalse(page.contains("nobody has"), page);
        }
    }

    /// Paths, methods, names of models and programs: whatever a stranger sends, no line is added.
    @Test
    void what_strangers_send_makes_no_series() throws IOException, InterruptedException {
        try (Http http = serving(answer())) {
            http.chat("");
            http.get("/one");
            method(http, "FIRST");
            http.get("/v1/models/first");
            http.chat("\"model\":\"first\"");
            for (int i = 0; i < 5; i++) {
                lines.next();
            }
            http.get("/metrics");
            lines.next();
            Set<String> before = series(http.get("/metrics").body());
            for (int i = 0; i < 30; i++) {
                http.get("/path" + i);
                method(http, "METHOD" + i);
                http.get("/v1/models/model" + i);
                http.chat("\"model\":\"model" + i + "\",\"user\":\"user" + i + "\"");
            }
            for (int i = 0; i < 120; i++) {
                lines.next();
            }
            assertEquals(before, series(http.get("/metrics").body()));
        }
    }

    private static void method(Http http, String method) throws IOException, InterruptedException {
        http.send(
                HttpRequest.newBuilder(http.uri("/v1/chat/completions"))
                        .method(method, HttpRequest.BodyPublishers.noBody()));
    }

    /// What stands in front of the values.
    private static Set<String> series(String page) {
        return Arrays.stream(page.split("\n"))
                .filter(line -> !line.startsWith("#") && !line.startsWith("jvm_"))
                .map(line -> line.substring(0, line.lastIndexOf(' ')))
                .collect(Collectors.toCollection(TreeSet::new));
    }

    @Test
    void the_engine_of_a_model_shows_its_queue_slots_cache_and_control()
            throws IOException, InterruptedException {
        EngineOptions options =
                EngineOptions.defaults().withContext(512).withThreads(1).withMaxSequences(4);
        try (LocalModel model = LocalModel.open(TINY, options);
                Http http =
                        Http.serving(
                                ServerConfig.local(0),
                                lines.telemetry(),
                                ServedModel.of("tiny", List.of(), 1, model))) {
            http.post(
                    "/completion",
                    "{\"prompt\":\"Hello there\",\"n_predict\":8,\"ignore_eos\":true}");
            lines.next();
            Http.Answer answer = http.get("/metrics");
            String page = answer.body();
            assertTrue(answer.header("content-type").startsWith("text/plain; version=0.0.4"));
            assertTrue(Long.parseLong(answer.header("process-start-time-unix")) > 0);
            String of = "{model=\"tiny\"}";
            assertEquals(0, value(page, "tramontane_sequences_waiting" + of));
            assertEquals(4, value(page, "tramontane_sequences_most" + of));
            assertEquals(
                    model.engine().stats().cache().blocks(),
                    value(page, "tramontane_cache_blocks" + of));
            assertTrue(value(page, "tramontane_cache_bytes" + of) > 0);
            assertTrue(value(page, "tramontane_tokens_computed_total" + of) >= 8);
            assertTrue(value(page, "tramontane_step_seconds_total" + of) > 0);
            for (String what : List.of("budget_spent", "answer_asked", "circle_closed")) {
                String series =
                        "tramontane_interventions_total{model=\"tiny\",what=\"%s\"}"
                                .formatted(what);
                assertEquals(0, value(page, series));
            }
            assertEquals(0, value(page, "tramontane_requests_answering"));
            assertTrue(value(page, "tramontane_connections") >= 1);
            assertTrue(page.contains("gen_ai_operation_name=\"text_completion\""), page);
            assertFalse(page.contains("gen_ai_operation_name=\"chat\""), page);
            assertTrue(page.contains("jvm_memory_used_bytes"), page);
            checkLlamaServers(page);
        }
    }

    /// llama-server's names bear no labels, and each has its help and type.
    private static void checkLlamaServers(String page) {
        assertTrue(value(page, "llamacpp:prompt_tokens_total") > 0);
        assertEquals(8, value(page, "llamacpp:tokens_predicted_total"));
        assertTrue(value(page, "llamacpp:n_decode_total") >= 8);
        assertEquals(1, value(page, "llamacpp:n_busy_slots_per_decode"));
        assertEquals(0, value(page, "llamacpp:requests_processing"));
        assertEquals(0, value(page, "llamacpp:requests_deferred"));
        page.lines()
                .filter(line -> line.startsWith("llamacpp:"))
                .map(line -> line.substring(0, line.indexOf(' ')))
                .forEach(
                        name -> {
                            assertTrue(page.contains("# HELP " + name + " "), name);
                            assertTrue(page.contains("# TYPE " + name + " "), name);
                        });
    }

    @Test
    void open_metrics_is_spoken_where_it_is_asked_for() throws IOException, InterruptedException {
        try (Http http = serving(answer())) {
            http.with("Accept", "application/openmetrics-text;version=1.0.0,text/plain;q=0.5");
            Http.Answer answer = http.get("/metrics");
            assertTrue(answer.header("content-type").startsWith("application/openmetrics-text"));
            assertTrue(answer.body().endsWith("# EOF\n"), answer.body());
        }
    }
}
