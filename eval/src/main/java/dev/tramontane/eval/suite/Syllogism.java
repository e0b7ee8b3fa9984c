package dev.tramontane.eval.suite;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.random.RandomGenerator;

/// Two premises, one about kinds a and b, one about b and c, and what follows about a and c. The
/// trace repeats what is told and what is asked, names the three kinds, and quotes the premises in
/// their order, each behind its kinds: `cooks, poets → No cook is a poet.` What follows is compared
/// with what is asked: `No cook is a judge. | All cooks are judges. → ≠`.
///
/// Nothing is asked whose answer hangs on whether there are people of a kind at all.
///
/// @param kinds a, b, c and another, as places in the lists of kinds
/// @param turned whether the second premise is about c and b, in this order
/// @param secondFirst in which order the premises are told
/// @param beside a third premise, about one of them and the other kind, that says nothing to the
///   question
record Syllogism(
        List<Integer> kinds,
        Form first,
        Form second,
        boolean turned,
        boolean secondFirst,
        Optional<Line> beside) {
    /// Kinds that every language's lists have.
    static final int KINDS = 16;

    private static final Line.Word ARROW = new Line.Word.Plain("→");

    enum Form {
        ALL("syllogism.all"),
        NO("syllogism.no"),
        SOME("syllogism.some");

        private final String key;

        Form(String key) {
            this.key = key;
        }
    }

    /// `All` and `no` in the easiest level, `some` in the next, turned premises and one more in the
    /// last.
    static Syllogism draw(RandomGenerator random, int level) {
        List<Integer> kinds = new ArrayList<>();
        while (kinds.size() < 4) {
            int kind = random.nextInt(KINDS);
            if (!kinds.contains(kind)) {
                kinds.add(kind);
            }
        }
        int forms = level == 1 ? 2 : 3;
        return new Syllogism(
                List.copyOf(kinds),
                Form.values()[random.nextInt(forms)],
                Form.values()[random.nextInt(forms)],
                level == 3 && random.nextBoolean(),
                level > 1 && random.nextBoolean(),
                level == 3
                        ? Optional.of(
                                sentence(
                                        Form.values()[random.nextInt(3)],
                                        kinds.get(random.nextInt(3)),
                                        kinds.getLast()))
                        : Optional.empty());
    }

    /// The strongest sentence about a and c that follows, empty where there is none with "all",
    /// "no" or "some".
    Optional<Form> conclusion() {
        return switch (first) {
            case ALL ->
                    switch (second) {
                        case ALL -> turned ? Optional.empty() : Optional.of(Form.ALL);
                        case NO -> Optional.of(Form.NO);
                        case SOME -> Optional.empty();
                    };
            case NO -> turned && second == Form.ALL ? Optional.of(Form.NO) : Optional.empty();
            case SOME -> !turned && second == Form.ALL ? Optional.of(Form.SOME) : Optional.empty();
        };
    }

    Draft draft(RandomGenerator random) {
        Line firstLine = premise(first, 0, 1);
        Line secondLine = turned ? premise(second, 2, 1) : premise(second, 1, 2);
        Form asked = asked(random);
        Line.Word question = new Line.Word.Sentence(premise(asked, 0, 2));
        List<Line> told = new ArrayList<>(List.of(firstLine));
        told.add(secondFirst ? 0 : 1, secondLine);
        beside.ifPresent(line -> told.add(random.nextInt(3), line));
        Line.Word facts = new Line.Word.Lines(told);
        List<Line> steps = new ArrayList<>();
        steps.add(Line.of("syllogism.plan"));
        steps.add(Line.of("bare", "q", facts));
        steps.add(DeductionFamilies.asked(question));
        steps.add(Line.of("bare", "q", named(0, 1, 2)));
        steps.add(row(named(0, 1), ARROW, new Line.Word.Sentence(firstLine)));
        steps.add(row(named(1, 2), ARROW, new Line.Word.Sentence(secondLine)));
        boolean right = conclusion().equals(Optional.of(asked));
        if (conclusion().isPresent()) {
            Line.Word found = new Line.Word.Sentence(premise(conclusion().get(), 0, 2));
            Line.Word sign = new Line.Word.Plain(right ? "=" : "≠");
            steps.add(Line.of("syllogism.follows", "s", found));
            steps.add(row(found, new Line.Word.Plain("|"), question, ARROW, sign));
        } else {
            steps.add(Line.of("syllogism.nothing"));
        }
        return new Draft(
                "syllogism " + this + asked,
                Line.of("syllogism.q", "facts", facts, "s", question),
                steps,
                DeductionFamilies.yesNo(right));
    }

    private static Line row(Line.Word... words) {
        return Line.of("bare", "q", new Line.Word.Row(Line.Between.WORDS, List.of(words)));
    }

    private Line.Word named(int... places) {
        List<Line.Word> named = new ArrayList<>();
        for (int place : places) {
            named.add(new Line.Word.Entry("kind.many", kinds.get(place)));
        }
        return new Line.Word.Row(Line.Between.ITEMS, named);
    }

    /// What follows, three times out of four; else another form, but not "some" where "all" holds.
    private Form asked(RandomGenerator random) {
        Optional<Form> right = conclusion();
        if (right.isPresent() && random.nextInt(4) > 0) {
            return right.get();
        }
        List<Form> others = new ArrayList<>(List.of(Form.values()));
        right.ifPresent(others::remove);
        if (right.equals(Optional.of(Form.ALL))) {
            others.remove(Form.SOME);
        }
        return others.get(random.nextInt(others.size()));
    }

    /// Gaps: `{a}` and `{b}` many, `{a2}` and `{b2}` one.
    private static Line sentence(Form form, int subject, int predicate) {
        return Line.of(form.key)
                .with("a", new Line.Word.Entry("kind.many", subject))
                .with("a2", new Line.Word.Entry("kind.one", subject))
                .with("b", new Line.Word.Entry("kind.many", predicate))
                .with("b2", new Line.Word.Entry("kind.one", predicate));
    }

    private Line premise(Form form, int subject, int predicate) {
        return sentence(form, kinds.get(subject), kinds.get(predicate));
    }
}
