package dev.tramontane.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tramontane.wire.ResponseWriter;
import dev.tramontane.wire.Responses;

import org.junit.jupiter.api.Test;

import tools.jackson.databind.node.ObjectNode;

import java.util.List;
import java.util.Optional;

/// What is remembered, for how long, and for whom.
class ResponseStoreTest {
    private static final long ROOM = 1 << 20;

    private static ObjectNode item(String id, String text) {
        return Json.object().put("id", id).put("text", text);
    }

    private static void put(ResponseStore store, String owner, String id, String previous) {
        put(store, owner, id, previous, id);
    }

    private static void put(
            ResponseStore store, String owner, String id, String previous, String text) {
        var memory =
                new Responses.Memory(
                        true,
                        Optional.of(previous).filter(each -> !each.isEmpty()),
                        List.of(item("in-" + id, "asked " + text)));
        store.put(
                owner,
                memory,
                new ResponseWriter.Ended(
                        Json.object().put("id", id), List.of(item("out-" + id, "told " + text))));
    }

    private static List<String> conversation(ResponseStore store, String owner, String id) {
        return store.past(owner).conversation(id).stream()
                .map(item -> item.path("text").stringValue())
                .toList();
    }

    @Test
    void a_conversation_is_told_from_its_beginning() {
        var store = new ResponseStore(new ResponseStore.Bounds(10, ROOM));
        put(store, "a", "1", "");
        put(store, "a", "2", "1");
        put(store, "a", "2b", "1");
        put(store, "a", "3", "2");
        assertEquals(
                List.of("asked 1", "told 1", "asked 2", "told 2", "asked 3", "told 3"),
                conversation(store, "a", "3"));
        assertEquals(
                List.of("asked 1", "told 1", "asked 2b", "told 2b"),
                conversation(store, "a", "2b"));
        assertThrows(RefusedException.class, () -> conversation(store, "b", "3"));
        assertEquals(Optional.empty(), store.past("b").item("in-1"));
        assertTrue(store.past("a").item("in-1").isPresent());
    }

    @Test
    void beyond_the_bound_those_that_nobody_asked_about_for_longest_go() {
        var store = new ResponseStore(new ResponseStore.Bounds(3, ROOM));
        put(store, "a", "1", "");
        put(store, "a", "2", "");
        put(store, "a", "3", "");
        assertTrue(store.find("a", "1").isPresent());
        put(store, "a", "4", "");
        assertEquals(3, store.size());
        assertFalse(store.find("a", "2").isPresent());
        assertEquals(Optional.empty(), store.past("a").item("out-2"));
        assertTrue(store.find("a", "1").isPresent());
    }

    @Test
    void going_on_from_a_response_keeps_all_that_it_stands_on_and_its_beginning_longest() {
        var store = new ResponseStore(new ResponseStore.Bounds(4, ROOM));
        put(store, "a", "1", "");
        put(store, "a", "2", "1");
        put(store, "a", "other", "");
        assertEquals(4, conversation(store, "a", "2").size());
        put(store, "a", "3", "2");
        put(store, "a", "4", "3");
        assertFalse(store.find("a", "other").isPresent());
        assertEquals(8, conversation(store, "a", "4").size());
    }

    @Test
    void whoever_has_the_most_responses_loses_first_where_there_are_too_many() {
        var store = new ResponseStore(new ResponseStore.Bounds(10, ROOM));
        put(store, "thorough", "1", "", "x".repeat(50_000));
        for (int i = 0; i < 100; i++) {
            put(store, "busy", "b" + i, "");
        }
        assertEquals(10, store.size());
        assertTrue(store.find("thorough", "1").isPresent());
        assertTrue(store.find("busy", "b99").isPresent());
    }

    @Test
    void bytes_are_bounded_and_whoever_has_the_most_loses_first() {
        var store = new ResponseStore(new ResponseStore.Bounds(1000, 100_000));
        put(store, "modest", "1", "");
        for (int i = 0; i < 100; i++) {
            put(store, "greedy", "g" + i, "", "x".repeat(5000));
        }
        assertTrue(store.find("modest", "1").isPresent());
        assertTrue(store.find("greedy", "g99").isPresent());
        assertFalse(store.find("greedy", "g0").isPresent());
        assertTrue(store.size() < 12, store.size() + " of about 11 kB each");
    }

    @Test
    void what_is_larger_than_all_the_room_is_forgotten_at_once() {
        var store = new ResponseStore(new ResponseStore.Bounds(10, 10_000));
        put(store, "a", "1", "");
        put(store, "b", "2", "", "x".repeat(20_000));
        assertFalse(store.find("b", "2").isPresent());
        assertTrue(store.find("a", "1").isPresent());
        assertEquals(1, store.size());
    }

    @Test
    void an_item_that_was_sent_twice_is_known_as_long_as_either_is_kept() {
        var store = new ResponseStore(new ResponseStore.Bounds(10, ROOM));
        put(store, "a", "1", "", "first");
        var memory =
                new Responses.Memory(true, Optional.empty(), List.of(item("in-1", "asked first")));
        store.put("a", memory, new ResponseWriter.Ended(Json.object().put("id", "2"), List.of()));
        store.delete("a", "2");
        assertTrue(store.past("a").item("in-1").isPresent());
        store.delete("a", "1");
        assertEquals(Optional.empty(), store.past("a").item("in-1"));
        assertEquals(0, store.size());
        assertThrows(RefusedException.class, () -> store.delete("a", "1"));
    }
}
