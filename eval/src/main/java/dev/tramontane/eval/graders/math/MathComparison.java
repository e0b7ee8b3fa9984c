package dev.tramontane.eval.graders.math;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Whether two mathematical answers, in LaTeX or plain text, mean the same.
///
/// Texts are read in every way that they may be meant (a comma between digits groups thousands,
/// separates or begins a fraction), and mean the same when two of the ways do. What cannot be read
/// is compared as words. Conventions where graders differ are listed at {@link
/// dev.tramontane.eval.graders.MathAnswer}.
///
/// Bounded whatever the texts: {@link #LONGEST_CHARS}, tokens, nesting, digits and steps have
/// limits, and what goes beyond is compared as it is written.
public final class MathComparison {
    /// Longer answers are compared as they are written.
    public static final int LONGEST_CHARS = 10_000;

    /// Names and choice letters are looked for in front of short answers.
    private static final int LONGEST_LABELLED = 500;

    private static final Pattern LABEL =
            Pattern.compile(
                    "^(?:\\\\text(?:bf|rm|it)?\\s*\\{\\s*)?\\(?([A-J])[).](?:\\s*})?(?:\\s|\\\\ |\\\\[,;:]|\\\\quad|~)*(\\S.*)$",
                    Pattern.DOTALL);
    private static final Pattern NAMED =
            Pattern.compile(
                    "^(?:\\\\text(?:bf|rm|it)?\\{[^{}=]*}|[\\p{L} ]{4,40}|[\\p{IsHan}\\p{IsHiragana}]{2,20})\\s*[=:：]\\s*(\\S.*)$",
                    Pattern.DOTALL);

    /// An answer with its reason behind it, in brackets or without.
    private static final Pattern EXPLAINED =
            Pattern.compile(
                    "^(\\S.*?)(?:[\\s,]|\\\\[ ,;]|\\\\text\\s*+\\{)++(?:\\(.*[\\p{L}]{2,}.*\\)[\\s}]*|(?:since|because|where|which|for all|for every|so that|weil|wobei|car|où|porque|donde|perché|dove|где)\\b.*)$",
                    Pattern.DOTALL);

    private static final Pattern WHOLE_NUMBERS =
            Pattern.compile(
                    "([a-zA-Z])\\s*(?:\\\\in|∈)\\s*(?:\\\\mathbb\\s*\\{?\\s*Z|ℤ|\\\\Z\\b|Z\\b)");
    private static final Pattern ROW_SPACING =
            Pattern.compile("\\\\\\\\\\s*\\[-?[\\d.]+\\s*[a-z]{2}]");
    private static final Pattern LETTERING =
            Pattern.compile("\\\\(?:text|mathrm|mathbf|textbf|ce|rm)\\s*\\{([^{}]*)}");
    private static final Pattern FORMULA =
            Pattern.compile("(?=.*[A-Z].*[A-Z])(?=.*\\d)[A-Z](?:[A-Z][a-z]?|[a-z]|\\d){1,30}");
    private static final Pattern INDEX = Pattern.compile("[_{}]");
    private static final Pattern DOUBLED = Pattern.compile("\\\\\\\\(?=[a-zA-Z{}])");
    private static final Pattern DIGITS_IN_BASE =
            Pattern.compile(
                    "(?:\\(([0-9A-Fa-f]+)\\)|([0-9]*[A-Fa-f][0-9A-Fa-f]*))_(?:\\{\\s*)*(?:\\\\text\\{)?(\\d{1,2})\\s*}*");

    /// @param equal whether they mean the same
    /// @param how what decided, for people
    public record Verdict(boolean equal, String how) {}

    private MathComparison() {}

    /// Compares a reference with an answer; never throws on account of what they hold.
    public static Verdict compare(String reference, String answer) {
        return compare(reference, answer, Budget.STEPS);
    }

    /// Whether two answers are found to mean the same in a twentieth of the steps that a grading
    /// has: enough for all that is not hostile.
    public static boolean isSameAtAGlance(String one, String other) {
        return compare(one, other, Budget.STEPS / 20).equal();
    }

    private static Verdict compare(String reference, String answer, int steps) {
        String right = stripped(reference);
        String given = stripped(answer);
        if (right.equals(given)) {
            return new Verdict(true, "as written");
        }
        if (right.length() > LONGEST_CHARS || given.length() > LONGEST_CHARS) {
            return new Verdict(
                    false, "longer than " + LONGEST_CHARS + " characters and not as written");
        }
        if (Wording.normal(right).equals(Wording.normal(given))
                && !Wording.normal(right).isEmpty()
                && isWords(right)) {
            return new Verdict(true, "the same words");
        }
        if (plainly(right).equals(plainly(given)) || isSameFormula(right, given)) {
            return new Verdict(true, "as written");
        }
        Optional<Boolean> sameTime = Clock.same(right, given);
        if (sameTime.isPresent()) {
            return new Verdict(sameTime.get(), sameTime.get() ? "the same time" : "another time");
        }
        try {
            return compared(right, given, steps);
        } catch (LimitException e) {
            return new Verdict(false, "not as written, and " + e.getMessage());
        }
    }

    private static Verdict compared(String right, String given, int steps) {
        var equivalence = new Equivalence(new Budget(steps));
        List<Expression> rights = readings(right);
        List<Expression> answers = readings(given);
        for (Expression one : rights) {
            for (Expression other : answers) {
                if (equivalence.same(one, other)) {
                    return new Verdict(true, "the same mathematically");
                }
            }
        }
        if (rights.isEmpty() || answers.isEmpty()) {
            return words(right, given);
        }
        return new Verdict(false, "different mathematically");
    }

    private static Verdict words(String right, String given) {
        boolean same =
                Wording.normal(right).equals(Wording.normal(given))
                        || Wording.parts(right).equals(Wording.parts(given));
        return new Verdict(same, same ? "the same words" : "different words");
    }

    /// Whether a text's letters make words, so that two spellings of it are compared as such.
    private static boolean isWords(String text) {
        return readings(text).isEmpty();
    }

    /// Whether a text is mathematics throughout: no word in it but units.
    public static boolean isMathematics(String text) {
        String plain = stripped(text);
        if (plain.isEmpty() || plain.length() > LONGEST_CHARS) {
            return false;
        }
        try {
            boolean hasProse =
                    Lexer.tokens(plain, Lexer.Commas.GROUP).stream()
                            .anyMatch(
                                    token ->
                                            token.kind() == Token.Kind.WORD
                                                    && !Units.isUnit(token.text())
                                                    && !Parser.isSeparator(token));
            return !hasProse && !readings(plain).isEmpty();
        } catch (LimitException | SyntaxException _) {
            return false;
        }
    }

    /// How many answers stand beside each other in a text: 1 for what is no list.
    public static int answers(String text) {
        String plain = stripped(text);
        if (plain.length() > LONGEST_CHARS) {
            return 1;
        }
        return readings(plain).stream()
                .mapToInt(
                        reading ->
                                reading instanceof Expression.Many
                                                || reading instanceof Expression.SetOf
                                        ? reading.parts().size()
                                        : 1)
                .max()
                .orElse(1);
    }

    private static String stripped(String text) {
        String plain = text.strip();
        if (plain.length() > LONGEST_CHARS) {
            return plain;
        }
        plain = ROW_SPACING.matcher(plain).replaceAll("\\\\\\\\");
        if (!plain.contains("\\begin")) {
            plain = DOUBLED.matcher(plain).replaceAll("\\\\"); // escaped twice by who wrote it down
        }
        plain = plain.replace("{:}", ":");
        int end = plain.length();
        while (!plain.endsWith("...")
                && end > 0
                && ".,;:。，".indexOf(plain.charAt(end - 1)) >= 0
                && !plain.startsWith("\\", Math.max(0, end - 2))) {
            end--;
        }
        return plain.substring(0, end).strip();
    }

    /// Without what only says how letters look.
    private static String plainly(String text) {
        return LETTERING
                .matcher(text)
                .replaceAll("$1")
                .replaceAll("[$]|\\\\[,;: ]|(?<!\\d)\\s+|\\s+(?!\\d)", "")
                .replaceAll("_\\{(\\w)}", "_$1")
                .replace("\\mid", "|");
    }

    /// Whether both are one chemical formula, with its indices set low or not: `H_2O`, `H2O`.
    private static boolean isSameFormula(String one, String other) {
        String level = INDEX.matcher(plainly(one)).replaceAll("");
        return FORMULA.matcher(level).matches()
                && level.equals(INDEX.matcher(plainly(other)).replaceAll(""));
    }

    /// Every way to read a text; none where it is no mathematics.
    private static List<Expression> readings(String text) {
        List<Expression> readings = new ArrayList<>();
        Matcher digits = DIGITS_IN_BASE.matcher(text);
        if (digits.matches()) {
            String shown = digits.group(1) == null ? digits.group(2) : digits.group(1);
            return List.of(new Expression.InBase(shown, Integer.parseInt(digits.group(3))));
        }
        if (text.length() <= LONGEST_LABELLED) {
            Rewriting.of(text)
                    .flatMap(plain -> read(plain, Lexer.Commas.GROUP))
                    .ifPresent(readings::add);
        }
        read(text, Lexer.Commas.GROUP).ifPresent(readings::add);
        if (text.indexOf(',') >= 0) {
            read(text, Lexer.Commas.SEPARATE)
                    .filter(reading -> !readings.contains(reading))
                    .ifPresent(readings::add);
            if (text.indexOf('(') < 0
                    && text.indexOf('[') < 0
                    && text.matches("(?s)[^,]*\\d,\\d[^,]*")) {
                read(text, Lexer.Commas.DECIMAL)
                        .filter(reading -> !readings.contains(reading))
                        .ifPresent(readings::add);
            }
        }
        if (text.length() > LONGEST_LABELLED) {
            return readings;
        }
        Matcher label = LABEL.matcher(text);
        if (label.matches()) {
            readings.add(new Expression.Symbol(label.group(1)));
            readings.addAll(readings(label.group(2)));
        }
        if (!readings.isEmpty()) {
            readings.addAll(renamed(text, readings));
            return readings;
        }
        Matcher named = NAMED.matcher(text);
        if (named.matches()) {
            return readings(named.group(1));
        }
        Optional<Expression> set = Wording.set(text);
        if (set.isPresent()) {
            return List.of(set.get());
        }
        Matcher explained = EXPLAINED.matcher(text);
        return explained.matches() ? readings(explained.group(1)) : readings;
    }

    /// Where a letter is said to be any whole number, it may as well be another one.
    private static List<Expression> renamed(String text, List<Expression> readings) {
        List<String> letters =
                WHOLE_NUMBERS.matcher(text).results().map(found -> found.group(1)).toList();
        if (letters.isEmpty()) {
            return List.of();
        }
        return readings.stream()
                .map(
                        reading ->
                                reading.map(
                                        part ->
                                                part instanceof Expression.Symbol(String name)
                                                                && letters.contains(name)
                                                        ? new Expression.Symbol(
                                                                "ℤ" + letters.indexOf(name))
                                                        : part))
                .toList();
    }

    private static Optional<Expression> read(String text, Lexer.Commas commas) {
        try {
            return Optional.of(Parser.parse(text, commas));
        } catch (SyntaxException | UndefinedException _) {
            return Optional.empty();
        }
    }
}
