package dev.tramontane.eval.graders;

import dev.tramontane.eval.graders.math.MathComparison;

import java.util.List;
import java.util.Optional;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// The part of a response that is its answer, and by what sign it was found. The first that there
/// is: what the last box holds; what the last announcement says ("the answer is", in many
/// languages); a response that is nothing but mathematics; the last bold text; the last formula;
/// the last number; a response of one line.
///
/// @param how for people: `boxed`, `announced`, `alone`, `bold`, `formula`, `last number`, `whole`
/// @param others what else the text may mean: the number in a sentence, a factorial that looks like
///   an exclamation
record FinalAnswer(String text, String how, List<String> others) {
    private static final int LONGEST_WHOLE = 300;
    private static final int BOLD_TAIL = 600;

    private static final Pattern SENTENCE_END =
            Pattern.compile(
                    "(?<![\\d\\s]|\\b[a-zA-Z])[.!?](?=\\s|\\**$)|(?<=\\d)[.!?](?=\\s|\\**$)|[。！？؟।]|\\n");
    private static final Pattern REASON =
            Pattern.compile(
                    "[,;]?\\s+(?:because|since|which|where|as|so|weil|da|car|parce|porque|perché|denn)\\s.*",
                    Pattern.DOTALL);
    private static final Pattern CONNECTIVE =
            Pattern.compile(
                    "^(?:also|thus|therefore|so|then|just|simply|donc|alors|entonces|pues|quindi|dunque|então|portanto|значит|итак)[\\s,:]+",
                    Pattern.CASE_INSENSITIVE | Pattern.UNICODE_CASE);
    private static final Pattern FORMULA =
            Pattern.compile(
                    "\\$\\$(.{1,2000}?)\\$\\$|\\$([^$\\n]{1,1000}?)\\$|\\\\\\((.{1,1000}?)\\\\\\)|\\\\\\[(.{1,2000}?)\\\\]",
                    Pattern.DOTALL);
    private static final Pattern BOLD = Pattern.compile("\\*\\*([^*\\n]{1,300})\\*\\*");
    private static final Pattern NUMBER =
            Pattern.compile(
                    "(?<![\\w.])[-−]?[$€£]?\\d+(?:[.,'\\u00A0\\u202F]\\d+){0,12}(?:\\s*/\\s*\\d+)?%?");

    /// What a sentence says that something is.
    private static final Pattern STATED =
            Pattern.compile(
                    "^.*(?:\\b(?:is|are|be|was|equals|equal\\s+to|ist|sind|beträgt|est|sont|vaut|es|son|sono|são)\\s|[èé]\\s|[:：]|равн[оаы]|равен|等于|是|为)(.+)$",
                    Pattern.DOTALL | Pattern.CASE_INSENSITIVE | Pattern.UNICODE_CASE);

    FinalAnswer(String text, String how) {
        this(text, how, List.of());
    }

    static Optional<FinalAnswer> of(String response) {
        String text = response.strip();
        return Boxes.last(text)
                .map(found -> new FinalAnswer(found, "boxed"))
                .or(() -> Announcement.last(text).flatMap(FinalAnswer::announced))
                .or(() -> alone(text))
                .or(() -> bold(text))
                .or(() -> last(Announcement.tail(text)))
                .or(() -> whole(text));
    }

    /// The last formula, or the last number where a later sentence than the formula's has one.
    private static Optional<FinalAnswer> last(String text) {
        Matcher formula = FORMULA.matcher(text);
        int end = 0;
        while (formula.find()) {
            end = formula.end();
        }
        String behind = text.substring(end);
        Matcher sentence = SENTENCE_END.matcher(behind);
        Optional<String> number =
                end == 0
                        ? number(text)
                        : sentence.find()
                                ? number(behind.substring(sentence.end()))
                                : Optional.empty();
        return number.map(found -> new FinalAnswer(found, "last number"))
                .or(() -> formula(text).map(found -> new FinalAnswer(found, "formula")));
    }

    private static Optional<FinalAnswer> announced(String statement) {
        String rest = CONNECTIVE.matcher(statement).replaceFirst("");
        if (rest.startsWith("$$") || rest.startsWith("\\[")) {
            Matcher display = FORMULA.matcher(rest);
            if (display.lookingAt()) {
                return Optional.of(new FinalAnswer(inside(display), "announced"));
            }
        }
        Matcher end = SENTENCE_END.matcher(rest);
        String sentence = end.find() ? rest.substring(0, end.start()) : rest;
        sentence = sentence.substring(0, Math.min(sentence.length(), 2 * LONGEST_WHOLE));
        sentence =
                REASON.matcher(sentence)
                        .replaceFirst("")
                        .replace("**", "")
                        .replace("__", "")
                        .strip();
        if (sentence.isEmpty()) {
            return Optional.empty();
        }
        if (MathComparison.isMathematics(sentence)) {
            boolean isFactorial =
                    sentence.length() < rest.length() && rest.startsWith(sentence + "!");
            return Optional.of(
                    new FinalAnswer(
                            sentence,
                            "announced",
                            isFactorial ? List.of(sentence + "!") : List.of()));
        }
        Matcher stated = STATED.matcher(sentence);
        if (stated.matches() && MathComparison.isMathematics(stated.group(1))) {
            return Optional.of(new FinalAnswer(stated.group(1).strip(), "announced"));
        }
        Matcher formula = FORMULA.matcher(sentence);
        String found = sentence;
        while (formula.find()) {
            found = inside(formula);
            if (formula.start() < 4) {
                break;
            }
        }
        List<String> numbers =
                found.equals(sentence) ? number(sentence).stream().toList() : List.of();
        return Optional.of(new FinalAnswer(found, "announced", numbers));
    }

    private static String inside(Matcher formula) {
        for (int group = 1; group <= formula.groupCount(); group++) {
            if (formula.group(group) != null) {
                return formula.group(group).strip();
            }
        }
        throw new IllegalStateException("a formula without a part");
    }

    private static Optional<FinalAnswer> alone(String text) {
        boolean isShort = text.length() <= LONGEST_WHOLE && text.indexOf('\n') < 0;
        return isShort && MathComparison.isMathematics(text)
                ? Optional.of(new FinalAnswer(text, "alone"))
                : Optional.empty();
    }

    private static Optional<FinalAnswer> bold(String text) {
        Matcher bold = BOLD.matcher(text.substring(Math.max(0, text.length() - BOLD_TAIL)));
        Optional<FinalAnswer> last = Optional.empty();
        while (bold.find()) {
            String found = bold.group(1).strip();
            if (!found.endsWith(":") && !found.isEmpty()) {
                last = Optional.of(new FinalAnswer(found, "bold"));
            }
        }
        return last.map(
                found ->
                        MathComparison.isMathematics(found.text())
                                ? found
                                : formula(found.text())
                                        .or(() -> number(found.text()))
                                        .map(inner -> new FinalAnswer(inner, "bold"))
                                        .orElse(found));
    }

    private static Optional<String> formula(String text) {
        Matcher formula = FORMULA.matcher(text);
        Optional<String> last = Optional.empty();
        while (formula.find()) {
            last = Optional.of(inside(formula)).filter(found -> !found.isEmpty());
        }
        return last;
    }

    private static Optional<String> number(String text) {
        return NUMBER.matcher(text).results().map(MatchResult::group).reduce((_, later) -> later);
    }

    private static Optional<FinalAnswer> whole(String text) {
        boolean isShort =
                !text.isEmpty() && text.length() <= LONGEST_WHOLE && text.indexOf('\n') < 0;
        return isShort ? Optional.of(new FinalAnswer(text, "whole")) : Optional.empty();
    }
}
