package dev.tramontane.eval.graders;

import dev.tramontane.eval.Grade;
import dev.tramontane.eval.Grader;
import dev.tramontane.eval.Reference;
import dev.tramontane.eval.graders.math.Digits;

import java.math.BigDecimal;
import java.text.Normalizer;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Right is the very number: grade-school problems in eleven languages (GSM8K, MGSM).
///
/// The number is what the last box holds, else what stands behind the last announcement ("Answer:",
/// "Réponse :", "উত্তর:"), in an equation behind its last equals sign, else the last number of the
/// text. An announcement's number is the one right behind it, but for signs such as `$`; where
/// words come first, the last of their line ("she sells 9 eggs and earns 18"). Digits of every
/// script count, those of exponents do not. Commas and points are read as the language of the
/// announcement writes them; a group of three digits behind either may be thousands wherever that
/// is not the language's decimal mark.
public final class NumberAnswer implements Grader {
    private static final Pattern NUMBER =
            Pattern.compile(
                    "(?<![\\p{L}\\d]|[\\^_]\\{?[-−–]?)[-−–]?[$€£¥₹৳]?\\d+(?:[.,٫٬'’\\u00A0\\u202F\\u2009 ](?=\\d)\\d+){0,12}");
    private static final Pattern PLAIN = Pattern.compile("[-+]?\\d+(?:\\.\\d+)?");

    /// What may stand between an announcement and its number.
    private static final Pattern DIRECTLY =
            Pattern.compile(
                    "[^\\p{L}\\d]*(?:(?:about|approximately|exactly|also|thus|therefore|so|only|just)\\b[^\\p{L}\\d]*)?",
                    Pattern.CASE_INSENSITIVE);

    /// Scripts and words of languages that write 1,234.5.
    private static final Pattern POINT_LANGUAGE =
            Pattern.compile(
                    "[\\p{IsHan}\\p{IsHiragana}\\p{IsThai}\\p{IsBengali}\\p{IsTelugu}\\p{IsHangul}]|\\b(?:the|is|answer|jibu|and)\\b",
                    Pattern.CASE_INSENSITIVE);

    /// @param beside the text that tells its language
    private record Found(String number, String beside) {}

    @Override
    public Grade grade(Reference reference, String answer) {
        List<BigDecimal> accepted =
                switch (reference) {
                    case Reference.Text(List<String> texts) ->
                            texts.stream().map(NumberAnswer::number).toList();
                    case Reference.Verbatim _, Reference.Choice _, Reference.Tests _ ->
                            throw new IllegalArgumentException(
                                    "the reference is no number; use the grader `answer`, `choice` or `code`");
                };
        Optional<Found> found = find(answer.strip());
        if (found.isEmpty()) {
            return new Grade(
                    false,
                    Optional.empty(),
                    "no number found; expected " + accepted.getFirst().toPlainString());
        }
        String number = found.get().number();
        boolean hasPoints = POINT_LANGUAGE.matcher(found.get().beside()).find();
        Set<BigDecimal> readings = readings(number, hasPoints);
        boolean correct =
                readings.stream()
                        .anyMatch(
                                reading ->
                                        accepted.stream()
                                                .anyMatch(right -> right.compareTo(reading) == 0));
        return new Grade(
                correct,
                Optional.of(Shown.brief(number)),
                "%s, read as %s; expected %s"
                        .formatted(
                                Shown.brief(number),
                                readings.stream()
                                        .findFirst()
                                        .map(BigDecimal::toPlainString)
                                        .orElse("nothing"),
                                accepted.getFirst().toPlainString()));
    }

    /// A reference's number; behind `####` where a benchmark publishes solutions.
    private static BigDecimal number(String reference) {
        String text =
                reference.substring(
                        reference.lastIndexOf("####") < 0 ? 0 : reference.lastIndexOf("####") + 4);
        String plain = Digits.ascii(text).replace(",", "").replace("$", "").strip();
        if (!PLAIN.matcher(plain).matches() || plain.length() > 100) {
            throw new IllegalArgumentException(
                    "the reference is \"%s\", expected a number; use the grader `math`"
                            .formatted(Shown.brief(reference)));
        }
        return new BigDecimal(plain);
    }

    private static Optional<Found> find(String text) {
        String tail = normal(text);
        return Boxes.last(text)
                .map(NumberAnswer::normal)
                .flatMap(NumberAnswer::last)
                .map(number -> new Found(number, tail))
                .or(() -> Announcement.find(tail).flatMap(said -> announced(said, tail)))
                .or(() -> last(tail).map(number -> new Found(number, tail)));
    }

    /// With digits from 0 to 9 and without LaTeX between them; of long texts the end.
    private static String normal(String text) {
        String plain = Normalizer.normalize(Announcement.tail(text), Normalizer.Form.NFKC);
        return Announcement.tail(
                Digits.ascii(plain).replace("\\,", "").replace("\\!", "").replace("{,}", ","));
    }

    /// What the first line that has a number says, or what its last equals sign leads to.
    private static Optional<Found> announced(Announcement said, String tail) {
        Optional<String> line =
                said.rest()
                        .lines()
                        .filter(candidate -> NUMBER.matcher(candidate).find())
                        .findFirst();
        if (line.isEmpty()) {
            return Optional.empty();
        }
        String right = line.get().substring(line.get().lastIndexOf('=') + 1);
        String from = tail.substring(tail.lastIndexOf('\n', said.start()) + 1, said.start());
        String before = tail.substring(said.start(), tail.length() - said.rest().length());
        String beside = from + before + line.get();
        boolean hasWords = beside.codePoints().anyMatch(Character::isLetter);
        return direct(right)
                .or(() -> last(right))
                .or(() -> last(line.get()))
                .map(number -> new Found(number, hasWords ? beside : tail));
    }

    /// The number that a text begins with.
    private static Optional<String> direct(String text) {
        Matcher number = NUMBER.matcher(text);
        return number.find() && DIRECTLY.matcher(text.substring(0, number.start())).matches()
                ? Optional.of(number.group())
                : Optional.empty();
    }

    private static Optional<String> last(String text) {
        return NUMBER.matcher(text).results().map(MatchResult::group).reduce((_, later) -> later);
    }

    /// Every number that digits with marks between may be.
    ///
    /// @param hasPoints whether the language writes decimal points, so that a point never groups
    private static Set<BigDecimal> readings(String found, boolean hasPoints) {
        String text =
                found.replaceAll("[$€£¥₹৳'’\\s\\u00A0\\u202F\\u2009٬]", "")
                        .replace('٫', '.')
                        .replaceAll("[−–]", "-");
        Set<BigDecimal> readings = new LinkedHashSet<>();
        if (text.length() > 100) {
            return readings;
        }
        if (PLAIN.matcher(text).matches()) {
            readings.add(new BigDecimal(text));
        }
        if (text.matches("-?\\d{1,3}(?:,\\d{2,3})*,\\d{3}(?:\\.\\d+)?")) {
            readings.add(new BigDecimal(text.replace(",", "")));
        }
        if (!hasPoints && text.matches("-?\\d{1,3}(?:\\.\\d{3})+(?:,\\d+)?")) {
            readings.add(new BigDecimal(text.replace(".", "").replace(',', '.')));
        }
        if (text.matches("-?\\d+,\\d+") && !(hasPoints && text.matches("-?\\d{1,3},\\d{3}"))) {
            readings.add(new BigDecimal(text.replace(',', '.')));
        }
        return readings;
    }
}
