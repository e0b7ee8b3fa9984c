package dev.tramontane.eval.run;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tramontane.eval.Grade;
import dev.tramontane.sampling.FinishReason;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

class RegradingTest {
    /// Takes spaces for nothing, which the first version did not.
    private static final Scorer SECOND =
            (problem, answer) -> Plans.EQUAL.score(problem, answer.replace(" ", ""));

    @TempDir private Path folder;

    private static EvalPlan plan(String scorer) {
        EvalPlan plan = Plans.of(100, 2, 1);
        return new EvalPlan(
                plan.benchmark(),
                plan.items(),
                plan.header().withScorer(scorer),
                plan.budgets(),
                plan.concurrency());
    }

    private static Attempt attempt(int problem, int sample, String answer, boolean truncated) {
        return new Attempt(
                new Attempt.Key("p" + problem, sample, "default"),
                "0".repeat(64),
                7,
                answer.equals("failed")
                        ? new Attempt.Failed("the server was away")
                        : new Attempt.Graded(
                                new Grade(answer.equals("42"), Optional.of(answer), "as written"),
                                truncated ? FinishReason.LENGTH : FinishReason.STOP,
                                truncated),
                new Attempt.Spent(10, 20, 30, 1.5),
                List.of(),
                "Thought " + problem,
                truncated ? "" : answer);
    }

    private Path log(String scorer) throws IOException {
        Path path = folder.resolve("test.jsonl");
        try (EvalLog log = EvalLog.create(path, plan(scorer).header())) {
            for (int i = 0; i < 100; i++) {
                log.append(attempt(i, 0, i % 2 == 0 ? "42" : "4 2", false));
            }
            log.append(attempt(0, 1, "failed", false));
            log.append(attempt(1, 1, "cut", true));
        }
        return path;
    }

    @Test
    void a_log_of_an_older_version_is_graded_anew_and_goes_on() throws Exception {
        Path path = log("exact 1");
        Files.writeString(path, "{\"kind\":\"att", StandardOpenOption.APPEND); // a kill
        EvalPlan plan = plan("exact 2");
        List<Attempt> before = Run.read(path).attempts();

        EvalLog.check(path, plan.header());
        assertEquals(Optional.of("exact 1"), Regrading.isDue(path, plan.header()));
        assertThrows(LogException.class, () -> EvalLog.open(path, plan.header()));
        assertEquals(101, Regrading.grade(path, plan, SECOND));

        Run run = Run.read(path);
        assertEquals("exact 2", run.header().task().scorer());
        assertEquals(100, run.attempts().stream().filter(Attempt::isCorrect).count());
        assertEquals(50, before.stream().filter(Attempt::isCorrect).count());
        for (int i = 0; i < before.size(); i++) {
            Attempt old = before.get(i);
            assertEquals(old, run.attempts().get(i).withOutcome(old.outcome()));
            assertEquals(old.isTruncated(), run.attempts().get(i).isTruncated());
            assertEquals(old.isGraded(), run.attempts().get(i).isGraded());
        }
        assertEquals(Optional.empty(), Regrading.isDue(path, plan.header()));
        try (EvalLog log = EvalLog.open(path, plan.header())) {
            assertEquals(101, log.done().size());
        }
        try (Stream<Path> files = Files.list(folder)) {
            assertEquals(List.of(path), files.toList());
        }
    }

    @Test
    void a_log_of_another_scorer_or_run_is_none_to_be_graded_anew() throws IOException {
        Path path = log("exact 1");
        RunHeader header = plan("exact 1").header();
        assertEquals(Optional.empty(), Regrading.isDue(path, header));
        for (String other : List.of("math 1", "judge exact, prompt 0a1b2c")) {
            assertEquals(Optional.empty(), Regrading.isDue(path, header.withScorer(other)));
            assertThrows(LogException.class, () -> EvalLog.check(path, header.withScorer(other)));
        }
        RunHeader elsewhere = Plans.of(99, 2, 1).header().withScorer("exact 2");
        assertFalse(elsewhere.differsInGradingAlone(Plans.of(99, 2, 1, "4096").header()));
        assertTrue(
                header.withScorer("code 1 in namespaces")
                        .differsInGradingAlone(header.withScorer("code 2 in a container")));
        assertTrue(
                header.withScorer("judge Tiny 1, prompt aa")
                        .differsInGradingAlone(header.withScorer("judge Tiny 1, prompt bb")));
        assertFalse(
                header.withScorer("judge Tiny 1, prompt aa")
                        .differsInGradingAlone(header.withScorer("judge Tiny 2, prompt aa")));
    }

    @Test
    void a_grader_that_fails_leaves_the_log_as_it_was() throws Exception {
        Path path = log("exact 1");
        byte[] before = Files.readAllBytes(path);
        Scorer failing =
                (problem, answer) -> {
                    throw new IllegalStateException("no sandbox here");
                };
        LogException failure =
                assertThrows(
                        LogException.class, () -> Regrading.grade(path, plan("exact 2"), failing));
        String message = String.valueOf(failure.getMessage());
        assertTrue(message.contains("no sandbox here"), message);
        assertEquals(-1, Files.mismatch(path, Files.write(folder.resolve("copy"), before)));
    }

    @Test
    void a_log_that_is_being_written_is_left_alone() throws IOException {
        Path path = log("exact 1");
        try (EvalLog log = EvalLog.open(path, plan("exact 1").header())) {
            assertThrows(LogException.class, () -> Regrading.grade(path, plan("exact 2"), SECOND));
            assertEquals(101, log.done().size());
        }
    }
}
