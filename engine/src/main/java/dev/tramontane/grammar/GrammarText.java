package dev.tramontane.grammar;

import dev.tramontane.grammar.Expression.CharClass;
import dev.tramontane.grammar.Expression.Repeat;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// Reads grammars in the notation of llama.cpp (GBNF), so that people's grammars run as they are:
///
/// ```
///   root   ::= greeting ", " name "!"?      # a text is a root
///   name   ::= [A-Z] [a-z]{1,20} |          # an alternative may begin on the next line
///              "\"" [^"\n]+ "\""
/// ```
///
/// A rule ends at the line's end, but for alternatives and what is in brackets. Characters are
/// written as they are or as a backslash before `n r t \ " [ ]`, or before `x`, `u` or `U` and two,
/// four or eight hexadecimal digits.
final class GrammarText {
    private static final String ROOT = "root";

    private final String text;
    private final Limits limits;
    private final Map<String, Expression> rules = new LinkedHashMap<>();
    private int at;

    private GrammarText(String text, Limits limits) {
        this.text = text;
        this.limits = limits;
    }

    /// @throws InvalidGrammarException with line and column of what is wrong
    static GrammarSource parse(String text, Limits limits) {
        limits.checkLength(text, "the grammar");
        return new GrammarText(text, limits).grammar();
    }

    private GrammarSource grammar() {
        skipSpace(true);
        while (at < text.length()) {
            rule();
            skipSpace(true);
        }
        if (!rules.containsKey(ROOT)) {
            throw new InvalidGrammarException(
                    "the grammar", "no rule \"root\", expected one: it says what a whole text is");
        }
        return new GrammarSource(rules, ROOT);
    }

    private void rule() {
        int start = at;
        String name = name();
        if (rules.containsKey(name)) {
            throw error(start, "a second rule \"" + name + "\"", "each name once");
        }
        if (rules.size() == limits.rules()) {
            throw error(start, "one rule more", "at most " + limits.rules());
        }
        skipSpace(false);
        expect("::=");
        skipSpace(true);
        rules.put(name, alternatives(0));
        if (at < text.length() && text.charAt(at) != '\n' && text.charAt(at) != '\r') {
            throw error(at, found(), "the end of the line or more of the rule");
        }
    }

    private String name() {
        int start = at;
        while (at < text.length() && isNameCharacter(text.charAt(at))) {
            at++;
        }
        if (at == start) {
            throw error(at, found(), "a rule's name (letters, digits, - and _)");
        }
        return text.substring(start, at);
    }

    private static boolean isNameCharacter(char c) {
        return c >= 'a' && c <= 'z'
                || c >= 'A' && c <= 'Z'
                || c >= '0' && c <= '9'
                || c == '-'
                || c == '_';
    }

    private Expression alternatives(int depth) {
        if (depth > limits.depth()) {
            throw error(
                    at,
                    "brackets more than " + limits.depth() + " deep",
                    "fewer; name some as rules");
        }
        List<Expression> options = new ArrayList<>();
        options.add(sequence(depth));
        while (at < text.length() && text.charAt(at) == '|') {
            at++;
            skipSpace(true);
            options.add(sequence(depth));
        }
        return options.size() == 1 ? options.getFirst() : new Expression.Choice(options);
    }

    private Expression sequence(int depth) {
        List<Expression> parts = new ArrayList<>();
        while (at < text.length()) {
            Expression part;
            char c = text.charAt(at);
            if (c == '"') {
                part = quoted();
            } else if (c == '[') {
                part = characters();
            } else if (c == '.') {
                at++;
                part = Expression.anyCharacter();
            } else if (c == '(') {
                part = group(depth);
            } else if (isNameCharacter(c)) {
                part = new Expression.Reference(name());
            } else if (c == '<' || c == '!') {
                throw error(
                        at,
                        found(),
                        "no tokens by name or number, which are not supported; write their text in quotes");
            } else {
                break;
            }
            skipSpace(depth > 0);
            parts.add(repeated(part, depth));
        }
        return parts.size() == 1 ? parts.getFirst() : new Expression.Sequence(parts);
    }

    private Expression group(int depth) {
        int open = at++;
        skipSpace(true);
        Expression inside = alternatives(depth + 1);
        if (at == text.length() || text.charAt(at) != ')') {
            throw error(at, found(), "the \")\" of the \"(\" at " + place(open));
        }
        at++;
        return inside;
    }

    private Expression repeated(Expression body, int depth) {
        Expression result = body;
        while (at < text.length()) {
            int start = at;
            switch (text.charAt(at)) {
                case '*' -> result = new Repeat(result, 0, Expression.UNBOUNDED);
                case '+' -> result = new Repeat(result, 1, Expression.UNBOUNDED);
                case '?' -> result = new Repeat(result, 0, 1);
                case '{' -> {
                    int[] times = times();
                    result = new Repeat(result, times[0], times[1]);
                }
                default -> {
                    return result;
                }
            }
            at = Math.max(at, start + 1);
            skipSpace(depth > 0);
        }
        return result;
    }

    /// `{m}`, `{m,}`, `{m,n}` or `{,n}`.
    private int[] times() {
        int open = at++;
        skipSpace(true);
        boolean hasMin = at < text.length() && text.charAt(at) != ',';
        int min = hasMin ? number() : 0;
        int max = min;
        skipSpace(true);
        if (at < text.length() && text.charAt(at) == ',') {
            at++;
            skipSpace(true);
            max = at < text.length() && text.charAt(at) == '}' ? Expression.UNBOUNDED : number();
            skipSpace(true);
        }
        expect("}");
        if (max < min) {
            throw error(open, "{" + min + "," + max + "}", "no fewer at most than at least");
        }
        return new int[] {min, max};
    }

    private int number() {
        int start = at;
        long value = 0;
        while (at < text.length() && text.charAt(at) >= '0' && text.charAt(at) <= '9') {
            value = value * 10 + text.charAt(at++) - '0';
            if (value >= Expression.UNBOUNDED) {
                throw error(
                        start,
                        "a number of times beyond " + (Expression.UNBOUNDED - 1),
                        "a smaller one");
            }
        }
        if (at == start) {
            throw error(at, found(), "a number of times");
        }
        return (int) value;
    }

    private Expression quoted() {
        int open = at++;
        var literal = new StringBuilder();
        while (at < text.length() && text.charAt(at) != '"') {
            literal.appendCodePoint(character());
        }
        if (at == text.length()) {
            throw error(open, "a quote without its end", "a second \"");
        }
        at++;
        return Expression.literal(literal.toString());
    }

    private CharClass characters() {
        int open = at++;
        boolean isNegated = at < text.length() && text.charAt(at) == '^';
        at += isNegated ? 1 : 0;
        List<Integer> ends = new ArrayList<>();
        while (at < text.length() && text.charAt(at) != ']') {
            int start = at;
            int first = character();
            int last = first;
            if (at + 1 < text.length() && text.charAt(at) == '-' && text.charAt(at + 1) != ']') {
                at++;
                last = character();
            }
            if (last < first) {
                throw error(
                        start,
                        text.substring(start, at),
                        "a range from a lower character to a higher one");
            }
            ends.add(first);
            ends.add(last);
        }
        if (at == text.length()) {
            throw error(open, "[ without its end", "a ]");
        }
        at++;
        var set = new CharClass(ends.stream().mapToInt(Integer::intValue).toArray());
        return isNegated ? set.complement() : set;
    }

    private int character() {
        int start = at;
        int c = text.codePointAt(at);
        at += Character.charCount(c);
        if (c == '\\') {
            c = escape(start);
        } else if (c == '\n' || c == '\r') {
            throw error(
                    start,
                    "the end of the line",
                    "the end of the text in quotes or brackets; write \\n for a line end");
        }
        if (Character.getType(c) == Character.SURROGATE) {
            throw error(start, "half a character (U+%04X)".formatted(c), "a whole one");
        }
        return c;
    }

    private int escape(int start) {
        if (at == text.length()) {
            throw error(start, "\\ at the end", "a character behind it");
        }
        char c = text.charAt(at++);
        return switch (c) {
            case 'n' -> '\n';
            case 'r' -> '\r';
            case 't' -> '\t';
            case '\\', '"', '[', ']', '-', '^' -> c;
            case 'x' -> hex(start, 2);
            case 'u' -> hex(start, 4);
            case 'U' -> hex(start, 8);
            default ->
                    throw error(
                            start,
                            "\\" + c,
                            "\\n \\r \\t \\\\ \\\" \\[ \\] \\xHH \\uHHHH or \\UHHHHHHHH");
        };
    }

    private int hex(int start, int digits) {
        long value = 0;
        for (int i = 0; i < digits; i++) {
            int digit = at < text.length() ? Character.digit(text.charAt(at), 16) : -1;
            if (digit < 0 || text.charAt(at) > 'f') {
                throw error(start, text.substring(start, at), digits + " hexadecimal digits");
            }
            value = value << 4 | digit;
            at++;
        }
        if (value > Character.MAX_CODE_POINT) {
            throw error(start, text.substring(start, at), "a character up to U+10FFFF");
        }
        return (int) value;
    }

    /// Passes over white space and comments.
    private void skipSpace(boolean acrossLines) {
        while (at < text.length()) {
            char c = text.charAt(at);
            if (c == '#') {
                while (at < text.length() && text.charAt(at) != '\n' && text.charAt(at) != '\r') {
                    at++;
                }
            } else if (c == ' ' || c == '\t' || acrossLines && (c == '\n' || c == '\r')) {
                at++;
            } else {
                return;
            }
        }
    }

    private void expect(String token) {
        if (!text.startsWith(token, at)) {
            throw error(at, found(), token);
        }
        at += token.length();
    }

    private String found() {
        return at == text.length()
                ? "the end"
                : "\"" + Character.toString(text.codePointAt(at)).replace("\n", "\\n") + "\"";
    }

    private InvalidGrammarException error(int where, String found, String expected) {
        return new InvalidGrammarException(
                place(where), "found " + found + ", expected " + expected);
    }

    private String place(int where) {
        int line = 1;
        int lineStart = 0;
        for (int i = 0; i < where; i++) {
            if (text.charAt(i) == '\n') {
                line++;
                lineStart = i + 1;
            }
        }
        return "line %d, column %d".formatted(line, text.codePointCount(lineStart, where) + 1);
    }
}
