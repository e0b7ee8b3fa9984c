package dev.tramontane.sampling;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.tramontane.sampling.ThinkingBudget.Allowance;
import dev.tramontane.sampling.ThinkingBudget.Marks;
import dev.tramontane.sampling.TokenMask.Verdict;

import org.junit.jupiter.api.Test;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.OptionalInt;
import java.util.Random;
import java.util.Set;

class ThinkingBudgetTest {
    private static final int END = 0;
    private static final int OPEN = 1;
    private static final int CLOSE = 2;
    private static final int LINE = 3;
    private static final int WORD = 4;
    private static final int STOP = 5;
    private static final int CALL = 6;
    private static final int WAIT = 7;
    private static final int COMMA = 8;

    private static final Marks MARKS =
            new Marks(
                    new int[] {CLOSE},
                    new int[] {WAIT, COMMA},
                    OptionalInt.of(OPEN),
                    Set.of(END),
                    Set.of(CALL));

    @Test
    void thinking_is_closed_after_its_tokens_and_the_answer_is_free() {
        var run = new Run(budget(3), Marks.closing(LINE, CLOSE, LINE));
        run.wants(OPEN, WORD, WORD, WORD, WORD, WORD, WORD, WORD);
        assertEquals(List.of(OPEN, WORD, WORD, LINE, CLOSE, LINE, WORD, WORD), run.tokens());
        assertEquals(List.of(Intervention.BUDGET_SPENT), run.interventions);
    }

    @Test
    void thinking_that_closes_itself_in_time_is_left_alone() {
        var run = new Run(budget(3), MARKS);
        run.wants(OPEN, WORD, CLOSE, WORD, WORD, WORD, END);
        assertEquals(List.of(OPEN, WORD, CLOSE, WORD, WORD, WORD, END), run.tokens());
        assertEquals(List.of(), run.interventions);
    }

    @Test
    void thinking_that_was_closed_by_force_is_not_opened_again() {
        var run = new Run(budget(2), MARKS);
        run.wants(OPEN, WORD, WORD, OPEN, WORD, OPEN);
        assertEquals(List.of(OPEN, WORD, CLOSE), run.tokens().subList(0, 3));
        assertEquals(2, run.tokens().lastIndexOf(CLOSE));
        assertEquals(0, run.tokens().lastIndexOf(OPEN));
    }

    @Test
    void text_marks_opened_again_are_closed_again() {
        var run = new Run(budget(2), Marks.closing(CLOSE));
        run.wants(OPEN, WORD, WORD, OPEN, WORD, WORD);
        assertEquals(List.of(OPEN, WORD, CLOSE, OPEN, CLOSE, WORD), run.tokens());
    }

    @Test
    void asking_spends_the_budget_now() {
        var run = new Run(Allowance.FREE, MARKS);
        run.wants(OPEN, WORD, WORD);
        run.budget.closeThinking();
        run.wants(WORD, WORD);
        assertEquals(List.of(OPEN, WORD, WORD, CLOSE, WORD), run.tokens());
        assertEquals(List.of(Intervention.ANSWER_ASKED), run.interventions);
    }

    @Test
    void the_answers_place_is_kept_whatever_the_budget() {
        var run = new Run(new Allowance(100, 100, 5), MARKS);
        run.wants(OPEN, WORD, WORD, WORD, WORD, WORD, WORD);
        assertEquals(List.of(OPEN, WORD, WORD, WORD, WORD, CLOSE, WORD), run.tokens());
        assertEquals(List.of(Intervention.ANSWER_RESERVED), run.interventions);
    }

    @Test
    void near_its_end_thinking_is_closed_at_a_line_sooner_than_at_a_sentence() {
        assertEquals(80, lengthUntilClosed(80, 60, LINE));
        assertEquals(71, lengthUntilClosed(80, 70, LINE));
        assertEquals(80, lengthUntilClosed(80, 70, STOP));
        assertEquals(76, lengthUntilClosed(80, 75, STOP));
    }

    /// How many thinking tokens come when one at an index is a pause and all others are words.
    private static int lengthUntilClosed(int tokens, int at, int pause) {
        var run = new Run(budget(tokens), MARKS);
        run.wants(OPEN);
        for (int i = 1; i < 2 * tokens; i++) {
            run.wants(i == at ? pause : WORD);
        }
        return run.tokens().indexOf(CLOSE);
    }

    @Test
    void longer_thinking_leads_the_model_on_where_it_would_close() {
        var run = new Run(budget(4), MARKS);
        run.wants(OPEN, WORD);
        run.budget.extendThinking(6);
        run.wants(WORD, CLOSE, WORD, WORD, END, WORD, WORD, CLOSE, WORD);
        assertEquals(
                List.of(OPEN, WORD, WORD, WAIT, COMMA, WORD, WAIT, COMMA, WORD, CLOSE, WORD),
                run.tokens());
        assertEquals(List.of(Intervention.LED_ON, Intervention.LED_ON), run.interventions);
    }

    @Test
    void ceilings_and_the_answers_place_hold_against_longer_thinking() {
        for (Allowance allowance : List.of(new Allowance(2, 5, 100), new Allowance(2, 100, 5))) {
            var run = new Run(allowance, MARKS);
            run.wants(OPEN);
            run.budget.extendThinking(50);
            run.wants(Collections.nCopies(9, WORD).toArray(Integer[]::new));
            assertEquals(5, run.tokens().indexOf(CLOSE));
        }
    }

    @Test
    void the_last_wish_counts() {
        var run = new Run(budget(9), MARKS);
        run.wants(OPEN, WORD);
        run.budget.closeThinking();
        run.budget.extendThinking(3);
        run.wants(WORD, WORD, CLOSE, WORD);
        assertEquals(List.of(OPEN, WORD, WORD, WORD, WAIT, COMMA), run.tokens());
        run.budget.extendThinking(3);
        run.budget.closeThinking();
        run.wants(WORD, WORD);
        assertEquals(CLOSE, run.tokens().get(6));
    }

    @Test
    void an_end_inside_the_thinking_closes_it_and_the_answer_follows() {
        var run = new Run(Allowance.FREE, MARKS);
        run.wants(OPEN, WORD, END, END, WORD, END);
        assertEquals(List.of(OPEN, WORD, CLOSE), run.tokens().subList(0, 3));
        assertEquals(5, run.tokens().lastIndexOf(END), "the end comes behind an answer");
        assertEquals(5, run.tokens().indexOf(END));
        assertEquals(List.of(Intervention.ENDED_THINKING), run.interventions);
    }

    @Test
    void a_call_inside_the_thinking_comes_behind_its_close() {
        var run = new Run(Allowance.FREE, MARKS);
        run.wants(OPEN, WORD, CALL, WORD, WORD, END);
        assertEquals(List.of(OPEN, WORD, CLOSE, CALL, WORD, END), run.tokens());
        assertEquals(List.of(Intervention.CALLED_THINKING), run.interventions);
    }

    @Test
    void thinking_is_extended_by_a_token_at_least() {
        var budget = new ThinkingBudget(new Thoughts(), Allowance.FREE, MARKS);
        assertThrows(IllegalArgumentException.class, () -> budget.extendThinking(0));
    }

    @Test
    void tokens_taken_back_leave_no_trace() {
        var random = new Random(3);
        for (int round = 0; round < 20; round++) {
            var straight = new Run(new Allowance(5 + round, 40, 90), MARKS);
            var drafted = new Run(new Allowance(5 + round, 40, 90), MARKS);
            for (int step = 0; step < 120; step++) {
                if (random.nextInt(40) == 0) {
                    straight.budget.extendThinking(4);
                    drafted.budget.extendThinking(4);
                    assertEquals(straight.budget.next(), drafted.budget.next());
                }
                int drafts = random.nextInt(6);
                for (int i = 0; i < drafts; i++) {
                    drafted.wants(random.nextInt(COMMA + 1));
                }
                drafted.rollback(drafts);
                int token = random.nextInt(COMMA + 1);
                straight.wants(token);
                drafted.wants(token);
                assertEquals(straight.tokens(), drafted.tokens());
            }
        }
    }

    private static Allowance budget(int tokens) {
        return new Allowance(tokens, Integer.MAX_VALUE, Integer.MAX_VALUE);
    }

    /// A sequence whose model wants given tokens, and gets them where it may.
    private static final class Run {
        private final Thoughts phases = new Thoughts();
        private final PhaseTracker tracker = new PhaseTracker(phases);
        private final List<Intervention> interventions = new ArrayList<>();
        private final ThinkingBudget budget;

        Run(Allowance allowance, Marks marks) {
            this.budget = new ThinkingBudget(phases, allowance, marks);
        }

        void wants(Integer... wishes) {
            for (int wish : wishes) {
                int token = budget.instead(pick(budget.next(), wish));
                budget.intervened().ifPresent(interventions::add);
                tracker.accept(token);
                budget.accept(token);
            }
        }

        void rollback(int count) {
            tracker.rollback(count);
            budget.rollback(count);
        }

        List<Integer> tokens() {
            return phases.tokens;
        }

        private static int pick(Verdict verdict, int wish) {
            return switch (verdict) {
                case Verdict.Any _ -> wish;
                case Verdict.Force(int token) -> token;
                case Verdict.Only(var allowed) -> allowed.get(wish) ? wish : allowed.nextSetBit(0);
                case Verdict.Except(var banned) -> banned.get(wish) ? WORD : wish;
                case Verdict.End _ -> throw new AssertionError("a budget ends nothing");
            };
        }
    }

    /// Thinking from OPEN to CLOSE.
    private static final class Thoughts implements Phases {
        private final List<Integer> tokens = new ArrayList<>();

        @Override
        public Phase phase() {
            boolean thinking = tokens.lastIndexOf(OPEN) > tokens.lastIndexOf(CLOSE);
            return thinking ? Phase.THINKING : Phase.ANSWER;
        }

        @Override
        public Pause pause() {
            int last = tokens.isEmpty() ? WORD : tokens.getLast();
            return last == LINE ? Pause.LINE : last == STOP ? Pause.SENTENCE : Pause.NONE;
        }

        @Override
        public boolean isAnswering() {
            return phase() != Phase.THINKING && (tokens.isEmpty() || tokens.getLast() != CLOSE);
        }

        @Override
        public boolean wouldClose(int token) {
            return token == CLOSE;
        }

        @Override
        public void accept(int token) {
            tokens.add(token);
        }

        @Override
        public void rollback(int count) {
            tokens.subList(tokens.size() - count, tokens.size()).clear();
        }
    }
}
