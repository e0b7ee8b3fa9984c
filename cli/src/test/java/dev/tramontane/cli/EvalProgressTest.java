package dev.tramontane.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tramontane.eval.Grade;
import dev.tramontane.eval.run.Attempt;
import dev.tramontane.sampling.FinishReason;
import dev.tramontane.terminal.Stdio;

import org.junit.jupiter.api.Test;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;

class EvalProgressTest {
    private final AtomicLong seconds = new AtomicLong();
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();
    private final Stdio io = Tramontane.program().stdio(new ByteArrayOutputStream(), err);

    private static Attempt attempt(String problem, int sample, boolean correct, boolean cut) {
        var outcome =
                new Attempt.Graded(
                        new Grade(correct, Optional.of("4"), "compared"),
                        cut ? FinishReason.LENGTH : FinishReason.STOP,
                        cut);
        return attempt(problem, sample, outcome);
    }

    private static Attempt attempt(String problem, int sample, Attempt.Outcome outcome) {
        return new Attempt(
                new Attempt.Key(problem, sample, "default"),
                "",
                0,
                outcome,
                new Attempt.Spent(10, 90, 10, 1),
                List.of(),
                "",
                "");
    }

    private EvalProgress progress(List<Attempt> before) {
        return new EvalProgress(io, "task", 12, before, () -> seconds.get() * 1_000_000_000L);
    }

    @Test
    void the_line_tells_accuracy_over_problems_tokens_a_second_and_the_time_left() {
        EvalProgress progress = progress(List.of());
        progress.finished(attempt("a", 0, true, false));
        progress.finished(attempt("a", 1, false, true));
        progress.finished(attempt("b", 0, true, false));
        seconds.set(6);
        // means 0.5 and 1: 75 ± 1.96 · 25; 300 tokens in 6 s; 9 attempts of 2 s are left
        assertEquals(
                "task   3 of 12   75.0 % ± 49.0   1 cut off   50 tokens/s   18 s left",
                progress.line());
    }

    @Test
    void what_an_earlier_process_did_counts_for_accuracy_and_not_for_speed() {
        EvalProgress progress =
                progress(List.of(attempt("a", 0, true, false), attempt("b", 0, true, false)));
        seconds.set(5);
        assertEquals("task   2 of 12   100.0 % ± 0.0", progress.line());
        progress.finished(attempt("c", 0, true, false));
        assertTrue(progress.line().endsWith("20 tokens/s   45 s left"), progress.line());
    }

    @Test
    void failures_and_long_pauses_are_told_without_a_terminal_too() {
        EvalProgress progress = progress(List.of());
        progress.finished(attempt("a", 2, new Attempt.Failed("the line broke\u001b[2J")));
        progress.waiting("busy", Duration.ofSeconds(8));
        progress.waiting("busy", Duration.ofSeconds(1));
        assertEquals("task   0 of 12   1 failed", progress.line());
        String told = err.toString(StandardCharsets.UTF_8);
        assertTrue(told.contains("a, sample 2: the line broke"), told);
        assertTrue(!told.contains("\u001b") && told.contains("trying again in 8 s"), told);
        assertEquals(2, told.lines().count(), told);
    }
}
