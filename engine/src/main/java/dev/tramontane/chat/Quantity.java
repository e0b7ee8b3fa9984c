package dev.tramontane.chat;

import java.math.BigInteger;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Numbers in running text, in one spelling: a reduced fraction, without its denominator where that
/// is 1. `0.50`, `1/2` and `2/4` are `1/2`; `1,000`, `1 000` and `1000.0` are `1000`.
///
/// A comma before exactly three digits groups them, any other comma is a decimal point, as a point
/// always is. A unit of measure behind a number ({@link Units}) is told beside it; any other word
/// is left out.
final class Quantity {
    private static final String DIGITS =
            "\\d{1,3}(?:[,'’ \\u00a0\\u202f]\\d{3})+(?:\\.\\d+)?|\\d+(?:[.,]\\d+)?";

    private static final Pattern NUMBER =
            Pattern.compile(
                    "(?<![\\p{L}\\d.])([-+]?)(" + DIGITS + ")(?:\\s?/\\s?(" + DIGITS + "))?(%?)",
                    Pattern.UNICODE_CHARACTER_CLASS);

    private static final Pattern TIME_OF_DAY = Pattern.compile("\\b(\\d{1,2}):(\\d{2})\\b");

    /// Hours in front of minutes: they belong to one answer.
    private static final Pattern HOURS =
            Pattern.compile(
                    "(\\d+) ?(?:h|hrs?|hours?|heures?|stunden?|horas?|or[ae]|час\\p{L}*|小时|時間"
                            + "|ساعات|ساعة),?\\s*(?:and|et|und|y|e|и|و)?\\s*(\\d+) ?"
                            + "(?:m|min\\p{L}*|мин\\p{L}*|分钟?|分|دقيقة|دقائق)",
                    Pattern.CASE_INSENSITIVE | Pattern.UNICODE_CASE);

    private static final Pattern CURRENCY = Pattern.compile("^(\\p{Sc})\\s?");

    private static final int LONGEST_UNIT = 30;

    /// What may stand behind a number without changing it, apart from it by a space: `5 x` may be a
    /// unit, `5x` is a product.
    private static final Pattern UNIT =
            Pattern.compile("\\s?\\p{Sc}?|\\s[\\p{L}²³/ .]{1,30}|[\\p{IsHan}\\p{IsHiragana}]{1,6}");

    /// Digits of a number that is worth reading as one.
    private static final int MOST_DIGITS = 60;

    private Quantity() {}

    /// The number that a text is; empty when it is more or none.
    static Optional<AnswerKey> whole(String text) {
        String digits = westernDigits(text).strip();
        Matcher currency = CURRENCY.matcher(digits);
        String before = currency.find() ? currency.group(1) : "";
        digits = digits.substring(before.isEmpty() ? 0 : currency.end());
        Matcher number = NUMBER.matcher(digits);
        if (number.lookingAt()) {
            String behind = digits.substring(number.end());
            Optional<String> unit = Units.leading(behind).or(() -> Units.leading(before));
            if (unit.isPresent() && LONGEST_UNIT >= behind.length()
                    || UNIT.matcher(behind).matches()) {
                return Optional.of(new AnswerKey(fraction(number), unit.orElse("")));
            }
        }
        Matcher hours = HOURS.matcher(digits);
        return hours.matches() ? Optional.of(new AnswerKey(duration(hours))) : Optional.empty();
    }

    /// The last number of a text.
    static Optional<AnswerKey> last(String text) {
        String digits = westernDigits(text);
        Optional<AnswerKey> found = Optional.empty();
        int end = -1;
        Matcher number = NUMBER.matcher(digits);
        while (number.find()) {
            end = number.end();
            String before = digits.substring(0, number.start()).stripTrailing();
            int last = Math.max(0, before.length() - 1);
            String unit =
                    Units.leading(digits.substring(end))
                            .or(() -> Units.leading(currency(before.substring(last))))
                            .orElse("");
            found = Optional.of(new AnswerKey(fraction(number), unit));
        }
        Matcher hours = HOURS.matcher(digits);
        while (hours.find()) {
            if (hours.end() >= end) {
                return Optional.of(new AnswerKey(duration(hours)));
            }
        }
        Matcher time = TIME_OF_DAY.matcher(digits);
        while (time.find()) {
            if (time.end() >= end) {
                return Optional.of(
                        new AnswerKey(Integer.parseInt(time.group(1)) + ":" + time.group(2)));
            }
        }
        return found;
    }

    private static String currency(String text) {
        return CURRENCY.matcher(text).matches() ? text : "";
    }

    private static String duration(Matcher hours) {
        return "%s h %s min".formatted(plain(hours.group(1)), plain(hours.group(2)));
    }

    private static String plain(String digits) {
        return digits.length() > MOST_DIGITS ? digits : new BigInteger(digits).toString();
    }

    /// Digits of other scripts as 0 to 9.
    private static String westernDigits(String text) {
        var digits = new StringBuilder(text.length());
        text.codePoints()
                .forEach(
                        point -> {
                            int value = Character.isDigit(point) ? Character.digit(point, 10) : -1;
                            digits.appendCodePoint(value >= 0 ? '0' + value : point);
                        });
        return digits.toString().replace('٫', '.').replace('٬', ',');
    }

    private static String fraction(Matcher number) {
        String above = digitsOf(number.group(2));
        String below = number.group(3) == null ? "1" : digitsOf(number.group(3));
        if (above.length() + below.length() > MOST_DIGITS) {
            return number.group().toLowerCase(Locale.ROOT);
        }
        BigInteger numerator = unscaled(above).multiply(BigInteger.TEN.pow(decimals(below)));
        BigInteger denominator = unscaled(below).multiply(BigInteger.TEN.pow(decimals(above)));
        if (denominator.signum() == 0) {
            return number.group();
        }
        BigInteger common = numerator.gcd(denominator);
        numerator = numerator.divide(common);
        denominator = denominator.divide(common);
        String sign = number.group(1).equals("-") && numerator.signum() != 0 ? "-" : "";
        String value = denominator.equals(BigInteger.ONE) ? "" : "/" + denominator;
        return sign + numerator + value + number.group(4);
    }

    /// Digits with a point, without groups.
    private static String digitsOf(String spelled) {
        if (spelled.matches("\\d{1,3}(?:,\\d{3})+(?:\\.\\d+)?")) {
            return spelled.replace(",", "");
        }
        return spelled.replaceAll("['’ \\u00a0\\u202f]", "").replace(',', '.');
    }

    private static BigInteger unscaled(String digits) {
        return new BigInteger(digits.replace(".", ""));
    }

    private static int decimals(String digits) {
        int point = digits.indexOf('.');
        return point < 0 ? 0 : digits.length() - point - 1;
    }
}
