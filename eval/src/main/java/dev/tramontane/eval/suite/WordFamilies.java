package dev.tramontane.eval.suite;

import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;

/// Little stories: change, ages, ways. No operand is 0 or 1, so that no language needs a singular.
enum WordFamilies implements ProblemFamily {
    SHOPPING {
        @Override
        public Draft draw(RandomGenerator random, int level) {
            int price = Digits.between(random, 2, level == 1 ? 9 : level == 2 ? 30 : 99);
            int count = Digits.between(random, 2, 9);
            int change = Digits.between(random, 2, level == 1 ? 20 : 90);
            Worked cost = Worked.product(price, count);
            int paid = cost.result() + change;
            List<Line> steps = new ArrayList<>();
            steps.add(Line.of("shopping.plan"));
            steps.addAll(cost.said("shopping.total"));
            steps.addAll(Worked.difference(paid, cost.result()).said("shopping.change"));
            return new Draft(
                    "shopping %d %d %d".formatted(price, count, paid),
                    Line.of("shopping.q", "p", price, "n", count, "b", paid),
                    steps,
                    new Line.Word.Plain(String.valueOf(change)));
        }
    },
    AGES {
        @Override
        public Draft draw(RandomGenerator random, int level) {
            int younger = Digits.between(random, 3, level == 1 ? 20 : level == 2 ? 50 : 70);
            int difference = Digits.between(random, 2, level == 1 ? 19 : 29);
            int sum = 2 * younger + difference;
            List<Line> steps = new ArrayList<>();
            steps.add(Line.of("ages.plan"));
            steps.addAll(Worked.difference(sum, difference).said("ages.twice"));
            steps.addAll(Worked.quotient(2 * younger, 2).said("ages.younger"));
            Worked older = Worked.sum(younger, difference);
            steps.addAll(older.said("ages.older"));
            return new Draft(
                    "ages %d %d".formatted(sum, difference),
                    Line.of("ages.q", "s", sum, "d", difference),
                    steps,
                    new Line.Word.Plain(String.valueOf(older.result())));
        }
    },
    TRAVEL {
        @Override
        public Draft draw(RandomGenerator random, int level) {
            int speed =
                    level == 1
                            ? 10 * Digits.between(random, 4, 15)
                            : Digits.between(random, 41, level == 2 ? 99 : 180);
            int hours = Digits.between(random, 2, 9);
            int more = Digits.between(random, 2, level == 1 ? 50 : 300);
            Worked first = Worked.product(speed, hours);
            Worked all = Worked.sum(first.result(), more);
            List<Line> steps = new ArrayList<>();
            steps.add(Line.of("travel.plan"));
            steps.addAll(first.said("travel.first"));
            steps.addAll(all.said("travel.total"));
            return new Draft(
                    "travel %d %d %d".formatted(speed, hours, more),
                    Line.of("travel.q", "v", speed, "t", hours, "d", more),
                    steps,
                    new Line.Word.Plain(String.valueOf(all.result())));
        }
    };

    @Override
    public String key() {
        return switch (this) {
            case SHOPPING -> "shopping";
            case AGES -> "ages";
            case TRAVEL -> "travel";
        };
    }
}
