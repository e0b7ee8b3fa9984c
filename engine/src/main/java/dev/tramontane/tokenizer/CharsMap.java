package dev.tramontane.tokenizer;

import dev.tramontane.weights.ModelFormatException;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// What SentencePiece replaces in a text before it is cut: a *precompiled charsmap*, most often
/// Unicode's form NFKC with the habits of machine translation (nmt_nfkc).
///
/// Its bytes: the size of a {@link DoubleArray} (uint32), the array over what is replaced, and all
/// replacements, each ended by a zero; the array's values say where in these one begins. All of it
/// is checked when it is read: an array that leads around in a circle, or a replacement longer than
/// any language needs, is refused.
final class CharsMap {
    /// nmt_nfkc_cf, the largest of the usual ones, has 240 kB.
    private static final int MOST_BYTES = 1 << 22;

    /// The longest key of nmt_nfkc has 12 bytes, the longest replacement 33.
    private static final int LONGEST_KEY_BYTES = 64;

    private static final int LONGEST_REPLACEMENT_BYTES = 256;

    /// Replaces nothing.
    static final CharsMap EMPTY = new CharsMap(new DoubleArray(new int[0]), new byte[0]);

    /// Longer graphemes are replaced character by character (Hugging Face's `Precompiled`).
    private static final int LONGEST_GRAPHEME_BYTES = 5;

    private static final Pattern GRAPHEME = Pattern.compile("\\X");

    /// No key begins here.
    private static final long NOTHING = -1;

    private final DoubleArray keys;
    private final byte[] replacements;

    /// By ASCII character, whether it stays as it is and is a grapheme of its own before another.
    private final boolean[] kept = new boolean[0x80];

    private CharsMap(DoubleArray keys, byte[] replacements) {
        this.keys = keys;
        this.replacements = replacements;
        for (int c = 0; c < kept.length; c++) {
            kept[c] = c != '\r' && match(new byte[] {(byte) c}, 0, 1, true) == NOTHING;
        }
    }

    /// @param location the file and the place in it, for messages
    /// @throws ModelFormatException when it is damaged
    static CharsMap read(byte[] bytes, String location) {
        if (bytes.length < Integer.BYTES || bytes.length > MOST_BYTES) {
            throw malformed(
                    location, "has " + bytes.length + " bytes, expected 4 to " + MOST_BYTES);
        }
        ByteBuffer buffer = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
        int size = buffer.getInt();
        if (size < 0 || size > buffer.remaining() || size % Integer.BYTES != 0) {
            throw malformed(
                    location,
                    "says that its array has "
                            + Integer.toUnsignedString(size)
                            + " bytes, expected a multiple of 4 up to "
                            + buffer.remaining());
        }
        int[] units = new int[size / Integer.BYTES];
        buffer.asIntBuffer().get(units);
        byte[] replacements = Arrays.copyOfRange(bytes, Integer.BYTES + size, bytes.length);
        var map = new CharsMap(new DoubleArray(units), replacements);
        map.checkReplacements(location);
        map.new Walk(location).check();
        return map;
    }

    private static ModelFormatException malformed(String location, String what) {
        return new ModelFormatException(
                location + ": the charsmap " + what + "; get or convert the file again");
    }

    private void checkReplacements(String location) {
        try {
            StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(replacements));
        } catch (CharacterCodingException _) {
            throw malformed(location, "has replacements that are no UTF-8, expected that");
        }
        int begin = 0;
        for (int i = 0; i <= replacements.length; i++) {
            if (i == replacements.length || replacements[i] == 0) {
                if (i - begin > LONGEST_REPLACEMENT_BYTES) {
                    throw malformed(
                            location,
                            "has a replacement of %d bytes, expected at most %d"
                                    .formatted(i - begin, LONGEST_REPLACEMENT_BYTES));
                }
                begin = i + 1;
            }
        }
    }

    /// Goes through all nodes that can be reached from the root. Nodes may be shared, so that the
    /// keys are the paths of a graph; each is gone through once, and the graph may have no circle.
    private final class Walk {
        private static final int OPEN = -1;

        private final String location;

        // The children of each node as a list: the first one by base, the next one by unit.
        private final int[] first;
        private final int[] next;

        /// By base, how many bytes may follow, plus one; 0 before it is known.
        private final int[] heights;

        Walk(String location) {
            this.location = location;
            first = new int[keys.size()];
            next = new int[keys.size()];
            heights = new int[keys.size()];
            Arrays.fill(first, DoubleArray.NONE);
            for (int unit = 0; unit < keys.size(); unit++) {
                int base = unit ^ Math.max(0, keys.label(unit));
                if (keys.label(unit) != DoubleArray.NONE && base < first.length) {
                    next[unit] = first[base];
                    first[base] = unit;
                }
            }
        }

        void check() {
            if (keys.size() > 0) {
                height(keys.root(), 0);
            }
        }

        private int height(int base, int depth) {
            if (base < 0 || base >= heights.length) {
                return 1;
            }
            if (heights[base] == OPEN || depth + heights[base] > LONGEST_KEY_BYTES) {
                throw malformed(
                        location,
                        "has keys of more than " + LONGEST_KEY_BYTES + " bytes, expected less");
            }
            if (heights[base] == 0) {
                heights[base] = OPEN;
                int highest = 1;
                for (int unit = first[base]; unit != DoubleArray.NONE; unit = next[unit]) {
                    checkValue(keys.value(unit, keys.base(unit)));
                    highest = Math.max(highest, 1 + height(keys.base(unit), depth + 1));
                }
                heights[base] = highest;
            }
            return heights[base];
        }

        private void checkValue(int value) {
            boolean begins =
                    value == DoubleArray.NONE
                            || (value < replacements.length
                                    && (replacements[value] & 0xC0) != 0x80);
            if (!begins) {
                throw malformed(
                        location,
                        "has a key whose replacement is at %d of %d, expected where one begins"
                                .formatted(value, replacements.length));
            }
        }
    }

    /// The longest or the shortest key that `text[from .. to)` begins with: its length in the upper
    /// half, and where its replacement begins in the lower; or {@link #NOTHING}.
    private long match(byte[] text, int from, int to, boolean shortest) {
        long found = NOTHING;
        int base = keys.root();
        for (int at = from; at < to && base != DoubleArray.NONE; at++) {
            int unit = keys.child(base, text[at]);
            if (unit == DoubleArray.NONE) {
                break;
            }
            base = keys.base(unit);
            int value = keys.value(unit, base);
            if (value != DoubleArray.NONE) {
                found = (long) (at + 1 - from) << Integer.SIZE | value;
                if (shortest) {
                    break;
                }
            }
        }
        return found;
    }

    private int replacementEnd(int begin) {
        int end = begin;
        while (end < replacements.length && replacements[end] != 0) {
            end++;
        }
        return end;
    }

    /// The text with the longest keys replaced, from left to right; without white space at either
    /// end and more than one space between words, where that is wanted (SentencePiece's
    /// `Normalizer`).
    ///
    /// @param prefix whether a space goes in front of a text that has anything
    String normalize(Utf8 text, boolean prefix, boolean trims) {
        byte[] bytes = text.bytes();
        var out = new Utf8Builder(text.length());
        boolean begun = false;
        boolean afterSpace = trims;
        for (int at = 0, next; at < text.length(); at = next) {
            long match = match(bytes, at, text.length(), false);
            byte[] source = match == NOTHING ? bytes : replacements;
            int from = match == NOTHING ? at : (int) match;
            int to = match == NOTHING ? at + Utf8.length(bytes[at]) : replacementEnd(from);
            next = match == NOTHING ? to : at + (int) (match >>> Integer.SIZE);
            boolean onlySpace = to - from == 1 && source[from] == ' ';
            if (!begun && trims && onlySpace) {
                continue;
            }
            if (!begun && prefix) {
                out.append((byte) ' ');
            }
            begun = true;
            while (afterSpace && from < to && source[from] == ' ') {
                from++;
            }
            out.append(source, from, to);
            if (from < to) {
                afterSpace = trims && source[to - 1] == ' ';
            }
        }
        return trims ? trimmed(out.toString()) : out.toString();
    }

    private static String trimmed(String text) {
        int end = text.length();
        while (end > 0
                && (text.charAt(end - 1) == ' ' || text.charAt(end - 1) == SentencePiece.SPACE)) {
            end--;
        }
        return text.substring(0, end);
    }

    /// The text with graphemes replaced as Hugging Face's `Precompiled` does: by the shortest key
    /// that a short one begins with, and else character by character.
    String replaceGraphemes(String text) {
        Utf8 utf8 = Utf8.of(text);
        byte[] bytes = utf8.bytes();
        var out = new Utf8Builder(utf8.length());
        Matcher graphemes = GRAPHEME.matcher(text);
        int at = 0;
        for (int from = 0, to; from < text.length(); from = to) {
            to = keptEnd(text, from);
            if (to > from) {
                out.append(bytes, at, at + to - from);
                at += to - from;
                continue;
            }
            to = graphemeEnd(text, from, graphemes);
            int end = at;
            for (int c = from; c < to; c = text.offsetByCodePoints(c, 1)) {
                end += Utf8.length(bytes[end]);
            }
            long whole = end - at <= LONGEST_GRAPHEME_BYTES ? match(bytes, at, end, true) : NOTHING;
            if (whole != NOTHING) {
                out.append(replacements, (int) whole, replacementEnd((int) whole));
                at = end;
            }
            while (at < end) {
                int next = at + Utf8.length(bytes[at]);
                long match = match(bytes, at, next, true);
                if (match == NOTHING) {
                    out.append(bytes, at, next);
                } else {
                    out.append(replacements, (int) match, replacementEnd((int) match));
                }
                at = next;
            }
        }
        return out.toString();
    }

    /// How far the text has only such characters.
    private int keptEnd(String text, int from) {
        int to = from;
        while (to < text.length() && text.charAt(to) < 0x80 && kept[text.charAt(to)]) {
            to++;
        }
        boolean whole = to == text.length() || text.charAt(to) < 0x80;
        return whole || to == from ? to : to - 1; // a mark may follow the last one
    }

    /// Unicode Standard Annex 29; of two ASCII characters only a line's end is one grapheme.
    private static int graphemeEnd(String text, int from, Matcher graphemes) {
        boolean plain =
                text.charAt(from) < 0x80
                        && text.charAt(from) != '\r'
                        && (from + 1 == text.length() || text.charAt(from + 1) < 0x80);
        if (plain) {
            return from + 1;
        }
        graphemes.region(from, text.length());
        return graphemes.lookingAt() ? graphemes.end() : from + 1;
    }
}
