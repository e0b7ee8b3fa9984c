package dev.tramontane.train.grpo;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.tramontane.train.TrainingBatch;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.util.List;

/// Advantages and loss, by hand.
class GrpoLossTest {
    private static final double EXACT = 1e-12;

    @Test
    void advantages_are_rewards_less_the_groups_mean_over_the_minibatchs_deviation() {
        List<Advantages.Group> groups =
                Advantages.of(List.of(new double[] {1, 0, 0, 1}, new double[] {0, 4}));
        // Centred: ½ −½ −½ ½ and −2 2; mean 0, variance (4 · ¼ + 2 · 4) / 6 = 1.5.
        double deviation = Math.sqrt(1.5);
        assertEquals(List.of(0, 1), groups.stream().map(Advantages.Group::index).toList());
        assertArrayEquals(
                new double[] {0.5 / deviation, -0.5 / deviation, -0.5 / deviation, 0.5 / deviation},
                groups.get(0).advantages(),
                EXACT);
        assertArrayEquals(
                new double[] {-2 / deviation, 2 / deviation}, groups.get(1).advantages(), EXACT);
    }

    @Test
    void a_group_whose_rewards_are_equal_is_removed_and_changes_nothing() {
        double[] mixed = {1, 0.1, 0};
        List<Advantages.Group> alone = Advantages.of(List.of(mixed));
        List<Advantages.Group> withOthers =
                Advantages.of(List.of(new double[] {0.3, 0.3, 0.3}, mixed, new double[] {7}));
        assertEquals(1, withOthers.size());
        assertEquals(1, withOthers.getFirst().index());
        assertArrayEquals(alone.getFirst().advantages(), withOthers.getFirst().advantages(), EXACT);
    }

    @Test
    void a_minibatch_that_teaches_nothing_has_no_groups() {
        assertEquals(List.of(), Advantages.of(List.of(new double[] {1, 1}, new double[] {0, 0})));
        assertEquals(List.of(), Advantages.of(List.of()));
    }

    @Test
    void a_reward_that_is_no_number_is_refused() {
        var thrown =
                assertThrows(
                        IllegalArgumentException.class,
                        () -> Advantages.of(List.of(new double[] {Double.NaN, 1})));
        assertEquals("a reward is NaN, expected a number; mend the grader", thrown.getMessage());
    }

    /// One token, sampled with e⁻², so that its log-probability now is ln ratio − 2.
    private static GrpoLoss token(double advantage) {
        return new GrpoLoss(
                GrpoLoss.Clip.HIGHER,
                new float[] {-2},
                new double[] {advantage},
                new double[] {0.5});
    }

    @ParameterizedTest(name = "ratio {0}, advantage {1}: value {2}, slope {3}")
    @CsvSource({
        "1,    2,  -1,    -1", // −½ · ratio · 2; the slope by log p is the value itself
        "1.2,  2,  -1.2,  -1.2",
        "1.3,  2,  -1.28, 0", // beyond 1.28 there is nothing to gain
        "0.5,  2,  -0.5,  -0.5", // but a good token may always come back
        "1,    -2, 1,     1",
        "0.9,  -2, 0.9,   0.9",
        "0.7,  -2, 0.8,   0", // below 0.8 a bad token is bad enough
        "3,    -2, 3,     3",
        "1.1,  0,  0,     0"
    })
    void a_tokens_term_and_slope_are_the_formulas(
            double ratio, double advantage, double value, double slope) {
        GrpoLoss loss = token(advantage);
        double logProb = Math.log(ratio) - 2;
        assertEquals(value, loss.value(0, logProb), EXACT);
        assertEquals(slope, loss.slope(0, logProb), EXACT);
    }

    @ParameterizedTest
    @CsvSource({"1.1, 2", "1.5, 2", "0.6, 2", "0.9, -1.5", "0.5, -1.5", "1.4, -1.5"})
    void the_slope_is_the_terms_derivative(double ratio, double advantage) {
        GrpoLoss loss = token(advantage);
        double logProb = Math.log(ratio) - 2;
        double step = 1e-6;
        double difference =
                (loss.value(0, logProb + step) - loss.value(0, logProb - step)) / (2 * step);
        assertEquals(difference, loss.slope(0, logProb), 1e-8);
    }

    @Test
    void a_groups_tokens_share_its_weight_and_forced_ones_have_none() {
        var longOne =
                new Trajectory(
                        new int[] {1, 2},
                        new int[] {3, 4, 5},
                        new float[] {-1, 0, -3},
                        new boolean[] {false, true, false});
        var shortOne =
                new Trajectory(
                        new int[] {1, 2}, new int[] {6}, new float[] {-2}, new boolean[] {false});
        double weight = GrpoLoss.weight(1, longOne.sampledTokens() + shortOne.sampledTokens());
        assertEquals(1.0 / 3, weight, EXACT);
        List<GrpoLoss.Graded> graded =
                List.of(
                        new GrpoLoss.Graded(longOne, 1, weight),
                        new GrpoLoss.Graded(shortOne, -2, weight));
        TrainingBatch batch =
                TrainingBatch.of(graded.stream().map(one -> one.trajectory().part()).toList());
        assertArrayEquals(new int[] {1, 2, 3, 4, 5, 1, 2, 6}, batch.tokens());
        assertArrayEquals(new int[] {2, 4, 7}, batch.scored());

        GrpoLoss loss = GrpoLoss.of(graded, GrpoLoss.Clip.HIGHER);
        assertArrayEquals(new float[] {-1, -3, -2}, loss.sampledLogProbs());
        // Ratios 1, e^½ (clipped up) and e^−1 (clipped down): −(1 + 1.28 − 2 · 0.8) / 3.
        GrpoLoss.Summary summary = loss.summary(new float[] {-1, -2.5f, -3, 99});
        assertEquals(-0.68 / 3, summary.value(), EXACT);
        assertEquals(new GrpoLoss.Summary(summary.value(), 3, 1, 1, 1.5, 1), summary);
    }
}
