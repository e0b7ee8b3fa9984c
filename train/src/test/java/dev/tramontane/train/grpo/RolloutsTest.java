package dev.tramontane.train.grpo;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tramontane.engine.Engine;
import dev.tramontane.train.PolicyBackend;
import dev.tramontane.train.TokenScores;
import dev.tramontane.train.TrainingBatch;
import dev.tramontane.train.kernels.PackedKernels;
import dev.tramontane.train.kernels.Precision;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.lang.foreign.Arena;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;

@Timeout(600)
class RolloutsTest {
    private static final Verifier NOTHING = (_, _) -> Reward.outOfForm("");
    private static final int GROUP = 8;
    private static final int TOKENS = 12;

    /// The engine's log-probabilities and the trainer's.
    private static final double GAP = 1e-4;

    private static Rollouts rollouts(Engine engine, Problems problems, Set<Integer> stops) {
        return new Rollouts(engine, problems, new Rollouts.Settings(GROUP, TOKENS, stops, 3));
    }

    @SuppressWarnings("MustBeClosedChecker") // the engine closes the arena
    private static Engine packedEngine(Bandit bandit, Precision precision) {
        return Engine.over(
                bandit.weights.config(),
                bandit.weights.model(),
                Arena.ofShared(),
                bandit.options,
                new PackedKernels(2, precision));
    }

    @Test
    void a_completion_ends_with_its_stop_token_or_was_cut_off() {
        try (var bandit = new Bandit(1, 1);
                Engine engine = bandit.sharedEngine()) {
            Set<Integer> stops = Set.of(Bandit.STOP, 5);
            var source = new OnPolicyRollouts(rollouts(engine, Bandit::question, stops), NOTHING);
            int ended = 0;
            for (RolloutGroup group : source.take(0, 12)) {
                assertEquals(GROUP, group.trajectories().size());
                for (Trajectory one : group.trajectories()) {
                    int last = one.completion().length - 1;
                    IntStream before = IntStream.range(0, last).map(i -> one.completion()[i]);
                    assertTrue(before.noneMatch(stops::contains));
                    assertEquals(!stops.contains(one.completion()[last]), one.truncated());
                    assertTrue(one.truncated() ? last + 1 == TOKENS : last < TOKENS);
                    assertEquals(last + 1, one.sampledTokens());
                    ended += one.truncated() ? 0 : 1;
                }
            }
            assertTrue(ended > 0 && ended < 12 * GROUP, ended + " ended");
        }
    }

    @ParameterizedTest(name = "on packed kernels {0}")
    @ValueSource(booleans = {false, true})
    void log_probabilities_are_the_trainers(boolean packed) {
        try (var bandit = new Bandit(2, 2);
                Engine engine =
                        packed ? packedEngine(bandit, Precision.FLOAT32) : bandit.sharedEngine()) {
            for (double gap : gaps(engine, bandit.backend())) {
                assertEquals(0, gap, GAP);
            }
        }
    }

    /// Between numbers that differ in their last bits lies now and then a border of rounding.
    @Test
    void rounded_log_probabilities_are_nearly_the_trainers() {
        try (var bandit = new Bandit(2, 2);
                Engine engine = packedEngine(bandit, Precision.BFLOAT16)) {
            List<Double> rounded = gaps(engine, bandit.backend(Precision.BFLOAT16));
            assertEquals(0, mean(rounded), GAP);
            assertEquals(0, Collections.max(rounded), 1e-2);
            double others = mean(gaps(engine, bandit.backend()));
            assertTrue(mean(rounded) < 0.1 * others, mean(rounded) + " and " + others);
        }
    }

    private static double mean(List<Double> gaps) {
        return gaps.stream().mapToDouble(gap -> gap).average().orElseThrow();
    }

    private static List<Double> gaps(Engine engine, PolicyBackend backend) {
        var source =
                new OnPolicyRollouts(
                        rollouts(engine, Bandit::question, Set.of(Bandit.STOP)), NOTHING);
        var scores = TokenScores.forAtMost(backend.limits().tokens());
        List<Double> gaps = new ArrayList<>();
        for (RolloutGroup group : source.take(0, 40)) {
            for (Trajectory one : group.trajectories()) {
                backend.score(TrainingBatch.of(List.of(one.part())), scores);
                for (int i = 0; i < one.logProbs().length; i++) {
                    gaps.add(Math.abs((double) scores.logProbs()[i] - one.logProbs()[i]));
                }
            }
        }
        return gaps;
    }

    @Test
    void what_is_sampled_depends_on_no_other_completion() {
        try (var bandit = new Bandit(3, 2);
                Engine engine = bandit.sharedEngine()) {
            var source =
                    new OnPolicyRollouts(
                            rollouts(engine, Bandit::question, Set.of(Bandit.STOP)), NOTHING);
            List<RolloutGroup> together = source.take(0, 40);
            RolloutGroup alone = source.take(33, 1).getFirst();
            assertEquals(33, alone.number());
            for (int i = 0; i < GROUP; i++) {
                Trajectory expected = together.get(33).trajectories().get(i);
                Trajectory actual = alone.trajectories().get(i);
                assertArrayEquals(expected.completion(), actual.completion());
                assertArrayEquals(expected.logProbs(), actual.logProbs());
            }
            long different =
                    alone.trajectories().stream()
                            .map(one -> List.of(one.completion()[0], one.completion().length))
                            .distinct()
                            .count();
            assertTrue(different > 1, "all completions are the same");
        }
    }

    @Test
    void a_groups_prompt_is_computed_once() {
        int[] prompt = IntStream.range(0, 70).map(i -> 1 + i % 20).toArray();
        try (var bandit = new Bandit(4, 1);
                Engine engine = bandit.sharedEngine()) {
            Problems problems =
                    number ->
                            new Question(
                                    Bandit.question(number).problem(), prompt, Optional.empty());
            new OnPolicyRollouts(rollouts(engine, problems, Set.of(Bandit.STOP)), NOTHING)
                    .take(0, 1);
            assertEquals((GROUP - 1) * 64L, engine.stats().cache().reusedTokens());
        }
    }

    @Test
    void what_a_verifier_throws_ends_the_batch_and_leaves_nothing_running() {
        try (var bandit = new Bandit(5, 1);
                Engine engine = bandit.sharedEngine()) {
            var source =
                    new OnPolicyRollouts(
                            rollouts(engine, Bandit::question, Set.of(Bandit.STOP)),
                            (_, _) -> {
                                throw new IllegalStateException("broken");
                            });
            assertThrows(IllegalStateException.class, () -> source.take(0, 3));
            assertTrue(engine.drain(Duration.ofSeconds(60)));
            assertFalse(engine.stats().running() > 0);
        }
    }
}
