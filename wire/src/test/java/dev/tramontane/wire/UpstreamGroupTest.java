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

import com.sun.net.httpserver.HttpExchange;

import dev.tramontane.chat.ChatRequest;
import dev.tramontane.chat.ChatStream;
import dev.tramontane.chat.InvalidRequestException;
import dev.tramontane.engine.EngineOverloadedException;
import dev.tramontane.wire.FakeUpstream.Reply;
import dev.tramontane.wire.UpstreamException.Fault;
import dev.tramontane.wire.UpstreamOptions.Limits;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;

/// Several servers under one name, which misbehave in every way. Pauses pass in no time, and the
/// clock of their breakers with them.
@Timeout(value = 5, unit = TimeUnit.MINUTES)
class UpstreamGroupTest {
    private static final Duration FOREVER = Duration.ofMinutes(4);
    private static final Reply HI = stream(text("Hi.") + END);
    private static final Limits NONE = Limits.NONE;

    private final AtomicLong clock = new AtomicLong();
    private final List<AutoCloseable> opened = new ArrayList<>();

    @AfterEach
    void close() throws Exception {
        for (AutoCloseable each : opened.reversed()) {
            each.close();
        }
    }

    private FakeUpstream server(Reply... replies) throws IOException {
        var server = new FakeUpstream(replies);
        opened.add(server);
        return server;
    }

    private UpstreamModel group(Limits limits, FakeUpstream... servers) {
        return group(limits, List.of(servers).stream().map(FakeUpstream::base).toList());
    }

    private UpstreamModel group(Limits limits, List<String> bases) {
        var patience =
                new UpstreamOptions.Patience(
                        FOREVER,
                        FOREVER,
                        FOREVER,
                        limits,
                        3,
                        time -> clock.addAndGet(time.toNanos()));
        List<UpstreamOptions> options =
                bases.stream()
                        .map(
                                base ->
                                        UpstreamOptions.of(
                                                base, Map.of("TRAMONTANE_API_KEY", "hunter2")))
                        .map(each -> each.withPatience(patience))
                        .toList();
        var trust = new UpstreamGroup.Trust(3, Duration.ofSeconds(2), Duration.ofSeconds(10));
        var group = new UpstreamGroup("large", options, trust);
        UpstreamModel model =
                UpstreamModel.open(new Upstreams(group, clock::get, () -> 0), "large");
        opened.add(model);
        return model;
    }

    private static String ask(UpstreamModel model) {
        return ask(model, "Hello?");
    }

    private static String ask(UpstreamModel model, String question) {
        try (ChatStream answer = model.chat(ChatRequest.of(question))) {
            return answer.collect().text();
        }
    }

    private static int asked(FakeUpstream... servers) {
        return List.of(servers).stream().mapToInt(server -> server.requests().size()).sum();
    }

    @Test
    void where_a_server_is_gone_the_other_answers() throws IOException {
        FakeUpstream there = server(HI, HI, HI, HI, HI, HI, HI, HI);
        FakeUpstream gone = server();
        UpstreamModel model = group(NONE, there, gone);
        gone.close();
        for (int i = 0; i < 8; i++) {
            assertEquals("Hi.", ask(model, "Question " + i));
        }
        assertEquals(8, there.requests().size());
    }

    @ParameterizedTest
    @ValueSource(ints = {429, 502, 503, 504, 500})
    void a_request_that_a_server_does_not_take_goes_to_another(int status) throws IOException {
        Reply refuses = status(status, "{}");
        FakeUpstream one = server(refuses, HI, HI);
        FakeUpstream other = server(refuses, HI, HI);
        UpstreamModel model = group(NONE, one, other);
        // both refuse once; a request that makes two servers fail is tried no more
        assertEquals(status == 500 ? "-" : "Hi.", orNothing(() -> ask(model)));
        assertEquals(status == 500 ? 2 : 3, asked(one, other));
        assertTrue(one.requests().size() > 0 && other.requests().size() > 0, "each was asked");
        assertEquals("Hi.", ask(model));
    }

    private static String orNothing(Supplier<String> question) {
        try {
            return question.get();
        } catch (UpstreamException _) {
            return "-";
        }
    }

    @Test
    void a_request_that_two_servers_failed_of_is_not_given_to_a_third() throws IOException {
        FakeUpstream[] servers = {
            server(broken("")), server(broken("")), server(broken("")),
        };
        UpstreamModel model = group(NONE, servers);
        var failed = assertThrows(UpstreamException.class, () -> ask(model));
        assertEquals(Fault.BROKEN, failed.fault());
        assertEquals(2, asked(servers));
    }

    @Test
    void nothing_is_tried_again_once_the_answer_has_begun() throws IOException {
        FakeUpstream[] servers = {
            server(broken(text("H"))), server(broken(text("H"))),
        };
        UpstreamModel model = group(NONE, servers);
        var failed = assertThrows(UpstreamException.class, () -> ask(model));
        assertEquals(
                "large: the connection broke; try again later, and tell whoever runs this server",
                failed.getMessage());
        assertEquals(1, asked(servers));
    }

    @Test
    void what_a_broken_try_left_behind_is_no_part_of_the_answer() throws IOException {
        Reply begins = broken(event("{\"content\":\"<thi\"}", "null"));
        UpstreamModel model = group(NONE, server(begins, HI), server(begins, HI));
        assertThrows(UpstreamException.class, () -> ask(model));
        assertEquals("Hi.", ask(model));
        UpstreamModel one = group(NONE, server(begins, HI));
        assertEquals("Hi.", ask(one));
    }

    @Test
    void a_busy_server_is_left_alone_as_long_as_it_asks() throws IOException {
        Reply busy = status(429, "{}", "Retry-After", "30");
        FakeUpstream one = server(busy, HI, HI, HI);
        UpstreamModel alone = group(NONE, one);
        assertEquals("Hi.", ask(alone), "waited for, since there is no other");
        assertEquals(Duration.ofSeconds(30), Duration.ofNanos(clock.get()));

        FakeUpstream first = server(busy, HI, HI, HI, HI);
        FakeUpstream second = server(busy, HI, HI, HI, HI);
        UpstreamModel both = group(NONE, first, second);
        assertEquals("Hi.", ask(both), "after both were busy");
        assertEquals("Hi.", ask(both));
    }

    @Test
    void where_all_are_busy_for_long_the_caller_is_told_to_come_back() throws IOException {
        Reply busy = status(503, "{\"message\":\"hidden\"}", "Retry-After", "3600");
        FakeUpstream[] servers = {server(busy), server(busy)};
        UpstreamModel model = group(NONE, servers);
        var told = assertThrows(EngineOverloadedException.class, () -> ask(model));
        assertEquals(
                "large: is busy, 2 times in a row; try again later, and tell whoever runs this server",
                told.getMessage());
        assertEquals(Duration.ofHours(1), told.retryAfter());
        clock.addAndGet(Duration.ofMinutes(59).toNanos());
        var still = assertThrows(EngineOverloadedException.class, () -> ask(model));
        assertEquals(Duration.ofMinutes(1), still.retryAfter());
        assertEquals(2, asked(servers), "nobody was asked meanwhile");
    }

    @Test
    void a_server_that_fails_too_often_is_left_alone_and_then_tried_once() throws IOException {
        Reply nonsense = stream("data: 7\n\n");
        FakeUpstream server = server(nonsense, nonsense, nonsense, nonsense, HI, HI);
        UpstreamModel model = group(NONE, server);
        for (int i = 0; i < 3; i++) {
            var refused = assertThrows(UpstreamException.class, () -> ask(model));
            assertEquals(Fault.NONSENSE, refused.fault());
        }
        var resting = assertThrows(UpstreamException.class, () -> ask(model));
        assertEquals(Fault.RESTING, resting.fault());
        assertEquals(3, server.requests().size());
        clock.addAndGet(Duration.ofSeconds(2).toNanos());
        assertThrows(UpstreamException.class, () -> ask(model));
        clock.addAndGet(Duration.ofSeconds(3).toNanos());
        assertEquals(
                Duration.ofSeconds(1),
                assertThrows(UpstreamException.class, () -> ask(model)).retryAfter().orElseThrow());
        clock.addAndGet(Duration.ofSeconds(1).toNanos());
        assertEquals("Hi.", ask(model));
        assertEquals("Hi.", ask(model));
    }

    @Test
    void requests_that_are_refused_are_no_failures_of_the_server() throws IOException {
        Reply refuses =
                status(
                        400,
                        "{\"error\":{\"message\":\"too long\",\"code\":\"context_length_exceeded\",\"param\":\"messages\"}}");
        UpstreamModel model = group(NONE, server(refuses, refuses, refuses, refuses, HI));
        for (int i = 0; i < 4; i++) {
            var refused = assertThrows(InvalidRequestException.class, () -> ask(model));
            assertEquals(
                    "messages: large: refuses it (too long); change the request",
                    refused.getMessage());
            assertEquals(InvalidRequestException.Kind.CONTEXT_LENGTH, refused.kind());
        }
        assertEquals("Hi.", ask(model));
    }

    @Test
    void neither_address_nor_key_nor_the_servers_words_are_told() throws IOException {
        FakeUpstream server = server();
        String words = "{\"error\":{\"message\":\"%s hunter2 secret\"}}".formatted(server.base());
        for (int status : new int[] {401, 403, 404, 500, 502, 307}) {
            UpstreamModel model = group(NONE, List.of(answering(status(status, words)).base()));
            var failed = assertThrows(UpstreamException.class, () -> ask(model));
            String told = String.valueOf(failed.getMessage());
            assertTrue(told.startsWith("large: "), told);
            assertFalse(told.contains("127.0.0.1") || told.contains("secret"), told);
            assertTrue(failed.particulars().contains("http://127.0.0.1:"), failed.particulars());
            assertFalse(failed.particulars().contains("hunter2"), failed.particulars());
        }
        FakeUpstream refusing = server();
        String naming =
                "{\"error\":{\"message\":\"see %s/help, hunter2\"}}".formatted(refusing.base());
        FakeUpstream asked =
                answering(status(400, naming.replace(refusing.base(), "http://127.0.0.1:1")));
        var refused =
                assertThrows(
                        InvalidRequestException.class,
                        () -> ask(group(NONE, List.of(asked.base()))));
        assertEquals(
                "request: large: refuses it (see http://large:1/help, …); change the request",
                refused.getMessage());
    }

    /// However often it is asked.
    private FakeUpstream answering(Reply reply) throws IOException {
        return server(reply, reply, reply);
    }

    @Test
    void each_server_may_know_the_model_by_a_name_of_its_own() throws IOException {
        FakeUpstream named = server(HI);
        FakeUpstream unnamed = server(HI);
        for (FakeUpstream server : List.of(named, unnamed)) {
            UpstreamOptions options = UpstreamOptions.of(server.base(), Map.of());
            var group =
                    new UpstreamGroup(
                            "large",
                            List.of(server == named ? options.withModel("org/Large") : options),
                            UpstreamGroup.Trust.STANDARD);
            try (UpstreamModel model = UpstreamModel.open(group)) {
                assertEquals("Hi.", ask(model));
            }
        }
        assertTrue(named.requests().getFirst().body().contains("\"model\":\"org/Large\""));
        assertTrue(unnamed.requests().getFirst().body().contains("\"model\":\"large\""));
    }

    @Test
    void a_server_that_only_shows_that_it_lives_is_late() throws IOException {
        var pings = new Endless(": ping\n\n");
        UpstreamModel model =
                group(
                        new Limits(Duration.ofMillis(300), FOREVER, FOREVER, 1L << 40),
                        server(pings));
        assertLate("no first token came for 0.3 s", model, pings);
    }

    @Test
    void a_server_that_stops_in_the_middle_is_late() throws IOException {
        var pings = new Endless(": ping\n\n", text("H"));
        UpstreamModel model =
                group(
                        new Limits(FOREVER, Duration.ofMillis(300), FOREVER, 1L << 40),
                        server(pings));
        assertLate("no more tokens came for 0.3 s", model, pings);
    }

    @Test
    void an_answer_that_does_not_end_is_late() throws IOException {
        var tokens = new Endless(text("H"));
        UpstreamModel model =
                group(
                        new Limits(FOREVER, FOREVER, Duration.ofMillis(300), 1L << 40),
                        server(tokens));
        assertLate("the answer was not complete after 0.3 s", model, tokens);
    }

    @Test
    void a_server_that_says_nothing_at_all_is_late() throws IOException {
        var over = new CountDownLatch(1);
        Reply silent =
                _ -> {
                    try {
                        over.await();
                    } catch (InterruptedException _) {
                        Thread.currentThread().interrupt();
                    }
                };
        UpstreamModel model =
                group(
                        new Limits(Duration.ofMillis(300), FOREVER, FOREVER, 1L << 40),
                        server(silent));
        var late = assertThrows(UpstreamException.class, () -> ask(model));
        assertTrue(String.valueOf(late.getMessage()).contains("no first token came for 0.3 s"));
        over.countDown();
    }

    private static void assertLate(String expected, UpstreamModel model, Endless reply) {
        var late = assertThrows(UpstreamException.class, () -> ask(model));
        assertEquals(Fault.LATE, late.fault());
        assertEquals(
                "large: "
                        + expected
                        + ", which is as long as anybody waits; try again later, and"
                        + " tell whoever runs this server",
                late.getMessage());
        reply.awaitCut();
    }

    @Test
    void reading_a_long_prompt_is_a_sign_of_life_as_long_as_it_goes_on() throws IOException {
        Endless stuck =
                new Endless(
                        "data: {\"prompt_progress\":{\"processed\":5,\"total\":9},\"choices\":[]}\n\n");
        UpstreamModel model =
                group(
                        new Limits(Duration.ofMillis(300), FOREVER, FOREVER, 1L << 40),
                        server(stuck));
        assertLate("no first token came for 0.3 s", model, stuck);
    }

    @Test
    void an_answer_longer_than_any_is_refused() throws IOException {
        var tokens = new Endless(text("H".repeat(1000)));
        UpstreamModel model = group(new Limits(FOREVER, FOREVER, FOREVER, 100_000), server(tokens));
        var refused = assertThrows(UpstreamException.class, () -> ask(model));
        assertEquals(Fault.NONSENSE, refused.fault());
        assertTrue(refused.particulars().contains("more than 100000 bytes"), refused.particulars());
        tokens.awaitCut();
    }

    @Test
    @SuppressWarnings("try") // left without being read is what is tried
    void an_answer_that_nobody_wants_is_cut_and_leaves_its_place() throws IOException {
        var tokens = new Endless(text("H"));
        Reply nonsense = stream("data: 7\n\n");
        FakeUpstream server = server(nonsense, nonsense, nonsense, tokens, HI);
        UpstreamModel model = group(NONE, server);
        for (int i = 0; i < 3; i++) {
            assertThrows(UpstreamException.class, () -> ask(model));
        }
        clock.addAndGet(Duration.ofSeconds(2).toNanos());
        try (ChatStream left = model.chat(ChatRequest.of("Hello?"))) {
            tokens.awaitBegun();
            assertThrows(UpstreamException.class, () -> ask(model), "one tries the server");
        }
        tokens.awaitCut();
        assertEquals("Hi.", ask(model), "and then another may");
    }

    @Test
    void a_web_page_and_a_connection_that_breaks_are_told_alike_and_in_time() throws IOException {
        Map<Fault, List<Reply>> replies =
                Map.of(
                        Fault.NONSENSE,
                        List.of(
                                whole(200, "text/html", "<html>Log in</html>"),
                                whole(200, "text/plain", "hello"),
                                whole(200, "application/json", "{\"choices\":"),
                                whole(200, "application/json", "[]"),
                                stream("data: {\"choices\":[{\"index\":0,\"delta\":\n\n"),
                                stream(event("{\"content\":\"x\"}", "\"because\""))),
                        Fault.BROKEN,
                        List.of(
                                stream(""),
                                stream("data: [DONE]\n\n"),
                                stream(text("H")),
                                whole(200, "application/json", "{\"choices\":{\"a\":1}}"),
                                stream("data: {\"choices\":7,\"usage\":[]}\n\n"),
                                stream("data: {\"choices\":[{\"delta\":\"x\"}]}\n\n"),
                                stream("data: {\"choices\":[{\"delta\":{\"content\":7}}]}\n\n")));
        for (Map.Entry<Fault, List<Reply>> each : replies.entrySet()) {
            for (Reply reply : each.getValue()) {
                UpstreamModel model = group(NONE, answering(reply));
                var failed = assertThrows(UpstreamException.class, () -> ask(model));
                assertEquals(each.getKey(), failed.fault(), failed.particulars());
            }
        }
    }

    /// Sends the first events once and the last one for ever.
    private static final class Endless implements Reply {
        private final String again;
        private final String first;
        private final CountDownLatch begun = new CountDownLatch(1);
        private final CountDownLatch cut = new CountDownLatch(1);

        Endless(String again) {
            this(again, "");
        }

        Endless(String again, String first) {
            this.again = again;
            this.first = first;
        }

        @Override
        public void answer(HttpExchange exchange) throws IOException {
            begin(exchange, first);
            begun.countDown();
            byte[] bytes = again.getBytes(UTF_8);
            try {
                while (true) {
                    exchange.getResponseBody().write(bytes);
                    exchange.getResponseBody().flush();
                }
            } finally {
                cut.countDown(); // writing fails when nobody listens
            }
        }

        void awaitBegun() {
            await(begun);
        }

        void awaitCut() {
            await(cut);
        }

        private static void await(CountDownLatch latch) {
            try {
                latch.await();
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
        }
    }
}
