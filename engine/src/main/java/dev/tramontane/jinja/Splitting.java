package dev.tramontane.jinja;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/// Cutting texts into parts.
final class Splitting {
    private final Budget budget;

    Splitting(Budget budget) {
        this.budget = budget;
    }

    /// `split(separator, most)`.
    ///
    /// @param most cuts; negative for all
    /// @param fromEnd whether the last cuts are made first
    List<Text> by(Text text, Text separator, int most, boolean fromEnd) {
        if (separator.isEmpty()) {
            throw new Fault("an empty separator", "some text");
        }
        budget.chargeSearch(text, separator);
        String chars = text.chars();
        int left = most < 0 ? Integer.MAX_VALUE : most;
        List<Text> parts = new ArrayList<>();
        if (fromEnd) {
            int end = text.length();
            int at = chars.lastIndexOf(separator.chars());
            while (at >= 0 && left-- > 0) {
                budget.step();
                parts.add(text.part(at + separator.length(), end));
                end = at;
                at = at == 0 ? -1 : lastBefore(chars, separator.chars(), end);
            }
            parts.add(text.part(0, end));
            Collections.reverse(parts);
            return parts;
        }
        int start = 0;
        int at = chars.indexOf(separator.chars());
        while (at >= 0 && left-- > 0) {
            budget.step();
            parts.add(text.part(start, at));
            start = at + separator.length();
            at = chars.indexOf(separator.chars(), start);
        }
        parts.add(text.from(start));
        return parts;
    }

    private static int lastBefore(String chars, String separator, int end) {
        int from = end - separator.length();
        return from < 0 ? -1 : chars.lastIndexOf(separator, from);
    }

    /// `split()`: by runs of white space, none at the ends but behind the last cut.
    List<Text> bySpace(Text text, int most, boolean fromEnd) {
        int left = most < 0 ? Integer.MAX_VALUE : most;
        return fromEnd ? wordsFromEnd(text, left) : words(text, left);
    }

    private List<Text> words(Text text, int most) {
        List<Text> parts = new ArrayList<>();
        int at = run(text, 0, true);
        while (at < text.length() && parts.size() < most) {
            budget.step();
            int end = run(text, at, false);
            parts.add(text.part(at, end));
            at = run(text, end, true);
        }
        if (at < text.length()) {
            parts.add(text.from(at));
        }
        return parts;
    }

    /// After a run of white space, or of anything else.
    private static int run(Text text, int from, boolean space) {
        int at = from;
        while (at < text.length() && Characters.isSpace(text.chars().charAt(at)) == space) {
            at++;
        }
        return at;
    }

    private List<Text> wordsFromEnd(Text text, int most) {
        List<Text> parts = new ArrayList<>();
        int end = runBefore(text, text.length(), true);
        while (end > 0 && parts.size() < most) {
            budget.step();
            int start = runBefore(text, end, false);
            parts.add(text.part(start, end));
            end = runBefore(text, start, true);
        }
        if (end > 0) {
            parts.add(text.part(0, end));
        }
        Collections.reverse(parts);
        return parts;
    }

    private static int runBefore(Text text, int end, boolean space) {
        int at = end;
        while (at > 0 && Characters.isSpace(text.chars().charAt(at - 1)) == space) {
            at--;
        }
        return at;
    }

    /// `splitlines`.
    List<Text> lines(Text text, boolean keepEnds) {
        List<Text> lines = new ArrayList<>();
        String chars = text.chars();
        int start = 0;
        while (start < chars.length()) {
            budget.step();
            int end = start;
            while (end < chars.length() && !Characters.isLineBreak(chars.charAt(end))) {
                end++;
            }
            int next = end;
            if (end < chars.length()) {
                next = chars.startsWith("\r\n", end) ? end + 2 : end + 1;
            }
            lines.add(text.part(start, keepEnds ? next : end));
            start = next;
        }
        return lines;
    }

    /// `partition`: what is before, the separator, what is behind.
    List<Text> around(Text text, Text separator, boolean last) {
        if (separator.isEmpty()) {
            throw new Fault("an empty separator", "some text");
        }
        budget.chargeSearch(text, separator);
        String chars = text.chars();
        int at = last ? chars.lastIndexOf(separator.chars()) : chars.indexOf(separator.chars());
        if (at < 0) {
            return last
                    ? List.of(Text.EMPTY, Text.EMPTY, text)
                    : List.of(text, Text.EMPTY, Text.EMPTY);
        }
        return List.of(text.part(0, at), separator, text.from(at + separator.length()));
    }

    /// `expandtabs`.
    Text expanded(Text text, int size) {
        TextBuilder out = budget.builder();
        int column = 0;
        for (int i = 0; i < text.length(); i++) {
            char c = text.chars().charAt(i);
            if (c == '\t') {
                int room = size <= 0 ? 0 : size - column % size;
                out.append(Text.own(" "), room);
                column += room;
            } else {
                out.append(text, i, i + 1);
                column = c == '\n' || c == '\r' ? 0 : column + 1;
            }
        }
        budget.chargeText(out.length());
        return out.toText();
    }
}
