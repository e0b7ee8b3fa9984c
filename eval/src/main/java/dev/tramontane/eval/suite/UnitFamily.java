package dev.tramontane.eval.suite;

import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;

/// One unit in another: at level 1 and 2 to the smaller one, at level 3 to either. Training has
/// units by their names as well, which languages bend each in its way; by their signs in those
/// whose test has names.
record UnitFamily() implements ProblemFamily {
    /// One in so many lessons has phrasings of its units alone.
    private static final int NAMED_ONE_IN = 3;

    private record Pair(String big, String small, int factor) {}

    private static final List<Pair> PAIRS =
            List.of(
                    new Pair("km", "m", 1_000),
                    new Pair("m", "cm", 100),
                    new Pair("cm", "mm", 10),
                    new Pair("kg", "g", 1_000),
                    new Pair("h", "min", 60),
                    new Pair("min", "s", 60),
                    new Pair("l", "ml", 1_000));

    @Override
    public String key() {
        return "units";
    }

    @Override
    public Draft draw(RandomGenerator random, int level) {
        return draw(random, level, false);
    }

    @Override
    public Draft drawTaught(RandomGenerator random, int level, List<String> words) {
        return draw(random, level, random.nextInt(NAMED_ONE_IN) == 0);
    }

    private static Draft draw(RandomGenerator random, int level, boolean isNamed) {
        Pair pair = PAIRS.get(random.nextInt(PAIRS.size()));
        int count = Digits.between(random, 2, level == 1 ? 40 : level == 2 ? 250 : 99);
        int small = count * pair.factor();
        boolean down = level < 3 || random.nextBoolean();
        Line.Word big = Line.phrase("unit." + pair.big());
        Line.Word little = Line.phrase("unit." + pair.small());
        Line question =
                down
                        ? Line.of("units.q", "n", count, "from", big, "to", little)
                        : Line.of("units.q", "n", small, "from", little, "to", big);
        if (isNamed) {
            String from = down ? pair.big() : pair.small();
            String to = down ? pair.small() : pair.big();
            question = new Line("units.%s.%s.q".formatted(from, to), question.words());
        }
        Worked result =
                down ? Worked.product(count, pair.factor()) : Worked.quotient(small, pair.factor());
        List<Line> steps = new ArrayList<>();
        steps.add(Line.of("units.rule", "big", big, "f", pair.factor(), "small", little));
        steps.add(Line.of(down ? "units.down" : "units.up"));
        steps.addAll(result.said("units.result"));
        return new Draft(
                "units %d %s %s".formatted(down ? count : small, pair.big(), down ? "down" : "up"),
                question,
                steps,
                new Line.Word.Plain(String.valueOf(result.result())));
    }
}
