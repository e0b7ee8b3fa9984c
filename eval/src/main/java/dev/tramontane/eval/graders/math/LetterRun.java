package dev.tramontane.eval.graders.math;

import dev.tramontane.eval.graders.math.Token.Kind;

import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;

/// What letters without a space between them are: a function, a word, a unit, or symbols to be
/// multiplied.
final class LetterRun {
    private static final Set<String> SHORT_WORDS =
            Set.of(
                    "yes", "no", "and", "or", "is", "are", "the", "an", "of", "if", "for", "all",
                    "none", "odd", "even", "one", "two", "six", "ten", "dne", "red", "mod", "not",
                    "set", "with", "any", "to", "in", "it", "we", "so", "as", "by", "at", "on",
                    "be", "am", "pm", "pct", "et", "ou", "und", "oder");

    /// Things that are counted, too short to be told from letters otherwise.
    private static final Set<String> SHORT_NOUNS =
            Set.of(
                    "cup", "pie", "egg", "dog", "cat", "cow", "hen", "pig", "pen", "bag", "box",
                    "car", "bus", "man", "men", "boy", "hat", "jar", "can", "bar", "tin", "bun",
                    "ant", "bee", "fox", "owl", "kid", "toy", "mug", "pot", "pan", "cap", "tie",
                    "nut", "job", "run", "lap", "row", "way", "try", "bit");

    private static final Pattern FUNCTION_FIRST =
            Pattern.compile("(arcsin|arccos|arctan|sin|cos|tan|log|ln|sqrt)([a-z]{1,2})");

    private static final Pattern JOINED = Pattern.compile("(?:or|and)[a-zA-Z]");

    private LetterRun() {}

    /// @param ends whether it stands before space, punctuation or the end
    static void add(String run, List<Token> tokens, boolean spaced, boolean ends) {
        Kind before = tokens.isEmpty() ? Kind.END : tokens.getLast().kind();
        boolean afterNumber = before == Kind.NUMBER;
        String lower = run.toLowerCase(Locale.ROOT);
        var functionFirst = FUNCTION_FIRST.matcher(run);
        if (run.equals("inf") || lower.equals("infinity") || run.equals("oo")) {
            tokens.add(new Token(Kind.SIGN, "∞", spaced));
        } else if (run.equals("pm") && !afterNumber) {
            tokens.add(new Token(Kind.SIGN, "±", spaced));
        } else if (run.length() == 1) {
            boolean isCjk = run.charAt(0) >= 0x2E80;
            tokens.add(new Token(isCjk ? Kind.WORD : Kind.LETTER, run, spaced));
        } else if (Vocabulary.GREEK.contains(run)) {
            tokens.add(new Token(Kind.LETTER, run, spaced));
        } else if (run.equals("min") && afterNumber && ends) {
            tokens.add(new Token(Kind.WORD, run, spaced));
        } else if (Vocabulary.FUNCTIONS.containsKey(run) && !run.equals("bar")) {
            tokens.add(new Token(Kind.NAME, Vocabulary.FUNCTIONS.get(run), spaced));
        } else if (JOINED.matcher(run).matches() && afterNumber) { // `f(x)=1orf(x)=-1`
            tokens.add(new Token(Kind.WORD, run.substring(0, run.length() - 1), spaced));
            letters(run.substring(run.length() - 1), tokens, true);
        } else if (isWord(run, before, spaced, ends)) {
            tokens.add(new Token(Kind.WORD, run, spaced));
        } else if (functionFirst.matches()) {
            tokens.add(
                    new Token(
                            Kind.NAME,
                            Vocabulary.FUNCTIONS.getOrDefault(functionFirst.group(1), ""),
                            spaced));
            letters(functionFirst.group(2), tokens, true);
        } else {
            letters(run, tokens, spaced);
        }
    }

    private static void letters(String run, List<Token> tokens, boolean spaced) {
        for (int i = 0; i < run.length(); i++) {
            tokens.add(new Token(Kind.LETTER, run.substring(i, i + 1), spaced && i == 0));
        }
    }

    private static boolean isWord(String run, Kind before, boolean spaced, boolean ends) {
        if (run.chars().anyMatch(letter -> letter >= 0x80)) {
            return true;
        }
        if (run.length() == 2 && !ends && run.equals(run.toUpperCase(Locale.ROOT))) {
            return false; // NO, the distance from N to O
        }
        if (spaced && before == Kind.WORD) {
            return true; // prose goes on
        }
        if (before == Kind.NUMBER && spaced && SHORT_NOUNS.contains(run)) {
            return true;
        }
        if (SHORT_WORDS.contains(run.toLowerCase(Locale.ROOT))
                || before == Kind.NUMBER && Units.isUnit(run) && (ends || spaced)) {
            return true;
        }
        boolean capitalised =
                Character.isUpperCase(run.charAt(0))
                        && run.substring(1).chars().allMatch(Character::isLowerCase);
        if (run.length() == 3) {
            return capitalised;
        }
        return run.length() > 3 && !isAlphabetical(run);
    }

    /// `abcd`, `wxyz`: letters that follow each other are symbols.
    private static boolean isAlphabetical(String run) {
        for (int i = 1; i < run.length(); i++) {
            if (run.charAt(i) != run.charAt(i - 1) + 1) {
                return false;
            }
        }
        return true;
    }
}
