package dev.tramontane.tokenizer;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// The hand-written scanner against the regular expression itself, on strings that are short enough
/// for the expression's recursion.
final class PieceScannerTest {
    private static final Pattern ORACLE =
            Pattern.compile(TekkenReader.PATTERN, Pattern.UNICODE_CHARACTER_CLASS);

    private static final int RANDOM_TEXTS = 60_000;
    private static final int LONGEST_TEXT = 24;

    /// One or more of each kind, of each length in UTF-8, and those that are easily mistaken.
    private static final int[] NASTY =
            codePoints(
                    "abzAZÉéßǅʰªºЖжאا中あ가\u0e01\u0e31\u0301\u0903\u20dd\u034f09²½Ⅷ①٣१"
                            + " \t\r\n/\u000b\f\u0085\u00a0\u1680\u2003\u2028\u2029\u202f\u205f\u3000"
                            + "\u001c\u001f\u180e\u200b\u200c\u200d\u2060\ufeff\0\u007f.'!_-<>[](){}«»—…$€+=^`|"
                            + "😀👨🏿\ufe0f𝐀𝐚𝟘𐐀𐐨𠀀\u0378\ue000\ufffd\uffff\udb40\udd00\udbff\udfff`{@[");

    @Test
    void random_texts_are_cut_as_the_expression_cuts_them() {
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
            assertCutAsByTheExpression(text.toString());
        }
    }

    @Test
    void every_pair_of_characters_is_cut_as_the_expression_cuts_it() {
        for (int first : NASTY) {
            for (int second : NASTY) {
                String pair = Character.toString(first) + Character.toString(second);
                assertCutAsByTheExpression(pair);
                assertCutAsByTheExpression("ab" + pair + "cd");
                assertCutAsByTheExpression(" " + pair + "Aa");
            }
        }
    }

    @Test
    void every_character_is_cut_as_the_expression_cuts_it() {
        for (int c = 0; c <= Character.MAX_CODE_POINT; c++) {
            if (c < Character.MIN_SURROGATE || c > Character.MAX_SURROGATE) {
                assertCutAsByTheExpression("a" + Character.toString(c) + "b");
            }
        }
    }

    @Test
    void plain_words_of_every_length_end_where_they_end() {
        for (int letters = 1; letters < 40; letters++) {
            for (String after : List.of("", " ", "É", "é", "X", "1", "\u0301", ".", "\n")) {
                String word = "x".repeat(letters) + after;
                assertCutAsByTheExpression(word);
                assertCutAsByTheExpression(" " + word);
                assertCutAsByTheExpression(" X" + word);
                assertCutAsByTheExpression("\t" + word + word);
            }
        }
    }

    private static void assertCutAsByTheExpression(String text) {
        List<String> expected = new ArrayList<>();
        Matcher matcher = ORACLE.matcher(text);
        while (matcher.find()) {
            expected.add(matcher.group());
        }
        assertEquals(expected, pieces(text), () -> "of " + escaped(text));
    }

    private static List<String> pieces(String text) {
        Utf8 utf8 = Utf8.of(text);
        var scanner = new PieceScanner(utf8.bytes(), utf8.length());
        List<String> pieces = new ArrayList<>();
        for (int from = 0, to; from < utf8.length(); from = to) {
            to = scanner.pieceEnd(from);
            pieces.add(
                    new String(
                            utf8.bytes(),
                            from,
                            to - from,
                            java.nio.charset.StandardCharsets.UTF_8));
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
