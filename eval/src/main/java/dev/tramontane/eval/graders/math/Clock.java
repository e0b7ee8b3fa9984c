package dev.tramontane.eval.graders.math;

import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Times of day, which look like ratios.
final class Clock {
    private static final Pattern TIME =
            Pattern.compile(
                    "(?i)(\\d{1,2})(?:[:.](\\d{2}))?(?:\\s|\\\\text\\s*\\{|\\\\ |~)*([ap])\\.?\\s*m\\.?\\s*}?\\.?");

    private static final int LONGEST = 40;

    private Clock() {}

    /// A time with its half of the day, in one form; empty for any other text.
    static Optional<String> time(String text) {
        Matcher time = TIME.matcher(text.length() > LONGEST ? "" : text.strip());
        if (!time.matches()) {
            return Optional.empty();
        }
        String minutes = time.group(2) == null ? "00" : time.group(2);
        return Optional.of(
                Integer.parseInt(time.group(1))
                        + ":"
                        + minutes
                        + time.group(3).toLowerCase(Locale.ROOT));
    }

    /// Whether `3:30` may be a time: minutes of two digits below sixty, hours below 25.
    static boolean isTime(List<Expression> terms) {
        return terms.size() == 2
                && isWhole(terms.getFirst(), 0, 24)
                && isWhole(terms.getLast(), 10, 59);
    }

    private static boolean isWhole(Expression expression, int least, int most) {
        return expression instanceof Expression.Numeral(Rational value, _, _)
                && value.isSmall()
                && value.compareTo(Rational.of(least)) >= 0
                && value.compareTo(Rational.of(most)) <= 0;
    }
}
