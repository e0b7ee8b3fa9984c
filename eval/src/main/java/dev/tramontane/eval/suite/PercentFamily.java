package dev.tramontane.eval.suite;

import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;

/// So much percent of a number, and a price that rises or falls by it. The trace goes by 10 percent
/// where that will do, else by 1 percent; in training also by 5, as in 15% of 240.
record PercentFamily() implements ProblemFamily {
    /// One in so many lessons goes by 5 percent.
    private static final int FIVES_ONE_IN = 4;

    private enum Kind {
        OF("of"),
        UP("up"),
        DOWN("down");

        private final String key;

        Kind(String key) {
            this.key = key;
        }
    }

    @Override
    public String key() {
        return "percent";
    }

    @Override
    public Draft draw(RandomGenerator random, int level) {
        boolean changes = level == 3 || level == 2 && random.nextBoolean();
        boolean byTens = level == 1 || level == 2 && changes;
        int percent = byTens ? 10 * Digits.between(random, 1, 9) : Digits.between(random, 2, 99);
        int whole =
                byTens
                        ? 10 * Digits.between(random, 2, level == 1 ? 50 : 99)
                        : 100 * Digits.between(random, 2, 9);
        List<Line> steps = new ArrayList<>();
        steps.add(Line.of(byTens ? "percent.tens" : "percent.plan"));
        Worked unit = Worked.quotient(whole, byTens ? 10 : 100);
        steps.addAll(unit.said(byTens ? "percent.ten" : "percent.one"));
        int times = byTens ? percent / 10 : percent;
        return draft(kind(random, changes), percent, whole, steps, unit, times);
    }

    /// By fives where neither tens nor ones would do.
    @Override
    public Draft drawTaught(RandomGenerator random, int level, List<String> words) {
        if (random.nextInt(FIVES_ONE_IN) > 0) {
            return draw(random, level);
        }
        int times = 2 * Digits.between(random, 0, 9) + 1;
        int fifth = Digits.between(random, 1, 4);
        int whole = 100 * Digits.between(random, 0, level == 1 ? 2 : 5) + 20 * fifth;
        Kind kind = kind(random, level > 1 && random.nextBoolean());
        List<Line> steps = new ArrayList<>(List.of(Line.of("percent.fives")));
        Worked tenth = Worked.quotient(whole, 10);
        steps.addAll(tenth.said("percent.ten"));
        Worked unit = Worked.quotient(tenth.result(), 2);
        steps.addAll(unit.said("percent.five"));
        return draft(kind, 5 * times, whole, steps, unit, times);
    }

    private static Kind kind(RandomGenerator random, boolean changes) {
        if (!changes) {
            return Kind.OF;
        }
        return random.nextBoolean() ? Kind.UP : Kind.DOWN;
    }

    /// @param found the steps as far as the unit
    /// @param unit whose multiple the part is
    private static Draft draft(
            Kind kind, int percent, int whole, List<Line> found, Worked unit, int times) {
        List<Line> steps = new ArrayList<>(found);
        Worked part = Worked.product(unit.result(), times);
        if (times > 1) {
            steps.addAll(part.said(Line.of("percent.part", "p", percent)));
        }
        Worked result =
                switch (kind) {
                    case OF -> part;
                    case UP -> Worked.sum(whole, part.result());
                    case DOWN -> Worked.difference(whole, part.result());
                };
        if (kind != Kind.OF) {
            steps.addAll(result.said("percent." + kind.key));
        }
        return new Draft(
                "percent %s %d %d".formatted(kind.key, percent, whole),
                Line.of("percent.%s.q".formatted(kind.key), "p", percent, "n", whole),
                steps,
                new Line.Word.Plain(String.valueOf(result.result())));
    }
}
