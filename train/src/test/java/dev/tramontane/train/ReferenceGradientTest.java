package dev.tramontane.train;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.tramontane.model.ModelConfig;
import dev.tramontane.train.ReferenceOperations.Attention;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.lang.foreign.Arena;
import java.util.SplittableRandom;
import java.util.function.Function;

/// The reference's gradients against finite differences: the ground that all else stands on.
class ReferenceGradientTest {
    /// Central differences of a smooth function err by the square of this, rounding by 1e-16 over
    /// it.
    private static final double STEP = 1e-5;

    /// What remains of both, relative to values near one.
    private static final double TOLERANCE = 1e-8;

    private final SplittableRandom random = new SplittableRandom(5);

    private double[][] matrix(int rows, int cols) {
        double[][] matrix = new double[rows][cols];
        for (double[] row : matrix) {
            for (int col = 0; col < cols; col++) {
                row[col] = random.nextGaussian();
            }
        }
        return matrix;
    }

    private static double dot(double[][] a, double[][] b) {
        double sum = 0;
        for (int i = 0; i < a.length; i++) {
            for (int j = 0; j < a[i].length; j++) {
                sum += a[i][j] * b[i][j];
            }
        }
        return sum;
    }

    /// Holds a gradient against differences of `dOut · function(x)` for every element of x.
    private static void check(
            double[][] x,
            double[][] gradient,
            double[][] dOut,
            Function<double[][], double[][]> function) {
        for (int i = 0; i < x.length; i++) {
            for (int j = 0; j < x[i].length; j++) {
                double before = x[i][j];
                x[i][j] = before + STEP;
                double above = dot(function.apply(x), dOut);
                x[i][j] = before - STEP;
                double below = dot(function.apply(x), dOut);
                x[i][j] = before;
                assertEquals((above - below) / (2 * STEP), gradient[i][j], TOLERANCE);
            }
        }
    }

    @Test
    void a_product_has_the_gradients_of_its_input_and_its_weights() {
        double[][] x = matrix(3, 5);
        double[][] weight = matrix(4, 5);
        double[][] dOut = matrix(3, 4);
        double[][] dX = new double[3][5];
        double[][] dWeight = new double[4][5];
        ReferenceOperations.matmulBackward(x, weight, dOut, dX, dWeight);
        check(x, dX, dOut, input -> ReferenceOperations.matmul(input, weight));
        check(weight, dWeight, dOut, w -> ReferenceOperations.matmul(x, w));
    }

    @Test
    void a_norm_has_the_gradients_of_its_input_and_its_gain() {
        double[][] x = matrix(3, 6);
        double[][] gain = matrix(1, 6);
        double[][] dOut = matrix(3, 6);
        double[][] dX = new double[3][6];
        double[][] dGain = new double[1][6];
        ReferenceOperations.rmsNormBackward(x, gain[0], 1e-2, dOut, dX, dGain[0]);
        check(x, dX, dOut, input -> ReferenceOperations.rmsNorm(input, gain[0], 1e-2));
        check(gain, dGain, dOut, g -> ReferenceOperations.rmsNorm(x, g[0], 1e-2));
    }

    @Test
    void turning_back_is_the_gradient_of_turning() {
        int[] positions = {0, 1, 7};
        double[][] x = matrix(3, 10);
        double[][] dOut = matrix(3, 10);
        double[][] dX = copy(dOut);
        ReferenceOperations.rope(dX, 2, 4, 100, positions, -1);
        check(
                x,
                dX,
                dOut,
                input -> {
                    double[][] turned = copy(input);
                    ReferenceOperations.rope(turned, 2, 4, 100, positions, 1);
                    return turned;
                });
    }

    private static double[][] copy(double[][] matrix) {
        double[][] copy = new double[matrix.length][];
        for (int i = 0; i < matrix.length; i++) {
            copy[i] = matrix[i].clone();
        }
        return copy;
    }

    @Test
    void attention_has_the_gradients_of_queries_keys_and_values() {
        var attention = new Attention(4, 2, 2, new int[] {0, 3, 4, 8});
        double[][] qkv = matrix(8, 16);
        double[][] dOut = matrix(8, 8);
        check(qkv, attention.backward(qkv, dOut), dOut, attention::forward);
    }

    @Test
    void the_activation_has_the_gradients_of_gate_and_up() {
        double[][] gateUp = matrix(3, 8);
        double[][] dOut = matrix(3, 4);
        check(
                gateUp,
                ReferenceOperations.swigluBackward(gateUp, dOut),
                dOut,
                ReferenceOperations::swiglu);
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void a_whole_network_has_the_gradient_of_every_weight_of_every_kind(boolean tied) {
        ModelConfig config = TinyModels.config(16, 2, 2, 1, 16, 11);
        TrainingBatch batch = TinyModels.batch(config, 3, 5, 2, 4);
        double[] slopes = TinyModels.slopes(batch.scored().length, 4);
        try (Arena arena = Arena.ofConfined()) {
            TrainableWeights weights = TinyModels.weights(config, tied, 2, arena);
            var reference =
                    new ReferenceTransformer(config, tied, TinyModels.doubles(weights.values()));
            reference.backward(reference.forward(batch), slopes);
            for (TrainableWeights.Parameter parameter : weights.parameters()) {
                for (int n = 0; n < 12; n++) {
                    int at = (int) parameter.from() + random.nextInt(parameter.count());
                    checkWeight(reference, batch, slopes, at, parameter.name());
                }
            }
        }
    }

    private static void checkWeight(
            ReferenceTransformer reference,
            TrainingBatch batch,
            double[] slopes,
            int at,
            String name) {
        double before = reference.weights()[at];
        reference.weights()[at] = before + STEP;
        double above = loss(reference, batch, slopes);
        reference.weights()[at] = before - STEP;
        double below = loss(reference, batch, slopes);
        reference.weights()[at] = before;
        assertEquals((above - below) / (2 * STEP), reference.gradients()[at], TOLERANCE, name);
    }

    private static double loss(
            ReferenceTransformer reference, TrainingBatch batch, double[] slopes) {
        double[] logProbs = reference.forward(batch).logProbs();
        double loss = 0;
        for (int i = 0; i < slopes.length; i++) {
            loss += slopes[i] * logProbs[i];
        }
        return loss;
    }
}
