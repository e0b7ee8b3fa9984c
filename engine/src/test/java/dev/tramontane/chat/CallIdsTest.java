package dev.tramontane.chat;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tramontane.chat.Message.AssistantMessage;
import dev.tramontane.chat.Message.ToolMessage;

import org.junit.jupiter.api.Test;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;

class CallIdsTest {
    @Test
    void a_foreign_id_becomes_the_same_nine_letters_in_call_and_result_and_every_turn() {
        List<Message> once = CallIds.fitted(turn("call_abc"));
        String id = idOf(once, 1);
        assertTrue(id.matches("[a-zA-Z0-9]{9}"), id);
        assertEquals(Optional.of(id), ((ToolMessage) once.get(2)).callId());
        List<Message> longer = new ArrayList<>(turn("call_abc"));
        longer.addAll(turn("call_xyz"));
        assertEquals(once, CallIds.fitted(longer).subList(0, 3));
        assertNotEquals(id, idOf(CallIds.fitted(longer), 4));
    }

    @Test
    void an_id_that_fits_stays_and_what_is_none_is_left_to_be_refused() {
        for (String id : List.of("a1B2c3D4e", "", "null")) {
            assertEquals(turn(id), CallIds.fitted(turn(id)));
        }
        List<Message> absent =
                List.of(
                        new AssistantMessage(
                                List.of(),
                                List.of(new ToolCall(Optional.empty(), "f", "{}")),
                                false));
        assertEquals(absent, CallIds.fitted(absent));
    }

    @Test
    void ids_of_one_conversation_never_meet() {
        String fitting = idOf(CallIds.fitted(turn("call_1")), 1);
        List<Message> both = new ArrayList<>(turn("call_1"));
        both.addAll(turn(fitting));
        List<Message> fitted = CallIds.fitted(both);
        assertEquals(fitting, idOf(fitted, 4));
        assertNotEquals(fitting, idOf(fitted, 1));
        Set<String> ids = new HashSet<>();
        IntStream.range(0, 10_000).forEach(i -> ids.add(CallIds.of(i)));
        assertEquals(10_000, ids.size());
    }

    private static String idOf(List<Message> messages, int at) {
        return ((AssistantMessage) messages.get(at)).toolCalls().getFirst().id().orElseThrow();
    }

    private static List<Message> turn(String id) {
        return List.of(
                new Message.UserMessage("?"),
                new AssistantMessage(
                        List.of(), List.of(new ToolCall(Optional.of(id), "f", "{}")), false),
                new ToolMessage(
                        List.of(new Chunk.TextChunk("1")), Optional.of(id), Optional.empty()));
    }
}
