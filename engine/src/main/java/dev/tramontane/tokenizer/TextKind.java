package dev.tramontane.tokenizer;

import java.nio.charset.StandardCharsets;

/// What the text of a token is, where somebody must tell code and data from prose. Special tokens
/// have no text and are of no kind.
public enum TextKind {
    /// Digits and nothing else but one space in front.
    DIGITS,
    /// Text with the end of a line in it.
    LINE_END,
    /// Nothing but white space, as deep as what stands before the first word of a line that begins
    /// eight columns in (that word takes the last space), or two tabs.
    INDENT,
    /// Text without a letter.
    WORDLESS;

    private static final int INDENT_SPACES = 7;
    private static final int INDENT_TABS = 2;

    /// Whether a token's bytes are of this kind.
    boolean fits(byte[] bytes, int from, int to) {
        return from < to
                && switch (this) {
                    case DIGITS -> isNumber(bytes, bytes[from] == ' ' ? from + 1 : from, to);
                    case LINE_END -> count(bytes, from, to, '\n') > 0;
                    case INDENT -> isIndent(bytes, from, to);
                    case WORDLESS ->
                            new String(bytes, from, to - from, StandardCharsets.UTF_8)
                                    .codePoints()
                                    .noneMatch(c -> Character.isLetter(c) || c == '\uFFFD');
                };
    }

    private static boolean isNumber(byte[] bytes, int from, int to) {
        for (int i = from; i < to; i++) {
            if (bytes[i] < '0' || bytes[i] > '9') {
                return false;
            }
        }
        return from < to;
    }

    private static boolean isIndent(byte[] bytes, int from, int to) {
        int spaces = count(bytes, from, to, ' ');
        int tabs = count(bytes, from, to, '\t');
        return spaces + tabs == to - from && (spaces >= INDENT_SPACES || tabs >= INDENT_TABS);
    }

    private static int count(byte[] bytes, int from, int to, char wanted) {
        int count = 0;
        for (int i = from; i < to; i++) {
            count += bytes[i] == wanted ? 1 : 0;
        }
        return count;
    }
}
