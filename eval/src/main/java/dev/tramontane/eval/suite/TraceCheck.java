package dev.tramontane.eval.suite;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Whether a worked trace is right, in any language: whether its sums hold, and whether its lines
/// are those that were expected.
public final class TraceCheck {
    /// With figures, what formulas consist of; a point only before a figure.
    private static final String SIGNS = " \t+-−×*·⋅/÷()=<>≤≥≠";

    private static final Pattern RELATION = Pattern.compile("[=<>≤≥≠]");
    private static final Pattern SPACE = Pattern.compile("\\s+");
    private static final int LONGEST_CHARS = 100_000;
    private static final int LONGEST_FORMULA_CHARS = 400;

    private TraceCheck() {}

    /// The first equation or comparison of numbers that does not hold; empty where all do, or there
    /// is none. Sides with an unknown (`7x + 2`) and formulas longer than any trace's say nothing.
    public static Optional<String> firstWrong(String trace) {
        String text =
                trace.substring(0, Math.min(trace.length(), LONGEST_CHARS))
                        .replace("\\times", "×")
                        .replace("\\cdot", "·")
                        .replace("\\div", "÷");
        int from = 0;
        while (from < text.length()) {
            int to = from;
            while (to < text.length() && isOfFormula(text, to)) {
                to++;
            }
            String found = text.substring(from, to);
            if (found.length() <= LONGEST_FORMULA_CHARS
                    && !holds(found, isLatinAt(text, from - 1), isFollowed(text, to))) {
                return Optional.of(
                        found.startsWith(")") ? found.substring(1).strip() : found.strip());
            }
            from = to + 1;
        }
        return Optional.empty();
    }

    private static boolean isOfFormula(String text, int place) {
        char sign = text.charAt(place);
        return isFigure(sign)
                || SIGNS.indexOf(sign) >= 0
                || sign == '.' && place + 1 < text.length() && isFigure(text.charAt(place + 1));
    }

    private static boolean isFigure(char sign) {
        return sign >= '0' && sign <= '9';
    }

    /// Whether a letter follows at once, so that the last side has an unknown: `65 = 7x`.
    private static boolean isFollowed(String text, int end) {
        return isLatinAt(text, end) && end > 0 && text.charAt(end - 1) != ' ';
    }

    private static boolean isLatinAt(String text, int place) {
        if (place < 0 || place >= text.length()) {
            return false;
        }
        char letter = text.charAt(place);
        return letter >= 'a' && letter <= 'z' || letter >= 'A' && letter <= 'Z';
    }

    /// @param afterLetter the first side has an unknown if it begins with a sign
    private static boolean holds(String formula, boolean afterLetter, boolean beforeLetter) {
        List<String> sides = new ArrayList<>();
        List<Character> signs = new ArrayList<>();
        Matcher relation = RELATION.matcher(formula);
        int from = 0;
        while (relation.find()) {
            sides.add(formula.substring(from, relation.start()).strip());
            signs.add(relation.group().charAt(0));
            from = relation.end();
        }
        sides.add(formula.substring(from).strip());
        List<Optional<Fraction>> values = new ArrayList<>();
        for (int i = 0; i < sides.size(); i++) {
            boolean hasUnknown =
                    i == 0 && afterLetter && !isNumber(sides.getFirst())
                            || i == sides.size() - 1 && beforeLetter;
            values.add(
                    hasUnknown
                            ? Optional.empty()
                            : value(sides.get(i), i == 0, i == sides.size() - 1));
        }
        for (int i = 0; i < signs.size(); i++) {
            Optional<Fraction> left = values.get(i);
            Optional<Fraction> right = values.get(i + 1);
            if (left.isPresent()
                    && right.isPresent()
                    && !holds(left.get().compareTo(right.get()), signs.get(i))) {
                return false;
            }
        }
        return true;
    }

    private static boolean isNumber(String side) {
        return !side.isEmpty() && (isFigure(side.charAt(0)) || side.charAt(0) == '(');
    }

    /// A list's dash is no minus, its `a)` no bracket, and brackets around a formula are none of
    /// its sides'.
    private static Optional<Fraction> value(String side, boolean isFirst, boolean isLast) {
        String inner =
                isFirst && (side.startsWith("- ") || side.startsWith(")"))
                        ? side.substring(1)
                        : side;
        Optional<Fraction> value = Fraction.of(inner);
        if (value.isEmpty() && isFirst && inner.startsWith("(")) {
            return Fraction.of(inner.substring(1));
        }
        return value.isEmpty() && isLast && inner.endsWith(")")
                ? Fraction.of(inner.substring(0, inner.length() - 1))
                : value;
    }

    private static boolean holds(int comparison, char sign) {
        return switch (sign) {
            case '<' -> comparison < 0;
            case '>' -> comparison > 0;
            case '≤' -> comparison <= 0;
            case '≥' -> comparison >= 0;
            case '≠' -> comparison != 0;
            default -> comparison == 0;
        };
    }

    /// The first line of a thought that is not the expected step, spaces aside: an empty text where
    /// steps are missing at its end. Empty where every step is as expected.
    public static Optional<String> firstDeparture(GeneratedProblem problem, String thought) {
        List<String> lines = thought.lines().filter(line -> !line.isBlank()).toList();
        List<String> steps = problem.steps();
        for (int i = 0; i < Math.max(lines.size(), steps.size()); i++) {
            String line = i < lines.size() ? lines.get(i) : "";
            if (i >= steps.size() || !spaced(line).equals(spaced(steps.get(i)))) {
                return Optional.of(line);
            }
        }
        return Optional.empty();
    }

    private static String spaced(String line) {
        return SPACE.matcher(line.strip()).replaceAll(" ");
    }
}
