package dev.tramontane.wire;

import static dev.tramontane.wire.FakeUpstream.END;
import static dev.tramontane.wire.FakeUpstream.begin;
import static dev.tramontane.wire.FakeUpstream.broken;
import static dev.tramontane.wire.FakeUpstream.event;
import static dev.tramontane.wire.FakeUpstream.status;
import static dev.tramontane.wire.FakeUpstream.stream;
import static dev.tramontane.wire.FakeUpstream.text;
import static dev.tramontane.wire.FakeUpstream.whole;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.tramontane.chat.ChatEvent;
import dev.tramontane.chat.ChatRequest;
import dev.tramontane.chat.ChatStream;
import dev.tramontane.chat.InvalidRequestException;
import dev.tramontane.engine.EngineOverloadedException;
import dev.tramontane.wire.FakeUpstream.Reply;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

@Timeout(value = 5, unit = TimeUnit.MINUTES)
class UpstreamModelTest {
    private static final Duration FOREVER = Duration.ofMinutes(4);

    private final List<Duration> pauses = new ArrayList<>();

    private UpstreamOptions options(FakeUpstream server) {
        return patient(server, FOREVER);
    }

    private UpstreamOptions patient(FakeUpstream server, Duration silence) {
        return UpstreamOptions.of(server.base(), Map.of())
                .withModel("m")
                .withPatience(
                        new UpstreamOptions.Patience(
                                FOREVER,
                                silence,
                                silence,
                                UpstreamOptions.Limits.NONE,
                                3,
                                pauses::add));
    }

    private List<String> ask(UpstreamOptions options) {
        try (var model = UpstreamModel.open(options);
                ChatStream answer = model.chat(ChatRequest.of("Hello?"))) {
            return Events.lines(answer);
        }
    }

    private List<String> ask(Reply... replies) throws IOException {
        try (var server = new FakeUpstream(replies)) {
            return ask(options(server));
        }
    }

    private static final List<String> ANSWERED =
            List.of(
                    "text Hi.",
                    "finished STOP prompt=5 cached=0 completion=2 reasoning=0 untold=[CACHED]");

    @Test
    void an_answer_is_streamed() throws IOException {
        try (var server = new FakeUpstream(stream(text("H") + ": ping\n\n" + text("i.") + END))) {
            assertEquals(ANSWERED, ask(options(server)));
            FakeUpstream.Request request = server.requests().getFirst();
            assertEquals("POST /v1/chat/completions", request.method() + " " + request.path());
            assertEquals("null", request.authorization());
            assertEquals(
                    "{\"model\":\"m\",\"messages\":[{\"role\":\"user\",\"content\":\"Hello?\"}],"
                            + "\"stream\":true,\"stream_options\":{\"include_usage\":true},"
                            + "\"return_progress\":true,\"reasoning_control\":true}",
                    request.body());
        }
    }

    @Test
    void an_answer_in_one_piece_is_one_too() throws IOException {
        assertEquals(
                List.of(
                        "thinking Four",
                        "text 4",
                        "finished STOP prompt=7 cached=2 completion=4 reasoning=3"),
                ask(status(200, AnswerReaderTest.resource("whole.json"))));
    }

    @Test
    void the_only_model_of_a_server_needs_no_name() throws IOException {
        try (var server =
                new FakeUpstream(
                        status(200, "{\"object\":\"list\",\"data\":[{\"id\":\"only/one\"}]}"),
                        stream(text("Hi.") + END))) {
            UpstreamOptions unnamed = UpstreamOptions.of(server.base() + "/v1/", Map.of());
            try (var model = UpstreamModel.open(unnamed);
                    ChatStream answer = model.chat(ChatRequest.of("Hello?"))) {
                assertEquals("only/one", model.name());
                assertEquals(ANSWERED, Events.lines(answer));
            }
            assertEquals("/v1/models", server.requests().getFirst().path());
            assertTrue(server.requests().getLast().body().contains("\"model\":\"only/one\""));
        }
    }

    @Test
    void one_of_several_models_must_be_named() throws IOException {
        try (var server =
                new FakeUpstream(
                        status(200, "{\"data\":[{\"id\":\"a\"},{\"id\":\"b\"}]}"),
                        status(200, "{\"data\":[]}"))) {
            UpstreamOptions unnamed = UpstreamOptions.of(server.base(), Map.of());
            assertEquals(
                    server.base()
                            + ": has the models a, b, expected one model or a name; name the"
                            + " model",
                    assertThrows(IllegalArgumentException.class, () -> UpstreamModel.open(unnamed))
                            .getMessage());
            assertThrows(IllegalArgumentException.class, () -> UpstreamModel.open(unnamed));
        }
    }

    @Test
    void the_key_goes_to_the_server_and_into_no_message() throws IOException {
        try (var server =
                new FakeUpstream(
                        status(401, "{\"error\":{\"message\":\"Incorrect key: hunter2\"}}"))) {
            UpstreamOptions options =
                    UpstreamOptions.of(server.base(), Map.of("TRAMONTANE_API_KEY", "hunter2"))
                            .withModel("m");
            var refused = assertThrows(UpstreamException.class, () -> ask(options));
            assertEquals("Bearer hunter2", server.requests().getFirst().authorization());
            assertEquals(
                    server.base()
                            + "/v1: answers 401 (Incorrect key: …); expected a key that it knows"
                            + " and that may do this; check the key",
                    refused.getMessage());
            assertFalse(refused.mayPass());
            assertEquals(401, refused.status().orElse(0));
            assertFalse(options.toString().contains("hunter2"));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"sk-hünter2", "sk-hunter2\nX-Other: 1", "sk hunter2", ""})
    void a_key_that_no_header_carries_is_refused_and_not_quoted(String key) {
        UpstreamOptions options = UpstreamOptions.of("http://h:1", Map.of());
        var refused = assertThrows(IllegalArgumentException.class, () -> options.withKey(key));
        assertEquals(
                "the key for http://h:1: found something else than letters, digits and signs,"
                        + " expected those in one word; copy it again",
                refused.getMessage());
    }

    @Test
    void keys_of_hosted_services_are_for_their_own_hosts() {
        var environment = Map.of("MISTRAL_API_KEY", "m", "OPENAI_API_KEY", "o");
        var mistral = UpstreamOptions.of("https://api.mistral.ai", environment);
        assertEquals("Optional[m] MISTRAL", mistral.key() + " " + mistral.dialect());
        var openai = UpstreamOptions.of("https://api.openai.com/v1", environment);
        assertEquals("Optional[o] OPENAI", openai.key() + " " + openai.dialect());
        var other = UpstreamOptions.of("https://example.org/v1", environment);
        assertEquals("Optional.empty OPEN", other.key() + " " + other.dialect());
    }

    @Test
    void a_busy_server_is_asked_again_when_it_wants_to_be() throws IOException {
        assertEquals(
                ANSWERED,
                ask(
                        status(429, "{}", "Retry-After", "7"),
                        status(503, "{}", "retry-after-ms", "300"),
                        stream(text("Hi.") + END)));
        assertEquals(
                Duration.ofMillis(7300), pauses.stream().reduce(Duration.ZERO, Duration::plus));
    }

    @Test
    void a_server_that_stays_busy_overloads_the_caller() throws IOException {
        Reply busy = status(429, "{\"message\":\"slow down\"}", "Retry-After", "9");
        var overloaded =
                assertThrows(EngineOverloadedException.class, () -> ask(busy, busy, busy, busy));
        assertEquals(Duration.ofSeconds(9), overloaded.retryAfter());
        assertTrue(
                said(overloaded)
                        .endsWith(": is busy (slow down), 3 times in a row; try again later"),
                overloaded.getMessage());
    }

    @Test
    void a_long_pause_is_left_to_the_caller() {
        var overloaded =
                assertThrows(
                        EngineOverloadedException.class,
                        () -> ask(status(503, "", "Retry-After", "3600")));
        assertEquals(Duration.ofHours(1), overloaded.retryAfter());
        assertEquals(List.of(), pauses);
    }

    @Test
    void a_server_that_failed_is_asked_again() throws IOException {
        assertEquals(
                ANSWERED, ask(status(500, "{}"), status(502, "<html>"), stream(text("Hi.") + END)));
    }

    @Test
    void a_server_that_always_fails_is_given_up() throws IOException {
        Reply fails = status(500, "{\"error\":{\"message\":\"out of\\nmemory\"}}");
        var failed = assertThrows(UpstreamException.class, () -> ask(fails, fails, fails, fails));
        assertTrue(
                said(failed)
                        .endsWith(
                                "/v1: answers 500 (out of memory), 3 times in a row; look at the"
                                        + " server's own log, then try again"),
                failed.getMessage());
        assertTrue(failed.mayPass());
    }

    @Test
    void a_refused_request_names_its_parameter() {
        var openai =
                assertThrows(
                        InvalidRequestException.class,
                        () ->
                                ask(
                                        status(
                                                400,
                                                "{\"error\":{\"message\":\"too hot\",\"type\":\"invalid_request_error\",\"param\":\"temperature\"}}")));
        assertEquals("temperature", openai.parameter());
        assertTrue(
                said(openai).endsWith(": refuses it (too hot); change the request"),
                openai.getMessage());
        var mistral =
                assertThrows(
                        InvalidRequestException.class,
                        () ->
                                ask(
                                        status(
                                                422,
                                                "{\"detail\":[{\"loc\":[\"body\",\"messages\",0,\"role\"],\"msg\":\"unknown\"}]}")));
        assertEquals("messages[0].role", mistral.parameter());
    }

    @Test
    void a_request_refused_in_the_stream_is_a_refused_request() {
        var refused =
                assertThrows(
                        InvalidRequestException.class,
                        () ->
                                ask(
                                        stream(
                                                "data: {\"error\":{\"code\":400,\"message\":\"exceeds the context\",\"type\":\"exceed_context_size_error\"}}\n\n")));
        assertEquals("request", refused.parameter());
    }

    @Test
    void an_answer_that_a_filter_holds_back_is_not_worth_another_try() throws IOException {
        Reply filtered = stream(event("{}", "\"content_filter\""));
        try (var server = new FakeUpstream(filtered, filtered)) {
            var withheld = assertThrows(UpstreamException.class, () -> ask(options(server)));
            assertFalse(withheld.mayPass());
            assertTrue(said(withheld).contains("the answer was withheld"), said(withheld));
            assertEquals(1, server.requests().size());
        }
    }

    @Test
    void an_answer_that_broke_off_before_it_began_is_asked_for_again() throws IOException {
        assertEquals(
                ANSWERED,
                ask(
                        broken(""),
                        broken(event("{\"role\":\"assistant\",\"content\":\"\"}", "null")),
                        stream(text("Hi.") + END)));
    }

    @Test
    void an_answer_that_broke_off_in_the_middle_is_not_asked_for_again() throws IOException {
        for (Reply reply :
                List.of(
                        broken(text("H") + "data: {\"choices\":[{\"del"),
                        stream(text("H") + "data: {\"choices\":[{\"del"),
                        stream(text("H")))) {
            try (var server = new FakeUpstream(reply, stream(text("Hi.") + END))) {
                var lost = assertThrows(UpstreamException.class, () -> ask(options(server)));
                assertTrue(lost.mayPass(), lost.getMessage());
                assertEquals(1, server.requests().size());
            }
        }
    }

    @Test
    void an_answer_whose_end_was_told_is_whole_without_its_usage() throws IOException {
        List<String> expected =
                List.of(
                        "text Hi.",
                        "finished STOP prompt=0 cached=0 completion=0 reasoning=0 untold=[PROMPT,"
                                + " CACHED, COMPLETION]");
        assertEquals(expected, ask(broken(text("Hi.") + event("{}", "\"stop\""))));
        assertEquals(expected, ask(stream(text("Hi.") + event("{}", "\"stop\""))));
    }

    @ParameterizedTest
    @ValueSource(strings = {"data: {\"choices\":[\n\n", "data: 7\n\n", "data: \n\n"})
    void an_answer_that_makes_no_sense_is_refused(String nonsense) {
        var refused = assertThrows(UpstreamException.class, () -> ask(stream(nonsense)));
        assertFalse(refused.mayPass());
        assertTrue(
                said(refused).contains("expected an answer of /chat/completions"),
                refused.getMessage());
    }

    @Test
    void a_web_page_is_no_answer() {
        var refused =
                assertThrows(
                        UpstreamException.class,
                        () -> ask(whole(200, "text/html", "<html>Log in</html>")));
        assertTrue(
                said(refused).contains("answers with text/html, expected text/event-stream"),
                refused.getMessage());
    }

    @Test
    void an_event_without_an_end_is_refused() {
        Reply endless =
                exchange -> {
                    begin(exchange, "data: ");
                    byte[] more = new byte[1 << 20];
                    while (true) {
                        exchange.getResponseBody().write(more);
                    }
                };
        var refused = assertThrows(UpstreamException.class, () -> ask(endless));
        assertTrue(
                said(refused).contains("an event of more than 16777216 bytes"),
                refused.getMessage());
    }

    @Test
    void redirects_are_told_and_not_followed() {
        var refused =
                assertThrows(
                        UpstreamException.class,
                        () -> ask(status(307, "", "Location", "http://127.0.0.1:1/v2")));
        assertTrue(
                said(refused)
                        .endsWith(
                                "answers 307 (redirects to http://127.0.0.1:1/v2); redirects are"
                                        + " not followed; give the address that it names"),
                refused.getMessage());
    }

    @Test
    void a_silent_server_is_given_up_and_not_asked_again() throws IOException {
        assertEquals(ANSWERED, ask(stream(text("Hi.") + END)), "the first one takes longest");
        for (String before : List.of("", text("H"))) {
            var asked = new CountDownLatch(1);
            var over = new CountDownLatch(1);
            Reply silent =
                    exchange -> {
                        asked.countDown();
                        begin(exchange, before);
                        await(over);
                    };
            try (var server = new FakeUpstream(silent, stream(text("Hi.") + END))) {
                var given =
                        assertThrows(
                                UpstreamException.class,
                                () -> ask(patient(server, Duration.ofSeconds(1))));
                assertTrue(
                        said(given).contains("nothing has arrived for 1.0 s, which is as long as"),
                        given.getMessage());
                await(asked);
                assertEquals(1, server.requests().size());
                over.countDown();
            }
        }
    }

    @Test
    void nobody_there_is_said() throws IOException {
        UpstreamOptions gone;
        try (var server = new FakeUpstream()) {
            gone = options(server);
        }
        var none = assertThrows(UpstreamException.class, () -> ask(gone));
        assertTrue(
                said(none)
                        .contains(
                                "no connection, 3 times in a row; check that the server runs and is"
                                        + " reached"),
                none.getMessage());
        assertTrue(none.mayPass());
    }

    @Test
    @SuppressWarnings("try") // closing while it is read is what is tried
    void closing_an_answer_ends_its_connection() throws Exception {
        var ended = new CountDownLatch(1);
        Reply endless =
                exchange -> {
                    begin(exchange, text("a"));
                    try {
                        while (true) {
                            exchange.getResponseBody().write(text("a").getBytes(UTF_8));
                            exchange.getResponseBody().flush();
                        }
                    } finally {
                        ended.countDown(); // writing fails when nobody listens
                    }
                };
        try (var server = new FakeUpstream(endless);
                var model = UpstreamModel.open(options(server));
                ChatStream answer = model.chat(ChatRequest.of("Hello?"))) {
            Iterator<ChatEvent> events = answer.iterator();
            assertEquals(new ChatEvent.Text("a"), events.next());
            answer.close();
            await(ended);
            ChatEvent last = events.next();
            while (events.hasNext()) {
                last = events.next();
            }
            assertTrue(Events.lines(List.of(last)).getFirst().startsWith("finished CANCELLED"));
        }
    }

    @Test
    @SuppressWarnings("try")
    void a_reader_that_waits_is_woken_by_closing() throws Exception {
        for (boolean closesModel : List.of(true, false)) {
            var asked = new CountDownLatch(1);
            var over = new CountDownLatch(1);
            Reply silent =
                    _ -> {
                        asked.countDown();
                        await(over);
                    };
            try (var server = new FakeUpstream(silent);
                    var model = UpstreamModel.open(options(server));
                    ChatStream answer = model.chat(ChatRequest.of("Hello?"))) {
                List<String> lines = new ArrayList<>();
                Thread reader = Thread.startVirtualThread(() -> lines.addAll(Events.lines(answer)));
                await(asked);
                if (closesModel) {
                    model.close();
                } else {
                    answer.close();
                }
                reader.join();
                assertEquals(1, lines.size());
                assertTrue(lines.getFirst().startsWith("finished CANCELLED"), lines.getFirst());
                over.countDown();
            }
        }
    }

    @Test
    void the_wish_for_an_answer_is_sent_on() throws Exception {
        var told = new CountDownLatch(1);
        Reply thinks =
                exchange -> {
                    begin(exchange, event("{\"reasoning_content\":\"Hm\"}", "null"));
                    await(told);
                    exchange.getResponseBody().write((text("Hi.") + END).getBytes(UTF_8));
                    exchange.close();
                };
        Reply control =
                exchange -> {
                    told.countDown();
                    status(200, "{\"success\":true}").answer(exchange);
                };
        try (var server = new FakeUpstream(thinks, control);
                var model = UpstreamModel.open(options(server));
                ChatStream answer = model.chat(ChatRequest.of("Hello?"))) {
            answer.answerNow();
            assertEquals("text Hi.", Events.lines(answer).get(1));
            assertEquals("/v1/chat/completions/control", server.requests().getLast().path());
            assertEquals(
                    "{\"id\":\"c1\",\"action\":\"reasoning_end\"}",
                    server.requests().getLast().body());
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "host:80",
                "ftp://host",
                "http://u:p@host",
                "http://host?x=1",
                "http://",
                "ht tp://x"
            })
    void what_is_no_address_is_refused(String text) {
        var refused =
                assertThrows(
                        IllegalArgumentException.class, () -> UpstreamOptions.of(text, Map.of()));
        assertTrue(said(refused).contains("no address of a server"));
    }

    @Test
    void an_address_may_name_the_path_or_leave_it_out() {
        assertEquals("http://h:1/v1", UpstreamAddress.of("http://h:1/").root().toString());
        assertEquals("https://h/api/v1", UpstreamAddress.of("https://h/api/v1/").root().toString());
        assertEquals(
                "https://h/v1",
                UpstreamAddress.of("https://h/v1/chat/completions").root().toString());
    }

    private static String said(Throwable failure) {
        return String.valueOf(failure.getMessage());
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt(); // the fake server is shut down
        }
    }
}
