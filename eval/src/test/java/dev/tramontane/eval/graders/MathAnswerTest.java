package dev.tramontane.eval.graders;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tramontane.eval.Grade;
import dev.tramontane.eval.Reference;

import org.junit.jupiter.api.Test;

import java.util.List;
import java.util.Optional;

class MathAnswerTest {
    private static Grade grade(String reference, String answer) {
        return new MathAnswer().grade(new Reference.Text(List.of(reference)), answer);
    }

    private static void extracts(String expected, String answer) {
        assertEquals(Optional.of(expected), grade("0", answer).extracted(), answer);
    }

    @Test
    void the_last_box_counts_however_it_nests() {
        extracts("42", "First \\boxed{41}, no: $\\boxed{42}$.");
        extracts("\\frac{1}{2}", "So $x = \\boxed{\\frac{1}{2}}$. The answer is 3.");
        extracts("\\{1, 2\\}", "\\boxed{\\{1, 2\\}}");
        extracts("5", "It is \\boxed 5, as said");
        extracts("3", "\\boxed{x = \\boxed{3}}");
        extracts("7", "\\fbox{7} and then \\boxed{8");
    }

    @Test
    void an_announced_answer_counts_in_many_languages() {
        for (String answer :
                List.of(
                        "We add. The answer is 391. I hope that helps with 2 of 3.",
                        "The final answer is $391$. I hope it is correct.",
                        "The answer to the second question is 391, since 17 times 23 gives it.",
                        "**Answer:** 391",
                        "### Final Answer\n\n391",
                        "**Final Answer**\n\n$$391$$\n",
                        "Final answer: $\\mathbf{391}$",
                        "Step 1: 17 · 23\n#### 391",
                        "La réponse finale est 391.",
                        "Réponse : 391",
                        "Die Antwort lautet: **391**.",
                        "La respuesta es $391$",
                        "La risposta è 391!",
                        "Die Antwort ist also 391.",
                        "La réponse est donc $391$.",
                        "Ответ: 391.",
                        "所以答案是391。",
                        "最终答案：391",
                        "答えは 391。",
                        "الجواب هو ٣٩١.",
                        "উত্তর: ৩৯১",
                        "คำตอบคือ 391",
                        "Jibu: 391",
                        "సమాధానం: 391",
                        "정답은 391")) {
            Grade grade = grade("391", answer);
            assertTrue(grade.correct(), answer + " " + grade);
        }
    }

    @Test
    void a_final_answer_in_words_begins_behind_the_verb() {
        assertTrue(grade("Monday", "The final answer is Monday.").correct());
        assertTrue(grade("Monday", "The final answer to part b would be Monday.").correct());
        assertTrue(grade("Monday", "**Final Answer** Monday").correct());
    }

    @Test
    void without_signs_the_last_formula_or_number_counts() {
        assertTrue(grade("391", "17 * 23 = 391").correct());
        assertTrue(grade("12", "There are 3 boxes of 4, so $3 \\cdot 4 = 12$ apples.").correct());
        assertTrue(
                grade("12", "There are 3 boxes with 4 apples, which makes **12 apples**.")
                        .correct());
        assertTrue(
                grade("1234", "We count 17 groups.\nAll in all there are 1,234 of them.")
                        .correct());
        assertTrue(grade("Evelyn", "Evelyn").correct());
        assertTrue(grade("(1,2)", "(1,2)").correct());
        assertTrue(grade("\\frac{3}{4}", "Thus the probability is \\(\\frac{3}{4}\\).").correct());
        assertFalse(grade("17", "There are 17 groups of 23, 391 in all.").correct());
    }

    @Test
    void in_an_announced_sentence_what_something_is_counts() {
        assertTrue(grade("34", "Final Answer: The largest $n$ is 34.").correct());
        assertTrue(
                grade("19", "Final Answer: The most points of $f(x)$ that there may be is 19.")
                        .correct());
        assertTrue(
                grade("3", "Final Answer: Jane started growing the sphere 3 hours ago.").correct());
        assertTrue(grade("Room 5", "The answer is the office in Room 5.").extracted().isPresent());
        assertFalse(grade("17", "Final Answer: The largest $n$ below 17 is 13.").correct());
    }

    @Test
    void a_number_in_a_later_sentence_than_the_last_formula_counts() {
        assertTrue(
                grade("12", "Each gives $d = \\frac{90}{n}$. Hence there are 12 such sequences.")
                        .correct());
        assertTrue(grade("12", "Hence $x = 12$, which has 2 digits.").correct());
    }

    @Test
    void an_exclamation_behind_an_announced_number_may_be_a_factorial() {
        assertTrue(grade("6", "Answer: 6!").correct());
        assertTrue(grade("720", "Answer: 6!").correct());
        assertTrue(grade("720", "\\boxed{6!}").correct());
        assertFalse(grade("6", "\\boxed{6!}").correct());
        assertFalse(grade("5", "Answer: 6!").correct());
    }

    @Test
    void boxes_in_one_sentence_are_several_answers_unless_one_is_taken_back() {
        assertTrue(
                grade("(3, 3), (1, 1)", "\\boxed{(3,3)} for part (a) and \\boxed{(1,1)}")
                        .correct());
        assertTrue(grade("\\{1, 2\\}", "\\boxed{1} papers and \\boxed{2} bins").correct());
        assertFalse(grade("1, 2", "\\boxed{1}, no wait, it is \\boxed{2}").correct());
        assertTrue(grade("\\(\\boxed{1}\\) and \\(\\boxed{-2}\\).", "\\boxed{-2, 1}").correct());
        assertFalse(grade("\\(\\boxed{1}\\) and \\(\\boxed{-2}\\).", "\\boxed{-2}").correct());
    }

    @Test
    void commands_that_were_escaped_twice_are_read() {
        assertTrue(grade("\\frac12", "so it is \\\\boxed{\\\\frac{1}{2}}").correct());
        assertTrue(grade("\\\\frac{1}{2}", "0.5").correct());
        assertFalse(grade("\\frac12", "so it is \\\\boxed{\\\\frac{1}{3}}").correct());
    }

    @Test
    void several_boxes_are_one_answer_where_it_has_several_parts() {
        assertTrue(grade("2, 3", "x is \\boxed{2} or \\boxed{3}.").correct());
        assertTrue(grade("3", "x is \\boxed{2} or rather \\boxed{3}.").correct());
        assertFalse(grade("2", "x is \\boxed{2} or \\boxed{3}.").correct());
        assertFalse(
                grade(
                                "2, 3",
                                "First \\boxed{2}. Then, with the other sign of the root, \\boxed{4}.")
                        .correct());
    }

    @Test
    void a_reference_may_be_a_solution() {
        assertTrue(grade("He has 3 + 4 = 7.\n#### 7", "\\boxed{7}").correct());
        assertTrue(grade("Hence $\\boxed{\\frac{1}{2}}$.", "0.5").correct());
        var several = new Reference.Text(List.of("1/2", "50\\%", "half"));
        assertTrue(new MathAnswer().grade(several, "\\boxed{\\text{half}}").correct());
        assertTrue(
                new MathAnswer()
                        .grade(new Reference.Choice('B', List.of("1", "2")), "\\boxed{\\text{(B)}}")
                        .correct());
    }

    @Test
    void what_was_compared_is_told() {
        Grade grade = grade("\\frac12", "\\boxed{0.5}");
        assertEquals("boxed: 0.5, the same mathematically, against \\frac12", grade.why());
        assertEquals(Optional.empty(), grade("1", "I do not know.\nSorry.").extracted());
        assertThrows(
                IllegalArgumentException.class,
                () ->
                        new MathAnswer()
                                .grade(new Reference.Tests(Optional.empty(), List.of()), "1"));
    }
}
