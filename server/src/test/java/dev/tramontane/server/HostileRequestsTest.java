package dev.tramontane.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.tramontane.chat.ChatEvent;
import dev.tramontane.chat.Usage;
import dev.tramontane.sampling.FinishReason;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import java.io.IOException;
import java.net.http.HttpRequest;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;

/// Damaged requests are answered or refused, never anything else. `-Dtramontane.mutations=1000000`
/// runs the long form.
class HostileRequestsTest {
    private static final int MUTATIONS = Integer.getInteger("tramontane.mutations", 20_000);
    private static final int SENT = 1000;

    /// What JSON is made of, to be put where it does not belong.
    private static final List<String> TOKENS =
            List.of(
                    "{",
                    "}",
                    "[",
                    "]",
                    ",",
                    ":",
                    "\"",
                    "null",
                    "true",
                    "-1",
                    "NaN",
                    "Infinity",
                    "1e999",
                    "-0",
                    "0.5",
                    "99999999999999999999",
                    "\\ud800",
                    "\u0000",
                    "{}",
                    "[[[[[[[[");

    /// What may stand where a number should.
    static final List<String> STRANGE_NUMBERS =
            List.of(
                    "-1",
                    "0",
                    "1",
                    "-0.0",
                    "0.5",
                    "1e308",
                    "-1e308",
                    "1e999",
                    "2147483647",
                    "2147483648",
                    "9223372036854775807",
                    "9223372036854775808",
                    "1e-400",
                    "\"1\"",
                    "true",
                    "[1]",
                    "{}",
                    "null",
                    "NaN",
                    "Infinity",
                    "-Infinity",
                    "1" + "0".repeat(70));

    private static Script model() {
        return Script.of(
                new ChatEvent.Text("Hello"),
                new ChatEvent.Finished(FinishReason.STOP, new Usage(1, 1, 0)));
    }

    static byte[] full(String name) throws IOException {
        return Files.readAllBytes(Path.of("src/test/resources/requests").resolve(name));
    }

    @ParameterizedTest
    @ValueSource(strings = {"full.json", "response.json"})
    void damaged_requests_are_read_or_refused(String name) throws IOException {
        byte[] full = full(name);
        assertTrue(FuzzedRequest.isRead(full), "whole it is one");
        var random = new SplittableRandom(5);
        int read = 0;
        for (int i = 0; i < MUTATIONS; i++) {
            read += FuzzedRequest.isRead(damaged(full, random)) ? 1 : 0;
        }
        assertTrue(read > MUTATIONS / 100 && read < MUTATIONS, read + " of " + MUTATIONS);
    }

    @ParameterizedTest
    @CsvSource({"full.json,/v1/chat/completions", "response.json,/v1/responses"})
    void a_storm_of_damaged_requests_is_refused_and_leaves_nothing_behind(String name, String path)
            throws IOException, InterruptedException {
        byte[] full = full(name);
        var random = new SplittableRandom(6);
        try (Http http = Http.serving(model())) {
            for (int i = 0; i < SENT; i++) {
                byte[] body = damaged(full, random);
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

    static byte[] damaged(byte[] request, SplittableRandom random) {
        byte[] damaged = request.clone();
        for (int damages = 1 + random.nextInt(3); damages > 0; damages--) {
            int at = random.nextInt(damaged.length + 1);
            damaged =
                    switch (random.nextInt(8)) {
                        case 0 -> Arrays.copyOf(damaged, at);
                        case 1, 2 -> spliced(damaged, at, (byte) random.nextInt(256));
                        case 3, 4, 5 -> {
                            String token = TOKENS.get(random.nextInt(TOKENS.size()));
                            yield spliced(damaged, at, token.getBytes(UTF_8));
                        }
                        default -> without(damaged, at, random.nextInt(20));
                    };
        }
        return damaged;
    }

    private static byte[] spliced(byte[] bytes, int at, byte... inserted) {
        byte[] whole = new byte[bytes.length + inserted.length];
        System.arraycopy(bytes, 0, whole, 0, at);
        System.arraycopy(inserted, 0, whole, at, inserted.length);
        System.arraycopy(bytes, at, whole, at + inserted.length, bytes.length - at);
        return whole;
    }

    private static byte[] without(byte[] bytes, int at, int count) {
        int end = Math.min(bytes.length, at + count);
        byte[] whole = Arrays.copyOf(bytes, bytes.length - (end - at));
        System.arraycopy(bytes, end, whole, at, bytes.length - end);
        return whole;
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                " ",
                "nonsense",
                "[]",
                "7",
                "null",
                "{\"messages\":NaN}",
                "{\"a\":1}{",
                "{\"model\":7}"
            })
    void what_is_no_request_is_400(String body) throws IOException, InterruptedException {
        try (Http http = Http.serving(model())) {
            Http.Answer answer = http.post("/v1/chat/completions", body);
            assertEquals(400, answer.status(), answer.body());
            assertEquals("invalid_request_error", answer.json().at("/error/type").stringValue());
        }
    }

    @ParameterizedTest
    @CsvSource({"60,200", "64,400", "100000,400"})
    void json_has_a_depth(int levels, int status) throws IOException, InterruptedException {
        try (Http http = Http.serving(model())) {
            String deep = "[".repeat(levels) + "]".repeat(levels);
            assertEquals(status, http.chat("\"metadata\":" + deep).status());
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "max_output_tokens",
                "max_tool_calls",
                "top_logprobs",
                "temperature",
                "votes"
            })
    void no_number_of_a_response_is_too_strange(String field)
            throws IOException, InterruptedException {
        try (Http http = Http.serving(model())) {
            for (String value : STRANGE_NUMBERS) {
                String body = "{\"input\":\"Hi\",\"%s\":%s}".formatted(field, value);
                checkProper(http.post("/v1/responses", body), field, value);
            }
        }
    }

    private static void checkProper(Http.Answer answer, String field, String value) {
        boolean isProper = answer.status() == 200 || answer.status() == 400;
        assertTrue(isProper, field + " " + value + ": " + answer.body());
        boolean names =
                answer.status() == 200
                        || field.equals(answer.json().path("param").asString(""))
                        || answer.json().path("code").asString("").equals("malformed");
        assertTrue(names, field + " " + value + ": " + answer.body());
    }
}
