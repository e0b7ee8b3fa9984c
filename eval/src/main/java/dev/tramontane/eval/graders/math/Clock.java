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
                    "(?i)(\\d{1,2})(?:[:.](\\d{2}))?(?::(\\d{2}))?(?:(?:\\s|\\\\text\\s*\\{|\\\\[ ,]|~)*(?:([ap])\\.?\\s*m\\.?|(noon|midnight))\\s*}?\\.?)?");

    private static final Pattern TEXT = Pattern.compile("^\\\\(?:text|mathrm)\\s*\\{([^{}]*)}$");

    private static final int LONGEST = 40;

    private Clock() {}

    /// @param half `a`, `p`, or empty where a text does not tell
    private record Time(int hour, String minutes, String seconds, String half) {
        private int ofDay() {
            boolean afternoon = half.equals("p") && hour < 12;
            boolean afterMidnight = half.equals("a") && hour == 12;
            int hours = hour + (afternoon ? 12 : 0) - (afterMidnight ? 12 : 0);
            return (hours * 60 + number(minutes)) * 60 + number(seconds);
        }

        private boolean isOfDay() {
            return hour <= 24 && number(minutes) < 60 && number(seconds) < 60;
        }

        /// What no ratio looks like.
        private boolean isCertain() {
            return !half.isEmpty() || minutes.startsWith("0") || !seconds.isEmpty();
        }

        private static int number(String digits) {
            return digits.isEmpty() ? 0 : Integer.parseInt(digits);
        }
    }

    /// Whether two texts tell the same time; empty where one tells none, or both may be ratios.
    ///
    /// A text that leaves the half of the day open means the other's.
    static Optional<Boolean> same(String one, String other) {
        Optional<Time> a = time(one);
        Optional<Time> b = time(other);
        if (a.isEmpty() || b.isEmpty() || !a.get().isCertain() && !b.get().isCertain()) {
            return Optional.empty();
        }
        Time first = a.get();
        Time second = b.get();
        boolean isOpen = first.half().isEmpty() != second.half().isEmpty();
        return Optional.of(
                first.ofDay() == second.ofDay()
                        || isOpen
                                && new Time(first.hour(), first.minutes(), first.seconds(), "")
                                                .ofDay()
                                        == new Time(
                                                        second.hour(),
                                                        second.minutes(),
                                                        second.seconds(),
                                                        "")
                                                .ofDay());
    }

    /// A time, which has minutes or a half of the day.
    private static Optional<Time> time(String whole) {
        String plain = TEXT.matcher(whole.strip()).replaceFirst("$1");
        String text = plain.equalsIgnoreCase("noon") ? "12 noon" : plain;
        Matcher time = TIME.matcher(text.length() > LONGEST ? "" : text.strip());
        if (!time.matches()) {
            return Optional.empty();
        }
        String half =
                time.group(5) == null
                        ? part(time, 4).toLowerCase(Locale.ROOT)
                        : time.group(5).equalsIgnoreCase("noon") ? "p" : "a";
        var found = new Time(Integer.parseInt(time.group(1)), part(time, 2), part(time, 3), half);
        boolean tells = !half.isEmpty() || time.group(2) != null && text.indexOf(':') >= 0;
        return Optional.of(found).filter(read -> tells && read.isOfDay());
    }

    private static String part(Matcher time, int group) {
        return time.group(group) == null ? "" : time.group(group);
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
