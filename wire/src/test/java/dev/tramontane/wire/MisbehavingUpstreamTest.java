package dev.tramontane.wire;

import static dev.tramontane.wire.FakeGroup.FOREVER;
import static dev.tramontane.wire.FakeGroup.HI;
import static dev.tramontane.wire.FakeGroup.ask;
import static dev.tramontane.wire.FakeUpstream.END;
import static dev.tramontane.wire.FakeUpstream.begin;
import static dev.tramontane.wire.FakeUpstream.broken;
import static dev.tramontane.wire.FakeUpstream.event;
import static dev.tramontane.wire.FakeUpstream.stream;
import static dev.tramontane.wire.FakeUpstream.text;
import static dev.tramontane.wire.FakeUpstream.whole;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tramontane.wire.FakeUpstream.Reply;
import dev.tramontane.wire.UpstreamException.Fault;
import dev.tramontane.wire.UpstreamOptions.Limits;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/// Servers that are late, and servers that answer nonsense: one clear error in time.
@Timeout(value = 5, unit = TimeUnit.MINUTES)
class MisbehavingUpstreamTest {
    /// Long enough for a request to be on its way on a busy machine, once the first was.
    private static final Duration SOON = Duration.ofSeconds(1);

    private static final long ANY_BYTES = Long.MAX_VALUE;

    private final FakeGroup fakes = new FakeGroup();

    @BeforeAll
    static void ask_once() throws IOException {
        try (var first = new FakeGroup()) {
            assertEquals("Hi.", ask(first.model(first.server(HI))), "it takes longest");
        }
    }

    @AfterEach
    void close() {
        fakes.close();
    }

    @Test
    void a_server_that_only_shows_that_it_lives_is_late() throws IOException {
        var pings = new EndlessReply("", ": ping\n\n");
        UpstreamModel model =
                fakes.model(new Limits(SOON, FOREVER, FOREVER, ANY_BYTES), fakes.server(pings));
        assertLate("no first token came for 1.0 s", model, pings);
    }

    @Test
    void a_server_that_stops_in_the_middle_is_late() throws IOException {
        var pings = new EndlessReply(text("H"), ": ping\n\n");
        UpstreamModel model =
                fakes.model(new Limits(FOREVER, SOON, FOREVER, ANY_BYTES), fakes.server(pings));
        assertLate("no more tokens came for 1.0 s", model, pings);
    }

    @Test
    void pieces_of_a_call_are_signs_of_life() throws IOException {
        String piece =
                "data: {\"choices\":[{\"index\":0,\"delta\":{\"tool_calls\":[{\"index\":0,\"id\":\"c\",\"function\":{\"name\":\"f\",\"arguments\":\"1\"}}]}}]}\n\n";
        var pieces = new EndlessReply(text("H"), piece);
        UpstreamModel model =
                fakes.model(
                        new Limits(FOREVER, SOON, SOON.multipliedBy(2), ANY_BYTES),
                        fakes.server(pieces));
        assertLate("the answer was not complete after 2.0 s", model, pieces);
    }

    @Test
    void an_answer_that_does_not_end_is_late() throws IOException {
        var tokens = new EndlessReply("", text("H"));
        UpstreamModel model =
                fakes.model(new Limits(FOREVER, FOREVER, SOON, ANY_BYTES), fakes.server(tokens));
        assertLate("the answer was not complete after 1.0 s", model, tokens);
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
                fakes.model(new Limits(SOON, FOREVER, FOREVER, ANY_BYTES), fakes.server(silent));
        var late = assertThrows(UpstreamException.class, () -> ask(model));
        assertTrue(String.valueOf(late.getMessage()).contains("no first token came for 1.0 s"));
        over.countDown();
    }

    private static void assertLate(String expected, UpstreamModel model, EndlessReply reply) {
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
        EndlessReply stuck = new EndlessReply("", progress(5));
        UpstreamModel model =
                fakes.model(new Limits(SOON, FOREVER, FOREVER, ANY_BYTES), fakes.server(stuck));
        assertLate("no first token came for 1.0 s", model, stuck);
    }

    private static String progress(int tokens) {
        return "data: {\"prompt_progress\":{\"processed\":%d,\"total\":9},\"choices\":[]}\n\n"
                .formatted(tokens);
    }

    @Test
    void a_prompt_that_is_read_again_is_a_sign_of_life_from_its_beginning() throws IOException {
        Reply slow =
                exchange -> {
                    begin(exchange, progress(1));
                    for (String next : List.of(progress(2), progress(3), text("Hi.") + END)) {
                        LockSupport.parkNanos(SOON.toNanos());
                        exchange.getResponseBody().write(next.getBytes(StandardCharsets.UTF_8));
                        exchange.getResponseBody().flush();
                    }
                    exchange.close();
                };
        UpstreamModel model =
                fakes.model(
                        new Limits(SOON.multipliedBy(2), FOREVER, FOREVER, ANY_BYTES),
                        fakes.server(broken(progress(8)), slow));
        assertEquals("Hi.", ask(model));
    }

    @Test
    void an_answer_longer_than_any_is_refused() throws IOException {
        var tokens = new EndlessReply("", text("H".repeat(1000)));
        UpstreamModel model =
                fakes.model(new Limits(FOREVER, FOREVER, FOREVER, 100_000), fakes.server(tokens));
        var refused = assertThrows(UpstreamException.class, () -> ask(model));
        assertEquals(Fault.NONSENSE, refused.fault());
        assertTrue(refused.particulars().contains("more than 100000 bytes"), refused.particulars());
        tokens.awaitCut();
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
                UpstreamModel model = fakes.model(fakes.server(reply, reply));
                var failed = assertThrows(UpstreamException.class, () -> ask(model));
                assertEquals(each.getKey(), failed.fault(), failed.particulars());
            }
        }
    }
}
