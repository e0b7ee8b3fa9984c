package dev.tramontane.tokenizer;

import java.text.Normalizer;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/// Unicode's normalization forms in time that grows with the length alone.
///
/// {@link Normalizer} puts combining marks in order one by one, which takes the square of how many
/// follow one another: a text of nothing else would take it hours. Long runs of marks are therefore
/// brought into canonical order first (Unicode 16, section 3.11, D108 and D109), which changes
/// nothing of the result.
final class Composition {
    /// Longer than any language writes.
    private static final int LONGEST_PLAIN_RUN_CHARS = 64;

    private static final int FIRST_MARK = 0x300;

    private static final int FIRST_BEYOND_ASCII = 0x80;

    /// The mark of the highest combining class, 240: every other one goes in front of it.
    private static final int LAST_MARK = 0x345;

    private Composition() {}

    /// The text in form NFC.
    static String of(String text) {
        return of(text, Normalizer.Form.NFC);
    }

    /// The text in a form.
    static String of(String text, Normalizer.Form form) {
        Utf8.checkLength(text.length());
        int first = firstThatChanges(form);
        int at = 0;
        while (at < text.length() && text.charAt(at) < first) {
            at++;
        }
        return at == text.length()
                ? text
                : Normalizer.normalize(withLongRunsInOrder(text, at), form);
    }

    /// Everything below stays as it is.
    private static int firstThatChanges(Normalizer.Form form) {
        return switch (form) {
            case NFC -> FIRST_MARK;
            case NFD, NFKC, NFKD -> FIRST_BEYOND_ASCII;
        };
    }

    private static String withLongRunsInOrder(String text, int begin) {
        StringBuilder ordered = new StringBuilder(text.length()).append(text, 0, begin);
        for (int from = begin, to; from < text.length(); from = to) {
            to = from;
            while (to < text.length() && isMark(text.codePointAt(to))) {
                to += Character.charCount(text.codePointAt(to));
            }
            if (to - from > LONGEST_PLAIN_RUN_CHARS) {
                inOrder(text.substring(from, to)).forEach(ordered::appendCodePoint);
            } else if (to > from) {
                ordered.append(text, from, to);
            } else {
                ordered.append(text.charAt(to++));
            }
        }
        return ordered.toString();
    }

    static boolean isMark(int c) {
        return c >= FIRST_MARK
                && switch (Character.getType(c)) {
                    case Character.NON_SPACING_MARK,
                            Character.COMBINING_SPACING_MARK,
                            Character.ENCLOSING_MARK ->
                            true;
                    default -> false;
                };
    }

    /// The marks of a run, decomposed and in canonical order.
    private static IntStream inOrder(String run) {
        int[] marks = decomposed(run.codePoints()).toArray();
        int[] sorted = new int[marks.length];
        for (int from = 0, to; from < marks.length; from = to) {
            to = from;
            while (to < marks.length && Classes.of(marks[to]) != Classes.NONE) {
                to++;
            }
            sort(marks, from, to, sorted);
            if (to < marks.length) { // nothing moves across what has no class
                sorted[to] = marks[to];
                to++;
            }
        }
        return Arrays.stream(sorted);
    }

    /// Each character on its own, since that takes no putting in order.
    private static IntStream decomposed(IntStream characters) {
        return characters.flatMap(
                c -> Normalizer.normalize(Character.toString(c), Normalizer.Form.NFD).codePoints());
    }

    /// Counts the marks of each class, then puts each mark behind those that go in front of it.
    private static void sort(int[] marks, int from, int to, int[] sorted) {
        int[] starts = new int[Classes.OF_MARKS.size() + 1];
        for (int i = from; i < to; i++) {
            starts[Classes.of(marks[i]) + 1]++;
        }
        for (int i = 1; i < starts.length; i++) {
            starts[i] += starts[i - 1];
        }
        for (int i = from; i < to; i++) {
            sorted[from + starts[Classes.of(marks[i])]++] = marks[i];
        }
    }

    /// The combining classes, which Java does not tell: found out from how it orders two marks.
    private static final class Classes {
        /// By mark, in the order of the classes but not with their numbers; 0 is the lowest.
        static final Map<Integer, Integer> OF_MARKS = ofMarks();

        static final int NONE = -1;

        static int of(int character) {
            return OF_MARKS.getOrDefault(character, NONE);
        }

        private static Map<Integer, Integer> ofMarks() {
            List<Integer> marks =
                    IntStream.rangeClosed(FIRST_MARK, Character.MAX_CODE_POINT)
                            .filter(c -> isMark(c) && decomposed(IntStream.of(c)).count() == 1)
                            .filter(c -> c == LAST_MARK || goesBefore(c, LAST_MARK))
                            .boxed()
                            .sorted((a, b) -> goesBefore(a, b) ? -1 : goesBefore(b, a) ? 1 : 0)
                            .toList();
            Map<Integer, Integer> classes = new HashMap<>();
            int last = marks.getFirst();
            int number = 0;
            for (int mark : marks) {
                number += goesBefore(last, mark) ? 1 : 0;
                classes.put(mark, number);
                last = mark;
            }
            return classes;
        }

        /// Whether a mark's class is lower than another's, which itself is no starter.
        private static boolean goesBefore(int mark, int other) {
            String ordered = Character.toString(mark) + Character.toString(other);
            String turned = Character.toString(other) + Character.toString(mark);
            return !turned.equals(ordered)
                    && Normalizer.normalize(turned, Normalizer.Form.NFD).equals(ordered);
        }
    }
}
