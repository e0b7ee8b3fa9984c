package dev.tramontane.eval.suite;

import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;

/// Sums, products and remainders.
enum ArithmeticFamilies implements ProblemFamily {
    /// One operation: `47 × 16`, `412 - 389`, `282 / 6`.
    CALCULATE {
        @Override
        public Draft draw(RandomGenerator random, int level) {
            Operation operation = Operation.ALL.get(random.nextInt(Operation.ALL.size()));
            Worked worked = operation.draw(random, level);
            String expression = worked.expression().replaceAll("[^0-9]", " $0 ");
            List<Line> steps = new ArrayList<>();
            steps.add(Line.of("calculate." + operation.key));
            steps.addAll(worked.bare());
            return new Draft(
                    "calculate " + expression,
                    Line.of("chain.q", "e", spelled(random, expression)),
                    steps,
                    new Line.Word.Plain(String.valueOf(worked.result())));
        }
    },
    /// `37 + 5 - 12`, from level 2 with a product in front.
    CHAIN {
        @Override
        public Draft draw(RandomGenerator random, int level) {
            int most = level == 1 ? 20 : level == 2 ? 60 : 250;
            List<Line> steps = new ArrayList<>();
            steps.add(Line.of("chain.plan"));
            String expression;
            int value;
            if (level == 1) {
                value = Digits.between(random, 5, most);
                expression = String.valueOf(value);
            } else {
                int a = Digits.between(random, 2, level == 2 ? 9 : 49);
                int b = Digits.between(random, 2, 9);
                expression = a + " × " + b;
                Worked product = Worked.product(a, b);
                value = product.result();
                steps.addAll(product.said("chain.s"));
            }
            for (int i = 0; i < 2; i++) {
                boolean adds = value < 10 || random.nextBoolean();
                int operand = Digits.between(random, 2, adds ? most : Math.min(most, value));
                Worked next = adds ? Worked.sum(value, operand) : Worked.difference(value, operand);
                steps.addAll(next.said("chain.s"));
                expression += (adds ? " + " : " - ") + operand;
                value = next.result();
            }
            return new Draft(
                    "chain " + expression,
                    Line.of("chain.q", "e", spelled(random, expression)),
                    steps,
                    new Line.Word.Plain(String.valueOf(value)));
        }
    },
    /// What is left of `a × b + c` when it is divided.
    REMAINDER {
        @Override
        public Draft draw(RandomGenerator random, int level) {
            int a = Digits.between(random, 3, level == 1 ? 9 : level == 2 ? 30 : 99);
            int b = Digits.between(random, 3, 9);
            int c = Digits.between(random, 1, level == 1 ? 9 : 50);
            int m =
                    Digits.between(
                            random,
                            level + 3,
                            level == 1 ? 9 : level == 2 ? 10 : Worked.MOST_DIVISOR);
            Worked product = Worked.product(a, b);
            Worked sum = Worked.sum(product.result(), c);
            int rest = sum.result() % m;
            String expression = a + " × " + b + " + " + c;
            List<Line> steps = new ArrayList<>();
            steps.add(Line.of("remainder.plan"));
            steps.addAll(product.said("remainder.value"));
            steps.addAll(sum.said("remainder.sum"));
            steps.addAll(Worked.division(sum.result(), m).said("remainder.division"));
            steps.add(Line.of("remainder.rest", "r", rest));
            return new Draft(
                    "remainder " + expression + " mod " + m,
                    Line.of("remainder.q", "e", expression, "m", m),
                    steps,
                    new Line.Word.Plain(String.valueOf(rest)));
        }
    };

    private enum Operation {
        SUM("sum"),
        DIFFERENCE("difference"),
        PRODUCT("product"),
        QUOTIENT("quotient");

        private static final List<Operation> ALL = List.of(values());

        private final String key;

        Operation(String key) {
            this.key = key;
        }

        Worked draw(RandomGenerator random, int level) {
            int most = level == 1 ? 99 : level == 2 ? 999 : 9_999;
            int a = Digits.between(random, most / 10 / level + 2, most);
            int b = Digits.between(random, 2, most);
            return switch (this) {
                case SUM -> Worked.sum(a, b);
                case DIFFERENCE -> Worked.difference(Math.max(a, b), Math.min(a, b));
                case PRODUCT ->
                        Worked.product(
                                Digits.between(random, 2, level == 1 ? 12 : 99),
                                Digits.between(random, level == 3 ? 11 : 2, level == 3 ? 99 : 9));
                case QUOTIENT -> {
                    int divisor = Digits.between(random, 2, level == 1 ? 9 : Worked.MOST_DIVISOR);
                    int result = Digits.between(random, 2, level == 1 ? 12 : most / 10);
                    yield Worked.quotient(divisor * result, divisor);
                }
            };
        }
    }

    /// As people type it: mostly as in books, at times with other signs or without spaces.
    private static String spelled(RandomGenerator random, String expression) {
        String spelled =
                switch (random.nextInt(8)) {
                    case 0, 1 -> expression.replace('×', '*');
                    case 2 -> expression.replace('×', 'x').replace('/', '÷');
                    case 3 -> expression.replace('×', '·').replace('/', ':');
                    default -> expression;
                };
        return random.nextInt(4) == 0 ? spelled.replace(" ", "") : spelled;
    }

    @Override
    public boolean isSpoken() {
        return this != REMAINDER;
    }

    @Override
    public String key() {
        return switch (this) {
            case CALCULATE -> "calculate";
            case CHAIN -> "chain";
            case REMAINDER -> "remainder";
        };
    }
}
