package dev.tramontane.eval.graders;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tramontane.eval.Grade;
import dev.tramontane.eval.Reference;

import org.junit.jupiter.api.Test;

import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

class ChoiceLetterTest {
    private static final List<String> LENGTHS = List.of("4 m", "5 m", "6 m", "a matter of taste");

    private static Optional<String> letter(String answer) {
        return new ChoiceLetter().grade(new Reference.Choice('B', LENGTHS), answer).extracted();
    }

    @Test
    void the_letter_is_found_however_it_is_written() {
        for (String answer :
                List.of(
                        "B",
                        "b",
                        "(B)",
                        "**B**",
                        "**(B)**",
                        "B.",
                        "B) 5 m",
                        "B: 5 m",
                        "Answer: B",
                        "Answer: **B**",
                        "ANSWER: $B$",
                        "**Answer:** (B) 5 m",
                        "The answer is B.",
                        "The answer is (b).",
                        "The correct answer is option B, because A and C are too short.",
                        "the correct option is B.",
                        "The correct choice is **B) 5 m**",
                        "So the answer is $\\boxed{\\text{B}}$",
                        "\\boxed{B}",
                        "\\boxed{\\mathbf{(B)}}",
                        "\\boxed{\\text{B) 5 m}}",
                        "\\boxed{5\\text{ m}}",
                        "I compare A and C.\n\nB) 5 m",
                        "I think that (B) is the correct answer.",
                        "Option B is correct.",
                        "Therefore, the best choice is:\n\n**B. 5 m**",
                        "The answer is 5 m.",
                        "The final answer is B) 5 m",
                        "The final answer is B, because it is longer.",
                        "The final answer would be (B), since A is too short.",
                        "Final answer to the question: B",
                        "Правильный ответ — В",
                        "Answer: B. Statement I is true but II is not.",
                        "Answer: B\n\nVitamin A is best absorbed with fat.",
                        "Answer: B\n\nA is true of most, C is right next to it.",
                        "It is seen below.\nThe answer is this:\n\nOption B is correct.",
                        "5 m",
                        "Ａnswer: Ｂ",
                        "Die richtige Antwort ist B.",
                        "Antwort: B",
                        "La réponse correcte est B",
                        "Réponse : (B)",
                        "La respuesta correcta es la opción B",
                        "La risposta corretta è B.",
                        "Правильный ответ: В",
                        "Ответ: B",
                        "答案是B。",
                        "答案：B",
                        "因此选B",
                        "正解はBです。",
                        "الإجابة الصحيحة هي B",
                        "Hence, B.",
                        "I would go with option B.",
                        "My choice: B",
                        "Looking at the options, this leaves (B).")) {
            assertEquals(Optional.of("B"), letter(answer), answer);
        }
    }

    @Test
    void letters_behind_j_are_letters_of_choices_too() {
        List<String> many =
                "a b c d e f g h i j k l m"
                        .chars()
                        .filter(c -> c > ' ')
                        .mapToObj(c -> "choice " + (char) c)
                        .toList();
        for (String answer :
                List.of("K", "因此选K", "所以选择 K。", "答案是K", "The answer is (K).", "\\boxed{K}")) {
            assertTrue(
                    new ChoiceLetter().grade(new Reference.Choice('K', many), answer).correct(),
                    answer);
        }
    }

    @Test
    void the_last_statement_counts() {
        assertEquals(Optional.of("C"), letter("The answer is B. Wait, no.\nThe answer is C."));
        assertEquals(Optional.of("A"), letter("B is correct? No, 5 m is too long. Answer: A"));
        assertEquals(
                Optional.of("D"), letter("Answer: A\n\nOn reflection (D) is the correct choice."));
        assertEquals(Optional.of("B"), letter("\\boxed{A}, or rather \\boxed{B}"));
    }

    @Test
    void two_letters_or_letters_of_words_are_none() {
        for (String answer :
                List.of(
                        "",
                        "A or B",
                        "The answer is A or B.",
                        "The answer is either B or C.",
                        "Answer: (A) and (B)",
                        "\\boxed{A, B}",
                        "The answer is a matter of definition.",
                        "The answer is difficult.",
                        "Because of this I cannot decide.",
                        "Vitamin A is best absorbed with fat.",
                        "Statement I is true.",
                        "It could be (A), but also (B).",
                        "It contains vitamin C.",
                        "Answer: unknown")) {
            assertEquals(Optional.empty(), letter(answer), answer);
        }
        assertEquals(Optional.of("D"), letter("The answer is a matter of taste."));
    }

    @Test
    void letters_go_as_far_as_the_choices() {
        List<String> many = IntStream.range(0, 26).mapToObj(i -> i + " things").toList();
        for (String answer :
                List.of(
                        "Answer: K",
                        "K",
                        "\\boxed{K}",
                        "(K) is correct.",
                        "Hence, K.",
                        "This leaves (K)")) {
            assertEquals(
                    Optional.of("K"),
                    new ChoiceLetter().grade(new Reference.Choice('K', many), answer).extracted(),
                    answer);
            assertEquals(Optional.empty(), letter(answer), answer);
        }
    }

    @Test
    void the_choice_that_a_letter_names_is_told() {
        var reference = new Reference.Choice('B', LENGTHS);
        assertEquals(Optional.of("6 m"), new ChoiceLetter().grade(reference, "Answer: C").choice());
        assertEquals(Optional.empty(), new ChoiceLetter().grade(reference, "Answer: E").choice());
    }

    @Test
    void a_wrong_letter_is_wrong_and_the_reason_is_told() {
        Grade grade = new ChoiceLetter().grade(new Reference.Choice('B', LENGTHS), "Answer: C");
        assertEquals(
                new Grade(false, Optional.of("C"), Optional.of("6 m"), "C from: C; expected B"),
                grade);
        Grade text = new ChoiceLetter().grade(new Reference.Text(List.of("(B)")), "Answer: B");
        assertTrue(text.correct());
        assertThrows(
                IllegalArgumentException.class,
                () ->
                        new ChoiceLetter()
                                .grade(new Reference.Tests(Optional.empty(), List.of()), "B"));
    }
}
