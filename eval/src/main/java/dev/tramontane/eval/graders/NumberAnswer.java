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
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Right is the very number: grade-school problems in eleven languages (GSM8K, MGSM).
///
/// The number is what the last box holds, else what stands behind the last announcement ("Answer:",
/// "Réponse :", "উত্তর:"), in an equation behind its last equals sign, else the last number of the
/// text. Digits of every script count. Commas and points are read as the language of the
/// announcement writes them; a group of three digits behind either may be thousands wherever that
/// is not the language's decimal mark.
public final class NumberAnswer implements Grader {
    private static final Pattern NUMBER =
            Pattern.compile(
                    "(?<![\\p{L}\\d])[-−–]?\\s?[$€£¥₹৳]?\\d+(?:[.,٫٬'’\\u00A0\\u202F\\u2009 ](?=\\d)\\d+){0,12}");
    private static final Pattern PLAIN = Pattern.compile("[-+]?\\d+(?:\\.\\d+)?");

    /// Scripts and words of languages that write 1,234.5.
    private static final Pattern POINT_LANGUAGE =
            Pattern.compile(
                    "[\\p{IsHan}\\p{IsHiragana}\\p{IsThai}\\p{IsBengali}\\p{IsTelugu}\\p{IsHangul}]|\\b(?:the|is|answer|jibu|ni|and)\\b",
                    Pattern.CASE_INSENSITIVE);

    @Override
    public Grade grade(Reference reference, String answer) {
        List<BigDecimal> accepted =
                switch (reference) {
                    case Reference.Text(List<String> texts) ->
                            texts.stream().map(NumberAnswer::number).toList();
                    case Reference.Choice _, Reference.Tests _ ->
                            throw new IllegalArgumentException(
                                    "the reference is no number; use the grader `choice` or `code`");
                };
        Optional<String> found = find(answer.strip());
        if (found.isEmpty()) {
            return new Grade(
                    false,
                    Optional.empty(),
                    "no number found; expected " + accepted.getFirst().toPlainString());
        }
        boolean hasPoints = POINT_LANGUAGE.matcher(Announcement.tail(answer)).find();
        Set<BigDecimal> readings = readings(found.get(), hasPoints);
        boolean correct =
                readings.stream()
                        .anyMatch(
                                reading ->
                                        accepted.stream()
                                                .anyMatch(right -> right.compareTo(reading) == 0));
        return new Grade(
                correct,
                found.map(Shown::brief),
                "%s, read as %s; expected %s"
                        .formatted(
                                Shown.brief(found.get()),
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

    private static Optional<String> find(String text) {
        String tail = normal(text);
        return Boxes.last(text)
                .map(NumberAnswer::normal)
                .flatMap(NumberAnswer::last)
                .or(() -> Announcement.last(tail).flatMap(NumberAnswer::announced))
                .or(() -> last(tail));
    }

    /// With digits from 0 to 9 and without LaTeX between them; of long texts the end.
    private static String normal(String text) {
        return Digits.ascii(Normalizer.normalize(Announcement.tail(text), Normalizer.Form.NFKC))
                .replace("\\,", "")
                .replace("\\!", "")
                .replace("{,}", ",");
    }

    /// The first number of the first line that has one, or what its last equals sign leads to.
    private static Optional<String> announced(String rest) {
        Optional<String> line =
                rest.lines().filter(candidate -> NUMBER.matcher(candidate).find()).findFirst();
        if (line.isEmpty()) {
            return Optional.empty();
        }
        int equals = line.get().lastIndexOf('=');
        Matcher number = NUMBER.matcher(line.get().substring(equals + 1));
        return number.find() ? Optional.of(number.group().strip()) : last(line.get());
    }

    private static Optional<String> last(String text) {
        Matcher number = NUMBER.matcher(text);
        Optional<String> last = Optional.empty();
        while (number.find()) {
            last = Optional.of(number.group().strip());
        }
        return last;
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
