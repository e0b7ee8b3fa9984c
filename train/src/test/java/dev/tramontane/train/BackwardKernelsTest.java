package dev.tramontane.train;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tramontane.kernels.Workers;
import dev.tramontane.tensor.Tensor;
import dev.tramontane.train.kernels.AttentionShape;
import dev.tramontane.train.kernels.BackwardKernels;
import dev.tramontane.train.kernels.Precision;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import java.lang.foreign.Arena;
import java.util.Arrays;
import java.util.SplittableRandom;

/// Each operation against its reference, around the edges of tiles, blocks and lanes.
class BackwardKernelsTest {
    private static final int MOST = 600;

    /// Of sums of some hundred products of values near one.
    private static final double TOLERANCE = 1e-4;

    private final Arena arena = Arena.ofShared();
    private final Workers workers = new Workers(3);
    private final BackwardKernels kernels =
            new BackwardKernels(
                    workers,
                    new BackwardKernels.Sizes(
                            MOST, MOST, MOST, (long) MOST * MOST, new AttentionShape(2, 1, 16, 8)),
                    Precision.FLOAT32,
                    arena);
    private final SplittableRandom random = new SplittableRandom(12);

    @AfterEach
    void end() {
        workers.close();
        arena.close();
    }

    private Tensor tensor(double[][] matrix) {
        Tensor tensor = Tensor.allocate(arena, matrix.length, matrix[0].length);
        for (int row = 0; row < matrix.length; row++) {
            for (int col = 0; col < matrix[row].length; col++) {
                tensor.set(row, col, (float) matrix[row][col]);
            }
        }
        return tensor;
    }

    /// Values that single precision holds exactly.
    private double[][] matrix(int rows, int cols) {
        double[][] matrix = new double[rows][cols];
        for (double[] row : matrix) {
            for (int col = 0; col < cols; col++) {
                row[col] = (float) random.nextGaussian();
            }
        }
        return matrix;
    }

    private static void check(double[][] expected, Tensor found) {
        for (int row = 0; row < expected.length; row++) {
            for (int col = 0; col < expected[row].length; col++) {
                assertEquals(expected[row][col], found.get(row, col), TOLERANCE);
            }
        }
    }

    @ParameterizedTest(name = "{0} rows, {1} to {2}")
    @CsvSource({
        "1, 1, 1",
        "7, 15, 9",
        "8, 16, 32",
        "9, 17, 33",
        "33, 31, 8",
        "40, 255, 31",
        "64, 256, 64",
        "65, 257, 65",
        "31, 513, 40",
        "260, 20, 30"
    })
    void products_and_their_gradients_are_the_references(int rows, int inner, int outer) {
        double[][] x = matrix(rows, inner);
        double[][] weight = matrix(outer, inner);
        double[][] plus = matrix(rows, outer);
        double[][] dOut = matrix(rows, outer);
        double[][] product = ReferenceOperations.matmul(x, weight);
        Tensor out = Tensor.allocate(arena, rows, outer);
        kernels.matmul(rows, tensor(x), tensor(weight), out);
        check(product, out);

        kernels.matmulPlus(rows, tensor(x), tensor(weight), tensor(plus), out);
        for (int row = 0; row < rows; row++) {
            for (int col = 0; col < outer; col++) {
                product[row][col] += plus[row][col];
            }
        }
        check(product, out);

        double[][] dX = new double[rows][inner];
        double[][] dWeight = matrix(outer, inner);
        Tensor weightGradient = tensor(dWeight);
        ReferenceOperations.matmulBackward(x, weight, dOut, dX, dWeight);
        Tensor inputGradient = Tensor.allocate(arena, rows, inner);
        kernels.matmulBackward(rows, tensor(dOut), tensor(weight), inputGradient);
        check(dX, inputGradient);
        kernels.addWeightGradient(rows, tensor(dOut), tensor(x), weightGradient);
        check(dWeight, weightGradient);
    }

    @Test
    void rows_behind_those_asked_for_stay_as_they_are() {
        Tensor out = tensor(matrix(24, 40));
        double[] before = TinyModels.doubles(out.slice(9, 1));
        kernels.matmul(9, tensor(matrix(24, 16)), tensor(matrix(40, 16)), out);
        double[] after = TinyModels.doubles(out.slice(9, 1));
        for (int i = 0; i < before.length; i++) {
            assertEquals(before[i], after[i]);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 63, 64, 65, 200})
    void a_norm_and_its_gradients_are_the_references(int rows) {
        double[][] x = matrix(rows, 48);
        double[][] gain = matrix(1, 48);
        double[][] dOut = matrix(rows, 48);
        Arrays.fill(x[0], 0); // only eps stands between this row and a division by zero
        Tensor out = Tensor.allocate(arena, rows, 48);
        kernels.rmsNorm(rows, tensor(x), tensor(gain), 1e-2f, out);
        check(ReferenceOperations.rmsNorm(x, gain[0], (double) 1e-2f), out);

        double[][] dX = matrix(rows, 48);
        double[][] dGain = matrix(1, 48);
        Tensor inputGradient = tensor(dX);
        Tensor gainGradient = tensor(dGain);
        ReferenceOperations.rmsNormBackward(x, gain[0], (double) 1e-2f, dOut, dX, dGain[0]);
        kernels.rmsNormBackward(
                rows, tensor(x), tensor(gain), 1e-2f, tensor(dOut), inputGradient, gainGradient);
        check(dX, inputGradient);
        check(dGain, gainGradient);
    }

    @Test
    void the_activation_and_its_gradients_are_the_references_far_out_as_well() {
        double[][] gateUp = matrix(5, 64);
        for (int col = 0; col < 32; col++) {
            gateUp[1][col] *= 200;
        }
        double[][] dOut = matrix(5, 32);
        Tensor out = Tensor.allocate(arena, 5, 32);
        kernels.swiglu(5, tensor(gateUp), out);
        double[][] activations = ReferenceOperations.swiglu(gateUp);
        check(activations, out);

        Tensor gradientThenActivation = tensor(dOut);
        Tensor dGateUp = Tensor.allocate(arena, 5, 64);
        kernels.swigluBackward(5, tensor(gateUp), gradientThenActivation, dGateUp);
        check(ReferenceOperations.swigluBackward(gateUp, dOut), dGateUp);
        check(activations, gradientThenActivation);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 15, 16, 17, 33, 100})
    void the_vocabularys_distribution_and_gradient_are_the_references(int vocab) {
        double[][] values = matrix(3, vocab);
        for (int i = 0; i < vocab; i++) {
            values[1][i] = (float) (values[1][i] * 30 - 500); // far below zero, and apart
        }
        Tensor logits = Tensor.allocate(arena, 3, BackwardKernels.padded(vocab));
        for (int row = 0; row < 3; row++) {
            for (int i = 0; i < vocab; i++) {
                logits.set(row, i, (float) values[row][i]);
            }
        }
        int[] targets = {99, 0, vocab - 1, vocab / 2}; // the first belongs to somebody else
        float[] sums = new float[3];
        float[] logProbs = new float[4];
        float[] entropies = new float[4];
        kernels.softmax(3, logits, vocab, targets, 1, sums, logProbs, entropies);
        float[] slopes = {0.5f, -2, 0};
        kernels.softmaxBackward(3, logits, targets, 1, sums, slopes);
        for (int row = 0; row < 3; row++) {
            double[] p = ReferenceOperations.softmax(values[row]);
            int target = targets[1 + row];
            double entropy = 0;
            for (int i = 0; i < vocab; i++) {
                entropy -= p[i] > 0 ? p[i] * Math.log(p[i]) : 0;
                double slope = slopes[row] * ((i == target ? 1 : 0) - p[i]);
                assertEquals(slope, logits.get(row, i), 1e-6);
            }
            assertEquals(entropy, entropies[1 + row], 1e-5);
            if (p[target] > 0) {
                assertEquals(Math.log(p[target]), logProbs[1 + row], 1e-4);
            } else {
                assertTrue(logProbs[1 + row] < -700);
            }
            for (int i = vocab; i < logits.cols(); i++) {
                assertEquals(0, Math.abs(logits.get(row, i)), "nothing behind the vocabulary");
            }
        }
    }
}
