package dev.tramontane.eval.suite;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.random.RandomGenerator;

/// Questions of logic that are answered by yes or no.
enum DeductionFamilies implements ProblemFamily {
    /// `If lamp A is on, lamp B is off.` From the first lamp along the chain or, where the last one
    /// is known not to be as the chain would have it, back to the first. The trace says which way,
    /// `P → ?` or `? → P`, then each rule before its conclusion, `P on → Q off: Q off`, then what
    /// is asked, and at last whether that is what was found: `Q off, Q on → ≠`.
    LAMPS {
        @Override
        public Draft draw(RandomGenerator random, int level) {
            List<String> lamps = shuffled(random, 2 + level);
            List<Boolean> lit = new ArrayList<>();
            lamps.forEach(_ -> lit.add(random.nextBoolean()));
            boolean back = level > 1 && random.nextBoolean();
            int last = lamps.size() - 1;
            List<Line> rules = new ArrayList<>();
            List<Line> facts = new ArrayList<>();
            for (int i = 0; i < last; i++) {
                rules.add(
                        Line.of("lamps.if", "x", lamps.get(i), "y", lamps.get(i + 1))
                                .with("s", lamp(lit.get(i) != back))
                                .with("t", lamp(lit.get(i + 1) != back)));
                facts.add(random.nextInt(facts.size() + 1), rules.getLast());
            }
            int known = back ? last : 0;
            int asked = last - known;
            boolean asksLit = random.nextBoolean();
            facts.add(Line.of("lamps.is", "x", lamps.get(known), "s", lamp(lit.get(known))));
            List<Line> steps = new ArrayList<>(List.of(Line.of("lamps.plan"), facts.getLast()));
            steps.add(Line.bare(back ? "? → " + lamps.get(known) : lamps.get(known) + " → ?"));
            for (int i = 0; i < last; i++) {
                int from = back ? last - i : i;
                int to = back ? from - 1 : from + 1;
                steps.add(
                        new Line("lamps.so", rules.get(back ? to : from).words())
                                .with("z", new Line.Word.Plain(lamps.get(to)))
                                .with("u", lamp(lit.get(to))));
            }
            Line statement = Line.of("lamps.is", "x", lamps.get(asked), "s", lamp(asksLit));
            steps.add(asked(new Line.Word.Sentence(statement)));
            steps.add(
                    new Line("lamps.compared", statement.words())
                            .with("u", lamp(lit.get(asked)))
                            .with("sign", lit.get(asked) == asksLit ? "=" : "≠"));
            return new Draft(
                    "lamps " + facts + asksLit,
                    Line.of("lamps.q", "facts", new Line.Word.Lines(facts), "x", lamps.get(asked))
                            .with("s", lamp(asksLit)),
                    steps,
                    yesNo(lit.get(asked) == asksLit));
        }
    },
    /// Whether a statement built with "not", "and", "or" is true: a row of its truth table. The
    /// trace repeats of each part what is known about it, so that what is joined stands together.
    PROPOSITIONS {
        @Override
        public Draft draw(RandomGenerator random, int level) {
            List<Line> facts = new ArrayList<>();
            List<List<Line>> known = new ArrayList<>();
            List<Statement> parts = new ArrayList<>();
            for (String name : shuffled(random, level == 1 ? 2 : 3)) {
                Statement part = new Statement(new Line.Word.Plain(name), random.nextBoolean());
                facts.add(part.told());
                known.add(new ArrayList<>(List.of(part.told())));
                if (level > 1 && random.nextBoolean()) {
                    part = part.negated();
                    known.getLast().add(part.told());
                }
                parts.add(part);
            }
            Statement whole = parts.getFirst();
            List<Line> steps = new ArrayList<>(List.of(Line.of("proposition.plan")));
            steps.addAll(known.getFirst());
            for (int i = 1; i < parts.size(); i++) {
                Statement left = i == 1 ? whole : whole.grouped();
                whole = left.joined(random.nextBoolean(), parts.get(i));
                steps.addAll(known.get(i));
                steps.add(whole.told());
            }
            if (level == 3) {
                whole = whole.grouped().negated();
                steps.add(whole.told());
            }
            steps.add(1, asked(whole.text()));
            return new Draft(
                    "propositions " + facts + whole,
                    Line.of("proposition.q", "facts", new Line.Word.Lines(facts))
                            .with("p", whole.text()),
                    steps,
                    yesNo(whole.holds()));
        }
    },
    /// Two premises about doctors, painters and cooks, and whether a third sentence follows.
    SYLLOGISM {
        @Override
        public Draft draw(RandomGenerator random, int level) {
            boolean follows = random.nextInt(3) > 0;
            Syllogism drawn = Syllogism.draw(random, level);
            while (drawn.conclusion().isPresent() != follows) {
                drawn = Syllogism.draw(random, level);
            }
            return drawn.draft(random);
        }
    };

    /// @param text as it stands in a formula
    private record Statement(Line.Word text, boolean holds) {
        Line told() {
            return Line.of(holds ? "proposition.true" : "proposition.false", "p", text);
        }

        Statement negated() {
            return new Statement(phrase(Line.of("proposition.not", "p", text)), !holds);
        }

        Statement grouped() {
            return new Statement(phrase(Line.of("proposition.group", "p", text)), holds);
        }

        Statement joined(boolean both, Statement other) {
            String key = both ? "proposition.and" : "proposition.or";
            return new Statement(
                    phrase(Line.of(key, "p", text, "q", other.text)),
                    both ? holds && other.holds : holds || other.holds);
        }

        private static Line.Word phrase(Line line) {
            return new Line.Word.Sentence(line);
        }
    }

    /// Letters that are no word in any of the languages.
    private static List<String> shuffled(RandomGenerator random, int count) {
        List<String> letters = new ArrayList<>(List.of("P", "Q", "R", "S", "T", "U"));
        Collections.shuffle(letters, Random.from(random));
        return List.copyOf(letters.subList(0, count));
    }

    private static Line.Word lamp(boolean lit) {
        return Line.phrase(lit ? "lamps.on" : "lamps.off");
    }

    /// What a question asks for, repeated.
    static Line asked(Line.Word statement) {
        return Line.of("asked", "s", statement);
    }

    static Line.Word yesNo(boolean yes) {
        return Line.phrase(yes ? "yes.answer" : "no.answer");
    }

    @Override
    public String key() {
        return switch (this) {
            case LAMPS -> "lamps";
            case PROPOSITIONS -> "propositions";
            case SYLLOGISM -> "syllogism";
        };
    }
}
