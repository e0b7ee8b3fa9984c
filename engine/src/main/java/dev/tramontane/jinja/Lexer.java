package dev.tramontane.jinja;

import dev.tramontane.jinja.Token.Kind;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;

/// Cuts a template into tokens, with `trim_blocks` and `lstrip_blocks`: the line break after a
/// block's end goes, and so does blank space between a line's start and a block. `-` at a tag's
/// inner side takes all white space beyond it, `+` keeps it.
final class Lexer {
    private static final String[] OPERATORS = {
        "//", "**", "==", "!=", ">=", "<=", "+", "-", "/", "*", "%", "~", "[", "]", "(", ")", "{",
        "}", ">", "<", "=", ".", ":", "|", ",", ";"
    };

    private final String source;
    private final List<Token> tokens = new ArrayList<>();
    private int at;
    private int line = 1;

    private Lexer(String source) {
        this.source = source;
    }

    /// The tokens of a template, the end's last.
    static List<Token> tokens(String template) {
        String lines = template.replace("\r\n", "\n").replace('\r', '\n');
        var lexer =
                new Lexer(lines.endsWith("\n") ? lines.substring(0, lines.length() - 1) : lines);
        lexer.readAll();
        return lexer.tokens;
    }

    private void readAll() {
        while (at < source.length()) {
            int tag = nextTag();
            if (tag < 0) {
                add(Kind.DATA, source.substring(at));
                at = source.length();
            } else {
                readTag(tag);
            }
        }
        tokens.add(new Token(Kind.END, "", line));
    }

    /// The next `{{`, `{%` or `{#`; −1 without any.
    private int nextTag() {
        int tag = source.indexOf('{', at);
        while (tag >= 0) {
            char next = tag + 1 < source.length() ? source.charAt(tag + 1) : ' ';
            if (next == '{' || next == '%' || next == '#') {
                return tag;
            }
            tag = source.indexOf('{', tag + 1);
        }
        return -1;
    }

    private void readTag(int tag) {
        char kind = source.charAt(tag + 1);
        char sign = tag + 2 < source.length() ? source.charAt(tag + 2) : ' ';
        boolean signed = sign == '-' || sign == '+';
        data(tag, sign, kind != '{');
        at = tag + (signed ? 3 : 2);
        switch (kind) {
            case '#' -> comment();
            case '{' -> {
                add(Kind.VARIABLE_BEGIN, "");
                inside(false);
            }
            default -> {
                if (!raw()) {
                    add(Kind.BLOCK_BEGIN, "");
                    inside(true);
                }
            }
        }
    }

    /// The text before a tag.
    private void data(int tag, char sign, boolean strips) {
        int end = tag;
        if (sign == '-') {
            while (end > at && Characters.isSpace(source.charAt(end - 1))) {
                end--;
            }
        } else if (sign != '+' && strips) {
            int blank = end;
            while (blank > at
                    && source.charAt(blank - 1) != '\n'
                    && Characters.isSpace(source.charAt(blank - 1))) {
                blank--;
            }
            boolean startsLine = blank == 0 || source.charAt(blank - 1) == '\n';
            end = startsLine ? blank : end;
        }
        String text = source.substring(at, end);
        if (!text.isEmpty()) {
            tokens.add(new Token(Kind.DATA, text, line));
        }
        countLines(at, tag);
    }

    private void comment() {
        int end = source.indexOf("#}", at);
        if (end < 0) {
            throw TemplateException.syntax(line, "a comment without an end", "#}");
        }
        char sign = end > at ? source.charAt(end - 1) : ' ';
        countLines(at, end);
        at = end + 2;
        afterBlock(sign);
    }

    /// After a block's or comment's end.
    private void afterBlock(char sign) {
        if (sign == '-') {
            skipSpace();
        } else if (sign != '+' && at < source.length() && source.charAt(at) == '\n') {
            at++;
            line++;
        }
    }

    private void skipSpace() {
        int start = at;
        while (at < source.length() && Characters.isSpace(source.charAt(at))) {
            at++;
        }
        countLines(start, at);
    }

    /// `{% raw %}` and the text to its end, when that is what stands here.
    private boolean raw() {
        int end = wordTag(at, "raw");
        if (end < 0) {
            return false;
        }
        countLines(at, end);
        boolean strips = source.charAt(end - 3) == '-';
        at = end;
        if (strips) {
            skipSpace();
        }
        for (int tag = source.indexOf("{%", at); tag >= 0; tag = source.indexOf("{%", tag + 1)) {
            char sign = tag + 2 < source.length() ? source.charAt(tag + 2) : ' ';
            int close = wordTag(tag + (sign == '-' || sign == '+' ? 3 : 2), "endraw");
            if (close >= 0) {
                data(tag, sign, true);
                countLines(tag, close);
                at = close;
                afterBlock(source.charAt(close - 3));
                return true;
            }
        }
        throw TemplateException.syntax(line, "raw text without an end", "{% endraw %}");
    }

    /// The position after `word %}`, or −1 when something else stands there.
    private int wordTag(int from, String word) {
        int position = spaceEnd(from);
        if (!source.startsWith(word, position)) {
            return -1;
        }
        position = spaceEnd(position + word.length());
        if (position < source.length()
                && (source.charAt(position) == '-'
                        || (source.charAt(position) == '+' && word.equals("endraw")))) {
            position++;
        }
        return source.startsWith("%}", position) ? position + 2 : -1;
    }

    private int spaceEnd(int from) {
        int position = from;
        while (position < source.length() && Characters.isSpace(source.charAt(position))) {
            position++;
        }
        return position;
    }

    /// The tokens of a tag, to its end.
    private void inside(boolean block) {
        Deque<Character> open = new ArrayDeque<>();
        String end = block ? "%}" : "}}";
        while (true) {
            skipSpace();
            if (at >= source.length()) {
                throw TemplateException.syntax(line, "the end of the template in a tag", end);
            }
            char c = source.charAt(at);
            if (open.isEmpty() && endsTag(c, end, block)) {
                return;
            }
            if (c >= '0' && c <= '9') {
                number();
            } else if (Characters.isWord(source.codePointAt(at))) {
                name();
            } else if (c == '"' || c == '\'') {
                string(c);
            } else {
                operator(open);
            }
        }
    }

    private boolean endsTag(char c, String end, boolean block) {
        boolean signed = (c == '-' || (c == '+' && block)) && source.startsWith(end, at + 1);
        if (!signed && !source.startsWith(end, at)) {
            return false;
        }
        add(block ? Kind.BLOCK_END : Kind.VARIABLE_END, "");
        at += signed ? 3 : 2;
        if (block) {
            afterBlock(signed ? c : ' ');
        } else if (signed) {
            skipSpace();
        }
        return true;
    }

    private void name() {
        int start = at;
        while (at < source.length()) {
            int point = source.codePointAt(at);
            if (!Characters.isWord(point)) {
                break;
            }
            at += Character.charCount(point);
        }
        add(Kind.NAME, source.substring(start, at));
    }

    private void number() {
        int start = at;
        int whole = digits(at);
        int end = fraction(whole);
        if (end > whole && !source.startsWith(".", start - 1)) {
            at = end;
            add(Kind.FLOAT, source.substring(start, end).replace("_", ""));
            return;
        }
        char marker = at + 1 < source.length() ? Character.toLowerCase(source.charAt(at + 1)) : ' ';
        int radix = marker == 'x' ? 16 : marker == 'o' ? 8 : marker == 'b' ? 2 : 10;
        if (source.charAt(at) == '0' && radix != 10 && isDigit(at + 2, radix)) {
            int position = at + 2;
            while (isDigit(position, radix)
                    || (position < source.length()
                            && source.charAt(position) == '_'
                            && isDigit(position + 1, radix))) {
                position++;
            }
            at = position;
        } else if (source.charAt(at) == '0') {
            while (at < whole && (source.charAt(at) == '0' || source.charAt(at) == '_')) {
                at++;
            }
        } else {
            at = whole;
        }
        add(Kind.INTEGER, source.substring(start, at).replace("_", ""));
    }

    private boolean isDigit(int position, int radix) {
        return position < source.length()
                && source.charAt(position) < 0x80
                && Character.digit(source.charAt(position), radix) >= 0;
    }

    /// After digits with single underscores between them.
    private int digits(int from) {
        int position = from;
        while (isDigit(position, 10)
                || (position > from
                        && position < source.length()
                        && source.charAt(position) == '_'
                        && isDigit(position + 1, 10))) {
            position++;
        }
        return position;
    }

    /// After a fraction or an exponent; `from` without either.
    private int fraction(int from) {
        int position = from;
        if (source.startsWith(".", position) && isDigit(position + 1, 10)) {
            position = digits(position + 1);
        }
        if (position < source.length() && "eE".indexOf(source.charAt(position)) >= 0) {
            int sign = position + 1;
            if (sign < source.length() && "+-".indexOf(source.charAt(sign)) >= 0) {
                sign++;
            }
            if (isDigit(sign, 10)) {
                position = digits(sign);
            }
        }
        return position;
    }

    private void string(char quote) {
        int end = at + 1;
        while (end < source.length() && source.charAt(end) != quote) {
            end += source.charAt(end) == '\\' ? 2 : 1;
        }
        if (end >= source.length()) {
            throw TemplateException.syntax(line, "a string without an end", "" + quote);
        }
        add(Kind.STRING, Escapes.unescaped(source.substring(at + 1, end), line));
        countLines(at, end);
        at = end + 1;
    }

    private void operator(Deque<Character> open) {
        for (String operator : OPERATORS) {
            if (source.startsWith(operator, at)) {
                balance(operator.charAt(0), open);
                add(Kind.OPERATOR, operator);
                at += operator.length();
                return;
            }
        }
        String found = source.substring(at, source.offsetByCodePoints(at, 1));
        throw TemplateException.syntax(line, "the character '" + found + "'", "an expression");
    }

    private void balance(char bracket, Deque<Character> open) {
        switch (bracket) {
            case '(' -> open.push(')');
            case '[' -> open.push(']');
            case '{' -> open.push('}');
            case ')', ']', '}' -> {
                if (open.isEmpty() || open.pop() != bracket) {
                    throw TemplateException.syntax(
                            line, "'" + bracket + "'", "the bracket that closes the last one");
                }
            }
            default -> {}
        }
    }

    private void add(Kind kind, String text) {
        tokens.add(new Token(kind, text, line));
    }

    private void countLines(int from, int to) {
        for (int i = from; i < to; i++) {
            if (source.charAt(i) == '\n') {
                line++;
            }
        }
    }
}
