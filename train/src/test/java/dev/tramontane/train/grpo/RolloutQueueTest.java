package dev.tramontane.train.grpo;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tramontane.engine.Engine;
import dev.tramontane.model.ModelWeights;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CountDownLatch;

/// Completions that are sampled beside the trainer.
@Timeout(600)
class RolloutQueueTest {
    private static final int GROUPS = 6;

    @TempDir private Path folder;

    private static Reward reward(GrpoConfig config, Question question, Trajectory trajectory) {
        boolean copied = trajectory.completion()[0] == question.prompt()[1];
        boolean right = copied || trajectory.completion().length % 2 == 0;
        return Reward.of(config.rewards(), right, copied, trajectory.completion().length, "");
    }

    /// An engine over a copy of the weights, which owns it.
    @SuppressWarnings("MustBeClosedChecker") // the engine closes the arena
    private static Engine engine(Bandit bandit) {
        Arena arena = Arena.ofShared();
        ModelWeights copy = bandit.weights.modelCopy(arena);
        return Engine.over(bandit.weights.config(), copy, arena, bandit.options);
    }

    private static List<GrpoStep> run(
            Bandit bandit, Path states, GrpoConfig config, Verifier verifier) throws IOException {
        List<GrpoStep> log = new ArrayList<>();
        try (Engine engine = engine(bandit);
                var source =
                        new RolloutQueue(
                                bandit.rollouts(engine, config),
                                verifier,
                                bandit.weights,
                                config.staleness())) {
            bandit.trainer(source, states, config).run(log::add);
        }
        return log;
    }

    @Test
    void without_staleness_it_is_the_synchronous_run_to_the_bit() throws IOException {
        GrpoConfig config = Bandit.config(5, 6);
        Verifier verifier = (question, trajectory) -> reward(config, question, trajectory);
        try (var beside = new Bandit(1, 1);
                var alone = new Bandit(1, 1);
                Engine engine = alone.sharedEngine();
                var source = new OnPolicyRollouts(alone.rollouts(engine, config), verifier)) {
            for (GrpoStep step : run(beside, folder.resolve("beside"), config, verifier)) {
                assertEquals(0, step.policy().mostStale());
            }
            alone.trainer(source, folder.resolve("alone"), config).run(_ -> {});
            assertArrayEquals(alone.values(), beside.values());
        }
    }

    /// The first batch is held back until the two behind it are graded: so they are sampled from
    /// the first weights for certain, and as stale as they may be.
    @Test
    void batches_ahead_are_as_stale_as_the_bound_and_never_staler() throws IOException {
        GrpoConfig config = Bandit.with(Bandit.config(8, 6), 1, 2);
        var ahead = new CountDownLatch(2 * GROUPS * config.groupSize());
        Verifier verifier =
                (question, trajectory) -> {
                    int number =
                            Integer.parseInt(question.problem().id().substring("bandit-".length()));
                    if (number < GROUPS) {
                        await(ahead);
                    } else {
                        ahead.countDown();
                    }
                    return reward(config, question, trajectory);
                };
        try (var bandit = new Bandit(2, 1)) {
            List<GrpoStep> log = run(bandit, folder, config, verifier);
            assertEquals(8, log.size());
            assertEquals(0, log.get(0).policy().mostStale());
            assertEquals(1, log.get(1).policy().staleness());
            assertEquals(2, log.get(2).policy().staleness());
            long drawn = 0;
            for (GrpoStep step : log) {
                assertTrue(step.policy().mostStale() <= 2, step.toString());
                drawn += step.groups().drawn(); // again where a batch taught nothing
                assertEquals(drawn, step.problems());
                assertEquals(0, drawn % GROUPS);
            }
        }
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    @Test
    void what_a_verifier_throws_reaches_the_trainer_and_nothing_is_left_running()
            throws IOException {
        GrpoConfig config = Bandit.with(Bandit.config(8, 6), 1, 1);
        var broken = new IllegalStateException("a broken grader");
        Verifier verifier =
                (question, trajectory) -> {
                    if (question.problem().id().equals("bandit-9")) {
                        throw broken;
                    }
                    return reward(config, question, trajectory);
                };
        try (var bandit = new Bandit(3, 1);
                Engine engine = engine(bandit)) {
            try (var source =
                    new RolloutQueue(
                            bandit.rollouts(engine, config),
                            verifier,
                            bandit.weights,
                            config.staleness())) {
                GrpoTrainer trainer = bandit.trainer(source, folder, config);
                assertSame(
                        broken,
                        assertThrows(IllegalStateException.class, () -> trainer.run(_ -> {})));
            }
            assertTrue(engine.drain(Duration.ofSeconds(60)), "something ran on");
        }
    }

    @Test
    void a_problem_that_does_not_fit_is_named_to_who_asks_for_it() {
        GrpoConfig config = Bandit.config(1, 6);
        try (var bandit = new Bandit(4, 1);
                Engine engine = engine(bandit)) {
            Problems problems =
                    number ->
                            number == 1
                                    ? new Question(
                                            Bandit.question(1).problem(),
                                            new int[Bandit.CONTEXT - 5],
                                            Optional.empty())
                                    : Bandit.question(number);
            var rollouts =
                    new Rollouts(
                            engine, problems, Rollouts.Settings.of(config, Set.of(Bandit.STOP)));
            try (var source =
                    new RolloutQueue(
                            rollouts,
                            (question, trajectory) -> reward(config, question, trajectory),
                            bandit.weights,
                            0)) {
                assertEquals(1, source.take(0, 1).size());
                var thrown = assertThrows(IllegalArgumentException.class, () -> source.take(1, 1));
                assertEquals(
                        "problem bandit-1: a prompt of 91 tokens and 6 for the completion, expected 96 together at most; allow shorter completions or open the engine with a larger context",
                        thrown.getMessage());
                assertThrows(IllegalArgumentException.class, () -> source.take(7, 1));
            }
        }
    }
}
