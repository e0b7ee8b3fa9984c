package dev.tramontane.eval.suite;

import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;

/// Stories that divide: things shared out, packed, made by the hour.
enum SharingFamilies implements ProblemFamily {
    /// How many each gets, how many are left, how many boxes it takes.
    SHARING {
        @Override
        public Draft draw(RandomGenerator random, int level) {
            int parts = Digits.between(random, 2, level == 3 ? Worked.MOST_DIVISOR : 9);
            int each = Digits.between(random, 2, level == 1 ? 9 : level == 2 ? 40 : 90);
            int kind = random.nextInt(3);
            int left = kind == 0 ? 0 : Digits.between(random, kind == 1 ? 0 : 1, parts - 1);
            int whole = parts * each + left;
            Line gaps = Line.of("", "n", whole, "k", parts);
            String operands = "sharing %d %d %d".formatted(kind, whole, parts);
            String asked = "sharing." + List.of("each", "left", "boxes").get(kind);
            List<Line> steps = new ArrayList<>(List.of(Line.of(asked + ".plan")));
            Worked division =
                    kind == 0 ? Worked.quotient(whole, parts) : Worked.division(whole, parts);
            steps.addAll(division.said("sharing.division"));
            int answer = each;
            if (kind == 1) {
                steps.add(Line.of("remainder.rest", "r", left));
                answer = left;
            } else if (kind == 2) {
                Worked more = Worked.sum(each, 1);
                steps.addAll(more.said("sharing.more"));
                answer = more.result();
            }
            return draft(operands, asked + ".q", gaps, steps, answer);
        }
    },
    /// So many in some hours: how many in others?
    RATE {
        @Override
        public Draft draw(RandomGenerator random, int level) {
            int rate = Digits.between(random, 2, level == 1 ? 9 : level == 2 ? 30 : 99);
            int hours = Digits.between(random, 2, 9);
            int others = (hours - 2 + Digits.between(random, 1, 7)) % 8 + 2;
            Worked result = Worked.product(rate, others);
            List<Line> steps = new ArrayList<>();
            steps.add(Line.of("rate.plan"));
            steps.addAll(Worked.quotient(rate * hours, hours).said("rate.one"));
            steps.addAll(result.said("rate.all"));
            return draft(
                    "rate %d %d %d".formatted(rate * hours, hours, others),
                    "rate.q",
                    Line.of("", "n", rate * hours, "t", hours, "u", others),
                    steps,
                    result.result());
        }
    };

    private static Draft draft(
            String operands, String question, Line gaps, List<Line> steps, int answer) {
        return new Draft(
                operands,
                new Line(question, gaps.words()),
                steps,
                new Line.Word.Plain(String.valueOf(answer)));
    }

    @Override
    public String key() {
        return switch (this) {
            case SHARING -> "sharing";
            case RATE -> "rate";
        };
    }
}
