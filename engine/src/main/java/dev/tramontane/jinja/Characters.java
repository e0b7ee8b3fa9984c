package dev.tramontane.jinja;

/// Characters as Python classifies them.
final class Characters {
    private Characters() {}

    /// `str.isspace`, which is also what `strip` takes and `\s` matches.
    static boolean isSpace(int c) {
        return c <= ' '
                ? c == ' ' || (c >= '\t' && c <= '\r') || (c >= 0x1C && c <= 0x1F)
                : c >= 0x85
                        && (c == 0x85
                                || c == 0xA0
                                || c == 0x1680
                                || (c >= 0x2000 && c <= 0x200A)
                                || c == 0x2028
                                || c == 0x2029
                                || c == 0x202F
                                || c == 0x205F
                                || c == 0x3000);
    }

    /// What `\w` matches.
    static boolean isWord(int c) {
        return c == '_'
                || Character.isLetterOrDigit(c)
                || Character.getType(c) == Character.LETTER_NUMBER
                || Character.getType(c) == Character.OTHER_NUMBER;
    }

    /// Where `splitlines` splits.
    static boolean isLineBreak(char c) {
        return (c >= '\n' && c <= '\r')
                || (c >= 0x1C && c <= 0x1E)
                || c == 0x85
                || c == 0x2028
                || c == 0x2029;
    }

    /// `str.isprintable`, by which `repr` decides what to escape.
    static boolean isPrintable(int c) {
        return switch (Character.getType(c)) {
            case Character.CONTROL,
                    Character.FORMAT,
                    Character.SURROGATE,
                    Character.PRIVATE_USE,
                    Character.UNASSIGNED,
                    Character.LINE_SEPARATOR,
                    Character.PARAGRAPH_SEPARATOR ->
                    false;
            case Character.SPACE_SEPARATOR -> c == ' ';
            default -> true;
        };
    }
}
