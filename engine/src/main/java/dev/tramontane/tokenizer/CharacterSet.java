package dev.tramontane.tokenizer;

import java.util.ArrayList;
import java.util.List;

/// The characters that a class of a regular expression names.
///
/// @param categories bit c: all of general category c, as {@link Character#getType(int)} numbers
///   them
/// @param ranges further ones, each from its first to its last
/// @param negated whether the set is of all other characters
record CharacterSet(int categories, List<Range> ranges, boolean negated) {
    /// Every character.
    static final CharacterSet ANY = new CharacterSet(0, List.of(), true);

    /// The Unicode property White_Space: `\s`.
    static final CharacterSet SPACE =
            new CharacterSet(
                    1 << Character.SPACE_SEPARATOR
                            | 1 << Character.LINE_SEPARATOR
                            | 1 << Character.PARAGRAPH_SEPARATOR,
                    List.of(new Range('\t', '\r'), new Range(0x85, 0x85)),
                    false);

    static boolean isWhiteSpace(int character) {
        return SPACE.contains(character, Character.getType(character));
    }

    /// The two characters beyond ASCII that are a case of an ASCII letter (CaseFolding.txt).
    private static final int LONG_S = 0x17F;

    private static final int KELVIN = 0x212A;

    private static final int UPPER = 1 << Character.UPPERCASE_LETTER;
    private static final int LOWER = 1 << Character.LOWERCASE_LETTER;
    private static final int TITLE = 1 << Character.TITLECASE_LETTER;
    private static final int MODIFIER = 1 << Character.MODIFIER_LETTER;
    private static final int OTHER_LETTER = 1 << Character.OTHER_LETTER;

    /// Both included.
    record Range(int first, int last) {}

    CharacterSet {
        ranges = List.copyOf(ranges);
    }

    static CharacterSet of(int character) {
        return new CharacterSet(0, List.of(new Range(character, character)), false);
    }

    /// An ASCII letter, given as the lower-case one, in either case: `(?i:s)` is also `S` and the
    /// long s.
    static CharacterSet ignoringCase(int letter) {
        List<Range> cases = new ArrayList<>();
        for (int c : new int[] {letter, Character.toUpperCase(letter), LONG_S, KELVIN}) {
            if (Character.toLowerCase(Character.toUpperCase(c)) == Character.toLowerCase(letter)) {
                cases.add(new Range(c, c));
            }
        }
        return new CharacterSet(0, cases, false);
    }

    /// `\p{name}`.
    ///
    /// @throws IllegalArgumentException for a name that no known pattern uses
    static CharacterSet ofCategory(String name) {
        int categories =
                switch (name) {
                    case "L" -> UPPER | LOWER | TITLE | MODIFIER | OTHER_LETTER;
                    case "Lu" -> UPPER;
                    case "Ll" -> LOWER;
                    case "Lt" -> TITLE;
                    case "Lm" -> MODIFIER;
                    case "Lo" -> OTHER_LETTER;
                    case "M" ->
                            1 << Character.NON_SPACING_MARK
                                    | 1 << Character.COMBINING_SPACING_MARK
                                    | 1 << Character.ENCLOSING_MARK;
                    case "N" ->
                            1 << Character.DECIMAL_DIGIT_NUMBER
                                    | 1 << Character.LETTER_NUMBER
                                    | 1 << Character.OTHER_NUMBER;
                    case "P" ->
                            1 << Character.CONNECTOR_PUNCTUATION
                                    | 1 << Character.DASH_PUNCTUATION
                                    | 1 << Character.START_PUNCTUATION
                                    | 1 << Character.END_PUNCTUATION
                                    | 1 << Character.INITIAL_QUOTE_PUNCTUATION
                                    | 1 << Character.FINAL_QUOTE_PUNCTUATION
                                    | 1 << Character.OTHER_PUNCTUATION;
                    case "S" ->
                            1 << Character.MATH_SYMBOL
                                    | 1 << Character.CURRENCY_SYMBOL
                                    | 1 << Character.MODIFIER_SYMBOL
                                    | 1 << Character.OTHER_SYMBOL;
                    default -> throw new IllegalArgumentException("no category \\p{" + name + "}");
                };
        return new CharacterSet(categories, List.of(), false);
    }

    /// What is in this set or in another; neither is negated.
    CharacterSet or(CharacterSet other) {
        List<Range> all = new ArrayList<>(ranges);
        all.addAll(other.ranges);
        return new CharacterSet(categories | other.categories, all, false);
    }

    CharacterSet negate() {
        return new CharacterSet(categories, ranges, !negated);
    }

    /// @param category of the character
    boolean contains(int character, int category) {
        return negated
                != ((categories >> category & 1) != 0
                        || ranges.stream()
                                .anyMatch(
                                        range ->
                                                range.first <= character
                                                        && character <= range.last));
    }
}
