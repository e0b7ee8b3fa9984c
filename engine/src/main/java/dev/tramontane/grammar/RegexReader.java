package dev.tramontane.grammar;

import dev.tramontane.grammar.Expression.CharClass;
import dev.tramontane.grammar.Expression.Repeat;
import dev.tramontane.grammar.RegexNode.Plain;

import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.LongConsumer;

/// Reads the notation of {@link Regex}.
final class RegexReader {
    private static final String SYNTAX_CHARACTERS = "^$\\.*+?()[]{}|/-";

    /// What a character, a set or a group costs, whatever is in it.
    private static final int STEPS_A_TERM = 4;

    private final String pattern;
    private final Limits limits;
    private final LongConsumer spend;
    private int at;

    /// @param spend is told of steps of work, and may refuse
    RegexReader(String pattern, Limits limits, LongConsumer spend) {
        this.pattern = pattern;
        this.limits = limits;
        this.spend = spend;
    }

    /// @throws InvalidGrammarException with the place in the pattern
    RegexNode read() {
        limits.checkLength(pattern, "the pattern");
        RegexNode node = alternatives(0);
        if (at < pattern.length()) {
            throw error(at, "found )", "expected a ( before it; write \\) for the character");
        }
        return node;
    }

    /// Where something stands, from 1, as messages say it.
    static String place(int at) {
        return "character " + (at + 1) + " of the pattern";
    }

    private static InvalidGrammarException error(int at, String found, String expected) {
        return new InvalidGrammarException(place(at), found + ", " + expected);
    }

    private boolean has(char c) {
        return at < pattern.length() && pattern.charAt(at) == c;
    }

    private RegexNode alternatives(int depth) {
        if (depth > limits.depth()) {
            throw error(
                    at,
                    "groups more than " + limits.depth() + " deep",
                    "expected fewer; write them out");
        }
        List<RegexNode> options = new ArrayList<>();
        options.add(sequence(depth));
        while (has('|')) {
            at++;
            options.add(sequence(depth));
        }
        if (options.size() == 1) {
            return options.getFirst();
        }
        return arePlain(options)
                ? new Plain(new Expression.Choice(expressions(options)))
                : new RegexNode.Choice(options);
    }

    private static boolean arePlain(List<RegexNode> nodes) {
        return nodes.stream().allMatch(node -> node instanceof Plain);
    }

    private static List<Expression> expressions(List<RegexNode> nodes) {
        List<Expression> expressions = new ArrayList<>();
        for (RegexNode node : nodes) {
            if (node instanceof Plain(Expression expression)) {
                expressions.add(expression);
            }
        }
        return expressions;
    }

    private RegexNode sequence(int depth) {
        List<RegexNode> parts = new ArrayList<>();
        var literal = new StringBuilder();
        while (at < pattern.length() && !has('|') && !has(')')) {
            RegexNode part = quantified(term(depth));
            if (part instanceof Plain(CharClass(int[] ranges))
                    && ranges.length == 2
                    && ranges[0] == ranges[1]) {
                literal.appendCodePoint(ranges[0]);
                continue;
            }
            flush(literal, parts);
            parts.add(part);
        }
        flush(literal, parts);
        if (parts.size() == 1) {
            return parts.getFirst();
        }
        return arePlain(parts)
                ? new Plain(new Expression.Sequence(expressions(parts)))
                : new RegexNode.Sequence(parts);
    }

    private static void flush(StringBuilder literal, List<RegexNode> parts) {
        if (!literal.isEmpty()) {
            parts.add(new Plain(Expression.literal(literal.toString())));
            literal.setLength(0);
        }
    }

    private RegexNode term(int depth) {
        int start = at;
        spend.accept(STEPS_A_TERM);
        int c = pattern.codePointAt(at);
        at += Character.charCount(c);
        return switch (c) {
            case '^' -> new RegexNode.Start(start);
            case '$' -> new RegexNode.End(start);
            case '(' -> group(start, depth);
            case '.' -> new Plain(RegexClasses.DOT);
            case '[' -> new Plain(characterClass(start));
            case '\\' -> new Plain(escape(start));
            case '*', '+', '?' ->
                    throw error(
                            start,
                            "found " + (char) c,
                            "expected something before it to repeat; write \\"
                                    + (char) c
                                    + " for the character");
            case '{' -> {
                if (times(start) != null) {
                    throw error(
                            start,
                            "found " + pattern.substring(start, at),
                            "expected something before it to repeat");
                }
                yield new Plain(character(start, c));
            }
            default -> new Plain(character(start, c));
        };
    }

    private static CharClass character(int at, int c) {
        return Expression.characters(whole(at, c), c);
    }

    private static int whole(int at, int c) {
        if (Character.getType(c) == Character.SURROGATE) {
            throw error(at, "half a character (U+%04X)".formatted(c), "expected a whole one");
        }
        return c;
    }

    private RegexNode group(int start, int depth) {
        if (has('?')) {
            at++;
            if (has(':')) {
                at++;
            } else if (has('<') && !pattern.startsWith("<=", at) && !pattern.startsWith("<!", at)) {
                groupName(start);
            } else {
                throw refusedGroup(start);
            }
        }
        RegexNode inside = alternatives(depth + 1);
        if (!has(')')) {
            throw error(
                    start, "found ( without its end", "expected a ); write \\( for the character");
        }
        at++;
        return inside;
    }

    private void groupName(int start) {
        int end = pattern.indexOf('>', at);
        if (end <= at + 1) {
            throw error(start, "found a group without a name", "expected (?<name>…) or (?:…)");
        }
        at = end + 1;
    }

    private InvalidGrammarException refusedGroup(int start) {
        String what;
        if (has('=') || has('!')) {
            what = "lookahead";
        } else if (has('<')) {
            what = "lookbehind";
        } else {
            what = "modifiers of a group";
        }
        return error(
                start,
                "found "
                        + what
                        + " ("
                        + pattern.substring(start, Math.min(at + 1, pattern.length()))
                        + "…)",
                "which is not supported; write the pattern without it");
    }

    private RegexNode quantified(RegexNode term) {
        int start = at;
        int min;
        int max;
        if (has('*') || has('+') || has('?')) {
            min = has('+') ? 1 : 0;
            max = has('?') ? 1 : Expression.UNBOUNDED;
            at++;
        } else if (has('{')) {
            at++;
            int[] times = times(start);
            if (times == null) {
                at = start;
                return term;
            }
            min = times[0];
            max = times[1];
        } else {
            return term;
        }
        if (has('?')) {
            at++; // lazy: which match is preferred, not which texts match
        }
        if (has('*') || has('+') || has('?')) {
            throw error(
                    at,
                    "found " + pattern.charAt(at) + " behind a repetition",
                    "expected a group around it");
        }
        return repeated(term, min, max, start);
    }

    private static RegexNode repeated(RegexNode term, int min, int max, int start) {
        return switch (term) {
            case Plain(var body) -> new Plain(new Repeat(body, min, max));
            case RegexNode.Start _, RegexNode.End _ ->
                    throw error(
                            start,
                            "found a repetition of ^ or $",
                            "expected something else before it");
            case RegexNode.Sequence _, RegexNode.Choice _, RegexNode.Maybe _ -> {
                if (max != 1) {
                    throw error(
                            start,
                            "found a repetition of what has ^ or $ in it",
                            "expected them outside of it");
                }
                yield min == 1 ? term : new RegexNode.Maybe(term);
            }
        };
    }

    /// Reads `m}`, `m,}` or `m,n}` behind a brace; reads nothing when it is none of these, and then
    /// the brace is a character.
    private int @Nullable [] times(int start) {
        int end = at;
        while (end < pattern.length() && isDigitOrComma(pattern.charAt(end))) {
            end++;
        }
        String inside = pattern.substring(at, end);
        if (end == pattern.length()
                || pattern.charAt(end) != '}'
                || !inside.matches("[0-9]+(,[0-9]*)?")) {
            return null;
        }
        at = end + 1;
        int comma = inside.indexOf(',');
        int min = number(comma < 0 ? inside : inside.substring(0, comma), start);
        int max =
                comma < 0
                        ? min
                        : comma + 1 == inside.length()
                                ? Expression.UNBOUNDED
                                : number(inside.substring(comma + 1), start);
        if (max < min) {
            throw error(start, "found {" + inside + "}", "expected no fewer at most than at least");
        }
        return new int[] {min, max};
    }

    private static boolean isDigitOrComma(char c) {
        return c >= '0' && c <= '9' || c == ',';
    }

    private static int number(String digits, int start) {
        String significant = digits.replaceFirst("^0+(?=.)", "");
        if (significant.length() > 9) {
            throw error(
                    start,
                    "found a repetition of " + digits.length() + " digits",
                    "expected at most 999999999 times");
        }
        return Integer.parseInt(significant);
    }

    private CharClass escape(int start) {
        if (at == pattern.length()) {
            throw error(start, "found \\ at the end", "expected a character behind it");
        }
        char c = pattern.charAt(at);
        if (c == 'b' || c == 'B') {
            throw error(
                    start,
                    "found a word boundary (\\" + c + ")",
                    "which is not supported; write the characters beside it");
        }
        if (c == 'k' || c >= '1' && c <= '9') {
            throw error(
                    start,
                    "found a backreference (\\" + c + ")",
                    "which is not supported; write the text again");
        }
        return classEscape(start).orElseGet(() -> character(start, characterEscape(start)));
    }

    /// `\d`, `\p{L}` and their kin.
    private Optional<CharClass> classEscape(int start) {
        char c = pattern.charAt(at);
        Optional<CharClass> set = RegexClasses.named(c);
        if (set.isPresent()) {
            at++;
            return set;
        }
        if (c != 'p' && c != 'P') {
            return Optional.empty();
        }
        int end = pattern.indexOf('}', at);
        if (!pattern.startsWith("{", at + 1) || end < 0) {
            throw error(start, "found \\" + c, "expected a property behind it, such as \\p{L}");
        }
        String property = pattern.substring(at + 2, end);
        at = end + 1;
        CharClass characters =
                RegexClasses.property(property)
                        .orElseThrow(
                                () ->
                                        error(
                                                start,
                                                "found the property \"" + property + "\"",
                                                "expected a general category, a script or one of "
                                                        + RegexClasses.BINARY_PROPERTIES));
        spend.accept(characters.ranges().length);
        return Optional.of(c == 'P' ? characters.complement() : characters);
    }

    /// The character that an escape stands for.
    private int characterEscape(int start) {
        int c = pattern.codePointAt(at);
        at += Character.charCount(c);
        return switch (c) {
            case 't' -> '\t';
            case 'n' -> '\n';
            case 'v' -> 0x0B;
            case 'f' -> '\f';
            case 'r' -> '\r';
            case '0' -> {
                if (at < pattern.length() && Character.isDigit(pattern.charAt(at))) {
                    throw error(start, "found an octal escape", "expected \\xHH");
                }
                yield 0;
            }
            case 'c' -> control(start);
            case 'x' -> hex(start, 2);
            case 'u' -> unicode(start);
            default -> {
                boolean isPunctuation = c < 0x80 && !Character.isLetterOrDigit(c);
                if (!isPunctuation && SYNTAX_CHARACTERS.indexOf(c) < 0) {
                    throw error(
                            start,
                            "found \\" + Character.toString(c),
                            "which means nothing; write the character without \\");
                }
                yield c;
            }
        };
    }

    private int control(int start) {
        int letter = at < pattern.length() ? pattern.charAt(at++) : 0;
        if (!(letter >= 'a' && letter <= 'z' || letter >= 'A' && letter <= 'Z')) {
            throw error(start, "found \\c", "expected a letter behind it");
        }
        return letter % 32;
    }

    private int unicode(int start) {
        if (has('{')) {
            int end = pattern.indexOf('}', at);
            int length = end - at - 1;
            if (length < 1 || length > 8) {
                throw error(start, "found \\u{", "expected hexadecimal digits and }");
            }
            at++;
            int c = hex(start, length);
            at++;
            return c;
        }
        int first = hex(start, 4);
        if (Character.isHighSurrogate((char) first) && pattern.startsWith("\\u", at)) {
            int before = at;
            at += 2;
            int second = hex(start, 4);
            if (Character.isLowSurrogate((char) second)) {
                return Character.toCodePoint((char) first, (char) second);
            }
            at = before;
        }
        return first;
    }

    private int hex(int start, int digits) {
        long value = 0;
        for (int i = 0; i < digits; i++) {
            int digit = at < pattern.length() ? Character.digit(pattern.charAt(at), 16) : -1;
            if (digit < 0 || pattern.charAt(at) > 'f') {
                throw error(
                        start,
                        "found " + pattern.substring(start, at),
                        "expected " + digits + " hexadecimal digits");
            }
            value = value << 4 | digit;
            at++;
        }
        if (value > Character.MAX_CODE_POINT) {
            throw error(
                    start,
                    "found " + pattern.substring(start, at),
                    "expected a character up to U+10FFFF");
        }
        return (int) value;
    }

    private CharClass characterClass(int open) {
        boolean isNegated = has('^');
        at += isNegated ? 1 : 0;
        List<Integer> ends = new ArrayList<>();
        while (!has(']')) {
            if (at == pattern.length()) {
                throw error(
                        open,
                        "found [ without its end",
                        "expected a ]; write \\[ for the character");
            }
            int start = at;
            Optional<CharClass> named = classOfClass();
            if (named.isPresent()) {
                for (int end : named.get().ranges()) {
                    ends.add(end);
                }
                spend.accept(STEPS_A_TERM + named.get().ranges().length);
                continue;
            }
            int first = classCharacter(start);
            int last = first;
            if (has('-') && at + 1 < pattern.length() && pattern.charAt(at + 1) != ']') {
                at++;
                if (classOfClass().isPresent()) {
                    throw error(
                            start,
                            "found a range to a set (" + pattern.substring(start, at) + ")",
                            "expected a single character at both ends");
                }
                last = classCharacter(at);
            }
            if (last < first) {
                throw error(
                        start,
                        "found the range " + pattern.substring(start, at),
                        "expected the lower character first");
            }
            ends.add(first);
            ends.add(last);
            spend.accept(STEPS_A_TERM);
        }
        at++;
        var set = new CharClass(ends.stream().mapToInt(Integer::intValue).toArray());
        return isNegated ? set.complement() : set;
    }

    private Optional<CharClass> classOfClass() {
        if (!has('\\') || at + 1 == pattern.length()) {
            return Optional.empty();
        }
        int start = at++;
        Optional<CharClass> set = classEscape(start);
        at = set.isPresent() ? at : start;
        return set;
    }

    private int classCharacter(int start) {
        int c = pattern.codePointAt(at);
        at += Character.charCount(c);
        if (c == '\\') {
            if (at == pattern.length()) {
                throw error(start, "found \\ at the end", "expected a character behind it");
            }
            if (has('b')) {
                at++;
                return '\b';
            }
            c = characterEscape(start);
        }
        return whole(start, c);
    }
}
