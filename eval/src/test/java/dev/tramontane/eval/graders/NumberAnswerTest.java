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

class NumberAnswerTest {
    private static Grade grade(String reference, String answer) {
        return new NumberAnswer().grade(new Reference.Text(List.of(reference)), answer);
    }

    private static void right(String reference, String... answers) {
        for (String answer : answers) {
            Grade grade = grade(reference, answer);
            assertTrue(grade.correct(), answer + " " + grade);
        }
    }

    private static void wrong(String reference, String... answers) {
        for (String answer : answers) {
            Grade grade = grade(reference, answer);
            assertFalse(grade.correct(), answer + " " + grade);
        }
    }

    @Test
    void a_number_is_found_in_eleven_languages() {
        right(
                "18",
                "She sells 9 a day.\nAnswer: 18",
                "Answer: $18 a day, which is 2 more",
                "Janet verdient 9 + 9 = 18.\nAntwort: 18",
                "Réponse : 18 dollars",
                "Respuesta: 18",
                "Ответ: 18",
                "答案: 18",
                "答え: 18",
                "উত্তর: ১৮",
                "คำตอบ: ๑๘",
                "Jibu: 18",
                "సమాధానం: 18",
                "Answer: 9 + 9 = 18",
                "**Answer:** 18.",
                "\\boxed{18}",
                "In the end she has 18.",
                "18.0",
                "#### 18");
        wrong(
                "18",
                "",
                "Answer: 19",
                "Answer: 180",
                "Answer: 1.8",
                "Answer: -18",
                "In the end 18 of 20 are left: 2.");
    }

    @Test
    void behind_an_announcement_the_number_right_behind_it_counts_or_else_the_last_of_its_line() {
        right(
                "18",
                "Answer: she sells 9 eggs and earns $18",
                "Answer: 18 eggs of 20",
                "Answer: about 18 of 20",
                "Answer: \\(18\\) for 2 days",
                "The answer is, for 3 days, 18.\nThat is 6 a day.",
                "Answer: profit = 18 dollars for 2 days");
        wrong("9", "Answer: she sells 9 eggs and earns $18");
    }

    @Test
    void exponents_and_dashes_of_lists_belong_to_no_number() {
        right("60", "\\boxed{60 \\text{ m}^2}", "\\boxed{60\\,m^{2}}", "60 m^{-2}", "60 x_1");
        right("18", "What she has:\n- 18", "- $18");
        right("-18", "Answer: -18", "-18", "-$18", "\\boxed{-18}");
        wrong("-18", "What she has:\n- 18");
    }

    @Test
    void words_elsewhere_do_not_tell_the_language_of_an_announcement() {
        right(
                "1450",
                "No son ni 3 ni 4.\nRespuesta: 1.450",
                "Ni l'un ni l'autre.\nRéponse : 1.450",
                "The user asks in Spanish and wants the sum.\nRespuesta: 1.450",
                "No son ni 3 ni 4, \\boxed{1.450}");
        wrong("1450", "The answer is 1.450", "So the sum is this.\n#### 1.450", "Jibu ni 1.450");
    }

    @Test
    void marks_are_read_as_the_language_writes_them() {
        right(
                "1234",
                "Answer: 1,234",
                "Antwort: 1.234",
                "Réponse : 1 234",
                "Réponse : 1\u202f234",
                "Respuesta: 1.234",
                "Ответ: 1 234",
                "答案：1,234",
                "\\boxed{1{,}234}",
                "Antwort: 1'234");
        right(
                "1234567",
                "Answer: 1,234,567",
                "Antwort: 1.234.567",
                "Ответ: 1 234 567",
                "Answer: 12,34,567");
        right("2.5", "Answer: 2.5", "Antwort: 2,5", "Réponse : 2,50 €", "Ответ: 2,5");
        right("1,234", "Answer: 1234");
        wrong("1234", "Answer: 1.234", "Answer: 1,23", "答案：1.234");
        wrong("2.5", "Answer: 25", "Antwort: 2,05");
    }

    @Test
    void a_reference_that_is_no_number_is_refused() {
        assertThrows(IllegalArgumentException.class, () -> grade("two", "2"));
        assertEquals(Optional.empty(), grade("2", "two").extracted());
        assertTrue(grade("She has 3.\n#### 1,000", "Answer: 1000").correct());
    }
}
