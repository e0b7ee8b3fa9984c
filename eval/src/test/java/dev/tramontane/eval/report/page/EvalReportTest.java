package dev.tramontane.eval.report.page;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tramontane.eval.Grade;
import dev.tramontane.eval.benchmark.PublishedFigure;
import dev.tramontane.eval.run.Attempt;
import dev.tramontane.eval.run.Run;
import dev.tramontane.eval.run.RunHeader;
import dev.tramontane.sampling.FinishReason;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import java.util.stream.Stream;

class EvalReportTest {
    @TempDir Path folder;

    private static final List<PublishedFigure> PUBLISHED =
            List.of(
                    new PublishedFigure("Magistral Small", "pass@1", 70.7, "paper"),
                    new PublishedFigure("Magistral Small", "maj@64", 83.3, "paper"));

    /// Two problems, two samples, of which every one is right from the given number on.
    private static Run run(String model, int wrong, List<String> budgets) {
        var header =
                new RunHeader(
                        new RunHeader.Harness("0.1", 1, "25"),
                        new RunHeader.Task(
                                "aime-2024",
                                "AIME 2024",
                                "f".repeat(64),
                                "e".repeat(64),
                                2,
                                "math 1",
                                PUBLISHED),
                        new RunHeader.Model(
                                model,
                                "/m.gguf",
                                Optional.of("d".repeat(64)),
                                Optional.empty(),
                                Optional.of("v13"),
                                Optional.of(4096)),
                        new RunHeader.Settings(0.7f, 0.95f, 0, 0, 4000, 2, budgets, 1),
                        "2026-11-26T04:00:00Z");
        List<Attempt> attempts = new ArrayList<>();
        for (String budget : budgets) {
            for (int i = 0; i < 4; i++) {
                boolean isRight = i >= wrong;
                attempts.add(
                        attempt(
                                new Attempt.Key("p" + i / 2, i % 2, budget),
                                new Attempt.Graded(
                                        new Grade(isRight, Optional.of(isRight ? "4" : "5"), "why"),
                                        FinishReason.STOP,
                                        false)));
            }
        }
        return new Run(header, attempts);
    }

    private static Attempt attempt(Attempt.Key key, Attempt.Outcome outcome) {
        int thinking = key.budget().equals("off") ? 0 : 300;
        return new Attempt(
                key,
                "",
                1,
                outcome,
                new Attempt.Spent(10, thinking, 20, 2.5),
                List.of(),
                "Hm.",
                "4");
    }

    @Test
    void the_page_and_its_charts_are_written_whole() throws IOException {
        EvalReport.Written written =
                EvalReport.of(
                                List.of(
                                        run("a", 1, List.of("default")),
                                        run("b", 2, List.of("default"))))
                        .write(folder.resolve("new"));
        var names = new TreeSet<String>();
        try (Stream<Path> files = Files.list(folder.resolve("new"))) {
            files.forEach(file -> names.add(file.getFileName().toString()));
        }
        var expected =
                new TreeSet<>(
                        List.of(
                                "index.html",
                                "pass-1.svg",
                                "aime-2024-maj-k.svg",
                                "aime-2024-pass-k.svg"));
        if (written.withoutPictures().isEmpty()) {
            expected.addAll(List.of("pass-1.png", "aime-2024-maj-k.png", "aime-2024-pass-k.png"));
        }
        assertEquals(expected, names);
        assertEquals(expected.size(), written.files().size());
        String page = Files.readString(folder.resolve("new/index.html"));
        assertTrue(page.contains("<title>a, b on AIME 2024</title>"));
        assertFalse(page.contains("{{"), "every place is filled");
    }

    private static List<String> cells(Page page, int table, int row) {
        return page.tables().get(table).getValue().rows().get(row).cells();
    }

    @Test
    void figures_stand_beside_those_that_others_published() {
        Page page =
                RunPage.of(
                        List.of(run("a", 1, List.of("default")), run("b", 2, List.of("default"))));
        assertEquals(List.of("AIME 2024", "a", "75.0"), cells(page, 0, 0).subList(0, 3));
        assertEquals(
                List.of("100.0 (k = 2)", "75.0 (k = 2)", "0.0", "0", "2", "4", "300", "20", "2.5"),
                cells(page, 0, 0).subList(4, 13));
        assertEquals(
                List.of("AIME 2024", "Magistral Small", "70.7", "maj@64 83.3", "paper"),
                cells(page, 2, 0));
        assertTrue(page.tables().get(2).getValue().rows().getFirst().published());
        assertEquals(List.of("a less b", "AIME 2024", "+25.0"), cells(page, 1, 0).subList(0, 3));
        String about = page.charts().getFirst().getValue().about();
        assertTrue(about.contains("AIME 2024, Magistral Small (published): 70.7."), about);
        assertFalse(about.contains("83.3"), "another measure");
    }

    @Test
    void budgets_are_a_curve_over_what_was_spent() {
        Page page = RunPage.of(List.of(run("a", 1, List.of("off", "default"))));
        String about =
                page.charts().stream()
                        .filter(chart -> chart.getKey().equals("AIME 2024: pass@1 by thinking"))
                        .map(chart -> chart.getValue().about())
                        .findFirst()
                        .orElseThrow();
        assertTrue(about.contains("a: 75.0 at 1; 75.0 at 300"), about);
        assertEquals(
                List.of("AIME 2024, a, thinking off", "AIME 2024, a, thinking default"),
                page.series().stream().map(Series::label).toList());
    }

    @Test
    void runs_of_one_model_are_told_apart() {
        Page page =
                RunPage.of(
                        List.of(run("a", 1, List.of("default")), run("a", 2, List.of("default"))));
        List<String> labels = page.series().stream().map(Series::label).distinct().toList();
        assertEquals(2, labels.size(), labels.toString());
        assertEquals(
                2,
                page.tables().getFirst().getValue().rows().stream()
                        .filter(row -> !row.published())
                        .map(row -> row.cells().get(1))
                        .distinct()
                        .count());
    }

    @Test
    void an_attempt_is_what_became_of_it() {
        var key = new Attempt.Key("p", 0, "default");
        var right = new Grade(true, Optional.of("4"), "equal");
        var wrong = new Grade(false, Optional.empty(), "none found");
        assertEquals(
                List.of(
                        Verdict.RIGHT,
                        Verdict.RIGHT,
                        Verdict.WRONG,
                        Verdict.TRUNCATED,
                        Verdict.ERROR),
                Stream.of(
                                new Attempt.Graded(right, FinishReason.STOP, false),
                                new Attempt.Graded(right, FinishReason.LENGTH, true),
                                new Attempt.Graded(wrong, FinishReason.STOP, false),
                                new Attempt.Graded(wrong, FinishReason.CONTEXT_FULL, true),
                                new Attempt.Failed("away"))
                        .map(outcome -> RunPage.trial(attempt(key, outcome)).verdict())
                        .toList());
        Trial cut =
                RunPage.trial(
                        attempt(key, new Attempt.Graded(wrong, FinishReason.CONTEXT_FULL, true)));
        assertEquals("context full", cut.ending());
        assertEquals(1, cut.sample(), "people count from one");
        assertEquals("away", RunPage.trial(attempt(key, new Attempt.Failed("away"))).why());
    }

    @Test
    void a_run_without_a_graded_attempt_still_shows_its_failures() {
        Run failed =
                new Run(
                        run("a", 0, List.of("default")).header(),
                        List.of(
                                attempt(
                                        new Attempt.Key("p0", 0, "default"),
                                        new Attempt.Failed("no connection"))));
        Page page = RunPage.of(List.of(failed));
        assertEquals(Verdict.ERROR, page.series().getFirst().trials().getFirst().verdict());
        assertThrows(IllegalArgumentException.class, () -> RunPage.of(List.of()));
    }
}
