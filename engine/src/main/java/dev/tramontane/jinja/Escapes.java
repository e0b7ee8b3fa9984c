package dev.tramontane.jinja;

import java.util.Locale;

/// The escapes of string literals, as Python's `unicode-escape` codec reads them.
final class Escapes {
    private Escapes() {}

    static String unescaped(String literal, int line) {
        if (literal.indexOf('\\') < 0) {
            return literal;
        }
        var out = new StringBuilder();
        int at = 0;
        while (at < literal.length()) {
            char c = literal.charAt(at++);
            if (c != '\\' || at == literal.length()) {
                out.append(c);
                continue;
            }
            char escape = literal.charAt(at++);
            switch (escape) {
                case '\n' -> {}
                case '\\', '\'', '"' -> out.append(escape);
                case 'a' -> out.append('\u0007');
                case 'b' -> out.append('\b');
                case 'f' -> out.append('\f');
                case 'n' -> out.append('\n');
                case 'r' -> out.append('\r');
                case 't' -> out.append('\t');
                case 'v' -> out.append('\u000B');
                case '0', '1', '2', '3', '4', '5', '6', '7' -> {
                    int end = at;
                    while (end < literal.length()
                            && end < at + 2
                            && Character.digit(literal.charAt(end), 8) >= 0
                            && literal.charAt(end) < 0x80) {
                        end++;
                    }
                    out.append((char) Integer.parseInt(literal.substring(at - 1, end), 8));
                    at = end;
                }
                case 'x' -> at = hexadecimal(literal, at, 2, out, line);
                case 'u' -> at = hexadecimal(literal, at, 4, out, line);
                case 'U' -> at = hexadecimal(literal, at, 8, out, line);
                case 'N' -> at = named(literal, at, out, line);
                default -> out.append('\\').append(escape);
            }
        }
        return out.toString();
    }

    private static int hexadecimal(
            String literal, int at, int digits, StringBuilder out, int line) {
        int end = at + digits;
        try {
            String code = literal.substring(at, end).toLowerCase(Locale.ROOT);
            out.appendCodePoint(Integer.parseUnsignedInt(code, 16));
        } catch (IndexOutOfBoundsException | IllegalArgumentException _) {
            throw TemplateException.syntax(
                    line, "a broken escape in a string", digits + " hexadecimal digits");
        }
        return end;
    }

    private static int named(String literal, int at, StringBuilder out, int line) {
        int end = literal.indexOf('}', at);
        try {
            out.appendCodePoint(Character.codePointOf(literal.substring(at + 1, end)));
        } catch (IndexOutOfBoundsException | IllegalArgumentException _) {
            throw TemplateException.syntax(
                    line, "a broken escape in a string", "\\N{NAME} with a character's name");
        }
        return end + 1;
    }
}
