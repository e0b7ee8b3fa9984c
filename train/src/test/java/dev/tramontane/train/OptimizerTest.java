package dev.tramontane.train;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tramontane.kernels.Workers;
import dev.tramontane.tensor.Tensor;
import dev.tramontane.train.TrainableWeights.Kind;
import dev.tramontane.train.TrainableWeights.Parameter;
import dev.tramontane.train.kernels.NewtonSchulz;
import dev.tramontane.train.kernels.Precision;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.lang.foreign.Arena;
import java.util.Map;
import java.util.Objects;
import java.util.SplittableRandom;

class OptimizerTest {
    private final Arena arena = Arena.ofShared();
    private final Workers workers = new Workers(2);

    @AfterEach
    void end() {
        workers.close();
        arena.close();
    }

    private TrainableWeights weights() {
        TrainableWeights weights = TinyModels.weights(TinyModels.config(), false, 4, arena);
        var random = new SplittableRandom(5);
        for (int i = 0; i < weights.gradients().cols(); i++) {
            weights.gradients().set(0, i, (float) random.nextGaussian());
        }
        return weights;
    }

    @Test
    void without_a_gradient_adamw_shrinks_matrices_and_leaves_gains() {
        TrainableWeights weights = weights();
        weights.clearGradients();
        double[] before = TinyModels.doubles(weights.values());
        var settings = new AdamW.Settings(0.9f, 0.95f, 1e-8f, 0.5f);
        new AdamW(weights, workers, settings, arena).step(0.1, 1);
        for (Parameter parameter : weights.parameters()) {
            double kept = parameter.kind() == Kind.GAIN ? 1 : 0.95;
            int at = (int) parameter.from() + parameter.count() / 2;
            double after = weights.values().get(0, at);
            assertEquals(kept * before[at], after, 1e-6, parameter.name());
        }
    }

    @Test
    void the_first_step_of_adamw_goes_by_the_rate_against_the_gradients_sign() {
        TrainableWeights weights = weights();
        double[] before = TinyModels.doubles(weights.values());
        new AdamW(weights, workers, AdamW.Settings.USUAL, arena).step(0.01, 0.25);
        double[] gradients = TinyModels.doubles(weights.gradients());
        for (int i = 0; i < before.length; i += 7) {
            double moved = weights.values().get(0, i) - before[i];
            assertEquals(-0.01 * Math.signum(gradients[i]), moved, 1e-4); // eps beside a small one
        }
    }

    @ParameterizedTest
    @CsvSource({
        "FLOAT32, 32, 32",
        "FLOAT32, 48, 16",
        "FLOAT32, 16, 64",
        "BFLOAT16, 48, 16",
        "BFLOAT16, 64, 64"
    })
    void newton_schulz_brings_all_singular_values_near_one(
            Precision precision, int rows, int cols) {
        var newtonSchulz = new NewtonSchulz(precision, workers, 64, 64, arena);
        Tensor matrix = Tensor.allocate(arena, rows, cols);
        var random = new SplittableRandom(6);
        for (int row = 0; row < rows; row++) {
            for (int col = 0; col < cols; col++) {
                matrix.set(row, col, (float) random.nextGaussian());
            }
        }
        newtonSchulz.orthogonalise(matrix);
        // The mean of squared singular values is the mean row's squared length on the shorter side.
        double squares = 0;
        for (int row = 0; row < rows; row++) {
            for (int col = 0; col < cols; col++) {
                squares += (double) matrix.get(row, col) * matrix.get(row, col);
            }
        }
        double mean = squares / Math.min(rows, cols);
        assertTrue(mean > 0.5 && mean < 1.4, "mean square " + mean);
        for (int n = 0; n < 5; n++) {
            double stretch = stretch(matrix, random);
            assertTrue(stretch < 1.3, "a direction is stretched by " + stretch);
        }
    }

    /// How much longer a random vector gets.
    private static double stretch(Tensor matrix, SplittableRandom random) {
        double[] vector = random.doubles(matrix.cols(), -1, 1).toArray();
        double before = 0;
        double after = 0;
        for (int row = 0; row < matrix.rows(); row++) {
            double dot = 0;
            for (int col = 0; col < matrix.cols(); col++) {
                dot += matrix.get(row, col) * vector[col];
            }
            after += dot * dot;
        }
        for (double value : vector) {
            before += value * value;
        }
        return Math.sqrt(after / before);
    }

    @Test
    void an_optimiser_that_goes_on_steps_as_if_it_had_not_stopped() {
        TrainableWeights straight = weights();
        TrainableWeights stopped = weights();
        var all = new Muon(straight, workers, Muon.Settings.USUAL, arena);
        all.step(0.01, 1);
        all.step(0.02, 1);
        var first = new Muon(stopped, workers, Muon.Settings.USUAL, arena);
        first.step(0.01, 1);
        var second = new Muon(stopped, workers, Muon.Settings.USUAL, arena);
        Map<String, Tensor> saved = first.state();
        for (Map.Entry<String, Tensor> room : second.state().entrySet()) {
            Tensor from = Objects.requireNonNull(saved.get(room.getKey()));
            room.getValue().data().copyFrom(from.data());
        }
        second.resume(first.steps());
        second.step(0.02, 1);
        assertArrayEquals(
                TinyModels.doubles(straight.values()), TinyModels.doubles(stopped.values()));
    }

    @Test
    void clipping_scales_the_gradient_to_the_limit_and_never_up() {
        TrainableWeights weights = weights();
        var clip = new GradientClip(weights, workers);
        double squares = 0;
        for (double g : TinyModels.doubles(weights.gradients())) {
            squares += g * g;
        }
        assertEquals(3 / Math.sqrt(squares), clip.scale(3), 1e-7);
        assertEquals(Math.sqrt(squares), clip.norm(), 1e-4);
        assertEquals(1, clip.scale(1e9));
    }

    @Test
    void a_gradient_that_is_no_number_ends_the_step_before_the_weights_change() {
        TrainableWeights weights = weights();
        weights.gradients().set(0, 17, Float.NaN);
        var clip = new GradientClip(weights, workers);
        var thrown = assertThrows(ArithmeticException.class, () -> clip.scale(1));
        assertEquals(
                "the gradient's norm is NaN, expected a number; the weights are still those of the step before: lower the learning rate, or look at the batch",
                thrown.getMessage());
    }

    @Test
    void a_schedule_rises_stays_and_falls() {
        var schedule = new Schedule(8, 4, 12, 4);
        double[] rates = new double[12];
        for (int step = 1; step <= 12; step++) {
            rates[step - 1] = schedule.rate(step);
        }
        assertArrayEquals(new double[] {2, 4, 6, 8, 8, 8, 8, 8, 8, 6, 4, 2}, rates);
        assertThrows(IllegalArgumentException.class, () -> schedule.rate(13));
        assertThrows(IllegalArgumentException.class, () -> new Schedule(8, 7, 12, 6));
        assertEquals(3, Schedule.constant(3, 5).rate(5));
    }
}
