package dev.tramontane.eval.suite;

import java.util.List;
import java.util.random.RandomGenerator;

/// Which weekday it will be in so many days.
record CalendarFamily() implements ProblemFamily {
    @Override
    public String key() {
        return "calendar";
    }

    /// The number's last two digits are 11 to 99: Arabic counts these in one way.
    @Override
    public Draft draw(RandomGenerator random, int level) {
        int today = random.nextInt(7);
        int hundreds =
                level == 1 ? 0 : Digits.between(random, level == 2 ? 1 : 4, level == 2 ? 3 : 9);
        int days = 100 * hundreds + Digits.between(random, 11, 99);
        int rest = days % 7;
        Line.Word from = Line.phrase("weekday." + today);
        Line.Word to = Line.phrase("weekday." + (today + days) % 7);
        return new Draft(
                "calendar %d %d".formatted(today, days),
                Line.of("calendar.q", "day", from, "n", days),
                List.of(
                        Line.of(
                                "calendar.weeks",
                                "q",
                                "%d = 7 × %d + %d".formatted(days, days / 7, rest)),
                        Line.of("calendar.count", "r", rest, "day", from, "day2", to)),
                to);
    }
}
