package dev.tramontane.eval.graders;

import dev.tramontane.eval.Grade;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Right is the text itself, letter by letter, however its words are spaced: as the whole answer,
/// or in its last box.
final class VerbatimText {
    private static final Pattern SPACE = Pattern.compile("\\s+");
    private static final Pattern TEXT = Pattern.compile("\\\\text\\{(.*)}", Pattern.DOTALL);

    private VerbatimText() {}

    static Grade grade(String right, String answer) {
        String given = spaced(Boxes.last(answer).map(VerbatimText::unwrapped).orElse(answer));
        if (given.isEmpty()) {
            return new Grade(false, Optional.empty(), "no answer found: nothing was written");
        }
        boolean correct = given.equals(spaced(right));
        return new Grade(
                correct,
                Optional.of(Shown.brief(given)),
                correct
                        ? "letter by letter"
                        : "%s, not letter by letter %s"
                                .formatted(Shown.brief(given), Shown.brief(right)));
    }

    private static String spaced(String text) {
        return SPACE.matcher(text.strip()).replaceAll(" ");
    }

    /// `\text{…}` in a box is its text.
    private static String unwrapped(String box) {
        Matcher text = TEXT.matcher(box);
        return text.matches() ? text.group(1) : box;
    }
}
