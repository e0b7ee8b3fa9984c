package dev.tramontane.jinja;

import java.util.Arrays;
import java.util.function.UnaryOperator;

/// A text that remembers where its characters come from: written by the template (*own*), or
/// *given* to it in a conversation.
///
/// @param chars the text
/// @param borders ascending positions at which the origin changes; a text begins as own, and a
///   border at 0 makes it begin as given; shared, never changed
record Text(String chars, int[] borders) {
    private static final int[] ALL_OWN = {};
    private static final int[] ALL_GIVEN = {0};

    static final Text EMPTY = new Text("", ALL_OWN);

    /// A text of the template.
    static Text own(String chars) {
        return new Text(chars, ALL_OWN);
    }

    /// A text of somebody else.
    static Text given(String chars) {
        return new Text(chars, chars.isEmpty() ? ALL_OWN : ALL_GIVEN);
    }

    /// UTF-16 units.
    int length() {
        return chars.length();
    }

    boolean isEmpty() {
        return chars.isEmpty();
    }

    /// Whether the character at a position is the template's.
    boolean isOwn(int at) {
        return nextBorder(at) % 2 == 0;
    }

    /// Whether all characters in `from .. to` are the template's.
    boolean isOwn(int from, int to) {
        int next = nextBorder(from);
        return next % 2 == 0 && (next == borders.length || borders[next] >= to);
    }

    /// The index of the first border behind a position.
    int nextBorder(int at) {
        int found = Arrays.binarySearch(borders, at);
        return found >= 0 ? found + 1 : -found - 1;
    }

    /// The part `from .. to`, in UTF-16 units; the borders outside it cost nothing.
    Text part(int from, int to) {
        if (from == 0 && to == length()) {
            return this;
        }
        if (from >= to) {
            return EMPTY;
        }
        if (borders.length == 0) {
            return own(chars.substring(from, to));
        }
        int first = nextBorder(from);
        int given = first % 2; // then a border at 0 comes in front
        int[] kept = new int[given + nextBorder(to - 1) - first];
        for (int i = given; i < kept.length; i++) {
            kept[i] = borders[first + i - given] - from;
        }
        return new Text(chars.substring(from, to), kept);
    }

    Text from(int start) {
        return part(start, length());
    }

    /// Number of characters as Python counts them: code points.
    int codePoints() {
        return chars.codePointCount(0, chars.length());
    }

    /// The part `from .. to` in code points.
    Text codePoints(int from, int to) {
        int start = chars.offsetByCodePoints(0, from);
        return part(start, chars.offsetByCodePoints(start, to - from));
    }

    /// Each run of one origin changed by itself.
    Text mapped(UnaryOperator<String> change) {
        if (borders.length == 0) {
            return own(change.apply(chars));
        }
        var out = new TextBuilder(Integer.MAX_VALUE);
        int at = 0;
        boolean own = true;
        for (int i = 0; i <= borders.length; i++) {
            int end = i < borders.length ? borders[i] : length();
            if (end > at) {
                out.append(change.apply(chars.substring(at, end)), own);
            }
            own = !own;
            at = end;
        }
        return out.toText();
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Text text && chars.equals(text.chars);
    }

    @Override
    public int hashCode() {
        return chars.hashCode();
    }

    @Override
    public String toString() {
        return chars;
    }
}
