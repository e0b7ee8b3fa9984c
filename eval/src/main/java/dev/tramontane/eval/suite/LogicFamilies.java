package dev.tramontane.eval.suite;

import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;

/// Conclusions: orders from comparisons, and who tells the truth. People and towers are letters,
/// which no language inflects.
enum LogicFamilies implements ProblemFamily {
    /// Each neighbour in an order is told once, in any sequence, so the order is determined.
    ///
    /// The trace repeats the facts in short, `D > C, C > A`, whatever the language puts between two
    /// names. Then it goes up from the tower named first, a fact a line, `C < D`, until there is
    /// none above: `D < –`.
    ORDER {
        @Override
        public Draft draw(RandomGenerator random, int level) {
            List<String> towers = shuffled(random, letters(3 + level));
            List<Line> facts = new ArrayList<>();
            List<Integer> upper = new ArrayList<>();
            List<String> inShort = new ArrayList<>();
            for (int i = 0; i + 1 < towers.size(); i++) {
                int place = random.nextInt(facts.size() + 1);
                inShort.add(place, towers.get(i) + " > " + towers.get(i + 1));
                facts.add(place, Line.of("order.fact", "x", towers.get(i), "y", towers.get(i + 1)));
                upper.add(place, i);
            }
            List<Line> steps = new ArrayList<>();
            steps.add(Line.of("order.plan"));
            steps.add(Line.bare(String.join(", ", inShort)));
            for (int i = upper.getFirst(); i >= 0; i--) {
                steps.add(Line.bare(towers.get(i) + " < " + (i == 0 ? "–" : towers.get(i - 1))));
            }
            steps.add(Line.of("order.top", "x", towers.getFirst()));
            return new Draft(
                    "order " + told(facts),
                    Line.of("order.q", "facts", new Line.Word.Lines(List.copyOf(facts))),
                    steps,
                    new Line.Word.Plain(towers.getFirst()));
        }
    },
    /// One of them is known; each says of the next what he is. The trace counts as it goes.
    TRUTH {
        @Override
        public Draft draw(RandomGenerator random, int level) {
            List<String> people = shuffled(random, letters(3 + level));
            boolean knight = random.nextBoolean();
            List<Line> facts = new ArrayList<>();
            List<Line> steps = new ArrayList<>();
            facts.add(Line.of(knight ? "truth.knight" : "truth.liar", "x", people.getFirst()));
            int knights = knight ? 1 : 0;
            steps.add(counted(facts.getFirst(), knights));
            for (int i = 0; i + 1 < people.size(); i++) {
                boolean praises = random.nextBoolean();
                facts.add(said(people.get(i), people.get(i + 1), praises));
                Line step =
                        Line.of(
                                "truth." + (knight ? "k" : "l") + (praises ? "k" : "l"),
                                "x",
                                people.get(i),
                                "y",
                                people.get(i + 1));
                knight = knight == praises;
                knights += knight ? 1 : 0;
                steps.add(counted(step, knights));
            }
            steps.add(Line.of("truth.count", "n", knights));
            return new Draft(
                    "truth " + told(facts),
                    Line.of("truth.q", "facts", new Line.Word.Lines(List.copyOf(facts))),
                    steps,
                    new Line.Word.Plain(String.valueOf(knights)));
        }
    };

    private static Line counted(Line step, int knights) {
        return Line.of("counted", "step", new Line.Word.Lines(List.of(step)), "n", knights);
    }

    private static Line said(String speaker, String about, boolean praises) {
        return Line.of(praises ? "truth.saysknight" : "truth.saysliar", "x", speaker, "y", about);
    }

    private static List<String> letters(int count) {
        return List.of("A", "B", "C", "D", "E", "F").subList(0, count);
    }

    private static List<String> shuffled(RandomGenerator random, List<String> letters) {
        List<String> shuffled = new ArrayList<>();
        for (String letter : letters) {
            shuffled.add(random.nextInt(shuffled.size() + 1), letter);
        }
        return shuffled;
    }

    /// The facts in a form for the operands: `knight A, saysliar A B`.
    private static String told(List<Line> facts) {
        StringBuilder text = new StringBuilder();
        for (Line fact : facts) {
            text.append(fact.key());
            for (String gap : List.of("x", "y")) {
                if (fact.words().get(gap) instanceof Line.Word.Plain(String letter)) {
                    text.append(' ').append(letter);
                }
            }
            text.append(", ");
        }
        return text.toString();
    }

    @Override
    public String key() {
        return switch (this) {
            case ORDER -> "order";
            case TRUTH -> "truth";
        };
    }
}
