package dev.tramontane.train.steps;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;

/// Logs of runs that were killed, went on, and are drawn.
class StepLogTest {
    @TempDir private Path folder;
    private Path file = Path.of("");

    @BeforeEach
    void name() {
        file = folder.resolve(StepLog.NAME);
    }

    private static StepLine line(long step, double loss) {
        return new StepLine(step).with("loss", loss);
    }

    private void append(StepLine... lines) throws IOException {
        try (StepLog log = StepLog.open(file)) {
            for (StepLine line : lines) {
                log.append(line);
            }
        }
    }

    @Test
    void steps_come_back_as_they_were_written() throws IOException {
        StepLine line = line(1, 0.1f).with("tokens", 4096).with("gap", Double.NaN);
        append(line);
        append(line(2, 3));
        assertEquals(List.of(line, line(2, 3)), StepLog.read(file));
        assertEquals(
                "{\"step\":1,\"loss\":0.10000000149011612,\"tokens\":4096}",
                Files.readAllLines(file).getFirst());
    }

    @Test
    void what_was_made_after_the_last_checkpoint_is_replaced_when_it_is_made_again()
            throws IOException {
        append(line(1, 1), line(2, 2), line(3, 3), line(4, 4));
        append(line(3, 30));
        assertEquals(List.of(line(1, 1), line(2, 2), line(3, 30)), StepLog.read(file));
        append(line(4, 40), line(5, 50), line(2, 20));
        assertEquals(List.of(line(1, 1), line(2, 20)), StepLog.read(file));
    }

    @Test
    void half_a_line_at_the_end_is_passed_over_and_cut_off() throws IOException {
        append(line(1, 1), line(2, 2));
        String whole = Files.readString(file);
        for (int cut = whole.indexOf('\n') + 1; cut < whole.length(); cut++) {
            Files.writeString(file, whole.substring(0, cut));
            assertEquals(List.of(line(1, 1)), StepLog.read(file));
            append(line(2, 20));
            assertEquals(List.of(line(1, 1), line(2, 20)), StepLog.read(file));
        }
    }

    @Test
    void a_broken_line_within_is_told_and_nothing_is_lost() throws IOException {
        for (String broken : List.of("{\"step\":", "{\"loss\":1}", "7", "{\"step\":0}")) {
            String text = "{\"step\":1,\"loss\":1}\n" + broken + "\n{\"step\":3,\"loss\":1}\n";
            Files.writeString(file, text);
            var thrown = assertThrows(StepLogException.class, () -> StepLog.open(file).close());
            assertTrue(String.valueOf(thrown.getMessage()).startsWith(file + ":2: "));
            assertEquals(text, Files.readString(file));
        }
        Files.writeString(file, "{\"step\":2}\n{\"step\":2}\n");
        assertEquals(
                file
                        + ":2: step 2 follows step 2, expected ascending steps; delete the line, or the file",
                assertThrows(StepLogException.class, () -> StepLog.read(file)).getMessage());
    }

    @Test
    void two_runs_do_not_write_one_log() throws IOException {
        try (StepLog log = StepLog.open(file)) {
            log.append(line(1, 1));
            assertEquals(
                    file
                            + ": another run writes here, expected one at a time; wait for it, or choose another folder",
                    assertThrows(StepLogException.class, () -> StepLog.open(file)).getMessage());
            assertEquals(List.of(line(1, 1)), StepLog.read(file), "reading is free");
        }
    }

    @Test
    void runs_are_drawn_side_by_side_under_names_that_differ() throws IOException {
        Path one = Files.createDirectories(folder.resolve("a/run"));
        Path two = Files.createDirectories(folder.resolve("b/run"));
        for (Path run : List.of(one, two)) {
            file = run.resolve(StepLog.NAME);
            append(line(1, 2).with("rate", 1e-3), line(2, 1).with("mine", 5));
        }
        Files.writeString(one.resolve("config.yaml"), "steps: 2\n");
        String page = Files.readString(RunCurves.draw(List.of(one, two), folder.resolve("c.html")));
        assertTrue(page.contains(" " + Path.of("a", "run") + "</label>"), page);
        assertTrue(page.contains(" " + Path.of("b", "run") + "</label>"));
        assertTrue(page.contains("<figcaption>Learning rate</figcaption>"));
        assertTrue(page.contains("<figcaption>mine</figcaption>"));
        assertTrue(page.contains("steps: 2"));
    }

    @Test
    void a_folder_without_a_log_is_named() {
        var thrown =
                assertThrows(
                        NoSuchFileException.class,
                        () -> RunCurves.draw(List.of(folder), folder.resolve("c.html")));
        assertTrue(
                String.valueOf(thrown.getMessage())
                        .startsWith(folder.resolve(StepLog.NAME) + ": no such log"));
    }
}
