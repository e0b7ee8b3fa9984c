package dev.tramontane.grammar;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.util.Random;
import java.util.regex.Pattern;

/// Regular expressions: against Java's own on random patterns, and what is refused.
class RegexTest {
    private static final int PATTERNS = 300;
    private static final int TEXTS = 25;

    @Test
    void random_patterns_mean_what_java_takes_them_for() {
        for (int seed = 0; seed < PATTERNS; seed++) {
            var random = new Random(seed);
            String pattern = alternatives(random, 3);
            Grammar whole = Grammar.regex(pattern);
            Grammar search = search(pattern);
            Pattern java = Pattern.compile(pattern);
            for (int i = 0; i < TEXTS; i++) {
                String text = text(random);
                String which = "seed " + seed + ": /" + pattern + "/ on \"" + text + "\"";
                assertEquals(java.matcher(text).matches(), whole.matches(text), which);
                assertEquals(java.matcher(text).find(), search.matches(text), which);
            }
        }
    }

    private static Grammar search(String pattern) {
        return Grammar.compile(GrammarSource.of(Regex.search(pattern, Limits.STANDARD, _ -> {})));
    }

    private static String alternatives(Random random, int depth) {
        var pattern = new StringBuilder(sequence(random, depth));
        while (random.nextInt(3) == 0) {
            pattern.append('|').append(sequence(random, depth));
        }
        return pattern.toString();
    }

    private static String sequence(Random random, int depth) {
        var pattern = new StringBuilder();
        int parts = random.nextInt(4);
        for (int i = 0; i < parts; i++) {
            pattern.append(atom(random, depth)).append(quantifier(random));
        }
        return pattern.toString();
    }

    private static String atom(Random random, int depth) {
        String[] atoms = {
            "a", "b", "c", "é", "😀", ".", "[ab]", "[^a]", "[^é-ü]", "[a-cé]", "\\d", "\\W", "\\.",
            "ab"
        };
        boolean group = depth > 0 && random.nextInt(4) == 0;
        return group
                ? (random.nextBoolean() ? "(" : "(?:") + alternatives(random, depth - 1) + ")"
                : atoms[random.nextInt(atoms.length)]
                        .replace("ab", "(?:ab)")
                        .replace("[(?:ab)]", "[ab]");
    }

    private static String quantifier(Random random) {
        String[] quantifiers = {
            "", "", "", "", "*", "+", "?", "{2}", "{1,3}", "{0,2}?", "{2,}", "*?"
        };
        return quantifiers[random.nextInt(quantifiers.length)];
    }

    private static String text(Random random) {
        String[] characters = {"a", "b", "c", "é", "😀", ".", "1", "_", "x"};
        var text = new StringBuilder();
        int length = random.nextInt(8);
        for (int i = 0; i < length; i++) {
            text.append(characters[random.nextInt(characters.length)]);
        }
        return text.toString();
    }

    @ParameterizedTest
    @CsvSource({
        "^ab$, ab, xab",
        "^ab, abc, xab",
        "ab$, xab, abc",
        "ab, xabc, acb",
        "^a|b$, ax, bx",
        "(^a|b)c, xbc, xac",
        "a(b$|c), xacy, aby",
        "(?:^a)?b, xb, xa",
        "^(^(a))$, a, aa",
        "^$|x, x, a",
        "[\\]\\-\\\\\\w], -, +",
        "^\\p{Lu}\\p{L}*$, Éclair, éclair",
        "^\\P{L}+$, 12, a1",
        "^\\p{Script=Greek}+$, λόγος, logos",
        "^\\u00e9\\x41\\u{1F600}\\cJ?$, éA😀, eA",
        "^\\uD83D\\uDE00$, 😀, 😁",
        "^[\\uD83D\\uDE00-\\u{1F602}]$, 😁, 😃",
        "^a{$, a{, a",
        "'^x{2,1x}$', 'x{2,1x}', xx",
        "^(?<year>\\d{4})-\\d\\d$, 2026-11, 26-11",
        "^[^]$, a, ''",
        "^\\S+\\s\\S+$, a\u00A0b, ab"
    })
    void ecma_262_is_followed(String pattern, String matches, String misses) {
        Grammar search = search(pattern);
        assertTrue(search.matches(matches), pattern);
        assertFalse(search.matches(misses), pattern);
    }

    @ParameterizedTest
    @CsvSource({
        "'a(?=b)', 2, lookahead",
        "'a(?!b)', 2, lookahead",
        "'(?<=a)b', 1, lookbehind",
        "'(?<!a)b', 1, lookbehind",
        "'(?i:a)', 1, modifiers",
        "'(a)\\1', 4, backreference",
        "'(?<n>a)\\k<n>', 8, backreference",
        "'a\\b', 2, word boundary",
        "'a^b', 2, ^",
        "'(a$)b', 3, $",
        "'(^a)*', 5, repetition",
        "'^*', 2, repetition",
        "'a)', 2, )",
        "'(a', 1, (",
        "'[a', 1, [",
        "'[b-a]', 2, range",
        "'[a-\\d]', 2, range",
        "'*a', 1, *",
        "'a**', 3, repetition",
        "'a{3,2}', 2, '{3,2}'",
        "'a{99999999999}', 2, digits",
        "'\\q', 1, \\q",
        "'\\', 1, \\",
        "'\\xZZ', 1, hexadecimal",
        "'\\u{110000}', 1, 10FFFF",
        "'\\uD800', 1, half",
        "'\\p{Nonsense}', 1, Nonsense",
        "'\\p', 1, property",
        "'a\\01', 2, octal"
    })
    void what_is_not_supported_is_named_with_its_place(String pattern, int place, String named) {
        var refusal = assertThrows(InvalidGrammarException.class, () -> search(pattern));
        assertEquals(
                "character " + place + " of the pattern", refusal.where(), refusal.getMessage());
        assertTrue(String.valueOf(refusal.getMessage()).contains(named), refusal.getMessage());
    }

    @Test
    void hostile_patterns_are_refused_or_harmless() {
        Grammar nested = search("(a+)+$");
        assertFalse(nested.matches("a".repeat(10_000) + "!"));
        assertTrue(Grammar.regex("a{1,1000000}").matches("a".repeat(1_000_000)));
        Grammar ambiguous = Grammar.regex("(a{1,1000}){1,1000000}b");
        assertTrue(ambiguous.matches("a".repeat(10) + "b"));
        assertThrows(
                InvalidGrammarException.class,
                () -> ambiguous.matches("a".repeat(2_000)),
                "it says that it cannot tell");
        for (String pattern :
                new String[] {
                    "(a|b)*a(a|b){20}",
                    "(".repeat(1_000) + "a" + ")".repeat(1_000),
                    "[a-z]".repeat(100_000),
                    "(" + "(.*a.{9}|".repeat(12) + "x" + "){2})".repeat(12),
                    "\\p{L}".repeat(3_000)
                }) {
            assertThrows(InvalidGrammarException.class, () -> Grammar.regex(pattern));
        }
    }
}
