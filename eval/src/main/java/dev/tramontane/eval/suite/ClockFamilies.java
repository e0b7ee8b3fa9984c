package dev.tramontane.eval.suite;

import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;

/// Times of day: how long, until when, since when. Traces go to the next full hour, then by hours,
/// then by minutes; or add and take away hours and minutes apart. No time in a question has the
/// hour 1, which some languages say in the singular.
enum ClockFamilies implements ProblemFamily {
    /// Between two times, at level 3 mostly over midnight.
    DURATION {
        @Override
        public Draft draw(RandomGenerator random, int level) {
            boolean overnight = level == 3 && random.nextInt(3) > 0;
            ClockTime from;
            ClockTime to;
            if (overnight) {
                from = time(random, 18, 23, 1);
                to = time(random, 2, 11, 1);
            } else {
                int grain = level == 1 ? 5 : 1;
                from = time(random, 5, 16, grain);
                int most = level == 1 ? 300 : 23 * 60 + 59 - from.minutes();
                int length = grain * Digits.between(random, 10 / grain, most / grain);
                to = ClockTime.ofMinutes(from.minutes() + length);
            }
            int length = Math.floorMod(to.minutes() - from.minutes(), DAY);
            return new Draft(
                    "duration %s %s".formatted(from.digits(), to.digits()),
                    between(overnight ? "overnight.q" : "duration.q", from, to),
                    elapsed(from, to),
                    ClockTime.ofMinutes(length).brief());
        }
    },
    /// The time a duration after or before another.
    ARRIVAL {
        @Override
        public Draft draw(RandomGenerator random, int level) {
            int grain = level == 1 ? 5 : 1;
            boolean later = random.nextBoolean();
            ClockTime told =
                    level == 3
                            ? time(random, later ? 15 : 2, later ? 23 : 9, 1)
                            : time(random, later ? 4 : 12, later ? 12 : 23, grain);
            ClockTime length = time(random, level == 1 ? 0 : 1, level == 3 ? 11 : 5, grain);
            if (length.minutes() == 0) {
                length = new ClockTime(0, 5 * Digits.between(random, 1, 11));
            }
            int moved = told.minutes() + (later ? 1 : -1) * length.minutes();
            return new Draft(
                    "arrival %s %s%s".formatted(told.digits(), later ? "+" : "-", length.digits()),
                    Line.of(later ? "arrival.q" : "departure.q")
                            .with("t", told.digits())
                            .with("t2", told.local())
                            .with("d", length.spoken())
                            .with("d2", length.brief()),
                    later ? added(told, length) : taken(told, length),
                    ClockTime.ofMinutes(Math.floorMod(moved, DAY)).answer());
        }
    },
    /// Working hours, less a break.
    SHIFT {
        @Override
        public Draft draw(RandomGenerator random, int level) {
            int grain = level == 3 ? 1 : 5;
            ClockTime from = time(random, 5, 11, grain);
            int least = level == 1 ? 2 : 5;
            ClockTime present = time(random, least, level == 1 ? 5 : 10, grain);
            ClockTime to = ClockTime.ofMinutes(from.minutes() + present.minutes());
            int pause =
                    level == 1
                            ? 15 * Digits.between(random, 1, 3)
                            : grain * Digits.between(random, 15 / grain, 55 / grain);
            int worked = present.minutes() - pause;
            List<Line> steps = new ArrayList<>(elapsed(from, to));
            steps.add(Line.of("clock.present", "d", present.brief()));
            int minutes = present.minute();
            if (minutes < pause) {
                steps.add(Line.of("clock.hours", "q", difference(present.hour(), 1)));
                steps.add(Line.of("clock.minutes", "q", sum(minutes, 60)));
                minutes += 60;
            }
            steps.add(Line.of("clock.pause", "q", difference(minutes, pause)));
            return new Draft(
                    "shift %s %s %d".formatted(from.digits(), to.digits(), pause),
                    between("shift.q", from, to).with("k", pause),
                    steps,
                    ClockTime.ofMinutes(worked).brief());
        }
    };

    private static final int DAY = 24 * 60;

    private static ClockTime time(RandomGenerator random, int least, int most, int grain) {
        return new ClockTime(
                Digits.between(random, least, most), grain * Digits.between(random, 0, 59 / grain));
    }

    private static Line between(String key, ClockTime from, ClockTime to) {
        return Line.of(key)
                .with("a", from.digits())
                .with("a2", from.local())
                .with("b", to.digits())
                .with("b2", to.local());
    }

    private static String sum(int a, int b) {
        return "%d+%d=%d".formatted(a, b, a + b);
    }

    private static String difference(int a, int b) {
        return "%d-%d=%d".formatted(a, b, a - b);
    }

    /// To the next full hour, the hours, the minutes; a day ends at 24:00. Nothing is said of parts
    /// that are zero.
    private static List<Line> elapsed(ClockTime from, ClockTime to) {
        List<Line> steps = new ArrayList<>(List.of(Line.of("clock.between.plan")));
        boolean overnight = to.minutes() < from.minutes();
        if (!overnight && from.hour() == to.hour()) {
            steps.add(
                    span("clock.tofull", from, to)
                            .with("q", difference(to.minute(), from.minute())));
            return steps;
        }
        ClockTime full = from.minute() == 0 ? from : new ClockTime(from.hour() + 1, 0);
        int before = (60 - from.minute()) % 60;
        if (before > 0) {
            steps.add(span("clock.tofull", from, full).with("q", difference(60, from.minute())));
        }
        ClockTime last = new ClockTime(overnight ? 24 : to.hour(), 0);
        int hours = last.hour() - full.hour();
        if (hours > 0) {
            steps.add(
                    span("clock.tolast", full, last)
                            .with("q", difference(last.hour(), full.hour())));
        }
        if (overnight) {
            steps.add(
                    span("clock.aftermidnight", new ClockTime(0, 0), new ClockTime(to.hour(), 0))
                            .with("h", to.hour()));
            steps.add(Line.of("clock.hours", "q", sum(hours, to.hour())));
            hours += to.hour();
        }
        if (to.minute() > 0) {
            steps.add(span("clock.rest", new ClockTime(to.hour(), 0), to).with("m", to.minute()));
        }
        if (before > 0 && to.minute() > 0) {
            steps.addAll(minutesAdded(before, to.minute(), hours));
        }
        return steps;
    }

    private static Line span(String key, ClockTime from, ClockTime to) {
        return Line.of(key).with("a", from.digits()).with("b", to.digits());
    }

    /// Minutes of two parts together; sixty of them are an hour more.
    private static List<Line> minutesAdded(int first, int second, int hours) {
        List<Line> steps = new ArrayList<>();
        steps.add(Line.of("clock.minutes", "q", sum(first, second)));
        if (first + second >= 60) {
            steps.add(Line.of("clock.anhour", "q", difference(first + second, 60)));
            steps.add(Line.of("clock.hours", "q", sum(hours, 1)));
        }
        return steps;
    }

    private static List<Line> added(ClockTime told, ClockTime length) {
        List<Line> steps = new ArrayList<>(List.of(Line.of("clock.add.plan")));
        int hours = told.hour() + length.hour();
        if (length.hour() > 0) {
            steps.add(Line.of("clock.hours", "q", sum(told.hour(), length.hour())));
        }
        if (length.minute() > 0) {
            steps.addAll(minutesAdded(told.minute(), length.minute(), hours));
            hours += told.minute() + length.minute() >= 60 ? 1 : 0;
        }
        if (hours >= 24) {
            steps.add(Line.of("clock.midnight", "q", difference(hours, 24)));
        }
        return steps;
    }

    /// The minutes and then the hours; where one does not suffice, an hour or a day is changed into
    /// it first.
    private static List<Line> taken(ClockTime told, ClockTime length) {
        List<Line> steps = new ArrayList<>(List.of(Line.of("clock.take.plan")));
        int hours = told.hour();
        int minutes = told.minute();
        if (minutes < length.minute()) {
            steps.add(Line.of("clock.minutes", "q", sum(minutes, 60)));
            steps.add(Line.of("clock.hours", "q", difference(hours, 1)));
            hours -= 1;
            minutes += 60;
        }
        if (length.minute() > 0) {
            steps.add(Line.of("clock.minutes", "q", difference(minutes, length.minute())));
        }
        if (hours < length.hour()) {
            steps.add(Line.of("clock.daybefore", "q", sum(hours, 24)));
            hours += 24;
        }
        if (length.hour() > 0) {
            steps.add(Line.of("clock.hours", "q", difference(hours, length.hour())));
        }
        return steps;
    }

    @Override
    public String key() {
        return switch (this) {
            case DURATION -> "duration";
            case ARRIVAL -> "arrival";
            case SHIFT -> "shift";
        };
    }
}
