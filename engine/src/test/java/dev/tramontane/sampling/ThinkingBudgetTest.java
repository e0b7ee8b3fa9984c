package dev.tramontane.sampling;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.tramontane.sampling.TokenMask.Verdict;

import org.junit.jupiter.api.Test;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;

class ThinkingBudgetTest {
    private static final int OPEN = 1;
    private static final int CLOSE = 2;
    private static final int LINE = 3;
    private static final int WORD = 4;

    @Test
    void thinking_is_closed_after_its_tokens_and_the_answer_is_free() {
        var budget = new ThinkingBudget(new Marks(), 3, new int[] {LINE, CLOSE, LINE});
        assertEquals(
                List.of(OPEN, WORD, WORD, LINE, CLOSE, LINE, WORD, WORD),
                generate(budget, List.of(OPEN, WORD, WORD, WORD, WORD, WORD, WORD, WORD)));
    }

    @Test
    void thinking_that_closes_itself_in_time_is_left_alone() {
        var budget = new ThinkingBudget(new Marks(), 3, new int[] {LINE, CLOSE});
        List<Integer> wishes = List.of(OPEN, WORD, CLOSE, WORD, WORD, WORD, WORD);
        assertEquals(wishes, generate(budget, wishes));
    }

    @Test
    void thinking_opened_again_after_the_budget_is_closed_at_once() {
        var budget = new ThinkingBudget(new Marks(), 2, new int[] {CLOSE});
        assertEquals(
                List.of(OPEN, WORD, CLOSE, OPEN, CLOSE, WORD),
                generate(budget, List.of(OPEN, WORD, WORD, OPEN, WORD, WORD)));
    }

    @Test
    void asking_spends_the_budget_now() {
        var budget = new ThinkingBudget(new Marks(), Integer.MAX_VALUE, new int[] {CLOSE});
        assertEquals(List.of(OPEN, WORD, WORD), generate(budget, List.of(OPEN, WORD, WORD)));
        budget.closeThinking();
        assertEquals(List.of(CLOSE, WORD), generate(budget, List.of(WORD, WORD)));
    }

    @Test
    void closing_is_told_once_with_its_cause() {
        var budget = new ThinkingBudget(new Marks(), 2, new int[] {LINE, CLOSE});
        assertEquals(List.of(OPEN, WORD), generate(budget, List.of(OPEN, WORD)));
        assertEquals(Optional.empty(), budget.intervened());
        assertEquals(List.of(LINE), generate(budget, List.of(WORD)));
        assertEquals(Optional.of(Intervention.BUDGET_SPENT), budget.intervened());
        assertEquals(List.of(CLOSE, OPEN, LINE), generate(budget, List.of(WORD, OPEN, WORD)));
        assertEquals(Optional.empty(), budget.intervened());

        var asked = new ThinkingBudget(new Marks(), 9, new int[] {CLOSE});
        assertEquals(List.of(OPEN), generate(asked, List.of(OPEN)));
        asked.closeThinking();
        assertEquals(List.of(CLOSE), generate(asked, List.of(WORD)));
        assertEquals(Optional.of(Intervention.ANSWER_ASKED), asked.intervened());
    }

    @Test
    void tokens_taken_back_leave_no_trace() {
        var random = new Random(3);
        var straight = new ThinkingBudget(new Marks(), 5, new int[] {LINE, CLOSE, LINE});
        var drafted = new ThinkingBudget(new Marks(), 5, new int[] {LINE, CLOSE, LINE});
        for (int step = 0; step < 500; step++) {
            int drafts = random.nextInt(6);
            for (int i = 0; i < drafts; i++) {
                drafted.accept(pick(drafted.next(), 1 + random.nextInt(4)));
            }
            drafted.rollback(drafts);
            assertEquals(straight.next(), drafted.next());
            int token = pick(straight.next(), 1 + random.nextInt(4));
            straight.accept(token);
            drafted.accept(token);
        }
    }

    private static List<Integer> generate(ThinkingBudget budget, List<Integer> wishes) {
        List<Integer> tokens = new ArrayList<>();
        for (int wish : wishes) {
            int token = pick(budget.next(), wish);
            budget.accept(token);
            tokens.add(token);
        }
        return tokens;
    }

    private static int pick(Verdict verdict, int wish) {
        return verdict instanceof Verdict.Force(int token) ? token : wish;
    }

    /// Thinking from OPEN to CLOSE.
    private static final class Marks implements Phases {
        private final List<Integer> tokens = new ArrayList<>();

        @Override
        public Phase phase() {
            boolean thinking = tokens.lastIndexOf(OPEN) > tokens.lastIndexOf(CLOSE);
            return thinking ? Phase.THINKING : Phase.ANSWER;
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
