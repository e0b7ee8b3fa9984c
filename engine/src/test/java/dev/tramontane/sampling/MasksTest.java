package dev.tramontane.sampling;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;

import dev.tramontane.sampling.TokenMask.Verdict;

import org.junit.jupiter.api.Test;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

class MasksTest {
    private static final int VOCAB = 10;

    /// Always the same verdict; remembers what it was told.
    private static final class Fixed implements TokenMask {
        private final Verdict verdict;
        private final List<Integer> accepted = new ArrayList<>();

        Fixed(Verdict verdict) {
            this.verdict = verdict;
        }

        @Override
        public Verdict next() {
            return verdict;
        }

        @Override
        public void accept(int token) {
            accepted.add(token);
        }

        @Override
        public void rollback(int count) {
            accepted.subList(accepted.size() - count, accepted.size()).clear();
        }
    }

    private static BitSet set(int... ids) {
        var set = new BitSet();
        for (int id : ids) {
            set.set(id);
        }
        return set;
    }

    private static Verdict combined(Verdict... verdicts) {
        List<TokenMask> masks = Stream.of(verdicts).<TokenMask>map(Fixed::new).toList();
        TokenMask mask = Masks.of(masks, VOCAB);
        mask.next(); // asking twice changes nothing
        return mask.next();
    }

    @Test
    void no_mask_and_masks_without_a_wish_allow_everything() {
        assertSame(Verdict.ANY, combined());
        assertSame(Verdict.ANY, combined(Verdict.ANY, Verdict.ANY));
    }

    @Test
    void what_all_allow_may_come_next() {
        var some = new Verdict.Only(set(1, 2, 3, 4));
        var others = new Verdict.Only(set(3, 4, 5));
        var not = new Verdict.Except(set(3));
        assertEquals(new Verdict.Only(set(3, 4)), combined(some, Verdict.ANY, others));
        assertEquals(new Verdict.Only(set(4)), combined(some, not, others));
        assertEquals(new Verdict.Only(set(4)), combined(not, some, others));
        assertEquals(new Verdict.Only(set(3)), combined(some, new Verdict.Force(3)));
    }

    @Test
    void the_earlier_mask_wins_where_nothing_is_left() {
        assertEquals(
                new Verdict.Only(set(7)), combined(new Verdict.Force(7), new Verdict.Force(8)));
        assertEquals(
                new Verdict.Only(set(1, 2)),
                combined(
                        new Verdict.Only(set(1, 2)),
                        new Verdict.Force(8),
                        new Verdict.Except(set(0, 1, 2))));
    }

    @Test
    void a_first_mask_that_allows_nothing_is_not_hidden() {
        assertEquals(
                new Verdict.Only(set()), combined(new Verdict.Only(set()), new Verdict.Force(8)));
    }

    @Test
    void any_end_is_the_end_and_the_first_says_why() {
        assertEquals(
                new Verdict.End(FinishReason.REPETITION),
                combined(
                        new Verdict.Force(1),
                        new Verdict.End(FinishReason.REPETITION),
                        new Verdict.End(FinishReason.STOP)));
    }

    @Test
    void a_budget_that_is_passed_over_tells_that_it_is_spent_when_it_closes_the_thinking() {
        var phases = new MarkedPhases();
        phases.accept(MarkedPhases.OPEN);
        var budget =
                new ThinkingBudget(
                        phases,
                        new ThinkingBudget.Allowance(0, 0, Integer.MAX_VALUE),
                        ThinkingBudget.Marks.closing(MarkedPhases.CLOSE));
        var nudge = new Script(7, 8);
        TokenMask mask = Masks.of(List.of(new PhaseTracker(phases), nudge, budget), VOCAB);
        List<Optional<Intervention>> told = new ArrayList<>();
        List<Integer> tokens = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            int token =
                    switch (mask.next()) {
                        case Verdict.Only(BitSet allowed) -> allowed.nextSetBit(0);
                        case Verdict.Force(int only) -> only;
                        case Verdict.Any _, Verdict.Except _, Verdict.End _ -> 9;
                    };
            told.add(mask.intervened());
            mask.accept(token);
            tokens.add(token);
        }
        assertEquals(List.of(7, 8, MarkedPhases.CLOSE, 9), tokens);
        assertEquals(
                List.of(
                        Optional.empty(),
                        Optional.empty(),
                        Optional.of(Intervention.BUDGET_SPENT),
                        Optional.empty()),
                told);
    }

    /// Writes these tokens, and says nothing of it.
    private static final class Script implements TokenMask {
        private final int[] tokens;
        private int accepted;

        Script(int... tokens) {
            this.tokens = tokens;
        }

        @Override
        public Verdict next() {
            return accepted < tokens.length ? new Verdict.Force(tokens[accepted]) : Verdict.ANY;
        }

        @Override
        public void accept(int token) {
            accepted++;
        }

        @Override
        public void rollback(int count) {
            accepted -= count;
        }
    }

    @Test
    void all_are_told_what_was_accepted_and_taken_back() {
        var first = new Fixed(Verdict.ANY);
        var second = new Fixed(Verdict.ANY);
        TokenMask mask = Masks.of(List.of(first, second), VOCAB);
        mask.accept(4);
        mask.accept(5);
        mask.rollback(1);
        assertEquals(List.of(4), first.accepted);
        assertEquals(List.of(4), second.accepted);
    }
}
