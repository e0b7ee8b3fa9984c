package dev.tramontane.eval.run;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tramontane.eval.Grade;
import dev.tramontane.eval.benchmark.PublishedFigure;
import dev.tramontane.sampling.FinishReason;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

class EvalLogTest {
    private static final RunHeader HEADER = header(42, 3);

    @TempDir private Path folder;

    static RunHeader header(long seed, int samples) {
        return new RunHeader(
                new RunHeader.Harness("0.1", EvalLog.VERSION, "25"),
                new RunHeader.Task(
                        "task",
                        "Task",
                        "f".repeat(64),
                        "e".repeat(64),
                        2,
                        "math 1",
                        List.of(new PublishedFigure("Other", "pass@1", 70.7, "a report"))),
                new RunHeader.Model(
                        "tiny",
                        "/models/tiny.gguf",
                        Optional.of("d".repeat(64)),
                        Optional.empty(),
                        Optional.of("v13"),
                        Optional.of(8192)),
                new RunHeader.Settings(
                        0.7f, 0.95f, 0, 0.05f, 40960, samples, List.of("default", "4096"), seed),
                "2026-01-02T03:04:05Z");
    }

    private static List<Attempt> attempts() {
        List<Attempt> attempts = new ArrayList<>();
        for (int i = 0; i < 6; i++) {
            Attempt.Outcome outcome =
                    i == 4
                            ? new Attempt.Failed("the server was away")
                            : new Attempt.Graded(
                                    new Grade(
                                            i % 2 == 0,
                                            i == 3 ? Optional.empty() : Optional.of("4 \"é漢\n"),
                                            i == 5 ? Optional.of("5 m") : Optional.empty(),
                                            "compared"),
                                    i == 3 ? FinishReason.LENGTH : FinishReason.STOP,
                                    i == 3);
            attempts.add(
                    new Attempt(
                            new Attempt.Key("p" + i % 2, i / 2, "default", i == 5 ? "fr" : ""),
                            "c".repeat(64),
                            100 + i,
                            outcome,
                            new Attempt.Spent(10, 20 + i, 5, 1.25),
                            i == 3 ? List.of("the thinking budget is spent") : List.of(),
                            "thought\u2028 " + i,
                            "answer " + i));
        }
        return attempts;
    }

    private Path written() throws IOException {
        Path path = folder.resolve("task.jsonl");
        try (EvalLog log = EvalLog.create(path, HEADER)) {
            for (Attempt attempt : attempts()) {
                log.append(attempt);
            }
        }
        return path;
    }

    @Test
    void a_log_gives_back_what_was_written() throws IOException {
        Run run = Run.read(written());
        assertEquals(HEADER, run.header());
        assertEquals(Set.copyOf(attempts()), Set.copyOf(run.attempts()));
        assertEquals(1, run.failures().size());
    }

    @Test
    void cut_anywhere_a_log_goes_on_and_ends_the_same() throws IOException {
        byte[] whole = Files.readAllBytes(written());
        Path path = folder.resolve("cut.jsonl");
        for (int cut = 0; cut <= whole.length; cut++) {
            boolean isNearEnd =
                    cut > 0 && (whole[cut - 1] == '\n' || whole[cut % whole.length] == '\n');
            if (!isNearEnd && cut % 37 != 0) {
                continue;
            }
            Files.write(path, Arrays.copyOf(whole, cut));
            try (EvalLog log = EvalLog.open(path, HEADER)) {
                Set<Attempt.Key> done = log.done();
                for (Attempt attempt : attempts()) {
                    if (!done.contains(attempt.key())) {
                        log.append(attempt);
                    }
                }
            }
            assertEquals(
                    Run.read(folder.resolve("task.jsonl")).attempts(), Run.read(path).attempts());
        }
    }

    @Test
    void failures_are_to_be_tried_again_and_their_last_line_counts() throws IOException {
        Path path = written();
        Attempt failed = attempts().get(4);
        var mended =
                new Attempt(
                        failed.key(),
                        failed.prompt(),
                        failed.seed(),
                        attempts().get(0).outcome(),
                        failed.spent(),
                        List.of(),
                        "",
                        "4");
        try (EvalLog log = EvalLog.open(path, HEADER)) {
            assertEquals(5, log.done().size());
            log.append(mended);
            assertEquals(6, log.done().size());
        }
        assertTrue(Run.read(path).failures().isEmpty());
    }

    @Test
    void a_log_of_another_run_is_refused_and_says_what_differs() throws IOException {
        Path path = written();
        var refused = assertThrows(LogException.class, () -> EvalLog.open(path, header(43, 3)));
        assertTrue(refused.toString().contains("settings"), refused.toString());
        assertThrows(FileAlreadyExistsException.class, () -> EvalLog.create(path, HEADER));
        assertEquals(6, Run.read(path).attempts().size());
    }

    @Test
    void what_is_no_log_is_refused_and_left_as_it_is() throws IOException {
        for (String text : List.of("{\"id\": 1, \"question\": \"1+1\"}", "nr,question\n1,1+1\n2")) {
            Path path = Files.writeString(folder.resolve("items.jsonl"), text);
            assertThrows(LogException.class, () -> EvalLog.open(path, HEADER));
            assertThrows(LogException.class, () -> EvalLog.check(path, HEADER));
            assertEquals(text, Files.readString(path));
            assertFalse(EvalLog.isLog(path));
        }
        assertTrue(EvalLog.isLog(written()));
    }

    @Test
    void a_log_of_another_run_keeps_even_the_line_that_was_not_finished() throws IOException {
        Path path = written();
        Files.writeString(path, "{\"kind\":\"att", StandardOpenOption.APPEND);
        String before = Files.readString(path);
        assertThrows(LogException.class, () -> EvalLog.open(path, header(43, 3)));
        assertThrows(LogException.class, () -> EvalLog.check(path, header(43, 3)));
        EvalLog.check(path, HEADER);
        assertEquals(before, Files.readString(path));
    }

    @Test
    void a_run_may_be_given_more_samples_and_not_fewer() throws IOException {
        Path path = written();
        try (EvalLog log = EvalLog.open(path, header(42, 5))) {
            assertEquals(5, log.done().size());
            log.append(attempts().getFirst());
        }
        Run run = Run.read(path);
        assertEquals(header(42, 5), run.header());
        assertEquals(6, run.attempts().size());
        var refused = assertThrows(LogException.class, () -> EvalLog.open(path, header(42, 4)));
        assertTrue(refused.toString().contains("samples"), refused.toString());
    }

    @Test
    void a_server_that_moved_and_a_task_file_in_other_words_are_the_same_run() {
        RunHeader here = served("http://127.0.0.1:8000", "large", "a".repeat(64));
        assertEquals(Map.of(), here.differences(served("http://other:1", "large", "b".repeat(64))));
        assertEquals(
                Set.of("model"),
                here.differences(served("http://127.0.0.1:8000", "small", "a".repeat(64)))
                        .keySet());
    }

    private static RunHeader served(String place, String reported, String file) {
        RunHeader.Task task = HEADER.task();
        return new RunHeader(
                HEADER.harness(),
                new RunHeader.Task(
                        task.name(),
                        task.title(),
                        file,
                        task.items(),
                        task.problems(),
                        task.scorer(),
                        List.of()),
                new RunHeader.Model(
                        reported,
                        place,
                        Optional.empty(),
                        Optional.of(reported),
                        Optional.empty(),
                        Optional.empty()),
                HEADER.settings(),
                HEADER.started());
    }

    @Test
    void a_damaged_line_within_is_refused_with_its_number() throws IOException {
        Path path = written();
        List<String> lines = new ArrayList<>(Files.readAllLines(path));
        lines.set(3, lines.get(3).substring(5));
        Files.write(path, lines);
        var refused = assertThrows(LogException.class, () -> EvalLog.open(path, HEADER));
        assertTrue(refused.toString().contains("task.jsonl:4"), refused.toString());
    }

    @Test
    void one_process_writes_a_log() throws IOException {
        Path path = folder.resolve("task.jsonl");
        try (EvalLog log = EvalLog.create(path, HEADER)) {
            assertEquals(Set.of(), log.done());
            assertThrows(LogException.class, () -> EvalLog.open(path, HEADER));
        }
    }
}
