package dev.tramontane.tokenizer;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// The automata against the regular expressions that they are made of, on strings that are short
/// enough for Java's recursion.
final class PieceScannerTest {
    private static final int RANDOM_TEXTS = 20_000;
    private static final int LONGEST_TEXT = 24;

    /// Characters that are checked in one text, each between two letters: setting up Java's engine
    /// takes longer than it cuts.
    private static final int TOGETHER = 256;

    /// One or more of each kind, of each length in UTF-8, and those that are easily mistaken.
    private static final int[] NASTY =
            codePoints(
                    "abzAZsStTrReEvVmMlLdDſKk’ÉéßǅʰªºЖжאا中あ가\u0e01\u0e31\u0301\u0903\u20dd\u034f09²½Ⅷ①٣१"
                            + " \t\r\n/\u000b\f\u0085\u00a0\u1680\u2003\u2028\u2029\u202f\u205f\u3000"
                            + "\u001c\u001f\u180e\u200b\u200c\u200d\u2060\ufeff\0\u007f.'!_-<>[](){}«»—…$€+=^`|"
                            + "😀👨🏿\ufe0f𝐀𝐚𝟘𐐀𐐨𠀀\u0378\ue000\ufffd\uffff\udb40\udd00\udbff\udfff`{@[");

    @ParameterizedTest
    @MethodSource("all")
    void random_texts_are_cut_as_the_expressions_cut_them(String name) {
        var oracle = new Oracle(PreTokenizer.named(name).orElseThrow());
        var random = new SplittableRandom(20260101);
        for (int i = 0; i < RANDOM_TEXTS; i++) {
            var text = new StringBuilder();
            int length = random.nextInt(LONGEST_TEXT);
            int kinds = 1 + random.nextInt(NASTY.length);
            int offset = random.nextInt(NASTY.length);
            while (text.length() < length) {
                int pick = (offset + random.nextInt(kinds)) % NASTY.length;
                text.append(Character.toString(NASTY[pick]).repeat(1 + random.nextInt(3) / 2));
            }
            oracle.check(text.toString());
        }
    }

    @ParameterizedTest
    @MethodSource("all")
    void every_pair_of_characters_is_cut_as_the_expressions_cut_it(String name) {
        var oracle = new Oracle(PreTokenizer.named(name).orElseThrow());
        for (int first : NASTY) {
            for (int second : NASTY) {
                String pair = Character.toString(first) + Character.toString(second);
                oracle.check(pair);
                oracle.check("ab" + pair + "cd");
                oracle.check(" " + pair + "Aa");
            }
        }
    }

    @ParameterizedTest
    @MethodSource("all")
    void every_character_is_cut_as_the_expressions_cut_it(String name) {
        var oracle = new Oracle(PreTokenizer.named(name).orElseThrow());
        var text = new StringBuilder();
        for (int c = 0; c <= Character.MAX_CODE_POINT; c++) {
            if (c < Character.MIN_SURROGATE || c > Character.MAX_SURROGATE) {
                text.append('a').appendCodePoint(c).append('b');
            }
            if (c % TOGETHER == TOGETHER - 1) {
                oracle.check(text.toString());
                text.setLength(0);
            }
        }
    }

    @ParameterizedTest
    @MethodSource("all")
    void plain_words_of_every_length_end_where_they_end(String name) {
        var oracle = new Oracle(PreTokenizer.named(name).orElseThrow());
        for (int letters = 1; letters < 40; letters++) {
            for (String after : List.of("", " ", "É", "é", "X", "1", "\u0301", ".", "\n")) {
                String word = "x".repeat(letters) + after;
                oracle.check(word);
                oracle.check(" " + word);
                oracle.check(" X" + word);
                oracle.check("\t" + word + word);
            }
        }
    }

    static List<String> all() {
        return PreTokenizer.ALL.stream().map(known -> known.names().getFirst()).toList();
    }

    /// Java's own regular expressions, one stage after the other.
    private static final class Oracle {
        private final List<PieceAutomaton> automata;
        private final List<Pattern> stages;

        Oracle(PreTokenizer cut) {
            automata = cut.automata();
            stages = cut.patterns().stream().map(Oracle::compile).toList();
        }

        private static Pattern compile(String pattern) {
            return Pattern.compile(
                    pattern.replace("(?i:", "(?iu:").replaceFirst("[$]$", "\\\\z"),
                    Pattern.UNICODE_CHARACTER_CLASS);
        }

        void check(String text) {
            List<String> expected = List.of(text);
            for (Pattern stage : stages) {
                expected = expected.stream().flatMap(piece -> cut(stage, piece).stream()).toList();
            }
            List<String> wanted = expected.stream().filter(piece -> !piece.isEmpty()).toList();
            assertEquals(wanted, pieces(automata, text), () -> "of " + escaped(text));
        }

        /// Matches, and what is between them.
        private static List<String> cut(Pattern stage, String text) {
            List<String> pieces = new ArrayList<>();
            Matcher matcher = stage.matcher(text);
            int from = 0;
            while (matcher.find()) {
                pieces.add(text.substring(from, matcher.start()));
                pieces.add(matcher.group());
                from = matcher.end();
            }
            pieces.add(text.substring(from));
            return pieces;
        }
    }

    private static List<String> pieces(List<PieceAutomaton> stages, String text) {
        Utf8 utf8 = Utf8.of(text);
        var scanner = new PieceScanner(stages, utf8.bytes(), utf8.length());
        List<String> pieces = new ArrayList<>();
        for (int from = 0, to; from < utf8.length(); from = to) {
            to = scanner.pieceEnd(from);
            pieces.add(new String(utf8.bytes(), from, to - from, StandardCharsets.UTF_8));
        }
        return pieces;
    }

    private static int[] codePoints(String text) {
        return text.codePoints().distinct().toArray();
    }

    private static String escaped(String text) {
        var escaped = new StringBuilder();
        text.codePoints().forEach(c -> escaped.append("U+%04X ".formatted(c)));
        return escaped.toString();
    }
}
