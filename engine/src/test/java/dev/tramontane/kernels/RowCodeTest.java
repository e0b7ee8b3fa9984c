package dev.tramontane.kernels;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.tramontane.kernels.Kernels.RopePairs;
import dev.tramontane.tensor.Tensor;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import java.lang.foreign.Arena;
import java.util.List;
import java.util.Random;

/// Norms, rotations, gated units and sums of the assembled kernels, by machine code or, where a row
/// does not suit it, by others, against the scalar definition.
class RowCodeTest {
    private static final Kernels SCALAR = new ScalarKernels();
    private static final int[] WIDTHS = {32, 64, 96, 128, 640, 2048, 5120, 100};

    private static Kernels one;
    private static Kernels three;

    @BeforeAll
    static void begin() {
        assumeTrue(AssembledKernels.obstacle().isEmpty(), AssembledKernels.obstacle());
        one = new AssembledKernels(1, true);
        three = new AssembledKernels(3, true);
    }

    @AfterAll
    static void end() {
        if (one != null) {
            one.close();
            three.close();
        }
    }

    @Test
    void norms_agree_and_do_not_depend_on_their_company() {
        for (int cols : WIDTHS) {
            Tensor x = random(50, cols, 1);
            Tensor gain = random(1, cols, 2);
            Tensor expected = zeros(50, cols);
            Tensor found = zeros(50, cols);
            SCALAR.rmsNorm(x, gain, 1e-5f, expected);
            three.rmsNorm(x, gain, 1e-5f, found);
            assertClose(expected, found);
            for (int t = 0; t < 50; t += 7) {
                Tensor alone = zeros(1, cols);
                one.rmsNorm(x.slice(t, 1), gain, 1e-5f, alone);
                assertArrayEquals(found.row(t), alone.row(0));
            }
            one.rmsNorm(x, gain, 1e-5f, x);
            assertEquals(-1, found.data().mismatch(x.data()), "in place");
        }
    }

    @Test
    void gated_units_agree_over_the_whole_range_and_in_place() {
        for (int cols : WIDTHS) {
            Tensor gate = random(9, cols, 3);
            Tensor up = random(9, cols, 4);
            for (int d = 0; d < 30; d++) {
                gate.set(0, d, (d - 15) * 10); // up to where e^-x has no more bits
            }
            Tensor expected = zeros(9, cols);
            Tensor found = zeros(9, cols);
            SCALAR.swiglu(gate, up, expected);
            one.swiglu(gate, up, found);
            assertClose(expected, found);
            three.swiglu(gate, up, gate);
            assertEquals(-1, found.data().mismatch(gate.data()), "in place, on three threads");
        }
    }

    @Test
    void gates_without_end_stay_what_they_are() {
        Tensor gate = zeros(1, 64);
        Tensor up = random(1, 64, 5);
        gate.set(0, 0, Float.POSITIVE_INFINITY);
        gate.set(0, 1, Float.NaN);
        gate.set(0, 2, -1e30f);
        gate.set(0, 3, 1e30f);
        Tensor expected = zeros(1, 64);
        Tensor found = zeros(1, 64);
        SCALAR.swiglu(gate, up, expected);
        one.swiglu(gate, up, found);
        assertEquals(expected.get(0, 0), found.get(0, 0));
        assertTrue(Float.isNaN(found.get(0, 1)));
        assertEquals(0, found.get(0, 2), 1e-6); // e^-x is cut off where floats end
        assertEquals(expected.get(0, 3), found.get(0, 3));
    }

    @Test
    void sums_are_exact() {
        for (int cols : WIDTHS) {
            Tensor expected = random(33, cols, 6);
            Tensor found = random(33, cols, 6);
            Tensor y = random(33, cols, 7);
            SCALAR.add(expected, y);
            three.add(found, y);
            assertEquals(-1, expected.data().mismatch(found.data()));
        }
    }

    @ParameterizedTest
    @EnumSource
    void rotations_agree_at_every_width_of_a_head(RopePairs pairs) {
        for (int headDim : new int[] {16, 32, 64, 80, 96, 128, 256}) {
            Tensor cos = random(40, headDim / 2, 8);
            Tensor sin = random(40, headDim / 2, 9);
            Tensor expected = random(40, 5 * headDim, 10);
            Tensor found = random(40, 5 * headDim, 10);
            Tensor last = random(40, 5 * headDim, 10).slice(39, 1);
            SCALAR.rope(expected, headDim, pairs, cos, sin);
            three.rope(found, headDim, pairs, cos, sin);
            one.rope(last, headDim, pairs, cos.slice(39, 1), sin.slice(39, 1));
            assertClose(expected, found);
            assertArrayEquals(found.row(39), last.row(0));
        }
    }

    @Test
    void every_instruction_set_gives_the_same_bits() {
        List<AssembledKernels> machines =
                CpuFeatures.detect().sets().stream()
                        .map(set -> new AssembledKernels(1, true, set))
                        .toList();
        try {
            for (int cols : new int[] {64, 640, 2048}) {
                List<Tensor> expected = everything(machines.getFirst(), cols);
                for (AssembledKernels machine : machines) {
                    List<Tensor> found = everything(machine, cols);
                    for (int i = 0; i < found.size(); i++) {
                        long differs = expected.get(i).data().mismatch(found.get(i).data());
                        assertEquals(-1, differs, machine.name() + ", operation " + i);
                    }
                }
            }
        } finally {
            machines.forEach(Kernels::close);
        }
    }

    @Test
    void exponentials_agree_and_what_is_forbidden_weighs_nothing() {
        List<AssembledKernels> machines =
                CpuFeatures.detect().sets().stream()
                        .map(set -> new AssembledKernels(1, true, set))
                        .toList();
        try {
            for (int count : new int[] {0, 5, 16, 17, 1000, 1024, 1040, 5003}) {
                float[] logits = logits(count + 3);
                float[] expected = logits.clone();
                double expectedSum = weigh(machines.getFirst(), expected, count);
                assertExponentials(logits, expected, count, expectedSum);
                for (AssembledKernels machine : machines) {
                    float[] found = logits.clone();
                    double sum = weigh(machine, found, count);
                    assertArrayEquals(expected, found, machine.name());
                    assertEquals(expectedSum, sum, machine.name());
                }
            }
        } finally {
            machines.forEach(Kernels::close);
        }
    }

    private static double weigh(AssembledKernels machine, float[] values, int count) {
        return machine.logitPasses().weigh(values, count, 90, 1, values);
    }

    /// From 90 down to where floats end, with −∞ among them.
    private static float[] logits(int count) {
        var random = new Random(count);
        float[] logits = new float[count];
        for (int i = 0; i < count; i++) {
            logits[i] = i % 7 == 3 ? Float.NEGATIVE_INFINITY : 90 - 200 * random.nextFloat();
        }
        return logits;
    }

    private static void assertExponentials(float[] logits, float[] found, int count, double sum) {
        double expectedSum = 0;
        for (int i = 0; i < count; i++) {
            double expected = Math.exp(logits[i] - 90.0);
            expectedSum += expected;
            assertEquals(expected, found[i], 2e-7 * expected + Float.MIN_NORMAL, "value " + i);
            if (logits[i] == Float.NEGATIVE_INFINITY) {
                assertEquals(0, found[i], "value " + i);
            }
        }
        assertEquals(expectedSum, sum, 1e-6 * expectedSum);
        for (int i = count; i < logits.length; i++) {
            assertEquals(logits[i], found[i], "behind the last");
        }
    }

    /// Results of every operation on rows, gates over the whole range among them.
    private static List<Tensor> everything(Kernels kernels, int cols) {
        Tensor norm = zeros(9, cols);
        kernels.rmsNorm(random(9, cols, 1), random(1, cols, 2), 1e-5f, norm);
        Tensor gated = random(9, cols, 3);
        for (int d = 0; d < cols; d++) {
            gated.set(0, d, (d - cols / 2) * 8f / cols * (d % 50));
        }
        kernels.swiglu(gated, random(9, cols, 4), gated);
        Tensor sum = random(9, cols, 5);
        kernels.add(sum, random(9, cols, 6));
        Tensor halves = random(9, cols, 7);
        Tensor interleaved = random(9, cols, 7);
        Tensor cos = random(9, 16, 8);
        Tensor sin = random(9, 16, 9);
        kernels.rope(halves, 32, RopePairs.SPLIT_HALF, cos, sin);
        kernels.rope(interleaved, 32, RopePairs.INTERLEAVED, cos, sin);
        return List.of(norm, gated, sum, halves, interleaved);
    }

    private static void assertClose(Tensor expected, Tensor found) {
        for (int t = 0; t < expected.rows(); t++) {
            for (int d = 0; d < expected.cols(); d++) {
                float e = expected.get(t, d);
                assertEquals(e, found.get(t, d), 2e-6 * Math.abs(e) + 1e-6, t + ", " + d);
            }
        }
    }

    private static Tensor zeros(int rows, int cols) {
        return Tensor.allocate(Arena.ofAuto(), rows, cols);
    }

    private static Tensor random(int rows, int cols, long seed) {
        var random = new Random(seed);
        Tensor x = zeros(rows, cols);
        for (int t = 0; t < rows; t++) {
            for (int d = 0; d < cols; d++) {
                x.set(t, d, (float) random.nextGaussian());
            }
        }
        return x;
    }
}
