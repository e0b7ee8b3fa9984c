package dev.tramontane.tokenizer;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/// Cuts a text into the pieces that are encoded on their own, as Tekken's regular expression does:
///
/// ```
/// [^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]*[\p{Ll}\p{Lm}\p{Lo}\p{M}]+
/// |[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]+[\p{Ll}\p{Lm}\p{Lo}\p{M}]*
/// |\p{N}
/// | ?[^\s\p{L}\p{N}]+[\r\n/]*
/// |\s*[\r\n]+
/// |\s+(?!\S)
/// |\s+
/// ```
///
/// Written out by hand it needs no stack, looks at each character at most a few times, and works on
/// UTF-8 directly. Characters are told apart by the kinds that the expression knows.
final class PieceScanner {
    private static final int UPPER = 1; // Lu, Lt
    private static final int LOWER = 1 << 1; // Ll
    private static final int CASELESS = 1 << 2; // Lm, Lo
    private static final int MARK = 1 << 3; // M
    private static final int NUMBER = 1 << 4; // N
    private static final int NEWLINE = 1 << 5; // \r, \n
    private static final int SPACE = 1 << 6; // White_Space but for the newlines
    private static final int SYMBOL = 1 << 7; // everything else, unassigned characters too

    private static final int WORD = UPPER | LOWER | CASELESS | MARK;
    private static final int HEAD = UPPER | CASELESS | MARK;
    private static final int TAIL = LOWER | CASELESS | MARK;

    /// Kinds of the Basic Multilingual Plane.
    private static final byte[] KINDS = kinds();

    private static final VarHandle LONGS =
            MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

    private final byte[] text;
    private final int end;

    /// @param text well-formed UTF-8, then at least three bytes of padding
    /// @param end of the text, without the padding
    PieceScanner(byte[] text, int end) {
        this.text = text;
        this.end = end;
    }

    /// Where the piece that begins at byte `from` ends; `from` is before the end of the text.
    int pieceEnd(int from) {
        int lower = plainWordEnd(from);
        if (lower > from) {
            return lower;
        }
        int kind = kind(from);
        if ((kind & WORD) != 0) {
            return wordEnd(from);
        }
        int after = next(from);
        if (kind == NUMBER) {
            return after;
        }
        if (kind == NEWLINE) {
            return spaceEnd(from);
        }
        // A space or a symbol: one of them may lead a word.
        int word = wordEnd(after);
        if (word > after) {
            return word;
        }
        if (kind == SYMBOL) {
            return symbolsEnd(from);
        }
        if (text[from] == ' ' && after < end && kind(after) == SYMBOL) {
            return symbolsEnd(after);
        }
        return spaceEnd(from);
    }

    /// The commonest piece in one look: lower-case ASCII letters behind at most one leading
    /// character and one capital, where no other script goes on. Gives `from` when it is not one.
    private int plainWordEnd(int from) {
        int at = from;
        byte first = text[at];
        if (first < 0) {
            return from;
        }
        at += (KINDS[first] & (SPACE | SYMBOL)) != 0 ? 1 : 0;
        at += text[at] >= 'A' && text[at] <= 'Z' ? 1 : 0;
        int run;
        int start = at;
        do {
            run = lowerCaseRun(at);
            at += run;
        } while (run == Long.BYTES);
        return at > start && text[at] >= 0 ? at : from;
    }

    /// How many of the next eight bytes are `a` to `z` before the first that is not.
    private int lowerCaseRun(int at) {
        long eight = (long) LONGS.get(text, at);
        long low = eight & 0x7F7F7F7F7F7F7F7FL;
        long fromA = low + 0x1F1F1F1F1F1F1F1FL; // high bit of a byte: at least 'a'
        long beyondZ = low + 0x0505050505050505L; // more than 'z'
        long other = ~(fromA & ~beyondZ & ~eight) & 0x8080808080808080L;
        return Long.numberOfTrailingZeros(other) / Byte.SIZE;
    }

    /// The first two alternatives without their optional first character: where a word that begins
    /// at `from` ends, or `from` when there is none.
    ///
    /// The first alternative must end in a tail. Where no lower-case letter follows the head, it
    /// gives back what it took until its last character may also be a tail; where there is no such
    /// character, the second alternative takes the head alone.
    private int wordEnd(int from) {
        int at = from;
        int lastTail = from;
        while (at < end) {
            int kind = kind(at);
            if ((kind & HEAD) == 0) {
                if (kind == LOWER) {
                    return tailEnd(at);
                }
                break;
            }
            at = next(at);
            if (kind != UPPER) {
                lastTail = at;
            }
        }
        return lastTail > from ? lastTail : at;
    }

    private int tailEnd(int from) {
        int at = from;
        while (at < end && (kind(at) & TAIL) != 0) {
            at = next(at);
        }
        return at;
    }

    /// `[^\s\p{L}\p{N}]+[\r\n/]*`, of which the first character is known to be there.
    private int symbolsEnd(int from) {
        int at = from;
        while (at < end && (kind(at) & (SYMBOL | MARK)) != 0) {
            at = next(at);
        }
        while (at < end && (text[at] == '\r' || text[at] == '\n' || text[at] == '/')) {
            at++;
        }
        return at;
    }

    /// The last three alternatives: white space up to its last newline; where there is none, all of
    /// it at the end of the text, and all but the last one before a word.
    private int spaceEnd(int from) {
        int at = from;
        int last = from;
        int afterNewline = from;
        while (at < end) {
            int kind = kind(at);
            if ((kind & (SPACE | NEWLINE)) == 0) {
                break;
            }
            last = at;
            at = next(at);
            if (kind == NEWLINE) {
                afterNewline = at;
            }
        }
        if (afterNewline > from) {
            return afterNewline;
        }
        return at == end || last == from ? at : last;
    }

    private int next(int at) {
        return at + Utf8.length(text[at]);
    }

    private int kind(int at) {
        int lead = text[at];
        if (lead >= 0) {
            return KINDS[lead] & 0xFF;
        }
        int second = text[at + 1] & 0x3F;
        if ((lead & 0xFF) < 0xE0) {
            return KINDS[((lead & 0x1F) << 6) | second] & 0xFF;
        }
        int third = text[at + 2] & 0x3F;
        if ((lead & 0xFF) < 0xF0) {
            return KINDS[((lead & 0x0F) << 12) | (second << 6) | third] & 0xFF;
        }
        return kindOf(
                ((lead & 0x07) << 18) | (second << 12) | (third << 6) | (text[at + 3] & 0x3F));
    }

    private static byte[] kinds() {
        byte[] kinds = new byte[Character.MIN_SUPPLEMENTARY_CODE_POINT];
        for (int c = 0; c < kinds.length; c++) {
            kinds[c] = (byte) kindOf(c);
        }
        return kinds;
    }

    private static int kindOf(int codePoint) {
        return switch (Character.getType(codePoint)) {
            case Character.UPPERCASE_LETTER, Character.TITLECASE_LETTER -> UPPER;
            case Character.LOWERCASE_LETTER -> LOWER;
            case Character.MODIFIER_LETTER, Character.OTHER_LETTER -> CASELESS;
            case Character.NON_SPACING_MARK,
                    Character.COMBINING_SPACING_MARK,
                    Character.ENCLOSING_MARK ->
                    MARK;
            case Character.DECIMAL_DIGIT_NUMBER, Character.LETTER_NUMBER, Character.OTHER_NUMBER ->
                    NUMBER;
            case Character.SPACE_SEPARATOR,
                    Character.LINE_SEPARATOR,
                    Character.PARAGRAPH_SEPARATOR ->
                    SPACE;
            default ->
                    switch (codePoint) {
                        case '\r', '\n' -> NEWLINE;
                        case '\t', 0x0B, '\f', 0x85 -> SPACE;
                        default -> SYMBOL;
                    };
        };
    }
}
