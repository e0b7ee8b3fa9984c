package dev.tramontane.grammar;

import dev.tramontane.grammar.Expression.CharClass;

import java.util.Arrays;
import java.util.Collections;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.IntPredicate;

/// The sets of characters that regular expressions name (ECMA-262 2024, sections 22.2.2.9 and
/// 22.2.2.10), by the Unicode version of the running Java.
final class RegexClasses {
    /// Binary properties that are known here.
    static final String BINARY_PROPERTIES =
            "Any, ASCII, Alphabetic, Emoji, Ideographic, Lowercase, Uppercase, White_Space";

    private static final CharClass DIGITS = Expression.characters('0', '9');
    private static final CharClass WORD =
            Expression.characters('0', '9', 'A', 'Z', '_', '_', 'a', 'z');
    private static final CharClass LINE_ENDS =
            Expression.characters('\n', '\n', '\r', '\r', 0x2028, 0x2029);

    /// White space and line ends of ECMA-262, sections 12.2 and 12.3.
    private static final CharClass SPACE =
            Expression.characters(
                    '\t', '\r', ' ', ' ', 0xA0, 0xA0, 0x1680, 0x1680, 0x2000, 0x200A, 0x2028,
                    0x2029, 0x202F, 0x202F, 0x205F, 0x205F, 0x3000, 0x3000, 0xFEFF, 0xFEFF);

    /// What `.` means: any character but a line end.
    static final CharClass DOT = LINE_ENDS.complement();

    private static final Map<String, int[]> TYPES = types();

    // Looking at every character takes milliseconds, so it is done once for all sets of a kind, and
    // only where a pattern names one.

    /// The sets of general categories.
    private static final class Categories {
        private static final Map<String, CharClass> SETS = sets();

        private static Map<String, CharClass> sets() {
            var builders = new Ranges.Builder[Long.SIZE];
            Arrays.setAll(builders, _ -> new Ranges.Builder());
            for (int c = 0; c <= Character.MAX_CODE_POINT; c++) {
                builders[Character.getType(c)].add(c);
            }
            Map<String, CharClass> sets = new HashMap<>();
            TYPES.forEach(
                    (name, types) -> {
                        int[] pairs =
                                Arrays.stream(types)
                                        .flatMap(type -> Arrays.stream(builders[type].pairs()))
                                        .toArray();
                        sets.put(name, new CharClass(pairs));
                    });
            return Map.copyOf(sets);
        }
    }

    /// The sets of scripts.
    private static final class Scripts {
        private static final Map<Character.UnicodeScript, CharClass> SETS = sets();

        private static Map<Character.UnicodeScript, CharClass> sets() {
            Map<Character.UnicodeScript, Ranges.Builder> builders =
                    new EnumMap<>(Character.UnicodeScript.class);
            for (int c = 0; c <= Character.MAX_CODE_POINT; c++) {
                builders.computeIfAbsent(Character.UnicodeScript.of(c), _ -> new Ranges.Builder())
                        .add(c);
            }
            Map<Character.UnicodeScript, CharClass> sets =
                    new EnumMap<>(Character.UnicodeScript.class);
            builders.forEach((script, built) -> sets.put(script, new CharClass(built.pairs())));
            return Collections.unmodifiableMap(sets);
        }
    }

    /// The sets of properties that a character has or has not.
    private static final class Binary {
        private static final Map<String, CharClass> SETS = sets();

        private static Map<String, CharClass> sets() {
            CharClass alphabetic = those(Character::isAlphabetic);
            CharClass ideographic = those(Character::isIdeographic);
            CharClass lowercase = those(Character::isLowerCase);
            CharClass uppercase = those(Character::isUpperCase);
            CharClass space =
                    those(c -> c >= '\t' && c <= '\r' || c == 0x85 || Character.isSpaceChar(c));
            return Map.ofEntries(
                    Map.entry("Any", Expression.anyCharacter()),
                    Map.entry("ASCII", Expression.characters(0, 0x7F)),
                    Map.entry("Alphabetic", alphabetic),
                    Map.entry("Alpha", alphabetic),
                    Map.entry("Emoji", those(Character::isEmoji)),
                    Map.entry("Ideographic", ideographic),
                    Map.entry("Ideo", ideographic),
                    Map.entry("Lowercase", lowercase),
                    Map.entry("Lower", lowercase),
                    Map.entry("Uppercase", uppercase),
                    Map.entry("Upper", uppercase),
                    Map.entry("White_Space", space),
                    Map.entry("space", space));
        }

        private static CharClass those(IntPredicate belongs) {
            var built = new Ranges.Builder();
            for (int c = 0; c <= Character.MAX_CODE_POINT; c++) {
                if (belongs.test(c)) {
                    built.add(c);
                }
            }
            return new CharClass(built.pairs());
        }
    }

    /// The set of `\d`, `\D`, `\w`, `\W`, `\s` or `\S`.
    static Optional<CharClass> named(char letter) {
        return switch (letter) {
            case 'd' -> Optional.of(DIGITS);
            case 'D' -> Optional.of(DIGITS.complement());
            case 'w' -> Optional.of(WORD);
            case 'W' -> Optional.of(WORD.complement());
            case 's' -> Optional.of(SPACE);
            case 'S' -> Optional.of(SPACE.complement());
            default -> Optional.empty();
        };
    }

    /// The set of a property, such as `L`, `Lu`, `Letter`, `gc=Lu`, `Script=Greek` or `Alphabetic`.
    static Optional<CharClass> property(String property) {
        int sign = property.indexOf('=');
        String name = sign < 0 ? "" : property.substring(0, sign);
        String value = property.substring(sign + 1);
        return switch (name) {
            case "" -> category(value).or(() -> Optional.ofNullable(Binary.SETS.get(value)));
            case "gc", "General_Category" -> category(value);
            case "sc", "Script" -> script(value);
            default -> Optional.empty();
        };
    }

    private static Optional<CharClass> category(String name) {
        return Optional.ofNullable(Categories.SETS.get(name));
    }

    private static Optional<CharClass> script(String name) {
        try {
            return Optional.ofNullable(Scripts.SETS.get(Character.UnicodeScript.forName(name)));
        } catch (IllegalArgumentException _) {
            return Optional.empty();
        }
    }

    /// General categories by their short and long names (Unicode 16, section 4.5).
    private static Map<String, int[]> types() {
        Map<String, int[]> types = new HashMap<>();
        put(types, "Lu", "Uppercase_Letter", Character.UPPERCASE_LETTER);
        put(types, "Ll", "Lowercase_Letter", Character.LOWERCASE_LETTER);
        put(types, "Lt", "Titlecase_Letter", Character.TITLECASE_LETTER);
        put(types, "Lm", "Modifier_Letter", Character.MODIFIER_LETTER);
        put(types, "Lo", "Other_Letter", Character.OTHER_LETTER);
        put(types, "Mn", "Nonspacing_Mark", Character.NON_SPACING_MARK);
        put(types, "Mc", "Spacing_Mark", Character.COMBINING_SPACING_MARK);
        put(types, "Me", "Enclosing_Mark", Character.ENCLOSING_MARK);
        put(types, "Nd", "Decimal_Number", Character.DECIMAL_DIGIT_NUMBER);
        put(types, "Nl", "Letter_Number", Character.LETTER_NUMBER);
        put(types, "No", "Other_Number", Character.OTHER_NUMBER);
        put(types, "Pc", "Connector_Punctuation", Character.CONNECTOR_PUNCTUATION);
        put(types, "Pd", "Dash_Punctuation", Character.DASH_PUNCTUATION);
        put(types, "Ps", "Open_Punctuation", Character.START_PUNCTUATION);
        put(types, "Pe", "Close_Punctuation", Character.END_PUNCTUATION);
        put(types, "Pi", "Initial_Punctuation", Character.INITIAL_QUOTE_PUNCTUATION);
        put(types, "Pf", "Final_Punctuation", Character.FINAL_QUOTE_PUNCTUATION);
        put(types, "Po", "Other_Punctuation", Character.OTHER_PUNCTUATION);
        put(types, "Sm", "Math_Symbol", Character.MATH_SYMBOL);
        put(types, "Sc", "Currency_Symbol", Character.CURRENCY_SYMBOL);
        put(types, "Sk", "Modifier_Symbol", Character.MODIFIER_SYMBOL);
        put(types, "So", "Other_Symbol", Character.OTHER_SYMBOL);
        put(types, "Zs", "Space_Separator", Character.SPACE_SEPARATOR);
        put(types, "Zl", "Line_Separator", Character.LINE_SEPARATOR);
        put(types, "Zp", "Paragraph_Separator", Character.PARAGRAPH_SEPARATOR);
        put(types, "Cc", "Control", Character.CONTROL);
        put(types, "Cf", "Format", Character.FORMAT);
        put(types, "Co", "Private_Use", Character.PRIVATE_USE);
        put(types, "Cn", "Unassigned", Character.UNASSIGNED);
        putAll(types, "L", "Letter", "Lu", "Ll", "Lt", "Lm", "Lo");
        putAll(types, "LC", "Cased_Letter", "Lu", "Ll", "Lt");
        putAll(types, "M", "Mark", "Mn", "Mc", "Me");
        putAll(types, "N", "Number", "Nd", "Nl", "No");
        putAll(types, "P", "Punctuation", "Pc", "Pd", "Ps", "Pe", "Pi", "Pf", "Po");
        putAll(types, "S", "Symbol", "Sm", "Sc", "Sk", "So");
        putAll(types, "Z", "Separator", "Zs", "Zl", "Zp");
        putAll(types, "C", "Other", "Cc", "Cf", "Co", "Cn");
        return Map.copyOf(types);
    }

    private static void put(Map<String, int[]> types, String name, String longName, int type) {
        types.put(name, new int[] {type});
        types.put(longName, new int[] {type});
    }

    private static void putAll(
            Map<String, int[]> types, String name, String longName, String... members) {
        int[] union =
                Arrays.stream(members).flatMapToInt(m -> Arrays.stream(types.get(m))).toArray();
        types.put(name, union);
        types.put(longName, union);
    }
}
