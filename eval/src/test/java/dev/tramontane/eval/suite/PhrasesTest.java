package dev.tramontane.eval.suite;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.junit.jupiter.api.Test;

import java.util.Map;

class PhrasesTest {
    private static String said(Language language, String phrasing, Object number) {
        return Phrases.of(language)
                .filled(phrasing, Map.of("n", new Line.Word.Plain(number.toString())));
    }

    @Test
    void a_noun_takes_the_form_that_its_number_asks_for() {
        String english = "{n} {n|hour|hours}";
        assertEquals("1 hour", said(Language.ENGLISH, english, 1));
        assertEquals("21 hours", said(Language.ENGLISH, english, 21));
        assertEquals("0 heure", said(Language.FRENCH, "{n} {n|heure|heures}", 0));
        String russian = "{n} {n|час|часа|часов}";
        assertEquals("1 час", said(Language.RUSSIAN, russian, 1));
        assertEquals("22 часа", said(Language.RUSSIAN, russian, 22));
        assertEquals("5 часов", said(Language.RUSSIAN, russian, 5));
        assertEquals("11 часов", said(Language.RUSSIAN, russian, 11));
        assertEquals("112 часов", said(Language.RUSSIAN, russian, 112));
        String arabic = "{n|ساعة واحدة|ساعتان|ساعات|ساعة}";
        assertEquals("ساعة واحدة", said(Language.ARABIC, arabic, 1));
        assertEquals("ساعتان", said(Language.ARABIC, arabic, 2));
        assertEquals("ساعات", said(Language.ARABIC, arabic, 10));
        assertEquals("ساعة", said(Language.ARABIC, arabic, 11));
        assertEquals("ساعات", said(Language.ARABIC, arabic, 103));
        assertEquals("小时", said(Language.CHINESE, "{n|小时}", 7));
    }

    @Test
    void a_missing_form_is_named() {
        var e =
                assertThrows(
                        IllegalStateException.class,
                        () -> said(Language.RUSSIAN, "{n|час|часа}", 5));
        assertEquals(
                "ru: {…|час|часа} has no form for 5, expected 3 or more forms", e.getMessage());
    }

    @Test
    void capitals_are_those_of_the_language() {
        assertEquals("ÉTÉ", said(Language.FRENCH, "{n^}", "été"));
        assertEquals("РЕКА", said(Language.RUSSIAN, "{n^}", "река"));
    }
}
