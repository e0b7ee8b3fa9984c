package dev.tramontane.eval.run;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

import java.util.List;

class ResponseTest {
    private record Case(String text, String thinking, String answer, boolean unfinished) {}

    @Test
    void thinking_is_told_from_the_answer_however_it_is_marked() {
        for (Case each :
                List.of(
                        new Case("The answer is 4.", "", "The answer is 4.", false),
                        new Case("[THINK]2+2[/THINK]It is 4.", "2+2", "It is 4.", false),
                        new Case("<think>\n2+2\n</think>\n\n4", "2+2", "4", false),
                        new Case(
                                "2+2 is \\boxed{5}?\n</think>\n4",
                                "2+2 is \\boxed{5}?", "4", false),
                        new Case("Well. [THINK]a[/THINK] 4", "Well. a", "4", false),
                        new Case("[THINK]a[/THINK]x[THINK]b[/THINK]4", "a\n\nxb", "4", false),
                        new Case("[THINK]so \\boxed{7}", "so \\boxed{7}", "", true),
                        new Case("<think>a</think>4<think>hm", "a\n\nhm", "4", true),
                        new Case("<think>a <think> b</think> 4", "a  b", "4", false),
                        new Case("<thinking>a</thinking>4", "a", "4", false),
                        new Case("", "", "", false))) {
            Response response = Response.of(each.text());
            assertEquals(
                    each,
                    new Case(
                            each.text(),
                            response.thinking(),
                            response.answer(),
                            response.unfinished()));
        }
    }

    @Test
    void where_the_prompt_opened_it_all_is_thinking_that_nothing_closes() {
        assertEquals(new Response("so \\boxed{7}", "", true), Response.of("so \\boxed{7}", true));
        assertEquals(new Response("a", "4", false), Response.of("a</think>4", true));
        assertEquals(Response.of("4"), Response.of("4", false));
        assertTrue(Response.wasOpenedBefore("a</think>4"));
        assertFalse(Response.wasOpenedBefore("<think>a</think>4"));
        assertFalse(Response.wasOpenedBefore("4"));
    }

    @Test
    void marks_in_a_text_whose_thinking_came_apart_are_heeded_too() {
        assertEquals(
                new Response("first\n\nsecond", "4", false),
                Response.of("first", "second</think>4", false));
        assertEquals(new Response("first", "4", true), Response.of("first", "4", true));
    }
}
