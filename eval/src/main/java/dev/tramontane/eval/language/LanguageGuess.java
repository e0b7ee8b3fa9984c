package dev.tramontane.eval.language;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.lang.Character.UnicodeScript;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/// Tells the language of a model's thought or answer, for the languages of benchmarks: by its
/// script, and among those in Latin letters by the words that a language can hardly do without.
///
/// Formulas, code, numbers and words that are spelled out say nothing and are left out. Of a text
/// that is short, or mixed, nothing is said rather than something wrong.
public final class LanguageGuess {
    private static final int LONGEST_CHARS = 40_000;

    /// Function words that a guess needs, and how much more often than the next language's.
    private static final int LEAST_WORDS = 4;

    private static final double LEAD = 1.5;

    /// Letters that a guess by script needs.
    private static final int LEAST_LETTERS = 8;

    /// The share of its letters that a text's script has.
    private static final double LEAST_SHARE = 0.6;

    /// The same of Chinese and Japanese where the Latin letters are of no language: names, and
    /// words that are asked about.
    private static final double LEAST_AMONG_NAMES = 0.5;

    /// Of Japanese, some are kana.
    private static final double KANA_SHARE = 0.15;

    private static final Pattern NO_PROSE =
            Pattern.compile(
                    "```.*?(?:```|\\z)|\\$\\$.*?\\$\\$|\\$[^$\\n]{0,400}\\$|\\\\\\[.*?\\\\]|\\\\\\(.*?\\\\\\)"
                            + "|(?<![\\p{L}'])(?:\\p{L}\\d*[ ,]+){3,200}\\p{L}\\d*(?![\\p{L}'])"
                            + "|\\\\[A-Za-z]+(?:\\{[^{}]{0,200}})*|`[^`\\n]*`|https?://\\S+|[\\d=+*/^_<>|{}\\[\\]()-]+",
                    Pattern.DOTALL);

    private static final Pattern WORD = Pattern.compile("[^\\p{L}\\p{M}']+");

    private static final Map<UnicodeScript, String> BY_SCRIPT =
            Map.ofEntries(
                    Map.entry(UnicodeScript.CYRILLIC, "ru"),
                    Map.entry(UnicodeScript.ARABIC, "ar"),
                    Map.entry(UnicodeScript.BENGALI, "bn"),
                    Map.entry(UnicodeScript.TELUGU, "te"),
                    Map.entry(UnicodeScript.THAI, "th"),
                    Map.entry(UnicodeScript.DEVANAGARI, "hi"),
                    Map.entry(UnicodeScript.HANGUL, "ko"),
                    Map.entry(UnicodeScript.GREEK, "el"),
                    Map.entry(UnicodeScript.HEBREW, "he"));

    private final Map<String, List<String>> functionWords;

    public LanguageGuess() {
        functionWords = read();
    }

    private static Map<String, List<String>> read() {
        try (InputStream in = LanguageGuess.class.getResourceAsStream("function-words.txt")) {
            if (in == null) {
                throw new IllegalStateException("the build lacks function-words.txt");
            }
            Map<String, List<String>> words = new LinkedHashMap<>();
            new String(in.readAllBytes(), StandardCharsets.UTF_8)
                    .lines()
                    .filter(line -> !line.startsWith("#") && !line.isBlank())
                    .forEach(
                            line ->
                                    words.put(
                                            line.substring(0, 2),
                                            List.of(line.substring(3).strip().split(" "))));
            return words;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// The ISO 639-1 code of a text's language; empty where it is too short or too mixed to tell.
    public Optional<String> of(String text) {
        String prose = NO_PROSE.matcher(sample(text)).replaceAll(" ");
        Map<UnicodeScript, Integer> letters = new EnumMap<>(UnicodeScript.class);
        int all = 0;
        for (int c : prose.codePoints().filter(Character::isLetter).toArray()) {
            UnicodeScript script = UnicodeScript.of(c);
            int weight = weight(script);
            letters.merge(script, weight, Integer::sum);
            all += weight;
        }
        if (all < LEAST_LETTERS) {
            return Optional.empty();
        }
        int han = letters.getOrDefault(UnicodeScript.HAN, 0);
        int kana =
                letters.getOrDefault(UnicodeScript.HIRAGANA, 0)
                        + letters.getOrDefault(UnicodeScript.KATAKANA, 0);
        int signs = han + kana;
        boolean isAmongNames = signs >= LEAST_AMONG_NAMES * all && byWords(prose).isEmpty();
        if (signs >= LEAST_SHARE * all || isAmongNames) {
            return Optional.of(kana >= KANA_SHARE * signs ? "ja" : "zh");
        }
        for (var each : letters.entrySet()) {
            String language = BY_SCRIPT.get(each.getKey());
            if (language != null && each.getValue() >= LEAST_SHARE * all) {
                return Optional.of(language);
            }
        }
        boolean isLatin = letters.getOrDefault(UnicodeScript.LATIN, 0) >= LEAST_SHARE * all;
        return isLatin ? byWords(prose) : Optional.empty();
    }

    /// Letters of an alphabet that a sign is worth: a short word's, or a syllable's.
    private static int weight(UnicodeScript script) {
        return switch (script) {
            case HAN -> 3;
            case HIRAGANA, KATAKANA -> 2;
            default -> 1;
        };
    }

    /// Beginning, middle and end of a long text.
    private static String sample(String text) {
        if (text.length() <= LONGEST_CHARS) {
            return text;
        }
        int part = LONGEST_CHARS / 3;
        int middle = text.length() / 2;
        return text.substring(0, part)
                + "\n"
                + text.substring(middle, middle + part)
                + "\n"
                + text.substring(text.length() - part);
    }

    private Optional<String> byWords(String prose) {
        Map<String, Integer> counts = new HashMap<>();
        Arrays.stream(WORD.split(prose.toLowerCase(Locale.ROOT)))
                .forEach(word -> counts.merge(word, 1, Integer::sum));
        String best = "";
        int most = 0;
        int second = 0;
        for (var language : functionWords.entrySet()) {
            int hits =
                    language.getValue().stream()
                            .mapToInt(word -> counts.getOrDefault(word, 0))
                            .sum();
            if (hits > most) {
                second = most;
                most = hits;
                best = language.getKey();
            } else {
                second = Math.max(second, hits);
            }
        }
        return most >= LEAST_WORDS && most >= LEAD * second ? Optional.of(best) : Optional.empty();
    }
}
