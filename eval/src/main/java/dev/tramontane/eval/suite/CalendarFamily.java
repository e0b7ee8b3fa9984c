package dev.tramontane.eval.suite;

import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;

/// Which weekday it will be in so many days.
record CalendarFamily() implements ProblemFamily {
    @Override
    public String key() {
        return "calendar";
    }

    /// Whole weeks are divided out; the days that are left are counted one by one.
    @Override
    public Draft draw(RandomGenerator random, int level) {
        int today = random.nextInt(7);
        int days =
                switch (level) {
                    case 1 -> Digits.between(random, 2, 69);
                    case 2 -> Digits.between(random, 70, 399);
                    default -> Digits.between(random, 400, 999);
                };
        int rest = days % 7;
        List<Line> steps = new ArrayList<>();
        steps.add(Line.of("calendar.plan"));
        steps.addAll(Worked.division(days, 7).said("calendar.weeks"));
        steps.add(Line.of("calendar.rest", "r", rest, "day", weekday(today)));
        for (int day = 1; day <= rest; day++) {
            steps.add(Line.of("calendar.count", "i", day, "day", weekday(today + day)));
        }
        return new Draft(
                "calendar %d %d".formatted(today, days),
                Line.of("calendar.q", "day", weekday(today), "n", days),
                steps,
                weekday(today + days));
    }

    private static Line.Word weekday(int day) {
        return Line.phrase("weekday." + day % 7);
    }
}
