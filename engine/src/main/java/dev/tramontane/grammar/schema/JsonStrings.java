package dev.tramontane.grammar.schema;

import dev.tramontane.grammar.Expression;
import dev.tramontane.grammar.InvalidGrammarException;

import java.util.ArrayList;
import java.util.List;

/// How strings are written in JSON (RFC 8259, 7).
///
/// A character that may be any is written in every way that JSON has, surrogates in pairs. One of a
/// set is written plainly, or by its short escape where it cannot be: a subset that every reader
/// reads, since a grammar cannot tell by its escape which character of a set it has.
final class JsonStrings {
    private static final String QUOTE = "\"";

    /// Those with an escape of two characters, and that escape's second one.
    private static final String ESCAPED = "\"\\\b\f\n\r\t";

    private static final String ESCAPES = "\"\\bfnrt";

    private static final int LAST_CONTROL = 0x1F;

    private static final Expression.CharClass HEX =
            Expression.characters('0', '9', 'A', 'F', 'a', 'f');

    /// Any character.
    static final Expression CHARACTER =
            Expression.choice(
                    Expression.characters(LAST_CONTROL + 1, '!', '#', '[', ']', 0x10FFFF),
                    Expression.sequence(
                            Expression.literal("\\"),
                            Expression.choice(
                                    Expression.characters(
                                            '"', '"', '\\', '\\', '/', '/', 'b', 'b', 'f', 'f', 'n',
                                            'n', 'r', 'r', 't', 't'),
                                    unicodeEscape())));

    /// Any string.
    static final Expression STRING = quoted(Expression.any(CHARACTER));

    private JsonStrings() {}

    /// `uXXXX`, or two of them for a pair of surrogates.
    private static Expression unicodeEscape() {
        Expression noSurrogate =
                Expression.choice(
                        hex(
                                Expression.characters(
                                        '0', '9', 'A', 'C', 'E', 'F', 'a', 'c', 'e', 'f'),
                                HEX),
                        hex(
                                Expression.characters('D', 'D', 'd', 'd'),
                                Expression.characters('0', '7')));
        Expression high =
                hex(
                        Expression.characters('D', 'D', 'd', 'd'),
                        Expression.characters('8', '9', 'A', 'B', 'a', 'b'));
        Expression low =
                hex(
                        Expression.characters('D', 'D', 'd', 'd'),
                        Expression.characters('C', 'F', 'c', 'f'));
        return Expression.choice(
                Expression.sequence(Expression.literal("u"), noSurrogate),
                Expression.sequence(Expression.literal("u"), high, Expression.literal("\\u"), low));
    }

    private static Expression hex(Expression first, Expression second) {
        return Expression.sequence(first, second, HEX, HEX);
    }

    /// A string of these characters.
    static Expression quoted(Expression characters) {
        return Expression.sequence(
                Expression.literal(QUOTE), characters, Expression.literal(QUOTE));
    }

    /// A string of so many characters.
    static Expression ofLength(int least, int most) {
        return quoted(
                new Expression.Repeat(
                        CHARACTER,
                        least,
                        most == Constraint.UNLIMITED ? Expression.UNBOUNDED : most));
    }

    /// A string of a language.
    static Expression of(CharacterAutomaton language, WorkLimit limit) {
        return quoted(language.network(JsonStrings::spelled, limit));
    }

    /// One character of a set.
    private static Expression spelled(Expression.CharClass set) {
        if (set.equals(Expression.anyCharacter())) {
            return CHARACTER;
        }
        List<Integer> plain = new ArrayList<>();
        List<Integer> escapes = new ArrayList<>();
        List<List<Integer>> controls = List.of(new ArrayList<>(), new ArrayList<>());
        int[] ranges = set.ranges();
        for (int i = 0; i < ranges.length; i += 2) {
            int character = ranges[i];
            for (; character <= Math.min(ranges[i + 1], '\\'); character++) {
                int place = ESCAPED.indexOf(character);
                if (place >= 0) {
                    add(escapes, ESCAPES.charAt(place));
                } else if (character > LAST_CONTROL) {
                    add(plain, character);
                } else {
                    addHex(controls.get(character >> 4), character & 0xF);
                }
            }
            if (character <= ranges[i + 1]) {
                plain.addAll(List.of(character, ranges[i + 1]));
            }
        }
        if (escapes.isEmpty() && controls.stream().allMatch(List::isEmpty)) {
            return characters(plain);
        }
        return Expression.choice(
                characters(plain),
                Expression.sequence(Expression.literal("\\"), characters(escapes)),
                Expression.sequence(Expression.literal("\\u000"), characters(controls.getFirst())),
                Expression.sequence(Expression.literal("\\u001"), characters(controls.getLast())));
    }

    private static void add(List<Integer> ranges, int character) {
        ranges.addAll(List.of(character, character));
    }

    private static void addHex(List<Integer> ranges, int digit) {
        add(ranges, Character.forDigit(digit, 16));
        add(ranges, Character.toUpperCase(Character.forDigit(digit, 16)));
    }

    private static Expression.CharClass characters(List<Integer> ranges) {
        return Expression.characters(ranges.stream().mapToInt(Integer::intValue).toArray());
    }

    private static boolean isPlain(int character) {
        return character > LAST_CONTROL && character != '"' && character != '\\';
    }

    private static String escaped(int character) {
        int place = ESCAPED.indexOf(character);
        return place >= 0 ? "\\" + ESCAPES.charAt(place) : "\\u%04x".formatted(character);
    }

    /// A text of the schema. No grammar spells half a character, since no UTF-8 does.
    ///
    /// @throws InvalidGrammarException when it has one, at the limit's place
    static Expression literal(String text, WorkLimit limit) {
        text.codePoints()
                .filter(character -> Character.getType(character) == Character.SURROGATE)
                .findFirst()
                .ifPresent(
                        half -> {
                            throw new InvalidGrammarException(
                                    limit.where(),
                                    "half a character (U+%04X) in a text, expected whole ones"
                                            .formatted(half));
                        });
        return Expression.literal(text);
    }

    /// A string as it is written, quotes and all.
    static String written(String text) {
        StringBuilder written = new StringBuilder(QUOTE);
        text.codePoints()
                .forEach(
                        character -> {
                            if (isPlain(character)) {
                                written.appendCodePoint(character);
                            } else {
                                written.append(escaped(character));
                            }
                        });
        return written.append(QUOTE).toString();
    }
}
