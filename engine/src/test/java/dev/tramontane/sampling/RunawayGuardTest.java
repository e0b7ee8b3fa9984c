package dev.tramontane.sampling;

import static dev.tramontane.sampling.MarkedPhases.CLOSE;
import static dev.tramontane.sampling.MarkedPhases.FENCE;
import static dev.tramontane.sampling.MarkedPhases.OPEN;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tramontane.sampling.RunawayGuard.Remedy;
import dev.tramontane.sampling.TokenMask.Verdict;

import org.junit.jupiter.api.Test;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.function.IntSupplier;
import java.util.function.IntUnaryOperator;

class RunawayGuardTest {
    private static final int LINE = 4;
    private static final int LINE_END = 6;
    private static final int INDENT = 7;
    private static final int COMMA = 8;
    private static final int ZERO = 10;
    private static final int STOP = 5;
    private static final int[] NUDGE = {LINE, STOP, STOP};
    private static final int[] END = {LINE, CLOSE};
    private static final int VOCAB = 131_072;

    /// Of the bar "every period from 1 to 1,024, twenty random onsets each": the build tries one.
    private static final int ONSETS = Integer.getInteger("tramontane.guardOnsets", 1);

    private static TokenKinds kinds() {
        var digits = new BitSet();
        digits.set(ZERO, ZERO + 10);
        var wordless = (BitSet) digits.clone();
        wordless.set(LINE_END, COMMA + 1);
        return new TokenKinds(
                digits,
                BitSet.valueOf(new long[] {1L << LINE_END}),
                BitSet.valueOf(new long[] {1L << INDENT}),
                wordless);
    }

    /// A sequence under a guard: tokens, and what the guard did.
    private static final class Run {
        private final List<TokenMask> masks;
        private final TokenMask mask;
        private final List<Integer> tokens = new ArrayList<>();
        private final List<Intervention> interventions = new ArrayList<>();

        Run() {
            this(NUDGE, () -> Integer.MAX_VALUE);
        }

        Run(int[] nudge, IntSupplier left, TokenMask... before) {
            var phases = new MarkedPhases();
            masks = new ArrayList<>(List.of(before));
            masks.add(new PhaseTracker(phases));
            masks.add(new RunawayGuard(phases, Optional.of(new Remedy(nudge, END)), kinds(), left));
            mask = Masks.of(masks, VOCAB);
        }

        /// @return whether the sequence goes on
        boolean add(int wish) {
            Verdict verdict = mask.next();
            mask.intervened().ifPresent(interventions::add);
            switch (verdict) {
                case Verdict.End _ -> {
                    return false;
                }
                case Verdict.Only(BitSet allowed) -> accept(allowed.nextSetBit(0), true);
                case Verdict.Force(int token) -> accept(token, true);
                case Verdict.Any _ -> accept(wish, false);
                case Verdict.Except _ -> throw new AssertionError(verdict);
            }
            return true;
        }

        private void accept(int token, boolean forced) {
            mask.accept(token, forced);
            tokens.add(token);
        }

        /// Wishes for tokens until the guard does something.
        int addUntilIntervened(int most, IntUnaryOperator wishes) {
            int before = interventions.size();
            for (int i = 0; i < most; i++) {
                if (!add(wishes.applyAsInt(i)) || interventions.size() > before) {
                    return i;
                }
            }
            return most;
        }

        List<Integer> last(int count) {
            return tokens.subList(tokens.size() - count, tokens.size());
        }
    }

    @Test
    void a_circling_thought_is_nudged_once_then_closed_and_the_answer_is_free() {
        var run = new Run();
        run.add(OPEN);
        assertEquals(4 * 100, run.addUntilIntervened(1000, i -> 100 + i % 100));
        assertEquals(List.of(Intervention.CIRCLE_NUDGED), run.interventions);
        run.add(100);
        run.add(100);
        assertEquals(List.of(LINE, STOP, STOP), run.last(3));
        assertEquals(4 * 100, run.addUntilIntervened(1000, i -> 100 + i % 100));
        assertEquals(
                List.of(Intervention.CIRCLE_NUDGED, Intervention.CIRCLE_CLOSED), run.interventions);
        run.add(100);
        assertEquals(List.of(LINE, CLOSE), run.last(2));
        for (int i = 0; i < 700; i++) {
            run.add(100 + i % 100);
            assertEquals(100 + i % 100, run.tokens.getLast());
        }
        assertEquals(2, run.interventions.size());
    }

    @Test
    void thinking_that_is_opened_again_after_that_is_closed_at_once() {
        var run = new Run(new int[0], () -> Integer.MAX_VALUE);
        run.add(OPEN);
        run.addUntilIntervened(1000, _ -> 100);
        assertEquals(List.of(Intervention.CIRCLE_CLOSED), run.interventions);
        run.add(100);
        run.add(300);
        run.add(OPEN);
        run.add(400);
        run.add(400);
        run.add(500);
        assertEquals(List.of(LINE, CLOSE, 300, OPEN, LINE, CLOSE, 500), run.last(7));
        assertEquals(1, run.interventions.size());
    }

    @Test
    void thoughts_that_only_open_and_close_are_a_circle_of_the_answer() {
        var run = new Run(new int[0], () -> Integer.MAX_VALUE);
        run.add(OPEN);
        run.addUntilIntervened(1000, _ -> 100);
        run.addUntilIntervened(4000, _ -> OPEN);
        assertEquals(
                List.of(Intervention.CIRCLE_CLOSED, Intervention.CIRCLE_ENDED), run.interventions);
    }

    @Test
    void a_thought_that_says_nothing_new_is_a_circle_too() {
        var run = new Run();
        run.add(OPEN);
        int counted = run.addUntilIntervened(5000, RunawayGuardTest::countingOn);
        assertTrue(counted >= DriftWatch.WINDOW && counted < DriftWatch.WINDOW + 100, "" + counted);
        assertEquals(List.of(Intervention.CIRCLE_NUDGED), run.interventions);
    }

    @Test
    void an_answer_may_say_nothing_new() {
        var run = new Run();
        assertEquals(9000, run.addUntilIntervened(9000, RunawayGuardTest::countingOn));
    }

    /// Forty words and a digit that no period foretells.
    private static int countingOn(int i) {
        int round = i / 40;
        return i % 40 == 39 ? 10 + round * round / 7 % 10 : 100 + i % 40;
    }

    @Test
    void a_circling_answer_ends_and_says_what_repeats() {
        var run = new Run();
        for (int i = 0; i < 77; i++) {
            run.add(1000 + i);
        }
        assertEquals(1024 + 60, run.addUntilIntervened(5000, i -> 100 + i % 60));
        assertEquals(List.of(Intervention.CIRCLE_ENDED), run.interventions);
        assertEquals(new Verdict.End(FinishReason.REPETITION, 1024), run.mask.next());
        List<Integer> trimmed = run.tokens.subList(0, run.tokens.size() - 1024);
        assertEquals(77 + 60, trimmed.size());
        assertEquals(100 + 59, trimmed.getLast());
    }

    @Test
    void a_fenced_block_may_repeat_four_times_as_long() {
        var run = new Run();
        run.add(FENCE);
        assertEquals(4096 + 60, run.addUntilIntervened(9000, i -> 100 + i % 60));
        assertEquals(new Verdict.End(FinishReason.REPETITION, 4096), run.mask.next());
    }

    @Test
    void lines_of_code_may_repeat_as_long_as_a_fenced_block_wherever_they_stand() {
        IntUnaryOperator code = i -> i % 20 == 0 ? INDENT : i % 20 == 19 ? LINE_END : 100 + i % 20;
        for (int first : new int[] {100, OPEN, FENCE}) {
            var run = new Run();
            run.add(first);
            assertEquals(4096 + 20, run.addUntilIntervened(9000, code));
        }
    }

    @Test
    void lines_of_figures_may_repeat_four_times_as_long_as_prose() {
        IntUnaryOperator figures = i -> i % 20 == 19 ? LINE_END : ZERO + i % 10;
        var thought = new Run();
        thought.add(OPEN);
        assertEquals(4 * 256 + 20, thought.addUntilIntervened(9000, figures));
        assertEquals(List.of(Intervention.CIRCLE_NUDGED), thought.interventions);
        for (int first : new int[] {100, FENCE}) {
            var answer = new Run();
            answer.add(first);
            assertEquals(4096 + 20, answer.addUntilIntervened(9000, figures));
            assertEquals(new Verdict.End(FinishReason.REPETITION, 4096), answer.mask.next());
        }
    }

    @Test
    void lines_of_prose_are_no_code_though_one_of_them_begins_far_in() {
        var run = new Run();
        run.add(OPEN);
        IntUnaryOperator list = i -> i % 10 == 9 ? LINE_END : i % 20 == 10 ? INDENT : 100 + i % 20;
        assertEquals(256 + 20, run.addUntilIntervened(9000, list));
    }

    @Test
    void rows_of_one_value_may_be_many_but_not_without_end() {
        IntUnaryOperator zeros = i -> i % 41 == 40 ? LINE_END : i % 41 % 2 == 0 ? ZERO : COMMA;
        IntUnaryOperator words = i -> i % 41 == 40 ? LINE_END : 100 + i % 41 % 4;
        for (IntUnaryOperator rows : List.of(zeros, words)) {
            for (int first : new int[] {100, OPEN, FENCE}) {
                var run = new Run();
                run.add(first);
                assertEquals(PeriodWatch.ROWS_MATCHED + 41, run.addUntilIntervened(40_000, rows));
            }
        }
    }

    @Test
    void one_value_without_rows_and_lines_without_anything_are_circles_at_once() {
        IntUnaryOperator zeros = i -> i % 2 == 0 ? ZERO : COMMA;
        for (IntUnaryOperator nothing : List.of(zeros, _ -> LINE_END, _ -> INDENT)) {
            var run = new Run();
            run.add(OPEN);
            int ended = run.addUntilIntervened(9000, nothing);
            assertTrue(ended <= 256 + 2, "" + ended);
        }
    }

    @Test
    void blocks_in_a_circle_are_caught_between_them() {
        var run = new Run();
        int ended =
                run.addUntilIntervened(
                        9000, i -> i % 50 == 0 || i % 50 == 30 ? FENCE : 100 + i % 50);
        assertTrue(ended < 1024 + 50 + 30, "" + ended);
    }

    @Test
    void a_nudge_that_the_budget_has_no_room_for_is_passed_over() {
        var run = new Run(NUDGE, () -> NUDGE.length);
        run.add(OPEN);
        run.addUntilIntervened(1000, _ -> 100);
        assertEquals(List.of(Intervention.CIRCLE_CLOSED), run.interventions);
    }

    @Test
    void another_control_in_front_cuts_a_nudge_short() {
        boolean[] takesOver = {false};
        var other =
                new TokenMask() {
                    @Override
                    public Verdict next() {
                        return takesOver[0] ? new Verdict.Force(CLOSE) : Verdict.ANY;
                    }

                    @Override
                    public void accept(int token) {}

                    @Override
                    public void rollback(int count) {}
                };
        var run = new Run(NUDGE, () -> Integer.MAX_VALUE, other);
        run.add(OPEN);
        run.addUntilIntervened(1000, _ -> 100);
        takesOver[0] = true;
        run.add(100);
        takesOver[0] = false;
        run.add(600);
        assertEquals(List.of(LINE, CLOSE, 600), run.last(3));
    }

    @Test
    void what_a_grammar_repeats_is_not_the_models_circle() {
        var forced = new Run();
        for (int i = 0; i < 5000; i++) {
            assertEquals(Verdict.ANY, forced.mask.next());
            forced.accept(100 + i % 60, true);
        }
        var chosen = new Run();
        int ended = 0;
        while (chosen.mask.next() instanceof Verdict.Any) {
            chosen.accept(100 + ended % 60, ended % 60 != 7);
            ended++;
        }
        assertEquals(1024 + 60, ended);
    }

    @Test
    void a_model_that_does_not_think_is_watched_too() {
        var guard =
                new RunawayGuard(
                        new MarkedPhases(), Optional.empty(), TokenKinds.unknown(), () -> 0);
        int count = 0;
        while (guard.next() instanceof Verdict.Any) {
            guard.accept(100);
            count++;
        }
        assertEquals(1025, count);
        assertThrows(IllegalArgumentException.class, () -> new Remedy(NUDGE, new int[0]));
    }

    @Test
    void every_period_is_caught_in_time() {
        var random = new Random(1);
        for (int period = 1; period <= PeriodWatch.LONGEST_PERIOD; period++) {
            for (int onset = 0; onset < ONSETS; onset++) {
                int[] before = random.ints(random.nextInt(2000), 100, VOCAB).toArray();
                int[] circle = random.ints(period, 100, VOCAB).toArray();
                int needed = Math.max(4 * period, 256 + period);
                int caught = caughtAfter(before, circle, needed + 16);
                assertTrue(
                        caught <= needed
                                && caught > Math.min(needed, period + DriftWatch.WINDOW) - 16,
                        "period " + period + " was caught after " + caught + " tokens");
            }
        }
    }

    private static int caughtAfter(int[] before, int[] circle, int most) {
        var run = new Run();
        run.add(OPEN);
        for (int token : before) {
            run.add(token);
        }
        assertEquals(List.of(), run.interventions);
        int caught = run.addUntilIntervened(most + 1, i -> circle[i % circle.length]);
        assertEquals(List.of(Intervention.CIRCLE_NUDGED), run.interventions);
        return caught;
    }

    @Test
    void tokens_taken_back_leave_no_trace() {
        var random = new Random(7);
        List<Intervention> seen = new ArrayList<>();
        for (int round = 0; round < 60; round++) {
            var straight = new Run();
            var drafted = new Run();
            int period = 1 + random.nextInt(200);
            for (int step = 0; step < 4000; step++) {
                int mark = random.nextInt(1500);
                int wish = step == 0 ? OPEN : mark < 3 ? mark + 1 : 100 + step % period;
                for (int draft = 0, drafts = random.nextInt(6); draft <= drafts; draft++) {
                    if (draft == drafts) {
                        drafted.mask.rollback(draft);
                    } else {
                        drafted.mask.accept(
                                random.nextBoolean() ? 100 + (step + draft) % period : OPEN);
                    }
                }
                Verdict verdict = straight.mask.next();
                if (verdict instanceof Verdict.Only(BitSet allowed)) {
                    verdict = new Verdict.Only((BitSet) allowed.clone());
                }
                assertEquals(verdict, drafted.mask.next(), "round " + round + " step " + step);
                assertEquals(straight.mask.next(), verdict);
                Optional<Intervention> news = straight.mask.intervened();
                assertEquals(news, drafted.mask.intervened());
                news.ifPresent(seen::add);
                if (verdict instanceof Verdict.End) {
                    break;
                }
                int token =
                        switch (verdict) {
                            case Verdict.Only(BitSet one) -> one.nextSetBit(0);
                            case Verdict.Force(int one) -> one;
                            case Verdict.Any _, Verdict.Except _, Verdict.End _ -> wish;
                        };
                straight.accept(token, false);
                drafted.accept(token, false);
            }
        }
        for (Intervention kind :
                List.of(
                        Intervention.CIRCLE_NUDGED,
                        Intervention.CIRCLE_CLOSED,
                        Intervention.CIRCLE_ENDED)) {
            assertTrue(seen.contains(kind), kind + " of " + seen);
        }
    }
}
