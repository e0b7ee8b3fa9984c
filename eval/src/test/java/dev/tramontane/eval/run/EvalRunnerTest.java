package dev.tramontane.eval.run;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tramontane.chat.InvalidRequestException;
import dev.tramontane.engine.EngineOverloadedException;
import dev.tramontane.eval.Grade;
import dev.tramontane.eval.Problem;
import dev.tramontane.sampling.FinishReason;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;

class EvalRunnerTest {
    private static final Patience NO_WAIT = new Patience(_ -> {});

    private static final EvalRunner.Watcher SILENT =
            new EvalRunner.Watcher() {
                @Override
                public void finished(Attempt attempt) {}

                @Override
                public void waiting(String why, Duration pause) {}
            };

    @TempDir private Path folder;

    private Run ran(EvalPlan plan, ScriptedModel model, Patience patience, String name)
            throws IOException {
        Path path = folder.resolve(name);
        try (EvalLog log = EvalLog.open(path, plan.header())) {
            var runner = new EvalRunner(model, Plans.EQUAL, patience);
            runner.run(plan, log, SILENT);
        }
        return Run.read(path);
    }

    /// Without the one thing that differs from run to run.
    static List<Attempt> timeless(Run run) {
        return run.attempts().stream()
                .map(
                        each ->
                                new Attempt(
                                        each.key(),
                                        each.prompt(),
                                        each.seed(),
                                        each.outcome(),
                                        new Attempt.Spent(
                                                each.spent().promptTokens(),
                                                each.spent().thinkingTokens(),
                                                each.spent().answerTokens(),
                                                0),
                                        each.interventions(),
                                        each.thinking(),
                                        each.answer()))
                .toList();
    }

    /// The first attempt at a problem: a log is in the order in which answers ended.
    private static Attempt attemptAt(String problem, Run run) {
        return run.attempts().stream()
                .filter(each -> each.key().problem().equals(problem))
                .findFirst()
                .orElseThrow();
    }

    @Test
    void every_problem_is_tried_so_often_with_every_budget_and_all_seeds_differ()
            throws IOException {
        EvalPlan plan = Plans.of(7, 5, 4, "default", "100", "2000");
        Run run = ran(plan, ScriptedModel.bySeed(), NO_WAIT, "log.jsonl");
        assertEquals(7 * 5 * 3, run.attempts().size());
        assertTrue(run.isComplete());
        Set<Integer> seeds = new HashSet<>();
        run.attempts().forEach(attempt -> seeds.add(attempt.seed()));
        assertEquals(7 * 5 * 3, seeds.size());
        for (Attempt attempt : run.attempts()) {
            assertEquals(attempt.seed() % 7 == 0, attempt.isTruncated());
            assertEquals(attempt.seed() % 7 != 0 && attempt.seed() % 3 == 0, attempt.isCorrect());
            assertEquals(attempt.thinking().isEmpty(), attempt.spent().thinkingTokens() == 0);
        }
    }

    @Test
    void the_log_is_the_same_however_many_run_at_once() throws IOException {
        Run alone = ran(Plans.of(6, 4, 1), ScriptedModel.bySeed(), NO_WAIT, "alone.jsonl");
        Run many = ran(Plans.of(6, 4, 16), ScriptedModel.bySeed(), NO_WAIT, "many.jsonl");
        assertEquals(timeless(alone), timeless(many));
    }

    @Test
    void as_many_requests_are_in_the_air_as_the_plan_says() throws IOException {
        var together = new CyclicBarrier(4);
        var model =
                new ScriptedModel(
                        _ -> {
                            try {
                                together.await(); // passes only when four are here at once
                            } catch (Exception e) {
                                throw new IllegalStateException(e);
                            }
                            return new ScriptedModel.Said("", "42");
                        });
        ran(Plans.of(4, 3, 4), model, NO_WAIT, "log.jsonl");
        assertEquals(4, model.mostAtOnce());
        assertEquals(12, model.asked());
    }

    @Test
    void a_busy_model_is_asked_again_when_it_says_so() throws IOException {
        List<Duration> pauses = new ArrayList<>();
        var busy = new AtomicInteger(3);
        var model =
                new ScriptedModel(
                        _ -> {
                            if (busy.getAndDecrement() > 0) {
                                throw new EngineOverloadedException("full", Duration.ofSeconds(8));
                            }
                            return new ScriptedModel.Said("", "42");
                        });
        Run run = ran(Plans.of(1, 1, 1), model, new Patience(pauses::add), "log.jsonl");
        assertTrue(run.attempts().getFirst().isCorrect());
        assertEquals(3, pauses.size());
        pauses.forEach(pause -> assertTrue(pause.toMillis() >= 8000 && pause.toMillis() <= 10000));
    }

    @Test
    void what_fails_for_good_is_written_down_as_a_failure_and_made_again_later()
            throws IOException {
        Set<String> broken = ConcurrentHashMap.newKeySet();
        broken.add("Question 2");
        var model =
                new ScriptedModel(
                        request -> {
                            if (broken.stream().anyMatch(request.messages().toString()::contains)) {
                                throw new IllegalStateException("the line broke");
                            }
                            return new ScriptedModel.Said("", "42");
                        });
        Run first = ran(Plans.of(4, 1, 2), model, NO_WAIT, "log.jsonl");
        assertEquals(1, first.failures().size());
        assertFalse(first.isComplete());
        assertEquals(3 + 4, model.asked()); // a failure is tried four times
        broken.clear();
        Run second = ran(Plans.of(4, 1, 2), model, NO_WAIT, "log.jsonl");
        assertTrue(second.isComplete());
        assertTrue(second.failures().isEmpty());
        assertEquals(3 + 4 + 1, model.asked());
    }

    @Test
    void a_run_in_which_every_request_is_refused_is_given_up() throws IOException {
        var model =
                new ScriptedModel(
                        _ -> {
                            throw new InvalidRequestException("max_tokens", "too many");
                        });
        EvalPlan plan = Plans.of(50, 1, 1);
        Path path = folder.resolve("log.jsonl");
        try (EvalLog log = EvalLog.open(path, plan.header())) {
            var ending = new EvalRunner(model, Plans.EQUAL, NO_WAIT).run(plan, log, SILENT);
            assertFalse(ending.isComplete());
            assertTrue(ending.trouble().orElseThrow().contains("max_tokens"));
        }
        assertEquals(4, model.asked());
    }

    @Test
    void a_grader_that_fails_makes_no_answer_wrong() throws IOException {
        EvalPlan plan = Plans.of(2, 1, 1);
        Path path = folder.resolve("log.jsonl");
        Scorer scorer =
                (_, _) -> {
                    throw new IllegalStateException("no sandbox");
                };
        try (EvalLog log = EvalLog.open(path, plan.header())) {
            new EvalRunner(ScriptedModel.bySeed(), scorer, NO_WAIT).run(plan, log, SILENT);
        }
        assertEquals(2, Run.read(path).failures().size());
    }

    @Test
    void a_run_whose_grader_always_fails_is_given_up() throws IOException {
        EvalPlan plan = Plans.of(100, 1, 1);
        Path path = folder.resolve("log.jsonl");
        Scorer scorer =
                (_, _) -> {
                    throw new IllegalStateException("the judge is away");
                };
        try (EvalLog log = EvalLog.open(path, plan.header())) {
            var model = new ScriptedModel(_ -> new ScriptedModel.Said("", "42"));
            var ending = new EvalRunner(model, scorer, NO_WAIT).run(plan, log, SILENT);
            assertFalse(ending.isComplete());
            String trouble = ending.trouble().orElseThrow();
            assertTrue(trouble.contains("grading failed: the judge is away"), trouble);
        }
        assertTrue(Run.read(path).failures().size() < 16);
    }

    /// An interrupt inside a write would close the log's file.
    @Test
    void a_stop_waits_for_the_attempt_that_is_being_written() throws IOException {
        EvalPlan plan = Plans.of(1, 1, 1);
        var interrupted = new AtomicBoolean();
        var model = new ScriptedModel(_ -> new ScriptedModel.Said("", "42"));
        var runner = new EvalRunner(model, Plans.EQUAL, NO_WAIT);
        var stopper = new Thread(runner::stop);
        var whileWriting =
                new EvalRunner.Watcher() {
                    @Override
                    public void finished(Attempt attempt) {
                        stopper.start();
                        Set<Thread.State> settled =
                                Set.of(Thread.State.BLOCKED, Thread.State.TERMINATED);
                        while (!settled.contains(stopper.getState())) {
                            Thread.onSpinWait();
                        }
                        interrupted.set(Thread.currentThread().isInterrupted());
                    }

                    @Override
                    public void waiting(String why, Duration pause) {}
                };
        try (EvalLog log = EvalLog.open(folder.resolve("log.jsonl"), plan.header())) {
            runner.run(plan, log, whileWriting);
        }
        assertFalse(interrupted.get());
    }

    @Test
    void a_stopped_run_keeps_what_was_done_and_goes_on_without_doing_it_again()
            throws IOException, InterruptedException {
        EvalPlan plan = Plans.of(10, 4, 3);
        var holding = new CountDownLatch(1);
        var begun = new CountDownLatch(3);
        var answered = new AtomicInteger();
        var slow =
                new ScriptedModel(
                        request -> {
                            if (answered.incrementAndGet() > 12) {
                                begun.countDown();
                                try {
                                    holding.await();
                                } catch (InterruptedException e) {
                                    throw new IllegalStateException(e);
                                }
                            }
                            return new ScriptedModel.Said("", "4");
                        });
        Path path = folder.resolve("log.jsonl");
        var runner = new EvalRunner(slow, Plans.EQUAL, NO_WAIT);
        var ending = new AtomicReference<EvalRunner.Ending>();
        try (EvalLog log = EvalLog.open(path, plan.header())) {
            Thread running =
                    Thread.ofVirtual()
                            .start(
                                    () -> {
                                        try {
                                            ending.set(runner.run(plan, log, SILENT));
                                        } catch (IOException e) {
                                            throw new UncheckedIOException(e);
                                        }
                                    });
            begun.await(); // three are held, so twelve have been answered
            runner.stop();
            running.join();
        }
        assertFalse(ending.get().isComplete());
        int kept = Run.read(path).attempts().size();
        assertTrue(kept > 0 && kept <= 12, kept + " were kept");
        var rest = new ScriptedModel(_ -> new ScriptedModel.Said("", "4"));
        Run run = ran(plan, rest, NO_WAIT, "log.jsonl");
        assertEquals(40 - kept, rest.asked());
        assertTrue(run.isComplete());
    }

    @Test
    void an_answer_cut_off_in_thinking_that_the_prompt_opened_is_none() throws IOException {
        var model =
                new ScriptedModel(
                        request ->
                                request.toString().contains("Question 0")
                                        ? new ScriptedModel.Said("", "hm</think>42")
                                        : new ScriptedModel.Said(
                                                "", "42", FinishReason.LENGTH, false));
        Run run = ran(Plans.of(2, 1, 1), model, NO_WAIT, "log.jsonl");
        Attempt ended = attemptAt("p0", run);
        assertEquals("hm", ended.thinking());
        assertTrue(ended.isCorrect());
        Attempt cut = attemptAt("p1", run);
        assertEquals("42", cut.thinking());
        assertFalse(cut.isCorrect());
        assertTrue(cut.isTruncated());
    }

    @Test
    void a_grader_that_an_answer_nests_too_deep_for_is_a_failure() throws IOException {
        EvalPlan plan = Plans.of(1, 1, 1);
        Path path = folder.resolve("log.jsonl");
        Scorer endless =
                new Scorer() {
                    @Override
                    public Grade score(Problem problem, String answer) {
                        return answer.isEmpty()
                                ? new Grade(false, Optional.empty(), "empty")
                                : score(problem, answer);
                    }
                };
        try (EvalLog log = EvalLog.open(path, plan.header())) {
            var model = new ScriptedModel(_ -> new ScriptedModel.Said("", "42"));
            new EvalRunner(model, endless, NO_WAIT).run(plan, log, SILENT);
        }
        assertEquals(
                new Attempt.Failed("grading failed: nested too deep"),
                Run.read(path).attempts().getFirst().outcome());
    }
}
