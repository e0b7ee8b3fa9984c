package dev.tramontane.eval.suite;

import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;

/// Sums, products and remainders.
enum ArithmeticFamilies implements ProblemFamily {
    /// `37 + 5 - 12`, from level 2 with a product in front.
    CHAIN {
        @Override
        public Draft draw(RandomGenerator random, int level) {
            int most = level == 1 ? 20 : level == 2 ? 60 : 400;
            List<Line> steps = new ArrayList<>();
            String expression;
            int value;
            if (level == 1) {
                value = Digits.between(random, 5, most);
                expression = String.valueOf(value);
            } else {
                int a = Digits.between(random, 2, level == 2 ? 9 : 19);
                int b = Digits.between(random, 2, 9);
                expression = a + " × " + b;
                value = a * b;
                steps.add(Line.of("chain.s", "q", Digits.product(a, b)));
            }
            for (int i = 0; i <= level; i++) {
                boolean adds = value < 10 || random.nextBoolean();
                int operand = Digits.between(random, 2, adds ? most : Math.min(most, value));
                int next = adds ? value + operand : value - operand;
                String sign = adds ? " + " : " - ";
                steps.add(Line.of("chain.s", "q", value + sign + operand + " = " + next));
                expression += sign + operand;
                value = next;
            }
            return new Draft(
                    "chain " + expression,
                    Line.of("chain.q", "e", expression),
                    steps,
                    new Line.Word.Plain(String.valueOf(value)));
        }
    },
    /// What is left of `a × b + c` when it is divided.
    REMAINDER {
        @Override
        public Draft draw(RandomGenerator random, int level) {
            int a = Digits.between(random, 3, level == 1 ? 9 : level == 2 ? 30 : 99);
            int b = Digits.between(random, 3, level == 3 ? 30 : 9);
            int c = Digits.between(random, 1, level == 1 ? 9 : 50);
            int m = Digits.between(random, level + 4, level == 1 ? 9 : level == 2 ? 13 : 25);
            int value = a * b + c;
            String expression = a + " × " + b + " + " + c;
            return new Draft(
                    "remainder " + expression + " mod " + m,
                    Line.of("remainder.q", "e", expression, "m", m),
                    List.of(
                            Line.of("remainder.value", "q", Digits.product(a, b)),
                            Line.of("remainder.sum", "q", a * b + " + " + c + " = " + value),
                            Line.of(
                                    "remainder.division",
                                    "q",
                                    "%d = %d × %d + %d".formatted(value, m, value / m, value % m))),
                    new Line.Word.Plain(String.valueOf(value % m)));
        }
    };

    @Override
    public String key() {
        return switch (this) {
            case CHAIN -> "chain";
            case REMAINDER -> "remainder";
        };
    }
}
