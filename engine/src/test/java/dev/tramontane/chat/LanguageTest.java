package dev.tramontane.chat;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

import java.util.List;
import java.util.Map;

class LanguageTest {
    private static final Map<Language, String> QUESTIONS =
            Map.of(
                    Language.ENGLISH, "How many primes are there below 100?",
                    Language.FRENCH,
                            "Combien de nombres premiers y a-t-il dans les cent premiers ?",
                    Language.GERMAN, "Wie viele Primzahlen gibt es unter 100, und welche sind es?",
                    Language.SPANISH, "¿Cuántos números primos hay en los primeros cien?",
                    Language.ITALIAN, "Quanti sono i numeri primi che non superano cento?",
                    Language.ARABIC, "كم عدد الأعداد الأولية الأصغر من n = 100؟",
                    Language.RUSSIAN, "Сколько простых чисел меньше 100? Let n = 100.",
                    Language.CHINESE, "小于100的质数有多少个? f(n)",
                    Language.JAPANESE, "100より小さい素数はいくつありますか。");

    @Test
    void a_question_tells_its_language() {
        QUESTIONS.forEach((language, question) -> assertEquals(language, Language.of(question)));
    }

    @Test
    void the_last_that_the_person_said_counts_and_formulas_say_nothing() {
        assertEquals(
                Language.GERMAN,
                Language.of(
                        List.of(
                                new Message.UserMessage("What is this?"),
                                new Message.AssistantMessage("Text."),
                                new Message.UserMessage("Sag es mir auf Deutsch, bitte, und kurz."),
                                new Message.AssistantMessage("What is it?"))));
        assertEquals(Language.ENGLISH, Language.of("17 * 23 = ?"));
        assertEquals(Language.ENGLISH, Language.of(List.of(new Message.SystemMessage("Und?"))));
    }

    @Test
    void every_language_has_its_texts() {
        long texts =
                QUESTIONS.keySet().stream()
                        .map(ControlTexts::in)
                        .filter(text -> !text.goOn().isBlank() && !text.closing().isBlank())
                        .distinct()
                        .count();
        assertEquals(Language.values().length, texts);
    }
}
