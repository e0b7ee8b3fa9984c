package dev.tramontane.kernels;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tramontane.tensor.Tensor;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.lang.foreign.Arena;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;

/// Every set of kernels that runs here against the plain loops.
class LogitPassesTest {
    private static final List<Kernels> ALL = all();

    /// Of a weight of 1: two sums of doubles in different orders.
    private static final double SUM_TOLERANCE = 1e-13;

    private static List<Kernels> all() {
        List<Kernels> all = new ArrayList<>();
        all.add(new VectorKernels(1));
        for (InstructionSet set : CpuFeatures.detect().sets()) {
            all.add(new AssembledKernels(1, true, set));
        }
        return all;
    }

    @AfterAll
    static void close() {
        ALL.forEach(Kernels::close);
    }

    private static float[] values(int count) {
        var random = new SplittableRandom(count);
        float[] values = new float[count];
        for (int i = 0; i < count; i++) {
            values[i] = (float) (random.nextGaussian() * 5 - 3);
        }
        return values;
    }

    /// From 0 to 1, with many that are equal.
    private static float[] weights(int count) {
        var random = new SplittableRandom(count);
        float[] weights = new float[count];
        for (int i = 0; i < count; i++) {
            weights[i] = (float) Math.scalb(random.nextInt(9) / 8.0, -random.nextInt(20));
        }
        return weights;
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 15, 16, 1023, 1024, 1025, 2048, 5003})
    void a_row_is_copied_and_the_greatest_of_each_run_is_found(int count) {
        float[] values = values(2 * count);
        int runs = LogitPasses.runs(count);
        float[] row = Arrays.copyOfRange(values, count, 2 * count);
        float[] expected = new float[runs];
        ScalarLogitPasses.PLAIN.greatest(row, count, expected);
        try (Arena arena = Arena.ofConfined()) {
            Tensor logits = Tensor.allocate(arena, 2, count);
            for (int i = 0; i < 2 * count; i++) {
                logits.set(i / count, i % count, values[i]);
            }
            for (Kernels kernels : ALL) {
                for (Tensor rows : List.of(logits, Tensor.of(values, 2, count))) {
                    float[] found = new float[count];
                    float[] greatest = new float[runs];
                    assertTrue(kernels.logitPasses().copy(rows, 1, found, greatest));
                    assertArrayEquals(row, found, kernels.name());
                    assertArrayEquals(expected, greatest, kernels.name());
                }
            }
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {3, 1024, 2100})
    void one_value_that_is_not_finite_is_seen_wherever_it_is(int count) {
        float[] greatest = new float[LogitPasses.runs(count)];
        float[] damages = {Float.NaN, Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY};
        for (Kernels kernels : ALL) {
            LogitPasses passes = kernels.logitPasses();
            for (int at = 0; at < count; at += 1 + count / 80) {
                float[] values = values(count);
                values[at] = damages[at % 3];
                Tensor row = Tensor.of(values, 1, count);
                assertFalse(passes.copy(row, 0, new float[count], greatest), kernels.name());
            }
        }
    }

    @Test
    void what_is_forbidden_is_the_greatest_of_a_run_only_where_all_is() {
        float[] values = values(3000);
        Arrays.fill(values, 1024, 2048, Float.NEGATIVE_INFINITY);
        Arrays.fill(values, 2100, 3000, Float.NEGATIVE_INFINITY);
        for (Kernels kernels : ALL) {
            float[] greatest = new float[3];
            kernels.logitPasses().greatest(values, 3000, greatest);
            assertEquals(Float.NEGATIVE_INFINITY, greatest[1], kernels.name());
            assertTrue(greatest[2] > Float.NEGATIVE_INFINITY, kernels.name());
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 64, 1000, 1024, 1100, 4096, 5003})
    void weights_are_told_apart_and_the_heavy_ones_summed(int count) {
        float[] weights = weights(count);
        int runs = LogitPasses.runs(count);
        float infinite = Float.POSITIVE_INFINITY;
        float[][] limits = {
            {0, 0}, {0, 1}, {0, infinite}, {0.25f, 0.5f}, {1e-4f, 1e-4f}, {1, 1}, {0x1p-20f, 1}
        };
        for (float[] limit : limits) {
            long[] expected = new long[runs * 16];
            double[] expectedSums = new double[runs];
            Arrays.fill(expected, -1);
            ScalarLogitPasses.PLAIN.split(
                    weights, count, limit[0], limit[1], expected, expectedSums);
            double[] first = null;
            for (Kernels kernels : ALL) {
                long[] found = new long[runs * 16];
                double[] sums = new double[runs];
                Arrays.fill(found, -1);
                LogitPasses passes = kernels.logitPasses();
                passes.split(weights, count, limit[0], limit[1], found, sums);
                assertArrayEquals(expected, found, kernels.name());
                assertArrayEquals(expectedSums, sums, SUM_TOLERANCE * 1024, kernels.name());
                if (kernels instanceof AssembledKernels) {
                    first = first == null ? sums : first;
                    assertArrayEquals(first, sums, kernels.name());
                }
            }
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 17, 1024, 1040, 2600})
    void temperatures_spread_weights_or_push_them_together(int count) {
        float[] values = values(count);
        values[count / 3] = Float.NEGATIVE_INFINITY;
        float max = 20;
        for (float temperature : new float[] {0.1f, 0.7f, 2}) {
            float[] expected = new float[count];
            double expectedSum =
                    ScalarLogitPasses.PLAIN.weigh(values, count, max, temperature, expected);
            for (Kernels kernels : ALL) {
                float[] found = new float[count];
                LogitPasses passes = kernels.logitPasses();
                double sum = passes.weigh(values, count, max, temperature, found);
                assertEquals(expectedSum, sum, 1e-6 * expectedSum, kernels.name());
                for (int i = 0; i < count; i++) {
                    double tolerance = 3e-7 * expected[i] + Float.MIN_NORMAL;
                    assertEquals(expected[i], found[i], tolerance, kernels.name());
                }
            }
        }
    }

    @Test
    void arrays_that_are_too_short_are_refused_before_anything_is_written() {
        float[] values = values(2048);
        for (Kernels kernels : ALL) {
            LogitPasses passes = kernels.logitPasses();
            assertThrows(
                    IndexOutOfBoundsException.class,
                    () -> passes.greatest(values, 2048, new float[1]));
            assertThrows(
                    IndexOutOfBoundsException.class,
                    () -> passes.weigh(values, 2048, 1, 1, new float[2047]));
            assertThrows(
                    IndexOutOfBoundsException.class,
                    () -> passes.split(values, 2048, 0, 1, new long[31], new double[2]));
        }
    }
}
