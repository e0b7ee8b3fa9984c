package dev.tramontane.eval.suite;

import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;

/// One unknown in `7x + 2 = 65` or `7x - 2 = 61`; the trace ends in a check.
record EquationFamily() implements ProblemFamily {
    private static final String UNKNOWNS = "xyzn";

    @Override
    public String key() {
        return "equation";
    }

    @Override
    public Draft draw(RandomGenerator random, int level) {
        int a = Digits.between(random, 2, level == 3 ? Worked.MOST_DIVISOR : 9);
        int value = Digits.between(random, 2, level == 1 ? 9 : level == 2 ? 30 : 99);
        int product = a * value;
        int b = Digits.between(random, 2, level == 1 ? 20 : level == 2 ? 90 : 300);
        boolean adds = b >= product || random.nextBoolean();
        int right = adds ? product + b : product - b;
        char unknown = UNKNOWNS.charAt(random.nextInt(UNKNOWNS.length()));
        String sign = adds ? "+" : "-";
        String equation = "%d%c %s %d = %d".formatted(a, unknown, sign, b, right);
        Worked alone = adds ? Worked.difference(right, b) : Worked.sum(right, b);
        List<Line> steps = new ArrayList<>();
        steps.add(Line.of("equation.plan", "x", unknown));
        steps.addAll(alone.said(Line.of("equation.product", "a", a, "x", unknown)));
        steps.addAll(Worked.quotient(product, a).said(Line.of("equation.unknown", "x", unknown)));
        String check = "%d×%d%s%d=%d%s%d=%d".formatted(a, value, sign, b, product, sign, b, right);
        steps.add(Line.of("equation.check", "q", check));
        return new Draft(
                "equation " + equation.replace(unknown, 'x'),
                Line.of("equation.q", "e", equation, "x", unknown),
                steps,
                new Line.Word.Plain(String.valueOf(value)));
    }
}
