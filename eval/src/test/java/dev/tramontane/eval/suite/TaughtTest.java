package dev.tramontane.eval.suite;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.random.RandomGenerator;
import java.util.stream.Stream;

/// Lessons that the test has not: what is for training alone, and what is drawn for it.
class TaughtTest {
    private static final int DRAWS = 4_000;

    private static final List<String> WORDS =
            List.of("arrivée", "banana", "letter", "mississippi", "planet", "tree");

    private static Taught of(Language language) {
        return Phrases.of(language).taught().orElseThrow();
    }

    private static Taught english(String key, String... texts) {
        return new Taught(Language.ENGLISH, Map.of(key, List.of(texts)));
    }

    /// What comes of a question over many draws.
    private static Set<String> said(Function<RandomGenerator, String> ask) {
        var random = new SplittableRandom(1);
        Set<String> said = new TreeSet<>();
        Stream.generate(() -> ask.apply(random)).limit(400).forEach(said::add);
        return said;
    }

    private static Set<String> framed(Language language, String question, boolean endsOpen) {
        Taught taught = of(language);
        return said(random -> taught.framed(question, endsOpen, random));
    }

    private static Set<String> spoken(Language language, String question) {
        Taught taught = of(language);
        return said(random -> taught.spoken(question, random));
    }

    private static List<Draft> drawn(ProblemFamily family) {
        return drawn(family, WORDS);
    }

    private static List<Draft> drawn(ProblemFamily family, List<String> words) {
        var random = new SplittableRandom(1);
        return Stream.generate(() -> family.drawTaught(random, 3, words)).limit(DRAWS).toList();
    }

    private static String plain(Line line, String gap) {
        return ((Line.Word.Plain) line.words().getOrDefault(gap, Line.phrase(""))).text();
    }

    private static int number(Draft draft, String gap) {
        return Integer.parseInt(plain(draft.question(), gap));
    }

    private static String answer(Draft draft) {
        return ((Line.Word.Plain) draft.answer()).text();
    }

    @Test
    void a_sentence_is_put_behind_what_ends_as_one() {
        for (String question : List.of("What is 2 + 3?", "Spell \"pear.\"", "Do it now!")) {
            Set<String> said = framed(Language.ENGLISH, question, false);
            assertTrue(said.contains("Hello! " + question), question);
            assertTrue(said.contains(question + " Thank you!"), question);
        }
        assertTrue(framed(Language.CHINESE, "2 + 3 是多少？", false).contains("你好！2 + 3 是多少？"));
    }

    @Test
    void nothing_is_put_behind_what_may_go_on() {
        for (String question : List.of("Spell it: pear", "What comes after 1, 2, …", "17 + 4 =")) {
            Set<String> said = framed(Language.ENGLISH, question, false);
            assertTrue(said.size() > 2, question);
            said.forEach(text -> assertTrue(text.endsWith(question), text));
        }
        String passage = "Repeat this: It rains.";
        framed(Language.ENGLISH, passage, true)
                .forEach(text -> assertTrue(text.endsWith(passage), text));
    }

    @Test
    void every_sign_between_numbers_is_said() {
        assertEquals(
                Set.of("Compute 8 + 4-2.", "Compute 8 plus 4 minus 2."),
                spoken(Language.ENGLISH, "Compute 8 + 4-2."));
        for (String product : List.of("3 × 5", "3*5", "3x5", "3 · 5")) {
            assertEquals(
                    Set.of(product, "3 times 5", "3 multiplied by 5"),
                    spoken(Language.ENGLISH, product));
        }
        for (String quotient : List.of("8 / 2", "8:2", "8 ÷ 2")) {
            assertEquals(
                    Set.of(quotient, "8 divided by 2", "8 over 2"),
                    spoken(Language.ENGLISH, quotient));
        }
        assertEquals(Set.of("x + 3 = 5"), spoken(Language.ENGLISH, "x + 3 = 5"));
    }

    @Test
    void signs_stand_as_close_as_they_did_where_a_language_has_no_spaces() {
        assertEquals(Set.of("3+5 是？", "3加5 是？"), spoken(Language.CHINESE, "3+5 是？"));
        assertEquals(Set.of("3 + 5 は？", "3 足す 5 は？"), spoken(Language.JAPANESE, "3 + 5 は？"));
    }

    @Test
    void a_remainder_keeps_its_signs() {
        Taught taught = of(Language.ENGLISH);
        String question = "Divide 7 × 8 + 5 by 4";
        said(random -> taught.asked(ArithmeticFamilies.REMAINDER, question, random))
                .forEach(text -> assertTrue(text.endsWith(question), text));
        assertTrue(
                said(random -> taught.asked(ArithmeticFamilies.CHAIN, "7 + 5 =", random))
                        .contains("7 plus 5 ="));
    }

    @Test
    void words_are_whole_without_marks_and_in_small_letters() {
        assertEquals(
                List.of("bonjour", "mots", "passes"),
                english("a", "Bonjour {name}s, l'ami! mots {n|mot|mots}", "passes bien-fait un")
                        .vocabulary());
        assertTrue(of(Language.ARABIC).vocabulary().contains("مرحبا"));
        for (Language language : Language.values()) {
            boolean isSpelled = !language.space().isEmpty();
            List<String> words = of(language).vocabulary();
            assertTrue(isSpelled ? words.size() > 300 : words.isEmpty(), language.code());
            words.forEach(word -> assertTrue(word.matches("\\p{L}{4,10}"), word));
        }
    }

    @Test
    void what_is_not_there_is_named() {
        Taught taught = english("plus", "and");
        var missing =
                assertThrows(
                        IllegalStateException.class,
                        () -> said(random -> taught.spoken("3 × 5", random)));
        assertEquals("en/taught.txt has no times", missing.getMessage());
    }

    @Test
    void letters_of_words_are_counted_large_or_small() {
        int once = 0;
        int real = 0;
        for (Draft draft : drawn(TextFamilies.LETTERS)) {
            String word = plain(draft.question(), "w").toLowerCase(Locale.ROOT);
            String sought = plain(draft.question(), "c");
            assertEquals(word.split(sought, -1).length - 1, Integer.parseInt(answer(draft)), word);
            assertFalse(word.equals("arrivée") && "eé".contains(sought), sought);
            if (WORDS.contains(word)) {
                real++;
                once += answer(draft).equals("1") ? 1 : 0;
            }
        }
        assertTrue(real > DRAWS / 6 && once < 0.45 * real, once + " of " + real);
    }

    @Test
    void pieces_of_words_stand_side_by_side() {
        var random = new SplittableRandom(1);
        for (int length = 4; length < 12; length++) {
            assertEquals(length, TextFamilies.pieced(random, WORDS, length).length());
        }
        Set<String> words = said(from -> TextFamilies.pieced(from, List.of("abcd", "vwxyz"), 4));
        assertTrue(words.containsAll(List.of("abcd", "abwx", "bcab", "xyza")), words.toString());
        words.forEach(word -> assertFalse(word.matches(".*(a[^b]|v[^w]).*"), word));
        List<String> texts =
                drawn(PassageFamilies.PICK).stream()
                        .map(Draft::question)
                        .filter(question -> question.key().equals("pick.longest.q"))
                        .map(question -> plain(question, "t"))
                        .toList();
        long pieced = texts.stream().filter(text -> text.contains("é")).count();
        assertTrue(pieced > 0.1 * texts.size(), pieced + " of " + texts.size());
        assertTrue(texts.size() > DRAWS / 4 && texts.size() < 0.45 * DRAWS, texts.size() + "");
    }

    @Test
    void most_edits_write_capitals_where_a_language_has_some() {
        long latin = marks(drawn(PassageFamilies.EDIT, WORDS));
        assertTrue(latin > 0.6 * DRAWS && latin < 0.75 * DRAWS, latin + " of " + DRAWS);
        for (List<String> words : List.of(List.<String>of(), List.of("مرحبا", "سؤال"))) {
            long others = marks(drawn(PassageFamilies.EDIT, words));
            assertTrue(others < 0.4 * DRAWS, others + " of " + DRAWS);
        }
    }

    private static long marks(List<Draft> edits) {
        return edits.stream().filter(draft -> draft.question().key().equals("edit.mark.q")).count();
    }

    @Test
    void words_are_reversed_with_their_capitals() {
        Set<String> reversed = new HashSet<>();
        for (Draft draft : drawn(TextFamilies.REVERSAL)) {
            String word = plain(draft.question(), "w");
            assertEquals(new StringBuilder(word).reverse().toString(), answer(draft));
            reversed.add(answer(draft));
        }
        assertTrue(reversed.containsAll(List.of("eert", "eerT")), reversed.toString());
    }

    @Test
    void percentages_by_fives_are_right_and_no_others_have_their_plan() {
        int fives = 0;
        for (Draft draft : drawn(new PercentFamily())) {
            int percent = number(draft, "p");
            int whole = number(draft, "n");
            int part = percent * whole / 100;
            assertEquals(0, percent * whole % 100, draft.operands());
            int expected =
                    switch (draft.question().key()) {
                        case "percent.of.q" -> part;
                        case "percent.up.q" -> whole + part;
                        default -> whole - part;
                    };
            assertEquals(String.valueOf(expected), answer(draft), draft.operands());
            boolean isByFives = draft.steps().getFirst().key().equals("percent.fives");
            assertEquals(percent % 10 == 5 && whole % 100 != 0, isByFives, draft.operands());
            fives += isByFives ? 1 : 0;
        }
        assertTrue(fives > DRAWS / 6, String.valueOf(fives));
    }

    @Test
    void units_have_phrasings_of_their_own_in_every_language_and_both_ways() {
        Map<String, Integer> sizes = Map.of("m", 100, "km", 100_000, "cm", 1);
        Set<String> keys = new HashSet<>();
        for (Draft draft : drawn(new UnitFamily())) {
            String[] key = draft.question().key().split("\\.");
            if (key.length == 4) {
                keys.add(draft.question().key());
                if (sizes.containsKey(key[1]) && sizes.containsKey(key[2])) {
                    int from = sizes.getOrDefault(key[1], 0);
                    int to = sizes.getOrDefault(key[2], 1);
                    int expected = number(draft, "n") * from / to;
                    assertEquals(String.valueOf(expected), answer(draft), draft.operands());
                }
            }
        }
        assertEquals(14, keys.size());
        for (Language language : Language.values()) {
            Phrases phrases = Phrases.of(language);
            for (String key : keys) {
                assertFalse(phrases.phrasings(key, Split.TRAIN).isEmpty(), language + key);
            }
        }
    }
}
