package dev.tramontane.wire;

import static dev.tramontane.wire.FakeGroup.HI;
import static dev.tramontane.wire.FakeGroup.ask;
import static dev.tramontane.wire.FakeGroup.asked;
import static dev.tramontane.wire.FakeUpstream.broken;
import static dev.tramontane.wire.FakeUpstream.event;
import static dev.tramontane.wire.FakeUpstream.status;
import static dev.tramontane.wire.FakeUpstream.stream;
import static dev.tramontane.wire.FakeUpstream.text;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tramontane.chat.ChatRequest;
import dev.tramontane.chat.ChatStream;
import dev.tramontane.chat.InvalidRequestException;
import dev.tramontane.engine.EngineOverloadedException;
import dev.tramontane.wire.FakeUpstream.Reply;
import dev.tramontane.wire.UpstreamException.Fault;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/// Several servers under one name, which misbehave in every way. Pauses pass in no time, and the
/// clock of their breakers with them.
@Timeout(value = 5, unit = TimeUnit.MINUTES)
class UpstreamGroupTest {
    private final FakeGroup fakes = new FakeGroup();

    @AfterEach
    void close() {
        fakes.close();
    }

    @Test
    void where_a_server_is_gone_the_other_answers() throws IOException {
        FakeUpstream there = fakes.server(HI, HI, HI, HI, HI, HI, HI, HI);
        FakeUpstream gone = fakes.server();
        UpstreamModel model = fakes.model(there, gone);
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
        FakeUpstream one = fakes.server(refuses, HI, HI);
        FakeUpstream other = fakes.server(refuses, HI, HI);
        UpstreamModel model = fakes.model(one, other);
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
            fakes.server(broken("")), fakes.server(broken("")), fakes.server(broken("")),
        };
        UpstreamModel model = fakes.model(servers);
        var failed = assertThrows(UpstreamException.class, () -> ask(model));
        assertEquals(Fault.BROKEN, failed.fault());
        assertEquals(2, asked(servers));
    }

    @Test
    void nothing_is_tried_again_once_the_answer_has_begun() throws IOException {
        FakeUpstream[] servers = {
            fakes.server(broken(text("H"))), fakes.server(broken(text("H"))),
        };
        UpstreamModel model = fakes.model(servers);
        var failed = assertThrows(UpstreamException.class, () -> ask(model));
        assertEquals(
                "large: the connection broke; try again later, and tell whoever runs this server",
                failed.getMessage());
        assertEquals(1, asked(servers));
    }

    @Test
    void what_a_broken_try_left_behind_is_no_part_of_the_answer() throws IOException {
        Reply begins = broken(event("{\"content\":\"<thi\"}", "null"));
        UpstreamModel model = fakes.model(fakes.server(begins, HI), fakes.server(begins, HI));
        assertThrows(UpstreamException.class, () -> ask(model));
        assertEquals("Hi.", ask(model));
        UpstreamModel one = fakes.model(fakes.server(begins, HI));
        assertEquals("Hi.", ask(one));
    }

    @Test
    void a_busy_server_is_left_alone_as_long_as_it_asks() throws IOException {
        Reply busy = status(429, "{}", "Retry-After", "30");
        FakeUpstream one = fakes.server(busy, HI, HI, HI);
        UpstreamModel alone = fakes.model(one);
        assertEquals("Hi.", ask(alone), "waited for, since there is no other");
        assertEquals(Duration.ofSeconds(30), Duration.ofNanos(fakes.clock.get()));

        FakeUpstream first = fakes.server(busy, HI, HI, HI, HI);
        FakeUpstream second = fakes.server(busy, HI, HI, HI, HI);
        UpstreamModel both = fakes.model(first, second);
        assertEquals("Hi.", ask(both), "after both were busy");
        assertEquals("Hi.", ask(both));
    }

    @Test
    void where_all_are_busy_for_long_the_caller_is_told_to_come_back() throws IOException {
        Reply busy = status(503, "{\"message\":\"hidden\"}", "Retry-After", "3600");
        FakeUpstream[] servers = {fakes.server(busy), fakes.server(busy)};
        UpstreamModel model = fakes.model(servers);
        var told = assertThrows(EngineOverloadedException.class, () -> ask(model));
        assertEquals(
                "large: is busy, 2 times in a row; try again later, and tell whoever runs this server",
                told.getMessage());
        assertEquals(Duration.ofHours(1), told.retryAfter());
        fakes.pass(Duration.ofMinutes(59));
        var still = assertThrows(EngineOverloadedException.class, () -> ask(model));
        assertEquals(Duration.ofMinutes(1), still.retryAfter());
        assertEquals(2, asked(servers), "nobody was asked meanwhile");
    }

    @Test
    void a_server_that_is_busy_for_ages_is_asked_again_after_an_hour() throws IOException {
        Reply busy = status(503, "{}", "Retry-After", "Fri, 31 Dec 9999 23:59:59 GMT");
        UpstreamModel model = fakes.model(fakes.server(busy, HI));
        assertThrows(EngineOverloadedException.class, () -> ask(model));
        var still = assertThrows(EngineOverloadedException.class, () -> ask(model));
        assertEquals(Duration.ofHours(1), still.retryAfter());
        fakes.pass(Duration.ofHours(1));
        assertEquals("Hi.", ask(model));
    }

    @Test
    void a_server_that_fails_too_often_is_left_alone_and_then_tried_once() throws IOException {
        Reply nonsense = stream("data: 7\n\n");
        FakeUpstream server = fakes.server(nonsense, nonsense, nonsense, nonsense, HI, HI);
        UpstreamModel model = fakes.model(server);
        for (int i = 0; i < 3; i++) {
            var refused = assertThrows(UpstreamException.class, () -> ask(model));
            assertEquals(Fault.NONSENSE, refused.fault());
        }
        var resting = assertThrows(UpstreamException.class, () -> ask(model));
        assertEquals(Fault.RESTING, resting.fault());
        assertEquals(3, server.requests().size());
        fakes.pass(Duration.ofSeconds(2));
        assertThrows(UpstreamException.class, () -> ask(model));
        fakes.pass(Duration.ofSeconds(3));
        assertEquals(
                Duration.ofSeconds(1),
                assertThrows(UpstreamException.class, () -> ask(model)).retryAfter().orElseThrow());
        fakes.pass(Duration.ofSeconds(1));
        assertEquals("Hi.", ask(model));
        assertEquals("Hi.", ask(model));
    }

    @Test
    void requests_that_are_refused_are_no_failures_of_the_server() throws IOException {
        Reply refuses =
                status(
                        400,
                        "{\"error\":{\"message\":\"too long\",\"code\":\"context_length_exceeded\",\"param\":\"messages\"}}");
        UpstreamModel model = fakes.model(fakes.server(refuses, refuses, refuses, refuses, HI));
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
        String words = "{\"error\":{\"message\":\"http://127.0.0.1 hunter2 secret\"}}";
        for (int status : new int[] {401, 403, 404, 500, 502, 307}) {
            UpstreamModel model = fakes.model(answering(status(status, words)));
            var failed = assertThrows(UpstreamException.class, () -> ask(model));
            String told = String.valueOf(failed.getMessage());
            assertTrue(told.startsWith("large: "), told);
            assertFalse(told.contains("127.0.0.1") || told.contains("secret"), told);
            assertTrue(failed.particulars().contains("http://127.0.0.1:"), failed.particulars());
            assertFalse(failed.particulars().contains("hunter2"), failed.particulars());
        }
        String naming = "{\"error\":{\"message\":\"see http://127.0.0.1:1/help, hunter2\"}}";
        UpstreamModel refusing = fakes.model(answering(status(400, naming)));
        var refused = assertThrows(InvalidRequestException.class, () -> ask(refusing));
        assertEquals(
                "request: large: refuses it (see http://large:1/help, …); change the request",
                refused.getMessage());
    }

    /// However often it is asked.
    private FakeUpstream answering(Reply reply) throws IOException {
        return fakes.server(reply, reply, reply);
    }

    @Test
    void each_server_may_know_the_model_by_a_name_of_its_own() throws IOException {
        FakeUpstream named = fakes.server(HI);
        FakeUpstream unnamed = fakes.server(HI);
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
    @SuppressWarnings("try") // left without being read is what is tried
    void an_answer_that_nobody_wants_is_cut_and_leaves_its_place() throws IOException {
        var tokens = new EndlessReply("", text("H"));
        Reply nonsense = stream("data: 7\n\n");
        FakeUpstream server = fakes.server(nonsense, nonsense, nonsense, tokens, HI);
        UpstreamModel model = fakes.model(server);
        for (int i = 0; i < 3; i++) {
            assertThrows(UpstreamException.class, () -> ask(model));
        }
        fakes.pass(Duration.ofSeconds(2));
        try (ChatStream left = model.chat(ChatRequest.of("Hello?"))) {
            tokens.awaitBegun();
            assertThrows(UpstreamException.class, () -> ask(model), "one tries the server");
        }
        tokens.awaitCut();
        assertEquals("Hi.", ask(model), "and then another may");
    }
}
