package dev.tramontane.jinja;

import java.util.Arrays;

/// Builds a {@link Text} up to a length.
final class TextBuilder {
    private final int longest;
    private final StringBuilder chars = new StringBuilder();
    private int[] borders = new int[4];
    private int count;

    /// @param longest UTF-16 units that fit
    TextBuilder(int longest) {
        this.longest = longest;
    }

    int length() {
        return chars.length();
    }

    TextBuilder append(Text text) {
        return append(text, 0, text.length());
    }

    /// Appends a part of a text; the borders outside it cost nothing.
    TextBuilder append(Text text, int from, int to) {
        int[] changes = text.borders();
        int next = text.nextBorder(from);
        boolean own = next % 2 == 0;
        int at = from;
        for (; next < changes.length && changes[next] < to; next++) {
            origin(own, at - from, changes[next] - at);
            own = !own;
            at = changes[next];
        }
        origin(own, at - from, to - at);
        room(to - from);
        chars.append(text.chars(), from, to);
        return this;
    }

    /// Appends what the template wrote.
    TextBuilder append(String own) {
        return append(own, true);
    }

    TextBuilder append(String text, boolean own) {
        room(text.length());
        origin(own, 0, text.length());
        chars.append(text);
        return this;
    }

    TextBuilder append(Text text, int times) {
        room(Math.multiplyExact((long) text.length(), (long) times));
        for (int i = 0; i < times; i++) {
            append(text);
        }
        return this;
    }

    Text toText() {
        return new Text(chars.toString(), Arrays.copyOf(borders, count));
    }

    private void room(long more) {
        if (chars.length() + more > longest) {
            throw new Fault(
                    "a text of more than " + longest + " characters",
                    "less; simplify the template");
        }
    }

    /// The characters that come next, `length` of them after `skipped` more, are of this origin.
    private void origin(boolean own, int skipped, int length) {
        boolean endsOwn = count % 2 == 0;
        if (length == 0 || own == endsOwn) {
            return;
        }
        if (count == borders.length) {
            borders = Arrays.copyOf(borders, 2 * count);
        }
        borders[count++] = chars.length() + skipped;
    }
}
