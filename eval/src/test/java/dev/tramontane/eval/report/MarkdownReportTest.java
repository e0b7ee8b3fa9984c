package dev.tramontane.eval.report;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tramontane.eval.Grade;
import dev.tramontane.eval.run.Attempt;
import dev.tramontane.eval.run.Run;
import dev.tramontane.eval.run.RunHeader;
import dev.tramontane.sampling.FinishReason;

import org.junit.jupiter.api.Test;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// What a report says of runs that are not whole, or not of the same questions.
class MarkdownReportTest {
    private static final int PROBLEMS = 3;
    private static final int SAMPLES = 2;

    /// The first attempts of a run, all of them right.
    ///
    /// @param prompt what every problem was asked with
    private static Run run(int attempts, String prompt) {
        var header =
                new RunHeader(
                        new RunHeader.Harness("0.1", 1, "25"),
                        new RunHeader.Task(
                                "task",
                                "Task",
                                "f".repeat(64),
                                "e".repeat(64),
                                PROBLEMS,
                                "exact 1",
                                List.of()),
                        new RunHeader.Model(
                                "m",
                                "/m",
                                Optional.of("d".repeat(64)),
                                Optional.empty(),
                                Optional.empty(),
                                Optional.empty()),
                        new RunHeader.Settings(
                                0.7f, 0.95f, 0, 0, 100, SAMPLES, List.of("default"), 1),
                        "2026-01-02T03:04:05Z");
        List<Attempt> made = new ArrayList<>();
        for (int i = 0; i < attempts; i++) {
            made.add(
                    new Attempt(
                            new Attempt.Key("p" + i % PROBLEMS, i / PROBLEMS, "default"),
                            prompt,
                            i,
                            new Attempt.Graded(
                                    new Grade(true, Optional.of("4"), "compared"),
                                    FinishReason.STOP,
                                    false),
                            new Attempt.Spent(10, 20, 5, 1),
                            List.of(),
                            "",
                            "4"));
        }
        return new Run(header, made);
    }

    @Test
    void a_run_that_is_not_complete_says_how_much_of_it_there_is() {
        var report = new MarkdownReport(Optional.empty());
        String whole = report.page(List.of(run(PROBLEMS * SAMPLES, "q")));
        assertTrue(whole.contains("| 3 × 2 |"), whole);
        String begun = report.page(List.of(run(2, "q")));
        assertTrue(begun.contains("| 2 of 6 |"), begun);
        String compared = report.comparison(List.of(run(6, "q"), run(2, "q")));
        assertTrue(compared.contains("| default | 6 |"), compared);
        assertTrue(compared.contains("| default | 2 of 6 |"), compared);
    }

    @Test
    void problems_that_were_asked_in_other_words_are_counted() {
        Comparison alike =
                Comparison.of(run(6, "q"), "default", run(4, "q"), "default").orElseThrow();
        assertEquals(0, alike.askedOtherwise());
        var report = new MarkdownReport(Optional.empty());
        assertFalse(report.comparison(List.of(run(6, "q"), run(4, "q"))).contains("other words"));
        String told = report.comparison(List.of(run(6, "q"), run(2, "other")));
        assertTrue(told.contains("2 problems, 2 asked in other words"), told);
    }
}
