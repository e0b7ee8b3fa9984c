package dev.tramontane.train.grpo;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tramontane.engine.Engine;
import dev.tramontane.train.Checkpoints;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BiPredicate;

/// Whole runs on problems that a tiny network learns in seconds.
@Timeout(600)
class GrpoTrainerTest {
    /// Sampled and recomputed log-probabilities: engine and trainer add in another order.
    private static final double GAP = 1e-4;

    private static final int REWARDED = 7;

    @TempDir private Path folder;

    private static Verifier verifier(
            GrpoConfig config, BiPredicate<Question, Trajectory> isCorrect) {
        return (question, trajectory) ->
                Reward.of(
                        config.rewards(),
                        isCorrect.test(question, trajectory),
                        false,
                        trajectory.completion().length,
                        "");
    }

    private static boolean saysRewarded(Question question, Trajectory trajectory) {
        return trajectory.completion()[0] == REWARDED;
    }

    private static boolean copiesTheMiddle(Question question, Trajectory trajectory) {
        return trajectory.completion()[0] == question.prompt()[1];
    }

    private static List<GrpoStep> run(
            Bandit bandit,
            Path states,
            GrpoConfig config,
            BiPredicate<Question, Trajectory> isCorrect)
            throws IOException {
        List<GrpoStep> log = new ArrayList<>();
        try (Engine engine = bandit.sharedEngine();
                var source =
                        new OnPolicyRollouts(
                                bandit.rollouts(engine, config), verifier(config, isCorrect))) {
            bandit.trainer(source, states, config).run(log::add);
        }
        return log;
    }

    private static double accuracy(List<GrpoStep> steps) {
        return steps.stream()
                .mapToDouble(step -> step.rewards().accuracy())
                .average()
                .orElseThrow();
    }

    @Test
    void a_policy_comes_to_say_the_rewarded_token() throws IOException {
        try (var bandit = new Bandit(1, 1)) {
            List<GrpoStep> log =
                    run(bandit, folder, Bandit.config(14, 1), GrpoTrainerTest::saysRewarded);
            assertTrue(log.getFirst().rewards().accuracy() < 0.3, log.getFirst().toString());
            assertTrue(log.getLast().rewards().accuracy() > 0.9, log.getLast().toString());
            assertEquals(14, log.getLast().step());
        }
    }

    @Test
    void a_policy_learns_what_depends_on_its_prompt_and_to_stop_where_length_costs()
            throws IOException {
        try (var bandit = new Bandit(2, 2)) {
            GrpoConfig config = Bandit.longer(Bandit.config(60, 8), 7);
            List<GrpoStep> log = run(bandit, folder, config, GrpoTrainerTest::copiesTheMiddle);
            assertTrue(accuracy(log.subList(0, 5)) < 0.3, log.getFirst().toString());
            assertTrue(accuracy(log.subList(50, 60)) > 0.9, log.getLast().toString());
            assertTrue(log.getLast().lengths().mean() < log.getFirst().lengths().mean());
        }
    }

    @Test
    void what_was_sampled_is_recomputed_to_the_same_log_probabilities_all_along()
            throws IOException {
        try (var bandit = new Bandit(3, 2)) {
            for (GrpoStep step :
                    run(bandit, folder, Bandit.config(30, 12), GrpoTrainerTest::copiesTheMiddle)) {
                assertTrue(step.update().largestGap() < GAP, step.toString());
                assertTrue(step.update().meanGap() <= step.update().largestGap(), step.toString());
                assertEquals(0, step.update().clippedUp() + step.update().clippedDown());
                assertEquals(0, step.policy().mostStale());
            }
        }
    }

    @Test
    void a_second_minibatch_meets_other_weights_than_it_was_sampled_from() throws IOException {
        try (var bandit = new Bandit(4, 1)) {
            GrpoConfig config = Bandit.with(Bandit.config(25, 6), 2, 0);
            List<GrpoStep> log = run(bandit, folder, config, GrpoTrainerTest::copiesTheMiddle);
            double clipped =
                    log.stream()
                            .mapToDouble(
                                    step -> step.update().clippedUp() + step.update().clippedDown())
                            .sum();
            assertTrue(clipped > 0, "no token was clipped");
            for (GrpoStep step : log) {
                assertTrue(step.update().largestGap() < GAP, "measured behind an update: " + step);
            }
        }
    }

    @Test
    void a_batch_that_teaches_nothing_is_drawn_again_from_the_next_problems() throws IOException {
        try (var bandit = new Bandit(5, 1)) {
            GrpoConfig config = Bandit.config(1, 1);
            List<GrpoStep> log =
                    run(
                            bandit,
                            folder,
                            config,
                            (question, trajectory) ->
                                    question.problem().id().equals("bandit-14")
                                            && trajectory.completion()[0] > 8);
            GrpoStep step = log.getFirst();
            assertEquals(new GrpoStep.Groups(18, 1, 0, 17), step.groups());
            assertEquals(18, step.problems());
            assertEquals(8, step.speed().learnedTokens() / (3 + 1)); // prompt and one token
        }
    }

    @Test
    void problems_of_which_none_teaches_anything_end_the_run_with_an_explanation()
            throws IOException {
        try (var bandit = new Bandit(6, 1)) {
            double[] before = bandit.values();
            var thrown =
                    assertThrows(
                            IllegalArgumentException.class,
                            () -> run(bandit, folder, Bandit.config(1, 1), (_, _) -> true));
            assertTrue(new Checkpoints(folder, 1).latest().isPresent(), "the state was lost");
            assertEquals(
                    "step 1: in 384 groups all completions earned the same (384 all right, 0 all wrong), expected some that differ; take easier or harder problems, or larger groups",
                    thrown.getMessage());
            assertArrayEquals(before, bandit.values());
        }
    }

    @Test
    void a_run_is_the_same_for_any_number_of_threads() throws IOException {
        try (var one = new Bandit(7, 1);
                var two = new Bandit(7, 2)) {
            GrpoConfig config = Bandit.with(Bandit.config(6, 6), 2, 0);
            run(one, folder.resolve("one"), config, GrpoTrainerTest::copiesTheMiddle);
            run(two, folder.resolve("two"), config, GrpoTrainerTest::copiesTheMiddle);
            assertArrayEquals(one.values(), two.values());
        }
    }

    /// Somebody who kills a run.
    private static final class Killed extends RuntimeException {
        private static final long serialVersionUID = 1L;
    }

    @Test
    void a_run_that_is_killed_and_goes_on_ends_with_the_bits_of_one_that_was_not()
            throws IOException {
        GrpoConfig config = Bandit.with(Bandit.config(10, 6), 2, 0);
        try (var straight = new Bandit(8, 1)) {
            run(straight, folder.resolve("straight"), config, GrpoTrainerTest::copiesTheMiddle);
            for (int killedAt : new int[] {2, 5, 9}) {
                try (var killed = new Bandit(8, 1);
                        Engine engine = killed.sharedEngine();
                        var source =
                                new OnPolicyRollouts(
                                        killed.rollouts(engine, config),
                                        verifier(config, GrpoTrainerTest::copiesTheMiddle))) {
                    GrpoTrainer trainer = killed.trainer(source, folder.resolve("killed"), config);
                    assertThrows(
                            Killed.class,
                            () ->
                                    trainer.run(
                                            step -> {
                                                if (step.step() == killedAt) {
                                                    throw new Killed();
                                                }
                                            }));
                }
            }
            try (var resumed = new Bandit(8, 1)) {
                List<GrpoStep> rest =
                        run(
                                resumed,
                                folder.resolve("killed"),
                                config,
                                GrpoTrainerTest::copiesTheMiddle);
                assertEquals(7, rest.getFirst().step());
                assertArrayEquals(straight.values(), resumed.values());
            }
        }
    }

    private static RolloutGroup group(int number, double[] totals, int... lengths) {
        List<Trajectory> trajectories = new ArrayList<>();
        List<Reward> rewards = new ArrayList<>();
        for (int i = 0; i < lengths.length; i++) {
            int n = lengths[i];
            trajectories.add(
                    new Trajectory(new int[] {1}, new int[n], new float[n], new boolean[n]));
            rewards.add(new Reward(true, totals[i] > 0, false, 0, totals[i], ""));
        }
        return new RolloutGroup(number, Bandit.question(number), trajectories, rewards);
    }

    @ParameterizedTest
    @EnumSource(GrpoConfig.LossNormalisation.class)
    void a_minibatch_is_graded_as_the_formula_says(GrpoConfig.LossNormalisation normalisation) {
        List<RolloutGroup> minibatch =
                List.of(
                        group(0, new double[] {1, 0}, 2, 6),
                        group(1, new double[] {1, 1}, 4, 4), // removed
                        group(2, new double[] {0, 1}, 1, 3));
        GrpoConfig config = Bandit.with(Bandit.config(1, 8), normalisation);
        List<GrpoLoss.Graded> graded = GrpoTrainer.graded(minibatch, config);
        // Centred ±½ everywhere, so that the deviation is ½ and advantages are ±1. Groups of 8 and
        // 4
        // tokens, of which each counts 1/(2·8) and 1/(2·4); or completions, 1/(2·2·length).
        assertEquals(
                List.of(1.0, -1.0, -1.0, 1.0),
                graded.stream().map(GrpoLoss.Graded::advantage).toList());
        List<Double> expected =
                switch (normalisation) {
                    case GROUP -> List.of(1 / 16.0, 1 / 16.0, 1 / 8.0, 1 / 8.0);
                    case SEQUENCE -> List.of(1 / 8.0, 1 / 24.0, 1 / 4.0, 1 / 12.0);
                };
        assertEquals(expected, graded.stream().map(GrpoLoss.Graded::weight).toList());
    }

    @Test
    void a_group_that_differs_by_length_alone_teaches_by_the_formula_and_not_where_answers_count() {
        var byLength = group(0, new double[] {1, 0.95}, 2, 6);
        assertTrue(byLength.teaches(GrpoConfig.Diversity.REWARD));
        assertEquals(false, byLength.teaches(GrpoConfig.Diversity.ANSWER));
        var byAnswer = group(0, new double[] {1, 0}, 2, 6);
        assertTrue(byAnswer.teaches(GrpoConfig.Diversity.ANSWER));
    }
}
