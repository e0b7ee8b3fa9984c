package dev.tramontane.wire;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tramontane.chat.ChatRequest;
import dev.tramontane.chat.Chunk;
import dev.tramontane.chat.Message;
import dev.tramontane.engine.EngineOverloadedException;
import dev.tramontane.wire.UpstreamGroup.Trust;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;

/// Which of several servers is asked. None of them is there.
class UpstreamsTest {
    private final List<Upstreams> opened = new ArrayList<>();
    private long now;

    private Upstreams upstreams(String... hosts) {
        List<UpstreamOptions> servers =
                Stream.of(hosts)
                        .map(host -> UpstreamOptions.of("http://" + host, Map.of()))
                        .toList();
        var trust = new Trust(1, Duration.ofSeconds(2), Duration.ofSeconds(10));
        var made = new Upstreams(new UpstreamGroup("model", servers, trust), () -> now, () -> 0);
        opened.add(made);
        return made;
    }

    @AfterEach
    void close() {
        opened.forEach(Upstreams::close);
    }

    private static Upstreams.Lease take(Upstreams upstreams, long conversation) {
        return upstreams.take(conversation, Set.of()).orElseThrow();
    }

    /// The server that a conversation prefers.
    private static String preferred(Upstreams upstreams, long conversation) {
        Upstreams.Lease lease = take(upstreams, conversation);
        lease.succeeded();
        return lease.member().address();
    }

    private static long conversation(String question) {
        return ConversationHash.of(ChatRequest.of(question));
    }

    @Test
    void conversations_are_spread_evenly() {
        Upstreams upstreams = upstreams("a", "b", "c");
        Map<String, Integer> counts = new HashMap<>();
        for (int i = 0; i < 3000; i++) {
            counts.merge(preferred(upstreams, conversation("Question " + i)), 1, Integer::sum);
        }
        assertEquals(3, counts.size());
        counts.values().forEach(count -> assertTrue(Math.abs(count - 1000) < 150, counts + ""));
    }

    @Test
    void a_server_that_goes_moves_no_conversation_but_its_own() {
        Upstreams three = upstreams("a", "b", "c");
        Upstreams two = upstreams("b", "a");
        for (int i = 0; i < 300; i++) {
            String before = preferred(three, conversation("Question " + i));
            String after = preferred(two, conversation("Question " + i));
            assertTrue(before.equals("http://c/v1") || before.equals(after), before + after);
        }
    }

    @Test
    void all_turns_of_a_conversation_go_to_the_same_server() {
        List<Message> turns =
                new ArrayList<>(
                        List.of(
                                new Message.SystemMessage("Be brief."),
                                new Message.UserMessage("One?")));
        long first = ConversationHash.of(ChatRequest.of(turns));
        turns.add(
                new Message.AssistantMessage(
                        List.of(new Chunk.TextChunk("Two.")), List.of(), false));
        turns.add(new Message.UserMessage("Three?"));
        assertEquals(first, ConversationHash.of(ChatRequest.of(turns)));
        turns.set(1, new Message.UserMessage("Four?"));
        assertNotEquals(first, ConversationHash.of(ChatRequest.of(turns)));
        assertNotEquals(
                ConversationHash.of(
                        ChatRequest.of(
                                List.of(
                                        new Message.SystemMessage("ab"),
                                        new Message.UserMessage("c")))),
                ConversationHash.of(
                        ChatRequest.of(
                                List.of(
                                        new Message.SystemMessage("a"),
                                        new Message.UserMessage("bc")))));
    }

    @Test
    void a_server_that_is_much_busier_is_passed_over() {
        Upstreams upstreams = upstreams("a", "b");
        long conversation = conversation("Hello?");
        String preferred = preferred(upstreams, conversation);
        List<Upstreams.Lease> leases = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            leases.add(take(upstreams, conversation));
            assertEquals(preferred, leases.getLast().member().address());
        }
        Upstreams.Lease other = take(upstreams, conversation);
        assertNotEquals(preferred, other.member().address());
        leases.forEach(Upstreams.Lease::left);
        other.left();
        other.left();
        assertEquals(0, other.member().answering(), "what ends twice is counted once");
        assertEquals(preferred, preferred(upstreams, conversation));
    }

    @Test
    void of_the_others_the_least_busy_one_is_asked() {
        Upstreams upstreams = upstreams("a", "b", "c");
        long conversation = conversation("Hello?");
        Map<String, Integer> counts = new HashMap<>();
        for (int i = 0; i < 60; i++) {
            counts.merge(take(upstreams, conversation).member().address(), 1, Integer::sum);
        }
        List<Integer> sorted = counts.values().stream().sorted().toList();
        assertEquals(60, sorted.stream().mapToInt(Integer::intValue).sum());
        assertTrue(sorted.get(1) - sorted.get(0) <= 1, sorted + "");
        assertTrue(sorted.get(2) - sorted.get(0) <= 1 + sorted.get(0) / 2, sorted + "");
    }

    @Test
    void a_server_that_was_tried_is_asked_again_only_where_there_is_no_other() {
        Upstreams upstreams = upstreams("a", "b");
        long conversation = conversation("Hello?");
        Upstreams.Lease first = take(upstreams, conversation);
        assertTrue(upstreams.hasAnother(Set.of(first.member())));
        Upstreams.Lease second = upstreams.take(conversation, Set.of(first.member())).orElseThrow();
        assertNotEquals(first.member(), second.member());
        Set<Upstreams.Member> both = Set.of(first.member(), second.member());
        assertEquals(first.member(), upstreams.take(conversation, both).orElseThrow().member());
        second.failed("test");
        first.failed("test");
        assertTrue(upstreams.take(conversation, both).isEmpty());
    }

    @Test
    void where_all_have_failed_it_is_said_when_to_come_back() {
        Upstreams upstreams = upstreams("a", "b");
        take(upstreams, 1).failed("test");
        now += Duration.ofMillis(500).toNanos();
        take(upstreams, 1).failed("test");
        assertTrue(upstreams.take(1, Set.of()).isEmpty());
        var resting = (UpstreamException) upstreams.resting();
        assertEquals(UpstreamException.Fault.RESTING, resting.fault());
        assertEquals(Duration.ofMillis(1500), resting.retryAfter().orElseThrow());
        assertEquals(
                "model: failed too often just now, and is left alone for a time; try again in 2 s",
                resting.getMessage());
    }

    @Test
    void where_one_is_only_busy_the_caller_is_overloading_them() {
        Upstreams upstreams = upstreams("a", "b");
        take(upstreams, 1).failed("test");
        take(upstreams, 1).busy(Duration.ofSeconds(1));
        var busy = (EngineOverloadedException) upstreams.resting();
        assertEquals(Duration.ofSeconds(1), busy.retryAfter());
        now += Duration.ofSeconds(1).toNanos();
        assertTrue(upstreams.take(1, Set.of()).isPresent());
    }

    @Test
    void no_servers_and_the_same_one_twice_are_refused() {
        var one = UpstreamOptions.of("http://a", Map.of());
        var same = UpstreamOptions.of("http://a/v1/", Map.of());
        for (List<UpstreamOptions> wrong :
                List.of(List.<UpstreamOptions>of(), List.of(one, same))) {
            assertThrows(
                    IllegalArgumentException.class,
                    () -> new UpstreamGroup("model", wrong, Trust.STANDARD));
        }
        assertThrows(
                IllegalArgumentException.class,
                () -> new Trust(0, Duration.ofSeconds(1), Duration.ofSeconds(2)));
        assertThrows(
                IllegalArgumentException.class,
                () -> new Trust(1, Duration.ofSeconds(3), Duration.ofSeconds(2)));
    }
}
