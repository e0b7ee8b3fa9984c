package dev.tramontane.eval.graders;

import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;

/// Compares what a program printed with what it should have printed, as LiveCodeBench's checker
/// does: line by line, space around the whole and around each line aside; lines that differ are
/// equal if both are numbers throughout, and the same ones (`1.0` and `1`, not `0.333` and `1/3`).
final class PrintedOutput {
    /// As Python's `Decimal` reads them, underscores taken out before.
    private static final Pattern NUMBER =
            Pattern.compile("[+-]?(\\d+\\.?\\d*|\\.\\d+)([eE][+-]?\\d{1,9})?");

    private static final Pattern INFINITY =
            Pattern.compile("[+-]?inf(inity)?", Pattern.CASE_INSENSITIVE);

    /// Longer ones are equal only letter by letter.
    private static final int LONGEST_NUMBER = 10_000;

    private static final int LONGEST_QUOTE = 80;

    private PrintedOutput() {}

    /// @return what is wrong, for people; nothing where all is right
    static Optional<String> difference(String printed, String expected) {
        List<String> lines = lines(printed);
        List<String> right = lines(expected);
        if (strip(printed).isEmpty() && !strip(expected).isEmpty()) {
            return Optional.of("it printed nothing, expected " + quoted(right.getFirst()));
        }
        for (int i = 0; i < Math.min(lines.size(), right.size()); i++) {
            if (!isEqual(lines.get(i), right.get(i))) {
                return Optional.of(
                        "line %d is %s, expected %s"
                                .formatted(i + 1, quoted(lines.get(i)), quoted(right.get(i))));
            }
        }
        if (lines.size() != right.size()) {
            return Optional.of(
                    "it printed %d lines, expected %d".formatted(lines.size(), right.size()));
        }
        return Optional.empty();
    }

    private static List<String> lines(String text) {
        var lines = new ArrayList<String>();
        for (String line : strip(text).split("\n", -1)) {
            lines.add(strip(line));
        }
        return lines;
    }

    private static boolean isEqual(String line, String right) {
        if (line.equals(right)) {
            return true;
        }
        List<String> words = words(line);
        List<String> rightWords = words(right);
        if (words.size() != rightWords.size()) {
            return false;
        }
        for (int i = 0; i < words.size(); i++) {
            if (!isSameNumber(words.get(i), rightWords.get(i))) {
                return false;
            }
        }
        return true;
    }

    private static boolean isSameNumber(String word, String right) {
        String left = word.replace("_", "");
        String other = right.replace("_", "");
        if (INFINITY.matcher(left).matches() && INFINITY.matcher(other).matches()) {
            return left.startsWith("-") == other.startsWith("-");
        }
        if (Math.max(left.length(), other.length()) > LONGEST_NUMBER) {
            return left.equals(other) && NUMBER.matcher(left).matches();
        }
        return NUMBER.matcher(left).matches()
                && NUMBER.matcher(other).matches()
                && decimal(left).compareTo(decimal(other)) == 0;
    }

    /// Java does not read a number that ends in its point.
    private static BigDecimal decimal(String number) {
        return new BigDecimal(number.toLowerCase(Locale.ROOT).replaceFirst("\\.(?=e|$)", ""));
    }

    private static List<String> words(String line) {
        var words = new ArrayList<String>();
        int start = -1;
        for (int i = 0; i <= line.length(); i++) {
            boolean space = i == line.length() || isSpace(line.charAt(i));
            if (space && start >= 0) {
                words.add(line.substring(start, i));
                start = -1;
            } else if (!space && start < 0) {
                start = i;
            }
        }
        return words;
    }

    private static String strip(String text) {
        int from = 0;
        int to = text.length();
        while (from < to && isSpace(text.charAt(from))) {
            from++;
        }
        while (to > from && isSpace(text.charAt(to - 1))) {
            to--;
        }
        return text.substring(from, to);
    }

    /// What Python calls space.
    private static boolean isSpace(char c) {
        return Character.isWhitespace(c) || Character.isSpaceChar(c) || c == '\u0085';
    }

    static String quoted(String text) {
        String line = text.lines().findFirst().orElse("");
        return "`%s`"
                .formatted(
                        line.length() > LONGEST_QUOTE
                                ? line.substring(0, LONGEST_QUOTE) + "…"
                                : line);
    }
}
