package dev.tramontane.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.tramontane.chat.ChatEvent;
import dev.tramontane.chat.Usage;
import dev.tramontane.sampling.FinishReason;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

import java.io.IOException;
import java.net.http.HttpRequest;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.SplittableRandom;

/// Damaged requests in other words than chat completions are answered or refused, never anything
/// else. `-Dtramontane.mutations=1000000` runs the long form.
class HostileDialectsTest {
    private static final int MUTATIONS = Integer.getInteger("tramontane.mutations", 20_000);
    private static final int SENT = 300;

    private static Script model() {
        return Script.of(
                new ChatEvent.Text("Hello"),
                new ChatEvent.Finished(FinishReason.STOP, new Usage(1, 1, 0)));
    }

    private static byte[] full(FuzzedRequest.Api api) throws IOException {
        String name =
                switch (api) {
                    case MESSAGES -> "message.json";
                    case OLLAMA_CHAT, OLLAMA_GENERATE -> "ollama.json";
                    case COMPLETION -> "completion.json";
                    case INFILL -> "infill.json";
                    case TEXTS, GAP, VECTORS -> "texts.json";
                };
        return Files.readAllBytes(Path.of("src/test/resources/requests").resolve(name));
    }

    @ParameterizedTest
    @EnumSource
    void damaged_requests_are_read_or_refused(FuzzedRequest.Api api) throws IOException {
        byte[] full = full(api);
        assertTrue(FuzzedRequest.isRead(api, full), "whole it is one");
        var random = new SplittableRandom(7);
        int read = 0;
        for (int i = 0; i < MUTATIONS; i++) {
            byte[] damaged = HostileRequestsTest.damaged(full, random);
            read += FuzzedRequest.isRead(api, damaged) ? 1 : 0;
        }
        assertTrue(read > MUTATIONS / 100 && read < MUTATIONS, read + " of " + MUTATIONS);
    }

    @ParameterizedTest
    @CsvSource({"MESSAGES,/v1/messages", "OLLAMA_CHAT,/api/chat", "OLLAMA_GENERATE,/api/generate"})
    void a_storm_of_damaged_requests_is_refused_and_leaves_nothing_behind(
            FuzzedRequest.Api api, String path) throws IOException, InterruptedException {
        byte[] full = full(api);
        var random = new SplittableRandom(8);
        try (Http http = Http.serving(model())) {
            for (int i = 0; i < SENT; i++) {
                byte[] body = HostileRequestsTest.damaged(full, random);
                Http.Answer answer =
                        http.send(
                                HttpRequest.newBuilder(http.uri(path))
                                        .POST(HttpRequest.BodyPublishers.ofByteArray(body)));
                List<Integer> proper = List.of(200, 400, 404);
                assertTrue(proper.contains(answer.status()), () -> new String(body, UTF_8));
            }
            http.awaitNothingAnswered();
            http.awaitConnections(1); // that of the one client
            assertEquals(200, http.chat("").status());
        }
    }

    /// Every numeric field, through the server: refused by name or taken, never its fault.
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "/v1/messages | max_tokens | \"max_tokens\":%s",
                "/v1/messages | temperature | \"max_tokens\":9,\"temperature\":%s",
                "/v1/messages | top_p | \"max_tokens\":9,\"top_p\":%s",
                "/v1/messages | top_k | \"max_tokens\":9,\"top_k\":%s",
                "/v1/messages | thinking.budget_tokens | \"max_tokens\":9,\"thinking\":{\"type\":\"enabled\",\"budget_tokens\":%s}",
                "/api/chat | top_logprobs | \"logprobs\":true,\"top_logprobs\":%s",
                "/api/chat | keep_alive | \"keep_alive\":%s",
                "/api/chat | options.num_ctx | \"options\":{\"num_ctx\":%s}",
                "/api/chat | options.num_predict | \"options\":{\"num_predict\":%s}",
                "/api/chat | options.temperature | \"options\":{\"temperature\":%s}",
                "/api/chat | options.top_k | \"options\":{\"top_k\":%s}",
                "/api/chat | options.top_p | \"options\":{\"top_p\":%s}",
                "/api/chat | options.min_p | \"options\":{\"min_p\":%s}",
                "/api/chat | options.typical_p | \"options\":{\"typical_p\":%s}",
                "/api/chat | options.seed | \"options\":{\"seed\":%s}",
                "/api/chat | options.repeat_penalty | \"options\":{\"repeat_penalty\":%s}",
                "/api/chat | options.repeat_last_n | \"options\":{\"repeat_last_n\":%s}",
                "/api/chat | options.presence_penalty | \"options\":{\"presence_penalty\":%s}",
                "/api/chat | options.frequency_penalty | \"options\":{\"frequency_penalty\":%s}"
            })
    void no_number_is_too_strange(String path, String field, String fields)
            throws IOException, InterruptedException {
        try (Http http = Http.serving(model())) {
            for (String value : HostileRequestsTest.STRANGE_NUMBERS) {
                Http.Answer answer = http.post(path, Http.question(fields.formatted(value)));
                boolean isProper = answer.status() == 200 || answer.status() == 400;
                assertTrue(isProper, value + ": " + answer.body());
                boolean names =
                        answer.status() == 200
                                || answer.body().contains("\"" + field + ": found ")
                                || answer.body().contains("\"the body is ");
                assertTrue(names, value + ": " + answer.body());
            }
        }
    }
}
