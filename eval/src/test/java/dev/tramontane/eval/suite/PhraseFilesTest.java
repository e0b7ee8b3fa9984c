package dev.tramontane.eval.suite;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/// What the phrase files of all languages have in common.
class PhraseFilesTest {
    private static final Pattern GAP = Pattern.compile("\\{(\\w+)(?:\\^|\\|[^{}]*)?}");

    @Test
    void every_language_has_every_sentence_with_the_same_gaps() {
        Map<String, List<String>> english = sentences(Language.ENGLISH);
        for (Language language : Language.values()) {
            Phrases phrases = Phrases.of(language);
            Map<String, List<String>> texts = sentences(language);
            assertEquals(english.keySet(), texts.keySet(), language.code());
            texts.forEach(
                    (key, phrasings) -> {
                        if (key.endsWith(".q")) {
                            assertTrue(phrasings.size() >= 5, language + " " + key);
                        } else if (!key.endsWith(".answer")) {
                            assertEquals(
                                    english.getOrDefault(key, List.of()).size(),
                                    phrasings.size(),
                                    language + " " + key);
                        }
                        for (String phrasing : phrasings) {
                            if (!key.endsWith(".answer")) {
                                String first = english.getOrDefault(key, List.of("")).getFirst();
                                assertEquals(
                                        needed(key, Phrases.of(Language.ENGLISH).chosen(first)),
                                        needed(key, phrases.chosen(phrasing)),
                                        language + " " + phrasing);
                            }
                        }
                        assertEquals(
                                phrasings.size(),
                                new HashSet<>(phrasings).size(),
                                language + " " + key);
                    });
        }
    }

    @Test
    void what_is_for_training_alone_asks_for_the_same_and_is_new() {
        Set<String> keys = taught(Phrases.of(Language.ENGLISH)).keySet();
        for (Language language : Language.values()) {
            Phrases phrases = Phrases.of(language);
            assertEquals(keys, taught(phrases).keySet(), language.code());
            taught(phrases)
                    .forEach(
                            (key, taught) -> {
                                if (!key.endsWith(".q")) {
                                    return;
                                }
                                List<String> others = phrases.texts().getOrDefault(key, List.of());
                                List<String> asked = others.isEmpty() ? taught : others;
                                Set<String> said = new HashSet<>();
                                others.forEach(text -> said.add(lettersOf(text)));
                                for (String text : taught) {
                                    String place = language + " " + key + " " + text;
                                    assertEquals(
                                            needed(key, phrases.chosen(asked.getFirst())),
                                            needed(key, phrases.chosen(text)),
                                            place);
                                    assertTrue(said.add(lettersOf(text)), place);
                                }
                            });
        }
    }

    private static Map<String, List<String>> taught(Phrases phrases) {
        return phrases.taught().orElseThrow().texts();
    }

    /// A unit's name in place of its sign makes no new phrasing, and other places of the same words
    /// make none either.
    @Test
    void units_are_asked_for_by_name_in_phrasings_that_the_test_has_not() {
        Set<String> frame = wordsBeside("Wie viele {to} sind {n} {from}?");
        assertTrue(isAsked(frame, "Sind {n} Meter wie viele Zentimeter?"));
        assertFalse(isAsked(frame, "Wie viele Meter ergeben {n} Zentimeter?"));
        assertTrue(isAsked(wordsBeside("把 {n} {from}换算成{to}。"), "把 {n} 小时换算成分钟。"));
        for (Language language : Language.values()) {
            Phrases phrases = Phrases.of(language);
            List<String> tested = phrases.phrasings("units.q", Split.TEST);
            taught(phrases)
                    .forEach(
                            (key, texts) -> {
                                if (key.matches("units\\.\\w+\\.\\w+\\.q")) {
                                    assertTrue(
                                            texts.stream().noneMatch(text -> isAsked(tested, text)),
                                            language + " " + texts);
                                }
                            });
        }
    }

    private static boolean isAsked(List<String> tested, String text) {
        return tested.stream().anyMatch(frame -> isAsked(wordsBeside(frame), text));
    }

    /// Whether a text has the words of a frame and those of two units.
    private static boolean isAsked(Set<String> frame, String text) {
        return !frame.isEmpty()
                && frame.stream().allMatch(text.toLowerCase(Locale.ROOT)::contains)
                && wordsBeside(text).size() <= frame.size() + 2;
    }

    /// In languages without spaces, what stands between two gaps or marks.
    private static Set<String> wordsBeside(String text) {
        return Pattern.compile("\\p{L}[\\p{L}\\p{M}]*")
                .matcher(GAP.matcher(text).replaceAll(" ").toLowerCase(Locale.ROOT))
                .results()
                .map(MatchResult::group)
                .collect(Collectors.toSet());
    }

    @Test
    void what_stands_around_questions_says_nothing_to_them() {
        for (Language language : Language.values()) {
            Map<String, List<String>> taught = taught(Phrases.of(language));
            for (String key : List.of("before", "behind")) {
                List<String> said = taught.getOrDefault(key, List.of());
                assertEquals(key.equals("before") ? 16 : 8, said.size(), language.code());
                assertEquals(said.size(), new HashSet<>(said).size(), language.code());
                for (String text : said) {
                    assertTrue(text.matches("[^{}?？؟\\d]*[.!。！]"), text);
                }
            }
        }
    }

    /// What a phrasing says, whatever its marks, capitals and forms of times.
    private static String lettersOf(String phrasing) {
        return phrasing.toLowerCase(Locale.ROOT)
                .replace("2}", "}")
                .replaceAll("[^\\p{L}\\p{M}\\p{N}]", "");
    }

    @Test
    void lists_that_belong_together_are_as_long_and_have_the_same_gaps() {
        for (Language language : Language.values()) {
            Map<String, Integer> sizes = new HashMap<>();
            Phrases.of(language)
                    .texts()
                    .forEach(
                            (key, list) -> {
                                if (key.startsWith("any.")) {
                                    String group = key.replaceFirst("_.*", "");
                                    int size = sizes.computeIfAbsent(group, _ -> list.size());
                                    assertEquals(size, list.size(), language + " " + key);
                                    assertTrue(size >= 6, language + " " + key);
                                    Set<String> gaps = gaps(list.getFirst());
                                    list.forEach(
                                            word ->
                                                    assertEquals(
                                                            gaps, gaps(word), language + word));
                                }
                            });
        }
    }

    /// A phrasing is new, its words are not: of those that the test says, training says 95 of 100.
    @Test
    void training_says_nearly_every_word_of_the_test() {
        for (Language language : Language.values()) {
            Set<String> taught = new HashSet<>();
            List<String> asked = new ArrayList<>();
            Phrases phrases = Phrases.of(language);
            phrases.texts()
                    .forEach(
                            (key, texts) -> {
                                if (key.endsWith(".q")) {
                                    phrases.phrasings(key, Split.TRAIN)
                                            .forEach(text -> taught.addAll(words(language, text)));
                                    phrases.phrasings(key, Split.TEST)
                                            .forEach(text -> asked.addAll(words(language, text)));
                                } else {
                                    texts.forEach(text -> taught.addAll(words(language, text)));
                                }
                            });
            List<String> unknown = asked.stream().filter(word -> !taught.contains(word)).toList();
            assertTrue(20 * unknown.size() <= asked.size(), language + " " + unknown);
        }
    }

    @Test
    void names_and_things_vary_and_belong_together() {
        Phrases russian = Phrases.of(Language.RUSSIAN);
        Set<String> said = new HashSet<>();
        for (int choice = 0; choice < 2_000; choice++) {
            said.add(russian.choosing(choice).chosen("{she} {she_gen} {he_dat}"));
        }
        assertTrue(said.contains("Маша Маши Льву"), said.toString());
        assertFalse(said.contains("Маша Лины Льву"), said.toString());
        assertEquals(64, said.size());
    }

    @Test
    void articles_are_cut_before_eight_and_eleven() {
        Phrases italian = Phrases.of(Language.ITALIAN);
        for (var each :
                Map.of(
                                8,
                                "dell'8%",
                                11,
                                "dell'11%",
                                80,
                                "dell'80%",
                                800,
                                "dell'800%",
                                18,
                                "del 18%",
                                110,
                                "del 110%")
                        .entrySet()) {
            Line.Word number = new Line.Word.Plain(String.valueOf(each.getKey()));
            assertEquals(each.getValue(), italian.filled("del {p}%", Map.of("p", number)));
        }
    }

    /// An equation shows which letter is sought.
    private static Set<String> needed(String key, String phrasing) {
        Set<String> needed = new HashSet<>(gaps(phrasing));
        needed.remove(key.equals("equation.q") ? "x" : "");
        return needed;
    }

    private static Map<String, List<String>> sentences(Language language) {
        Map<String, List<String>> sentences = new HashMap<>(Phrases.of(language).texts());
        sentences.keySet().removeIf(key -> key.startsWith("any."));
        return sentences;
    }

    /// Forms of words aside; in Chinese and Japanese, signs.
    private static List<String> words(Language language, String text) {
        String word =
                switch (language) {
                    case CHINESE, JAPANESE -> "\\p{L}";
                    case ENGLISH, FRENCH, GERMAN, SPANISH, ITALIAN, ARABIC, RUSSIAN ->
                            "[\\p{L}\\p{M}]+";
                };
        String prose = GAP.matcher(text).replaceAll(" ").toLowerCase(Locale.ROOT);
        return Pattern.compile(word).matcher(prose).results().map(MatchResult::group).toList();
    }

    /// `{a2}` is `{a}` in another form.
    private static Set<String> gaps(String text) {
        return GAP.matcher(text)
                .results()
                .map(found -> found.group(1).replace("2", ""))
                .collect(Collectors.toSet());
    }
}
