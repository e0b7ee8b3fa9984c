package dev.tramontane.eval.suite;

import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;

/// So much percent of a number, and a price that rises or falls by it. The trace goes by 10 percent
/// where that will do, else by 1 percent.
record PercentFamily() implements ProblemFamily {
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
        Worked part = Worked.product(unit.result(), times);
        if (times > 1) {
            steps.addAll(part.said(Line.of("percent.part", "p", percent)));
        }
        if (!changes) {
            return draft("of", percent, whole, steps, part.result());
        }
        boolean rises = random.nextBoolean();
        Worked after =
                rises ? Worked.sum(whole, part.result()) : Worked.difference(whole, part.result());
        String kind = rises ? "up" : "down";
        steps.addAll(after.said("percent." + kind));
        return draft(kind, percent, whole, steps, after.result());
    }

    private static Draft draft(String kind, int percent, int whole, List<Line> steps, int result) {
        return new Draft(
                "percent %s %d %d".formatted(kind, percent, whole),
                Line.of("percent." + kind + ".q", "p", percent, "n", whole),
                steps,
                new Line.Word.Plain(String.valueOf(result)));
    }
}
