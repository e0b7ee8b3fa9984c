package dev.tramontane.server.conversation;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tramontane.chat.InvalidRequestException;
import dev.tramontane.server.conversation.AnswerPlan.Mode;
import dev.tramontane.server.conversation.Conversation.Titler;
import dev.tramontane.server.conversation.Conversations.Begun;
import dev.tramontane.server.conversation.Conversations.Change;
import dev.tramontane.server.conversation.Conversations.End;
import dev.tramontane.server.store.Postgres;
import dev.tramontane.server.store.StoreSettings;
import dev.tramontane.server.store.StoreSettings.Dialect;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.UUID;

/// Conversations in either database.
class ConversationsTest {
    private static final AnswerPlan PLAN =
            new AnswerPlan(
                    "m", Mode.THINK, OptionalInt.of(100), 1, OptionalLong.of(7), "Be brief.");

    @TempDir private static Path folder;
    private static @Nullable Postgres postgres;

    private Instant now = Instant.parse("2026-11-01T12:00:00Z");

    @AfterAll
    static void stop() throws InterruptedException {
        if (postgres != null) {
            postgres.close();
        }
    }

    private static StoreSettings place(Dialect dialect) throws Exception {
        return switch (dialect) {
            case SQLITE -> StoreSettings.file(folder.resolve(UUID.randomUUID() + ".db"));
            case POSTGRESQL -> {
                Postgres running = postgres == null ? Postgres.start(folder) : postgres;
                postgres = running;
                yield running.fresh();
            }
        };
    }

    private Conversations open(StoreSettings place) {
        return new Conversations(place, () -> now);
    }

    private static String id() {
        return UUID.randomUUID().toString();
    }

    private static Begun ask(Conversations all, String id, @Nullable String parent, String text) {
        return all.ask("me", id, Optional.ofNullable(parent), Content.of(text), PLAN).orElseThrow();
    }

    private static void finish(Conversations all, Begun begun, String text) {
        End end = new End("Hm.", text, AnswerState.DONE, JsonNodeFactory.instance.objectNode());
        assertTrue(all.finish(begun.answer(), end));
    }

    private static StoredMessage answer(Conversations all, String id) {
        return all.messages("me", id).orElseThrow().getLast();
    }

    private static AnswerState state(StoredMessage message) {
        return message.answer().orElseThrow().state();
    }

    private static List<String> found(Conversations all, String query) {
        Listing listing = all.list("me", new Listing.Wish(query, false, 50, Optional.empty()));
        return listing.conversations().stream().map(Conversation::title).toList();
    }

    @ParameterizedTest
    @EnumSource
    void what_is_said_is_found_again_by_its_owner_alone(Dialect dialect) throws Exception {
        try (Conversations all = open(place(dialect))) {
            String id = id();
            Begun begun = ask(all, id, null, "How many primes lie below 100?");
            finish(all, begun, "25");
            StoredMessage told = answer(all, id);
            assertEquals("25", told.content().text());
            assertEquals("Hm.", told.thinking());
            assertEquals(PLAN, told.answer().orElseThrow().plan());
            assertEquals(
                    "How many primes lie below 100?", all.find("me", id).orElseThrow().title());
            assertTrue(all.find("you", id).isEmpty());
            assertTrue(all.messages("you", id).isEmpty());
            assertTrue(all.delete("you", id).isEmpty());
            assertTrue(all.again("you", id, begun.question().id(), PLAN).isEmpty());
            assertTrue(all.ask("you", id, Optional.empty(), Content.of("Mine?"), PLAN).isEmpty());
            Change theft =
                    new Change(
                            Optional.of("Mine"),
                            Optional.empty(),
                            Optional.empty(),
                            Optional.empty());
            assertTrue(all.change("you", id, theft).isEmpty());
            assertEquals(2, all.messages("me", id).orElseThrow().size());
        }
    }

    @ParameterizedTest
    @EnumSource
    void a_branch_knows_what_stands_above_it_and_nothing_beside_it(Dialect dialect)
            throws Exception {
        try (Conversations all = open(place(dialect))) {
            String id = id();
            Begun first = ask(all, id, null, "One");
            finish(all, first, "1");
            Begun second = ask(all, id, first.answer(), "Two");
            finish(all, second, "2");
            Begun other = ask(all, id, first.answer(), "Three");
            assertEquals(
                    List.of("One", "1", "Three"),
                    other.path().stream().map(message -> message.content().text()).toList());
            finish(all, other, "3");
            Begun again = all.again("me", id, second.question().id(), PLAN).orElseThrow();
            assertEquals(second.question().id(), again.question().id());
            assertEquals(Optional.of(again.answer()), all.find("me", id).orElseThrow().leaf());
            assertEquals(7, all.messages("me", id).orElseThrow().size());
        }
    }

    @ParameterizedTest
    @EnumSource
    void what_follows_nothing_is_refused(Dialect dialect) throws Exception {
        try (Conversations all = open(place(dialect))) {
            String id = id();
            Begun begun = ask(all, id, null, "One");
            for (String parent : List.of(begun.answer(), begun.question().id(), id(), "x")) {
                assertThrows(
                        InvalidRequestException.class, () -> ask(all, id, parent, "Two"), parent);
            }
            assertThrows(
                    InvalidRequestException.class, () -> ask(all, id(), begun.answer(), "Two"));
            assertEquals(2, all.messages("me", id).orElseThrow().size());
            assertEquals(1, found(all, "").size());
        }
    }

    @ParameterizedTest
    @EnumSource
    void a_search_knows_letters_of_any_size_and_takes_signs_as_they_are(Dialect dialect)
            throws Exception {
        try (Conversations all = open(place(dialect))) {
            finish(all, ask(all, id(), null, "Привет, мир"), "100% richtig, STRASSE");
            finish(all, ask(all, id(), null, "Other"), "100 of them_all, \uFB01ne");
            assertEquals(List.of("Привет, мир"), found(all, "ПРИВЕТ"));
            assertEquals(List.of("Привет, мир"), found(all, "0% r"));
            assertEquals(List.of("Other"), found(all, "m_a"));
            assertEquals(List.of("Other"), found(all, "FINE"));
            assertEquals(List.of(), found(all, "m!a"));
            assertEquals(2, found(all, "100").size());
        }
    }

    @ParameterizedTest
    @EnumSource
    void a_list_comes_part_by_part_pinned_ones_first(Dialect dialect) throws Exception {
        try (Conversations all = open(place(dialect))) {
            List<String> ids = new ArrayList<>();
            for (int i = 0; i < 7; i++) {
                now = now.plusSeconds(i % 3); // some at the same moment
                ids.add(all.create("me", "C" + i).id());
            }
            Change pin =
                    new Change(
                            Optional.empty(),
                            Optional.of(true),
                            Optional.empty(),
                            Optional.empty());
            assertTrue(all.change("me", ids.get(2), pin).isPresent());
            List<String> told = new ArrayList<>();
            Optional<Listing.Cursor> after = Optional.empty();
            do {
                Listing part = all.list("me", new Listing.Wish("", false, 2, after));
                part.conversations().forEach(each -> told.add(each.id()));
                after = part.next().map(cursor -> Listing.Cursor.of(cursor.text()));
            } while (after.isPresent());
            assertEquals(ids.get(2), told.getFirst());
            assertEquals(7, told.stream().distinct().count());
            assertEquals(7, told.size());
        }
    }

    @ParameterizedTest
    @EnumSource
    void a_running_answer_is_seen_as_far_as_it_is_stored(Dialect dialect) throws Exception {
        try (Conversations all = open(place(dialect))) {
            String id = id();
            Begun begun = ask(all, id, null, "Count");
            assertTrue(all.append(begun.answer(), 0, Conversations.Growth.of("Let me ", "")));
            assertTrue(all.append(begun.answer(), 1, Conversations.Growth.of("see.", "1, ")));
            assertTrue(all.append(begun.answer(), 2, Conversations.Growth.of("", "2")));
            assertEquals("Let me see.", answer(all, id).thinking());
            assertEquals("1, 2", answer(all, id).content().text());
            assertEquals(AnswerState.RUNNING, state(answer(all, id)));
            assertTrue(all.find("me", id).orElseThrow().answering());
            assertEquals(Optional.of(List.of(begun.answer())), all.delete("me", id));
            assertFalse(
                    all.append(begun.answer(), 3, Conversations.Growth.of("", "3")),
                    "there is no such answer any more");
            assertFalse(
                    all.finish(
                            begun.answer(),
                            new End(
                                    "",
                                    "",
                                    AnswerState.DONE,
                                    JsonNodeFactory.instance.objectNode())));
        }
    }

    @ParameterizedTest
    @EnumSource
    void an_answer_without_a_sign_of_life_is_interrupted_and_goes_on_when_there_is_one(
            Dialect dialect) throws Exception {
        StoreSettings place = place(dialect);
        try (Conversations all = open(place)) {
            String id = id();
            Begun begun = ask(all, id, null, "Count");
            all.append(begun.answer(), 0, Conversations.Growth.of("Hm.", "1, "));
            now = now.plus(Duration.ofSeconds(11));
            assertEquals(AnswerState.INTERRUPTED, state(answer(all, id)));
            assertEquals("1, ", answer(all, id).content().text());
            assertFalse(all.find("me", id).orElseThrow().answering());
            assertTrue(all.append(begun.answer(), 1, Conversations.Growth.of("", "2")));
            assertEquals(AnswerState.RUNNING, state(answer(all, id)));
            now = now.plus(Duration.ofSeconds(11));
            try (Conversations next = open(place)) { // which ends those without a writer for good
                assertEquals(AnswerState.INTERRUPTED, state(answer(next, id)));
                assertEquals("1, 2", answer(next, id).content().text());
                assertEquals(List.of("Count"), found(next, "1, 2"));
                assertTrue(
                        all.append(begun.answer(), 2, Conversations.Growth.of("", ", 3")),
                        "its writer was alive after all");
                assertEquals("1, 2, 3", answer(next, id).content().text());
            }
            finish(all, begun, "1, 2, 3.");
            assertEquals("1, 2, 3.", answer(all, id).content().text());
        }
    }

    @ParameterizedTest
    @EnumSource
    void an_answer_that_is_interrupted_twice_keeps_what_was_stored_both_times(Dialect dialect)
            throws Exception {
        StoreSettings place = place(dialect);
        try (Conversations all = open(place)) {
            String id = id();
            Begun begun = ask(all, id, null, "Count");
            for (int i = 0; i < 2; i++) {
                String number = i + ", ";
                assertTrue(all.append(begun.answer(), i, Conversations.Growth.of("Hm.", number)));
                now = now.plus(Duration.ofSeconds(11));
                try (Conversations next = open(place)) {
                    next.look();
                }
            }
            assertEquals("0, 1, ", answer(all, id).content().text());
            assertEquals("Hm.Hm.", answer(all, id).thinking());
            assertEquals(List.of("Count"), found(all, "0, 1"));
        }
    }

    @ParameterizedTest
    @EnumSource
    void an_answer_that_nobody_writes_any_more_can_be_followed(Dialect dialect) throws Exception {
        try (Conversations all = open(place(dialect))) {
            String id = id();
            Begun begun = ask(all, id, null, "Count");
            all.append(begun.answer(), 0, Conversations.Growth.of("", "1, "));
            assertThrows(
                    InvalidRequestException.class, () -> ask(all, id, begun.answer(), "Go on"));
            now = now.plus(Duration.ofSeconds(11));
            Begun next = ask(all, id, begun.answer(), "Go on");
            assertEquals(
                    List.of("Count", "1, ", "Go on"),
                    next.path().stream().map(message -> message.content().text()).toList());
        }
    }

    @ParameterizedTest
    @EnumSource
    void what_was_exported_is_imported_also_where_the_clock_was_set_back(Dialect dialect)
            throws Exception {
        try (Conversations all = open(place(dialect))) {
            String id = id();
            Begun first = ask(all, id, null, "One");
            finish(all, first, "1");
            now = now.minusSeconds(5);
            Begun second = ask(all, id, first.answer(), "Two");
            finish(all, second, "2");
            ObjectNode file =
                    ConversationText.json(
                            all.find("me", id).orElseThrow(), all.messages("me", id).orElseThrow());
            List<Conversation> added = all.add("me", ConversationReader.read(file));
            assertEquals(
                    List.of("One", "1", "Two", "2"),
                    all.messages("me", added.getFirst().id()).orElseThrow().stream()
                            .map(message -> message.content().text())
                            .toList());
        }
    }

    /// Whoever looks for the longest run of backticks by growing the fence is at it for minutes.
    @Test
    @Timeout(60)
    void a_text_of_nothing_but_backticks_is_exported_within_more_of_them() {
        String ticks = "`".repeat(4 << 20);
        Content content = Content.of("See.");
        content.attachments().addObject().put("name", "a.txt").put("text", "``" + "\n" + ticks);
        var message =
                new StoredMessage(
                        "m",
                        Optional.empty(),
                        StoredMessage.Role.USER,
                        content,
                        "``",
                        now,
                        Optional.empty());
        var head =
                new Conversation(
                        "c",
                        "Ticks",
                        Titler.PERSON,
                        now,
                        now,
                        false,
                        false,
                        Optional.empty(),
                        false,
                        Optional.empty());
        String text = ConversationText.MARKDOWN.write(head, List.of(message));
        assertTrue(text.contains("\n\n`" + ticks + "\n``\n" + ticks + "\n`" + ticks + "\n"));
        assertTrue(text.contains("\n\n```\n``\n```\n"));
    }

    @ParameterizedTest
    @EnumSource
    void a_title_of_the_models_gives_way_to_one_of_a_persons(Dialect dialect) throws Exception {
        try (Conversations all = open(place(dialect))) {
            String id = id();
            ask(all, id, null, "Count");
            assertTrue(all.entitle(id, "Counting"));
            assertEquals(List.of("Counting"), found(all, ""));
            Change rename =
                    new Change(
                            Optional.of("Mine"),
                            Optional.empty(),
                            Optional.empty(),
                            Optional.empty());
            assertTrue(all.change("me", id, rename).isPresent());
            assertFalse(all.entitle(id, "Other"));
            assertEquals(List.of("Mine"), found(all, ""));
        }
    }

    @ParameterizedTest
    @EnumSource
    void characters_that_no_database_keeps_are_replaced(Dialect dialect) throws Exception {
        try (Conversations all = open(place(dialect))) {
            String id = id();
            Begun begun = ask(all, id, null, "a\u0000b \ud83d\ude00 \ud83d");
            all.append(begun.answer(), 0, Conversations.Growth.of("\ude00", "x\u0000"));
            assertEquals("a\ufffdb \ud83d\ude00 \ufffd", begun.question().content().text());
            assertEquals("x\ufffd", answer(all, id).content().text());
            assertEquals("\ufffd", answer(all, id).thinking());
            assertNotNull(all.find("me", id).orElseThrow().title());
        }
    }
}
