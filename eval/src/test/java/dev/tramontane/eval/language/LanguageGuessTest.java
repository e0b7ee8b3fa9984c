package dev.tramontane.eval.language;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

import java.util.Map;
import java.util.Optional;

class LanguageGuessTest {
    private static final Map<String, String> TEXTS =
            Map.ofEntries(
                    Map.entry(
                            "en",
                            "Let me check this: the sum is 12, so we have $x^2 + 3x = 4$ and then it must be that x = 1."),
                    Map.entry(
                            "fr",
                            "Il faut donc que la somme soit 12. Nous avons alors \\(x = 1\\), et les deux nombres sont dans cette liste."),
                    Map.entry(
                            "de",
                            "Also ist die Summe 12, und das heißt, dass wir mit x = 1 beginnen und nicht mit einer anderen Zahl."),
                    Map.entry(
                            "es",
                            "Entonces la suma es 12 y tenemos que x = 1, porque cada uno de los números es menor para este caso."),
                    Map.entry(
                            "it",
                            "Quindi la somma è 12 e abbiamo x = 1, perché ogni numero della lista non è più grande di questo."),
                    Map.entry(
                            "pt",
                            "Então a soma é 12 e temos x = 1, porque cada número não é maior do que este; assim são dois."),
                    Map.entry(
                            "ru",
                            "Значит, сумма равна 12, и мы получаем x = 1, потому что числа малы."),
                    Map.entry("ar", "إذن المجموع يساوي 12 ونحصل على x = 1 لأن الأعداد صغيرة."),
                    Map.entry("zh", "所以总和是12，我们得到 x = 1，因为这些数都很小。"),
                    Map.entry("ja", "したがって合計は12で、数が小さいので x = 1 となります。"),
                    Map.entry("bn", "সুতরাং যোগফল 12 এবং আমরা পাই x = 1, কারণ সংখ্যাগুলো ছোট।"),
                    Map.entry(
                            "te",
                            "కాబట్టి మొత్తం 12, మనకు x = 1 వస్తుంది, ఎందుకంటే సంఖ్యలు చిన్నవి."),
                    Map.entry("th", "ดังนั้นผลรวมคือ 12 และเราได้ x = 1 เพราะจำนวนเหล่านี้น้อย"),
                    Map.entry(
                            "sw",
                            "Hivyo jumla ni 12, kisha tunaweza kuona kwamba x = 1 kwa sababu kila namba katika orodha hii ni ndogo."));

    @Test
    void words_that_are_spelled_out_say_nothing() {
        var guess = new LanguageGuess();
        assertEquals(Optional.empty(), guess.of("y e y e y e y e y e y e y e y e"));
        assertEquals(
                Optional.of("en"),
                guess.of("We spell the word and then count it: y e y e y e, y0 e1 y1 e2 y2 e3"));
        assertEquals(Optional.of("ar"), guess.of("نكتب الكلمة: s t r a w b e r r y"));
    }

    @Test
    void each_language_of_the_benchmarks_is_told_between_formulas() {
        var guess = new LanguageGuess();
        TEXTS.forEach(
                (language, text) -> assertEquals(Optional.of(language), guess.of(text), text));
    }

    @Test
    void chinese_and_japanese_are_told_among_many_latin_words() {
        var guess = new LanguageGuess();
        assertEquals(
                Optional.of("ja"), guess.of("「wufupe」の代わりに「qaxidkw」と書き、残りはそのままです。wufupe, qaxidkw"));
        assertEquals(
                Optional.of("zh"), guess.of("我不写“wufupe”，而写“qaxidkw”，其余不变。wufupe → qaxidkw、路"));
    }

    @Test
    void of_formulas_code_short_and_mixed_texts_nothing_is_said() {
        var guess = new LanguageGuess();
        for (String text :
                new String[] {
                    "",
                    "$x^2 + y^2 = z^2$, \\boxed{42}",
                    "```python\nfor the in and: that = which\n```",
                    "OK",
                    TEXTS.get("en") + " " + TEXTS.get("fr"),
                    TEXTS.get("en") + TEXTS.get("ru"),
                    TEXTS.get("en") + TEXTS.get("zh"),
                    TEXTS.get("en") + TEXTS.get("ja")
                }) {
            assertEquals(Optional.empty(), guess.of(text), text);
        }
    }

    @Test
    void a_long_text_is_judged_by_its_parts_in_bounded_time() {
        String text = String.valueOf(TEXTS.get("de")).repeat(20_000) + "$".repeat(100_000);
        assertEquals(Optional.of("de"), new LanguageGuess().of(text));
    }
}
