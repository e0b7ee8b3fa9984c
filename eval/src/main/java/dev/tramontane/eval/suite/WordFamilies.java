package dev.tramontane.eval.suite;

import java.util.List;
import java.util.random.RandomGenerator;

/// Little stories: change, ages, ways. No operand is 0 or 1, so that no language needs a singular.
enum WordFamilies implements ProblemFamily {
    SHOPPING {
        @Override
        public Draft draw(RandomGenerator random, int level) {
            int price = Digits.between(random, 2, level == 1 ? 9 : level == 2 ? 30 : 60);
            int count = Digits.between(random, 2, level == 3 ? 29 : 9);
            int change = Digits.between(random, 2, level == 1 ? 20 : 90);
            int cost = price * count;
            int paid = cost + change;
            return new Draft(
                    "shopping %d %d %d".formatted(price, count, paid),
                    Line.of("shopping.q", "p", price, "n", count, "b", paid),
                    List.of(
                            Line.of("shopping.total", "q", Digits.product(price, count)),
                            Line.of("shopping.change", "q", paid + " - " + cost + " = " + change)),
                    new Line.Word.Plain(String.valueOf(change)));
        }
    },
    AGES {
        @Override
        public Draft draw(RandomGenerator random, int level) {
            int younger = Digits.between(random, 3, level == 1 ? 20 : level == 2 ? 60 : 90);
            int difference = Digits.between(random, 2, level == 1 ? 19 : 49);
            int sum = 2 * younger + difference;
            return new Draft(
                    "ages %d %d".formatted(sum, difference),
                    Line.of("ages.q", "s", sum, "d", difference),
                    List.of(
                            Line.of(
                                    "ages.twice",
                                    "q",
                                    sum + " - " + difference + " = " + 2 * younger),
                            Line.of("ages.younger", "q", 2 * younger + " / 2 = " + younger),
                            Line.of(
                                    "ages.older",
                                    "q",
                                    younger + " + " + difference + " = " + (younger + difference))),
                    new Line.Word.Plain(String.valueOf(younger + difference)));
        }
    },
    TRAVEL {
        @Override
        public Draft draw(RandomGenerator random, int level) {
            int speed =
                    level == 1
                            ? 10 * Digits.between(random, 4, 15)
                            : Digits.between(random, 41, 180);
            int hours = Digits.between(random, 2, level == 3 ? 19 : 9);
            int more = Digits.between(random, 2, level == 1 ? 50 : 300);
            int first = speed * hours;
            return new Draft(
                    "travel %d %d %d".formatted(speed, hours, more),
                    Line.of("travel.q", "v", speed, "t", hours, "d", more),
                    List.of(
                            Line.of("travel.first", "q", Digits.product(speed, hours)),
                            Line.of(
                                    "travel.total",
                                    "q",
                                    first + " + " + more + " = " + (first + more))),
                    new Line.Word.Plain(String.valueOf(first + more)));
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
