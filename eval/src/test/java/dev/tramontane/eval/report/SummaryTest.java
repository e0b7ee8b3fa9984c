package dev.tramontane.eval.report;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tramontane.eval.Grade;
import dev.tramontane.eval.benchmark.PublishedFigure;
import dev.tramontane.eval.run.Attempt;
import dev.tramontane.eval.run.Run;
import dev.tramontane.eval.run.RunHeader;
import dev.tramontane.sampling.FinishReason;

import org.junit.jupiter.api.Test;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/// Figures of small runs, computed by hand.
class SummaryTest {
    private static final double TOLERANCE = 1e-12;

    /// A run of problems whose samples are spelled: `h` and `H` the root of eight; `r` right, `a`
    /// and `b` wrong answers, `t` cut off without one, `f` failed, `1` to `4` one wrong choice
    /// under the letters A to D.
    private static Run run(String model, String... problems) {
        return run(model, "exact 1", problems);
    }

    private static Run run(String model, String scorer, String[] problems) {
        List<Attempt> attempts = new ArrayList<>();
        for (int p = 0; p < problems.length; p++) {
            for (int s = 0; s < problems[p].length(); s++) {
                attempts.add(attempt("p" + p, s, problems[p].charAt(s)));
            }
        }
        var header =
                new RunHeader(
                        new RunHeader.Harness("0.1", 1, "25"),
                        new RunHeader.Task(
                                "task",
                                "The | task",
                                "f".repeat(64),
                                "e".repeat(64),
                                problems.length,
                                scorer,
                                List.of(new PublishedFigure("Other", "pass@1", 70.7, "a report"))),
                        new RunHeader.Model(
                                model,
                                "/m",
                                Optional.of("d".repeat(64)),
                                Optional.empty(),
                                Optional.empty(),
                                Optional.empty()),
                        new RunHeader.Settings(
                                0.7f,
                                0.95f,
                                0,
                                0,
                                100,
                                problems[0].length(),
                                List.of("default"),
                                1),
                        "2026-01-02T03:04:05Z");
        return new Run(header, attempts);
    }

    private static Attempt attempt(String problem, int sample, char kind) {
        Attempt.Outcome outcome =
                switch (kind) {
                    case '1', '2', '3', '4' ->
                            new Attempt.Graded(
                                    new Grade(
                                            false,
                                            Optional.of(String.valueOf((char) ('A' + kind - '1'))),
                                            Optional.of("the same wrong text"),
                                            "compared"),
                                    FinishReason.STOP,
                                    false);
                    case 'h', 'H' ->
                            new Attempt.Graded(
                                    new Grade(
                                            false,
                                            Optional.of(kind == 'h' ? "\\sqrt{8}" : "2\\sqrt{2}"),
                                            "compared"),
                                    FinishReason.STOP,
                                    false);
                    case 'f' -> new Attempt.Failed("away");
                    case 't' ->
                            new Attempt.Graded(
                                    new Grade(false, Optional.empty(), "none"),
                                    FinishReason.LENGTH,
                                    true);
                    default ->
                            new Attempt.Graded(
                                    new Grade(
                                            kind == 'r',
                                            Optional.of(String.valueOf(kind)),
                                            "compared"),
                                    FinishReason.STOP,
                                    false);
                };
        return new Attempt(
                new Attempt.Key(problem, sample, "default"),
                "",
                0,
                outcome,
                new Attempt.Spent(100, 30, 10, 2),
                List.of(),
                "",
                "");
    }

    @Test
    void figures_are_those_that_follow_from_the_definitions() {
        Summary summary = Summary.of(run("m", "rrab", "aaat", "rrrr", "ffff")).getFirst();
        assertEquals(new Summary.Counts(3, 12, 6, 1, 1, 4), summary.counts());
        assertEquals(1 / 12.0, summary.counts().truncationRate(), TOLERANCE);
        assertEquals((0.5 + 0 + 1) / 3, summary.accuracy().passAt1(), TOLERANCE);
        assertEquals(List.of(1, 2, 4), summary.passAtK().stream().map(Summary.Point::k).toList());
        assertEquals((5 / 6.0 + 0 + 1) / 3, summary.passAtK().get(1).value(), TOLERANCE);
        // of two of r r a b: r r wins, r with a wrong one ties, a b loses: (1 + 4 · ½ + 0) / 6
        assertEquals((0.5 + 0 + 1) / 3, summary.majorityAtK().get(1).value(), TOLERANCE);
        assertEquals((1 + 0 + 1) / 3.0, summary.majorityAtK().get(2).value(), TOLERANCE);
        assertEquals(new Summary.Spending(100, 30, 10, 2, 1200, 480), summary.spending());
        assertEquals((1200 * 2 + 480 * 10) / 1e6, summary.spending().cost(2, 10), TOLERANCE);
    }

    @Test
    void choices_have_votes_by_their_texts_since_each_sample_shuffles_their_letters() {
        Summary summary = Summary.of(run("m", "rrr11234")).getFirst();
        assertEquals(new Summary.Point(8, 0), summary.majorityAtK().getLast());
        assertEquals(3 / 8.0, summary.accuracy().passAt1(), TOLERANCE);
    }

    @Test
    void wrong_answers_that_mean_the_same_are_one_vote_where_the_scorer_compares_meanings() {
        assertArrayEquals(
                new int[] {3, 2, 1},
                votes(true, "\\sqrt{8}", "7", "2\\sqrt{2}", "2^{3/2}", "7.0", "Paris"));
        assertArrayEquals(
                new int[] {1, 2, 1, 1, 1},
                votes(false, "\\sqrt{8}", "7", "2\\sqrt{2}", "2^{3/2}", "7.0", "Paris"));
        assertArrayEquals(
                new int[] {1, 1, 1, 1, 1, 1},
                votes(true, "\\sqrt{3}", "2\\sqrt{3}", "(1, 3)", "x+3", "5 m", "5 km"));
        assertArrayEquals(
                new int[] {1, 1}, votes(false, "3-ethylhexan-1-ol", "2,4-dimethylheptan-1-ol"));
        // two of three samples give one wrong answer in two spellings: it beats the right one
        Run run = run("m", "math 3", new String[] {"rhH"});
        assertEquals(new Summary.Point(3, 0), Summary.of(run).getFirst().majorityAtK().getLast());
        run = run("m", "exact 1", new String[] {"rhH"});
        assertEquals(
                1 / 3.0, Summary.of(run).getFirst().majorityAtK().getLast().value(), TOLERANCE);
    }

    @Test
    void answers_that_are_all_different_are_counted_without_end() {
        List<String> answers = new ArrayList<>();
        for (int i = 0; i < 2_000; i++) {
            answers.add("\\sqrt{" + (i + 2) + "}");
        }
        answers.add("\\sqrt{2}");
        int[] votes = votes(true, answers.toArray(String[]::new));
        assertEquals(2_001, Arrays.stream(votes).sum());
        assertEquals(2, votes[0]);
    }

    private static int[] votes(boolean byMeaning, String... answers) {
        var wrong = new WrongAnswers(byMeaning);
        for (String answer : answers) {
            wrong.add(answer);
        }
        return wrong.votes();
    }

    @Test
    void programs_have_no_votes() {
        Run run = run("m", "code 1 in a sandbox", new String[] {"rra", "aaa"});
        Summary summary = Summary.of(run).getFirst();
        assertEquals(List.of(), summary.majorityAtK());
        assertEquals(3, summary.passAtK().getLast().k());
        var report = new MarkdownReport(Optional.empty());
        assertFalse(report.page(List.of(run)).contains("maj@3"));
        assertFalse(report.comparison(List.of(run)).contains("maj@3"));
    }

    @Test
    void two_runs_are_compared_on_the_problems_that_both_have() {
        Run first = run("m", "r", "r", "r", "r", "r", "r", "a", "f");
        Run second = run("n", "a", "a", "a", "a", "a", "a", "a", "r");
        Comparison found = Comparison.of(first, "default", second, "default").orElseThrow();
        assertEquals(7, found.problems());
        assertEquals(6 / 7.0, found.difference(), TOLERANCE);
        assertEquals(2 / 64.0, found.permutation(), TOLERANCE); // six coins that all fall alike
        assertEquals(2 / 64.0, found.mcNemar().orElseThrow(), TOLERANCE);
        Run none = run("n", "f");
        assertTrue(Comparison.of(first, "default", none, "default").isEmpty());
    }

    @Test
    void names_from_outside_end_no_cell_and_begin_no_markup() {
        Run run = run("<b>m|</b>\n", "rr", "aa");
        var report = new MarkdownReport(Optional.of(new Prices(1, 2)));
        String page = report.page(List.of(run));
        assertTrue(page.contains("| The \\| task | \\<b\\>m\\|\\</b\\> "), page);
        assertTrue(page.contains("Other — a report | 70.7"), page);
        String table = report.comparison(List.of(run, run("n", "rr", "rr")));
        assertTrue(table.contains("+50.0"), table);
        assertTrue(table.contains("(published: a report)"), table);
    }

    @Test
    void a_run_with_failures_is_not_complete() {
        assertFalse(run("m", "rf").isComplete());
        assertTrue(run("m", "rt").isComplete());
    }
}
