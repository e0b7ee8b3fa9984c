package dev.tramontane.eval.graders;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/// The contents of `\boxed{…}` and `\fbox{…}` in a text, found in one pass however many there are
/// and however they nest.
///
/// The last one counts, by where it begins; one that nothing closes is none.
final class Boxes {
    private static final int DEEPEST = 1_000;
    private static final int MOST_JOINED = 16;
    private static final int LONGEST_BETWEEN = 60;

    /// A few words between boxes, none of which takes the first back.
    private static final Pattern WORDS_BETWEEN =
            Pattern.compile(
                    "(?:(?!\\b(?:not|no|wait|but|instead|rather|actually|so|thus|hence|then|therefore)\\b)[^.!?\\n]){0,60}",
                    Pattern.CASE_INSENSITIVE);

    private static final Pattern BETWEEN =
            Pattern.compile(
                    "(?:[\\s$,;.&、，()\\[\\]\\\\]|\\b(?:and|or|et|ou|und|oder|y|e|o|text|quad|qquad|mbox)\\b|[{}]|и|или|和|或|と)*");

    private record Box(int from, int start, int end) {}

    private final List<Box> last = new ArrayList<>();
    private final String text;

    private Boxes(String text) {
        this.text = text;
    }

    /// What the last box holds.
    static Optional<String> last(String text) {
        return read(text).inside();
    }

    /// What the last boxes hold where nothing but "and" or a comma is between them, joined by
    /// commas.
    static Optional<String> lastJoined(String text) {
        return read(text).joined(BETWEEN);
    }

    /// The same where a few words may stand between them: `\boxed{1} papers and \boxed{2} bins`.
    static Optional<String> lastInSentence(String text) {
        return read(text).joined(WORDS_BETWEEN);
    }

    private static Boxes read(String text) {
        var boxes = new Boxes(text);
        boxes.scan();
        return boxes;
    }

    private void scan() {
        int[] starts = new int[DEEPEST];
        int depth = 0;
        for (int i = 0; i < text.length(); i++) {
            char letter = text.charAt(i);
            if (letter == '\\') {
                int name = name(i);
                if (name == i) { // an escaped brace, or another command
                    i += name(i + 1) > i + 1 ? 0 : 1; // `\\boxed`, escaped twice, is a box
                    continue;
                }
                int open = afterSpace(name);
                if (open < text.length() && text.charAt(open) == '{') {
                    depth = pushed(starts, depth, i + 1);
                    i = open;
                } else {
                    i = bare(i, open);
                }
            } else if (letter == '{') {
                depth = pushed(starts, depth, 0);
            } else if (letter == '}' && depth > 0) {
                depth--;
                if (depth < DEEPEST && starts[depth] > 0) {
                    add(starts[depth] - 1, i);
                }
            }
        }
    }

    private static int pushed(int[] starts, int depth, int start) {
        if (depth < DEEPEST) {
            starts[depth] = start;
        }
        return depth + 1;
    }

    /// Behind the name of a box's command; where the command is another, where it was.
    private int name(int at) {
        for (String name : List.of("\\boxed", "\\fbox")) {
            int end = at + name.length();
            if (text.startsWith(name, at)
                    && !(end < text.length() && Character.isLetter(text.charAt(end)))) {
                return end;
            }
        }
        return at;
    }

    private int afterSpace(int from) {
        int at = from;
        while (at < text.length() && text.charAt(at) == ' ') {
            at++;
        }
        return at;
    }

    /// `\boxed 5`: up to the next space or dollar sign.
    private int bare(int from, int start) {
        int end = start;
        while (end < text.length() && " \n\t$.,;".indexOf(text.charAt(end)) < 0) {
            end++;
        }
        if (end > start) {
            last.add(new Box(from, start, end));
            trim();
        }
        return Math.max(from, end - 1);
    }

    private void add(int from, int end) {
        int start = text.indexOf('{', from) + 1;
        last.add(new Box(from, start, end));
        trim();
    }

    private void trim() {
        if (last.size() > MOST_JOINED) {
            last.removeFirst();
        }
    }

    private Optional<String> inside() {
        return last.stream()
                .reduce((a, b) -> b.from() > a.from() ? b : a)
                .map(box -> text.substring(box.start(), box.end()).strip())
                .filter(found -> !found.isEmpty());
    }

    private Optional<String> joined(Pattern between) {
        List<String> insides = new ArrayList<>();
        int next = -1;
        for (int i = last.size() - 1; i >= 0; i--) {
            Box box = last.get(i);
            if (next >= 0) {
                int from = box.end() + 1;
                if (from > next
                        || next - from > LONGEST_BETWEEN
                        || !between.matcher(text.substring(from, next)).matches()) {
                    break;
                }
            }
            insides.addFirst(text.substring(box.start(), box.end()).strip());
            next = box.from();
        }
        return insides.size() < 2 ? Optional.empty() : Optional.of(String.join(", ", insides));
    }
}
