package dev.tramontane.eval.benchmark;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tramontane.eval.Reference;
import dev.tramontane.eval.graders.AnyAnswer;
import dev.tramontane.eval.items.Item;
import dev.tramontane.eval.suite.Language;
import dev.tramontane.eval.suite.ProblemFamily;
import dev.tramontane.eval.suite.SuiteChoice;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;

import java.util.List;

class GeneratedItemsTest {
    private static final int ROUND = ProblemFamily.all().size() * Language.values().length;
    private static final ItemSource.Generated SOURCE =
            new ItemSource.Generated(ROUND, SuiteChoice.ALL);

    private static long distinct(List<Item> items, String field) {
        return items.stream().map(item -> item.fields().get(field)).distinct().count();
    }

    @Test
    void a_round_has_every_family_in_every_language() {
        List<Item> items = GeneratedItems.of(SOURCE, List.of(), 7);
        assertEquals(ROUND, items.size());
        assertEquals(ROUND, items.stream().map(Item::id).distinct().count());
        assertEquals(Language.values().length, distinct(items, Item.LANGUAGE));
        assertEquals(ProblemFamily.all().size(), distinct(items, Item.KIND));
        for (Item item : items) {
            boolean asksForBox =
                    item.fields().getOrDefault("instruction", "").contains("\\boxed{}");
            assertEquals(reference(item) instanceof Reference.Text, asksForBox, item.id());
        }
        assertEquals(items, GeneratedItems.of(SOURCE, List.of(), 7));
    }

    private static Reference reference(Item item) {
        return ((Item.Fixed) item.key()).reference();
    }

    @Test
    void languages_can_be_chosen() {
        List<Item> items = GeneratedItems.of(SOURCE, List.of("fr", "ja"), 7);
        assertEquals(2, distinct(items, Item.LANGUAGE));
        assertEquals(
                1,
                distinct(
                        GeneratedItems.of(
                                new ItemSource.Generated(
                                        20,
                                        GeneratedItems.choice(List.of(), List.of("ar"), List.of())),
                                List.of(),
                                7),
                        Item.LANGUAGE));
        assertRefused("xx", () -> GeneratedItems.of(SOURCE, List.of("xx"), 7));
    }

    @Test
    void a_task_may_want_some_families_and_levels() {
        SuiteChoice choice =
                GeneratedItems.choice(List.of("chain", "calendar"), List.of(), List.of(2));
        List<Item> items =
                GeneratedItems.of(new ItemSource.Generated(ROUND, choice), List.of("en"), 7);
        assertEquals(2, distinct(items, Item.KIND));
        assertTrue(items.stream().allMatch(item -> item.id().contains("/en/2/")), items::toString);
        assertRefused(
                "chains", () -> GeneratedItems.choice(List.of("chains"), List.of(), List.of()));
        assertRefused("level 4", () -> GeneratedItems.choice(List.of(), List.of(), List.of(4)));
    }

    private static void assertRefused(String word, Executable made) {
        var refused = assertThrows(TaskFileException.class, made);
        assertTrue(refused.toString().contains(word), refused.toString());
    }

    @Test
    void the_task_shows_the_question_and_grades_what_is_boxed() {
        var grader = new AnyAnswer();
        for (Item item : GeneratedItems.of(SOURCE, List.of(), 7)) {
            Reference reference = reference(item);
            String right =
                    switch (reference) {
                        case Reference.Text text ->
                                "So: \\boxed{" + text.accepted().getFirst() + "}";
                        case Reference.Verbatim text -> text.text();
                        case Reference.Choice _, Reference.Tests _ ->
                                throw new AssertionError(reference);
                    };
            assertTrue(grader.grade(reference, right).correct(), item + right);
            assertFalse(
                    grader.grade(reference, "So: \\boxed{none of these}").correct(), item + right);
        }
    }
}
