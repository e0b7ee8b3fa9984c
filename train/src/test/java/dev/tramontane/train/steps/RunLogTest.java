package dev.tramontane.train.steps;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tramontane.eval.report.curves.Figure;
import dev.tramontane.train.SftStep;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/// A run's folder, while it goes and afterwards.
class RunLogTest {
    private static final long SECOND = 1_000_000_000L;

    @TempDir private Path folder;
    private long now;

    private static SftStep step(long number) {
        return new SftStep(number, 1e-3, 2, 1.5, 0.7, 1000, 600, 10 * number);
    }

    @Test
    void steps_are_kept_with_the_time_they_took_and_drawn_every_so_often() throws IOException {
        Path page = folder.resolve(RunCurves.NAME);
        try (RunLog log = RunLog.open(folder, 2, () -> now)) {
            now = 5 * SECOND;
            log.begin();
            now = 7 * SECOND;
            assertEquals(2, log.add(step(1)));
            assertFalse(Files.exists(page));
            now = 11 * SECOND;
            assertEquals(4, log.add(step(2)));
            assertTrue(Files.readString(page).contains("up to step 2"));
            log.add(step(3));
        }
        assertTrue(Files.readString(page).contains("up to step 3"));
        List<StepLine> lines = StepLog.read(folder.resolve(StepLog.NAME));
        assertEquals(3, lines.size());
        assertEquals(4.0, lines.get(1).figures().get("seconds"));
        assertEquals(600.0, lines.get(1).figures().get("learned"));
    }

    @Test
    void tokens_a_second_follow_from_tokens_and_seconds() throws IOException {
        try (RunLog log = RunLog.open(folder, 100, () -> now)) {
            now = 4 * SECOND;
            log.add(step(1));
        }
        String page = Files.readString(folder.resolve(RunCurves.NAME));
        assertTrue(page.contains("\"tokens_per_second\":[250.0]"), page);
    }

    @Test
    void every_figure_that_is_kept_has_a_chart_with_a_title() throws IOException {
        try (RunLog log = RunLog.open(folder, 100, () -> now)) {
            log.add(step(1));
        }
        Set<String> known = RunCurves.FIGURES.stream().map(Figure::key).collect(Collectors.toSet());
        Set<String> kept = StepLog.read(folder.resolve(StepLog.NAME)).getFirst().figures().keySet();
        assertTrue(known.containsAll(kept), kept.toString());
    }
}
