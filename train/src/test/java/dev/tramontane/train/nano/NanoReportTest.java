package dev.tramontane.train.nano;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tramontane.eval.suite.GeneratedProblem;
import dev.tramontane.eval.suite.Language;
import dev.tramontane.eval.suite.NanoSuite;
import dev.tramontane.eval.suite.ProblemFamily;
import dev.tramontane.eval.suite.Split;
import dev.tramontane.train.nano.NanoEvaluation.Verdict;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;

class NanoReportTest {
    @TempDir private Path folder;

    private static GeneratedProblem problem(Language language, int level) {
        return new NanoSuite(3)
                .problem(Split.TEST, language, ProblemFamily.all().getFirst(), level, 0);
    }

    private static NanoReport report() {
        GeneratedProblem english = problem(Language.ENGLISH, 1);
        GeneratedProblem french = problem(Language.FRENCH, 2);
        return NanoReport.of(
                List.of(
                        new Verdict(english, true, true, true, true, Optional.of("en"), 10),
                        new Verdict(english, true, true, false, false, Optional.of("de"), 20),
                        new Verdict(english, false, false, true, false, Optional.empty(), 30),
                        new Verdict(french, false, true, true, false, Optional.of("fr"), 40)),
                List.of(new Verdict(french, true, true, true, true, Optional.of("fr"), 7)));
    }

    @Test
    void shares_are_of_what_they_speak_of() {
        NanoReport.Tally all = report().all();
        assertEquals(4, all.problems());
        assertEquals(0.5, all.accuracy());
        assertEquals(0.75, all.form());
        assertEquals(0.5, all.traces(), "of the right answers");
        assertEquals(0.5, all.taught(), "of the right answers");
        assertEquals(2.0 / 3, all.language(), "of the thoughts whose language can be told");
        assertEquals(1, report().familiar().accuracy());
    }

    @Test
    void languages_and_levels_are_counted_apart() {
        NanoReport report = report();
        assertEquals(Set.of("en", "fr"), report.languages().keySet());
        assertEquals(Set.of("1", "2"), report.levels().keySet());
        assertEquals(Set.of(ProblemFamily.all().getFirst().key()), report.families().keySet());
        assertEquals(0, Objects.requireNonNull(report.languages().get("fr")).accuracy());
    }

    @Test
    void nothing_tested_is_nothing_and_no_division_by_it() {
        NanoReport none = NanoReport.of(List.of(), List.of());
        assertEquals(0, none.all().accuracy());
        assertEquals(0, none.all().traces());
        assertEquals(0, none.all().language());
    }

    @Test
    void a_report_is_written_whole_with_its_kinds() throws IOException {
        Path file = folder.resolve("tests").resolve("step-00000005.json");
        report().write(file);
        String json = Files.readString(file);
        assertTrue(json.contains("\"familiar_phrasings\""), json);
        assertTrue(json.contains("\"accuracy\" : 0.5"), json);
        try (var left = Files.list(file.getParent())) {
            assertEquals(List.of(file), left.toList());
        }
        assertFalse(json.contains("NaN"), json);
    }
}
