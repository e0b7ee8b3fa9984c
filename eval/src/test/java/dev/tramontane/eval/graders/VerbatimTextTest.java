package dev.tramontane.eval.graders;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tramontane.eval.Grade;
import dev.tramontane.eval.Reference;

import org.junit.jupiter.api.Test;

import java.util.Optional;

class VerbatimTextTest {
    private static Grade grade(String right, String answer) {
        return new AnyAnswer().grade(new Reference.Verbatim(right), answer);
    }

    @Test
    void a_text_is_right_letter_by_letter_however_it_is_spaced() {
        assertTrue(grade("The key 42 Anna", " The key\n42  Anna ").correct());
        assertFalse(grade("The key 42 Anna", "the key 42 Anna").correct());
        assertFalse(grade("The key 42 Anna", "The key 42 Anna.").correct());
        assertFalse(grade("The key 42 Anna", "The key 42").correct());
        assertFalse(grade("42", "42.0").correct());
        assertFalse(grade("B", "the answer is B").correct());
    }

    @Test
    void a_box_may_hold_it() {
        assertTrue(grade("The key", "The text is \\boxed{\\text{The key}}.").correct());
        assertTrue(grade("The key", "\\boxed{The key}").correct());
        assertFalse(grade("The key", "The key \\boxed{\\text{The lock}}").correct());
    }

    @Test
    void the_form_is_kept_without_a_box() {
        AnswerForm form = AnswerForm.of(new Reference.Verbatim("The key"));
        assertTrue(form.isKept("The key"));
        assertFalse(form.isKept("\\boxed{The key}"));
        assertFalse(form.isKept(" "));
    }

    @Test
    void nothing_is_no_answer() {
        Grade grade = grade("The key", " \n");
        assertFalse(grade.correct());
        assertEquals(Optional.empty(), grade.extracted());
    }
}
