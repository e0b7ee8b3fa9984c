package dev.tramontane.eval.graders;

import dev.tramontane.eval.Grade;
import dev.tramontane.eval.Grader;
import dev.tramontane.eval.Reference;
import dev.tramontane.eval.graders.math.MathComparison;

import java.text.Normalizer;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Right is the letter of the right choice.
///
/// The letter is what the last box holds, else what the last statement says ("the answer is B",
/// "(B) is correct", in many languages), else what the last line is; a choice's text alone counts
/// as its letter. "A or B" is none, and a letter inside a word is none. Behind an announced answer
/// others may still be judged ("Statement I is true", "Vitamin A is best absorbed"): there it takes
/// "(D) is the correct choice" to change it.
public final class ChoiceLetter implements Grader {
    /// Scripts that write words without space between, so that a letter may stand right before one.
    private static final String NO_SPACES =
            "\\p{IsHan}\\p{IsHiragana}\\p{IsKatakana}\\p{IsHangul}\\p{IsThai}";

    /// What is read of a statement.
    private static final int LONGEST_STATEMENT = 300;

    private static final int LONGEST_LINE = 1_000;

    /// How many letters may name a choice where it is not known that there are more.
    private static final int LETTERS = 10;

    /// The last letter of which a sentence may speak where the choices are not known: I is one of
    /// other things.
    private static final char LAST_OF_UNKNOWN = 'E';

    private static final String WRAP =
            "(?:[\\s*_`\"'“”«»$(\\[{]|\\\\(?:text(?:bf|rm|it)?|math(?:bf|rm|it)|boxed|left|;|,|:|!))*";
    private static final String NOUN =
            "(?:(?:(?:the|la|le|el|lo|il|die|der)\\s+)?(?:option|choice|letter|answer|statement|variante|antwort|réponse|opción|opzione|opção|risposta|вариант|ответ|选项|選択肢|الخيار)\\s*)?";

    /// A letter at the beginning of a text, and whether it is all of a word.
    private static final Pattern LETTER =
            Pattern.compile(
                    "^"
                            + WRAP
                            + NOUN
                            + WRAP
                            + "([A-Za-zАВСЕأبجد])(?![\\p{L}\\p{M}\\d'’^_=+&&[^"
                            + NO_SPACES
                            + "]])",
                    Pattern.CASE_INSENSITIVE | Pattern.UNICODE_CASE);

    private static final Pattern SECOND =
            Pattern.compile(
                    "^[\\s)\\]}*$.,\"'`]*(?:or|and|oder|und|ou|et|o|y|e|или|и|或|和|または|/|&|,)[\\s*($\\[{\"]*(?:option\\s+)?([A-Z])(?![\\p{L}\\d'’])");

    private static final String JUDGEMENT =
            "(?<![\\p{L}\\d'’])([A-Z])[)\\]*]*\\s+(?:is|ist|est|es|è|é|—|-)\\s+(?:therefore\\s+|thus\\s+|clearly\\s+)?(?:the\\s+|die\\s+|la\\s+)?(?:only\\s+)?";

    /// "B is correct"; "best" alone says nothing of a choice when a word follows ("best absorbed").
    private static final Pattern JUDGED =
            Pattern.compile(
                    JUDGEMENT
                            + "(?:best(?!\\s+(?!because\\b|since\\b|as\\b|here\\b)\\p{L})|(?:correct|right|best(?=\\s+(?:answer|choice|option))|true|richtig|korrekt|correcta|correcte|corretta|exacte|giusta)\\w*)(?!\\s+(?:only|if))");

    /// "B is the correct answer".
    private static final Pattern CHOSEN =
            Pattern.compile(
                    JUDGEMENT
                            + "(?i:(?:correct|right|best|richtige|korrekte)\\s+(?:answer|choice|option|antwort)\\b|(?:réponse|opción|respuesta|opzione|risposta|opção|resposta)\\s+(?:corre|exact|giust))");

    /// A last line that ends in the letter that it leads to.
    private static final Pattern LED_TO =
            Pattern.compile(
                    "(?:\\b(?i:option|choice|answer|hence|thus|therefore|so|pick|choose|select|with|is)\\b)[\\s,:]+[(*]*([A-Z])[)*.!]*$");

    private static final String LOOKALIKES = "АВСЕأبجد";
    private static final String LATIN = "ABCEABCD";

    private record Found(Optional<Character> letter, String text) {}

    @Override
    public Grade grade(Reference reference, String answer) {
        List<String> choices;
        String right;
        switch (reference) {
            case Reference.Choice(char letter, List<String> texts) -> {
                choices = texts;
                right = String.valueOf(letter);
            }
            case Reference.Text(List<String> texts) -> {
                choices = List.of();
                right =
                        letter(texts.getFirst(), List.of())
                                .map(String::valueOf)
                                .orElse(texts.getFirst());
            }
            case Reference.Verbatim _ ->
                    throw new IllegalArgumentException(
                            "a text to be repeated is no choice; use the grader `answer`");
            case Reference.Tests _ ->
                    throw new IllegalArgumentException(
                            "a program is no choice; use the grader `code`");
        }
        Found found = find(answer.strip(), choices);
        if (found.letter().isEmpty()) {
            String what =
                    found.text().isEmpty()
                            ? "no letter found"
                            : "no single letter in: " + Shown.brief(found.text());
            return new Grade(false, Optional.empty(), what + "; expected " + right);
        }
        String letter = String.valueOf(found.letter().get());
        boolean correct = letter.equals(right);
        int place = letter.charAt(0) - 'A';
        return new Grade(
                correct,
                Optional.of(letter),
                place < choices.size() ? Optional.of(choices.get(place)) : Optional.empty(),
                "%s from: %s; expected %s".formatted(letter, Shown.brief(found.text()), right));
    }

    private static Found find(String text, List<String> choices) {
        Optional<String> boxed = Boxes.last(text).map(ChoiceLetter::normal);
        if (boxed.isPresent()) {
            Optional<Character> letter = letter(boxed.get(), choices);
            if (letter.isPresent() || isEither(boxed.get(), choices)) {
                return new Found(letter, boxed.get());
            }
        }
        String tail = normal(Announcement.tail(text));
        return announced(tail, choices)
                .or(() -> lastLine(tail, choices))
                .orElse(new Found(Optional.empty(), boxed.orElse("")));
    }

    /// Full-width and mathematical letters as plain ones; of long texts the end.
    private static String normal(String text) {
        return Normalizer.normalize(Announcement.tail(text), Normalizer.Form.NFKC);
    }

    /// What the last statement says: "the answer is B", unless "C is the correct answer" comes
    /// later; "C is correct" alone counts where no letter is announced.
    private static Optional<Found> announced(String tail, List<String> choices) {
        Optional<String> rest = Announcement.last(tail);
        int restFrom = rest.map(found -> tail.length() - found.length()).orElse(-1);
        return judged(CHOSEN, tail, restFrom, choices)
                .or(
                        () ->
                                rest.map(ChoiceLetter::line)
                                        .map(line -> new Found(letter(line, choices), line))
                                        .filter(
                                                found ->
                                                        found.letter().isPresent()
                                                                || isEither(found.text(), choices)))
                .or(() -> judged(JUDGED, tail, restFrom, choices));
    }

    /// The last letter behind a place of which a pattern speaks, if it is one of a choice.
    private static Optional<Found> judged(
            Pattern pattern, String tail, int behind, List<String> choices) {
        char last = choices.isEmpty() ? LAST_OF_UNKNOWN : lastOf(choices);
        Matcher judged = pattern.matcher(tail);
        Optional<Found> found = Optional.empty();
        while (judged.find()) {
            char letter = judged.group(1).charAt(0);
            if (judged.start() > behind && letter <= last) {
                found =
                        Optional.of(
                                new Found(
                                        Optional.of(letter), line(tail.substring(judged.start()))));
            }
        }
        return found;
    }

    private static char lastOf(List<String> choices) {
        return (char) ('A' + choices.size() - 1);
    }

    /// Whether a letter may name a choice: any of the first ten, or of those that there are.
    private static boolean mayName(char letter, List<String> choices) {
        return letter <= (choices.size() > LETTERS ? lastOf(choices) : 'A' + LETTERS - 1);
    }

    private static String line(String text) {
        return text.lines()
                .map(String::strip)
                .filter(line -> !line.isEmpty())
                .findFirst()
                .orElse("");
    }

    private static Optional<Found> lastLine(String text, List<String> choices) {
        String last =
                text.lines()
                        .map(String::strip)
                        .filter(line -> !line.isEmpty())
                        .reduce("", (_, line) -> line);
        last = last.substring(Math.max(0, last.length() - LONGEST_LINE));
        Matcher letter = LETTER.matcher(start(last));
        boolean isLetter =
                letter.find()
                        && mayName(latin(letter.group(1).charAt(0)), choices)
                        && (Character.isUpperCase(letter.group(1).charAt(0)) || last.length() <= 3)
                        && (last.length() == letter.end()
                                || ").:]}*$ ".indexOf(last.charAt(letter.end())) >= 0)
                        && !(last.startsWith(" ", letter.end())
                                && Character.isLetter(last.charAt(0)));
        if (isLetter) {
            return Optional.of(new Found(letter(last, choices), last));
        }
        Optional<Character> byText = byText(last, choices);
        if (byText.isPresent()) {
            return Optional.of(new Found(byText, last));
        }
        Matcher ledTo = LED_TO.matcher(last);
        return ledTo.find() && mayName(ledTo.group(1).charAt(0), choices)
                ? Optional.of(new Found(Optional.of(ledTo.group(1).charAt(0)), last))
                : bracketed(last, choices);
    }

    /// The one letter in brackets or bold that a line has.
    private static Optional<Found> bracketed(String line, List<String> choices) {
        Matcher marked =
                Pattern.compile("\\(([A-Z])\\)|\\*\\*\\(?([A-Z])[).:]?\\s*(?:[^*]*)\\*\\*")
                        .matcher(line);
        List<Character> letters = new ArrayList<>();
        while (marked.find()) {
            String letter = marked.group(1) == null ? marked.group(2) : marked.group(1);
            if (mayName(letter.charAt(0), choices)) {
                letters.add(letter.charAt(0));
            }
        }
        List<Character> distinct = letters.stream().distinct().toList();
        return distinct.isEmpty()
                ? Optional.empty()
                : Optional.of(
                        new Found(
                                distinct.size() == 1
                                        ? Optional.of(distinct.getFirst())
                                        : Optional.empty(),
                                line));
    }

    /// The letter that a short text says; none where it says two.
    private static Optional<Character> letter(String text, List<String> choices) {
        Optional<Character> byText = byText(text, choices);
        if (byText.isPresent()) {
            return byText;
        }
        String start = start(text);
        Matcher found = LETTER.matcher(start);
        if (!found.find() || isEither(start, choices)) {
            return Optional.empty();
        }
        char letter = latin(found.group(1).charAt(0));
        if (!mayName(letter, choices)) {
            return Optional.empty();
        }
        String rest = start.substring(found.end());
        boolean isArticle = letter == 'A' || letter == 'I';
        if (isArticle
                && rest.matches("(?s)\\s+\\p{Ll}.*")
                && !rest.matches(
                        "(?is)\\s+(?:because|since|as|and|is|weil|da|car|parce|porque|perché|denn|with|which)\\b.*")) {
            return Optional.empty(); // "A matter of …"
        }
        boolean isSmall =
                Character.isLowerCase(found.group(1).charAt(0)) && LOOKALIKES.indexOf(letter) < 0;
        if (isSmall && rest.matches("(?s)\\s+\\p{L}.*")) {
            return Optional.empty(); // "a matter of …"
        }
        return Optional.of(letter);
    }

    private static String start(String text) {
        return text.substring(0, Math.min(text.length(), LONGEST_STATEMENT));
    }

    private static boolean isEither(String text, List<String> choices) {
        String start = start(text).replaceFirst("(?i)^\\W*(?:either|both|entweder|soit)\\s+", "");
        Matcher found = LETTER.matcher(start);
        if (!found.find() || !mayName(latin(found.group(1).charAt(0)), choices)) {
            return false;
        }
        Matcher second = SECOND.matcher(start.substring(found.end()));
        return second.find()
                && mayName(second.group(1).charAt(0), choices)
                && latin(found.group(1).charAt(0)) != second.group(1).charAt(0);
    }

    private static char latin(char letter) {
        char upper = Character.toUpperCase(letter);
        int at = LOOKALIKES.indexOf(upper);
        return at < 0 ? upper : LATIN.charAt(at);
    }

    /// The letter of the one choice that a text repeats.
    private static Optional<Character> byText(String text, List<String> choices) {
        String said = plain(text);
        List<Character> letters = new ArrayList<>();
        for (int i = 0; i < choices.size(); i++) {
            if (!said.isEmpty() && said.equals(plain(choices.get(i)))) {
                letters.add((char) ('A' + i));
            }
        }
        if (letters.isEmpty() && said.length() > 1 && MathComparison.isMathematics(text)) {
            for (int i = 0; i < choices.size(); i++) {
                if (MathComparison.compare(choices.get(i), text).equal()) {
                    letters.add((char) ('A' + i));
                }
            }
        }
        return letters.size() == 1 ? Optional.of(letters.getFirst()) : Optional.empty();
    }

    private static String plain(String text) {
        return text.replaceAll("\\\\(?:text|mathrm|left|right|[,;:! ])|[*_`$\"“”{}]", "")
                .replaceAll("\\s+", " ")
                .replaceAll("(?<![.;:])[.;:]+$", "")
                .strip()
                .toLowerCase(Locale.ROOT);
    }
}
