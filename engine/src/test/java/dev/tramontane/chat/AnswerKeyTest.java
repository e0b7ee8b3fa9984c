package dev.tramontane.chat;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import org.junit.jupiter.api.Test;

import java.util.List;
import java.util.Optional;

class AnswerKeyTest {
    @Test
    void the_last_box_counts_and_braces_nest() {
        assertEquals("42", key("First \\boxed{41}, no: \\boxed{42}."));
        assertEquals("1/2", key("So $x = \\boxed{\\dfrac{1}{2}}$."));
        assertEquals("a \\le \\sqrt{2}", key("\\boxed{a \\le \\sqrt{2}}"));
        assertEquals("5", key("It is \\boxed 5"));
        assertEquals("7", key("Answer: 7. Or \\boxed{7"));
    }

    @Test
    void an_announced_answer_counts_in_nine_languages() {
        for (String text :
                List.of(
                        "We add. The answer is 391. I hope that helps with 2 of 3.",
                        "La réponse est 391.",
                        "Die Antwort lautet: **391**.",
                        "La respuesta es $391$",
                        "La risposta è 391!",
                        "Ответ: 391.",
                        "所以答案是391。",
                        "答えは 391。",
                        "الجواب هو ٣٩١.",
                        "**Final answer:** `391`")) {
            assertEquals("391", key(text), text);
        }
    }

    @Test
    void otherwise_the_last_number_counts_from_behind_an_equals_sign() {
        assertEquals("391", key("17 * 23 = 391"));
        assertEquals("391", key("There are 17 groups of 23. That makes 391 apples.\nGood luck!"));
        assertEquals("3 h 35 min", key("The trip takes 3 hours and 35 minutes."));
        assertEquals("3 h 35 min", key("Le voyage dure 3 h 35 min."));
        assertEquals("13:15", key("It arrives at 13:15."));
        assertNotEquals(key("3 hours and 35 minutes"), key("2 hours and 35 minutes"));
    }

    @Test
    void numbers_are_equal_however_they_are_written() {
        for (String half :
                List.of("0.5", "0,50", "1/2", "2/4", "\\frac{1}{2}", ".5".replace(".", "0."))) {
            assertEquals("1/2", key("\\boxed{" + half + "}"), half);
        }
        for (String million : List.of("1,000,000", "1 000 000", "1000000.0", "1'000'000")) {
            assertEquals("1000000", key("\\boxed{" + million + "}"), million);
        }
        assertEquals("-7", key("The answer is −7."));
        assertEquals("12%", key("The answer is 12\\%."));
        assertEquals("12", key("The answer is \\$12."));
        assertEquals("12", key("The answer is 12 km."));
        assertEquals("0", key("The answer is -0"));
        assertNotEquals("12", key("The answer is 12x."));
        assertEquals("1/0", key("The answer is 1/0"));
    }

    @Test
    void units_of_measure_are_told_apart_however_they_are_spelled() {
        for (String five :
                List.of(
                        "The answer is 5 km.",
                        "\\boxed{5\\text{ km}}",
                        "\\boxed{5\\,\\mathrm{km}}",
                        "That makes 5 kilometers.",
                        "Die Antwort lautet: 5 Kilometer",
                        "La réponse est 5 kilomètres.",
                        "Ответ: 5 километров",
                        "答案是5公里。",
                        "It is 5km")) {
            assertEquals(new AnswerKey("5", "km"), AnswerKey.of(five).orElseThrow(), five);
        }
        assertNotEquals(AnswerKey.of("It is 5 m."), AnswerKey.of("It is 5 km."));
        assertNotEquals(AnswerKey.of("5 minutes"), AnswerKey.of("5 hours"));
        assertNotEquals(AnswerKey.of("20 °C"), AnswerKey.of("20 °F"));
        assertNotEquals(AnswerKey.of("20^\\circ\\text{C}"), AnswerKey.of("20^{\\circ}\\text{F}"));
        assertNotEquals(AnswerKey.of("€12"), AnswerKey.of("£12"));
        assertEquals(AnswerKey.of("€12"), AnswerKey.of("12 euros"));
        assertEquals(
                new AnswerKey("12", "m²"), AnswerKey.of("\\boxed{12 \\text{ m}^2}").orElseThrow());
        assertEquals(
                new AnswerKey("12", "m²"),
                AnswerKey.of("The answer is 12 square meters.").orElseThrow());
        assertEquals(
                new AnswerKey("60", "km/h"), AnswerKey.of("So she drives 60 km/h.").orElseThrow());
        for (String five : List.of("5 apples", "There are 5 in total.", "He has 5 an hour ago")) {
            assertEquals(new AnswerKey("5"), AnswerKey.of(five).orElseThrow(), five);
        }
    }

    @Test
    void choices_are_their_letter() {
        for (String text :
                List.of(
                        "(B)",
                        "B",
                        "**B.**",
                        "The answer is (b).",
                        "\\boxed{\\text{B}}",
                        "I compare.\n\nB) The second one",
                        "Answer: B: the second")) {
            assertEquals("B", key(text), text);
        }
    }

    @Test
    void text_without_any_of_these_is_compared_in_lower_case() {
        assertEquals("paris", key(" **Paris**. "));
        assertEquals("la réponse", key("« La  réponse »"));
        assertEquals(Optional.empty(), AnswerKey.of(" \n"));
        assertEquals(200, key("x".repeat(1000)).length());
    }

    @Test
    void calls_are_compared_as_json() {
        var spaced = new ToolCall(Optional.of("a"), "f", "{\"x\":  1}");
        var tight = new ToolCall(Optional.of("b"), "f", "{\"x\":1}");
        assertEquals(AnswerKey.ofCalls(List.of(spaced)), AnswerKey.ofCalls(List.of(tight)));
        assertEquals("f({\"x\": 1})", AnswerKey.ofCalls(List.of(tight)).value());
    }

    private static String key(String text) {
        return AnswerKey.of(text).orElseThrow().value();
    }
}
