package dev.tramontane.eval.benchmark;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tramontane.eval.graders.AnyAnswer;
import dev.tramontane.eval.items.Item;

import org.junit.jupiter.api.Test;

import java.util.List;

class GeneratedItemsTest {
    private static final ItemSource.Generated SOURCE = new ItemSource.Generated(378, List.of());

    private static long distinct(List<Item> items, String field) {
        return items.stream().map(item -> item.fields().get(field)).distinct().count();
    }

    @Test
    void a_round_has_every_family_in_every_language() {
        List<Item> items = GeneratedItems.of(SOURCE, List.of(), 7);
        assertEquals(378, items.size());
        assertEquals(378, items.stream().map(Item::id).distinct().count());
        assertEquals(9, distinct(items, Item.LANGUAGE));
        assertEquals(14, distinct(items, Item.KIND));
        assertEquals(9, distinct(items, "instruction"));
        assertTrue(
                items.stream()
                        .allMatch(
                                item ->
                                        item.fields()
                                                .getOrDefault("instruction", "")
                                                .contains("\\boxed{}")));
        assertEquals(items, GeneratedItems.of(SOURCE, List.of(), 7));
    }

    @Test
    void languages_can_be_chosen() {
        List<Item> items = GeneratedItems.of(SOURCE, List.of("fr", "ja"), 7);
        assertEquals(2, distinct(items, Item.LANGUAGE));
        assertEquals(
                1,
                distinct(
                        GeneratedItems.of(
                                new ItemSource.Generated(20, List.of("ar")), List.of(), 7),
                        Item.LANGUAGE));
        var refused =
                assertThrows(
                        TaskFileException.class, () -> GeneratedItems.of(SOURCE, List.of("xx"), 7));
        assertTrue(refused.toString().contains("xx"), refused.toString());
    }

    @Test
    void the_task_shows_the_question_and_grades_what_is_boxed() {
        var grader = new AnyAnswer();
        for (Item item : GeneratedItems.of(SOURCE, List.of(), 7)) {
            var key = (Item.Fixed) item.key();
            String right =
                    ((dev.tramontane.eval.Reference.Text) key.reference()).accepted().getFirst();
            assertTrue(
                    grader.grade(key.reference(), "So: \\boxed{" + right + "}").correct(),
                    item + right);
            assertTrue(
                    !grader.grade(key.reference(), "So: \\boxed{none of these}").correct(),
                    item + right);
        }
    }
}
