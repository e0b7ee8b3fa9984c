package dev.tramontane.kernels;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import dev.tramontane.kernels.Kernels.RopePairs;
import dev.tramontane.tensor.DType;
import dev.tramontane.tensor.Layout;
import dev.tramontane.tensor.Scales;
import dev.tramontane.tensor.Tensor;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/// Every vector operation against the scalar one, at every length around a lane's border.
class VectorKernelsTest {
    /// Rounding of a float sum of n terms of size 1, in random order, relative to √n.
    private static final double ROUNDING = 2e-6;

    private static final Kernels SCALAR = new ScalarKernels();
    private static final Kernels VECTOR = new VectorKernels(1);
    private static final Kernels THREE_THREADS = new VectorKernels(3);

    @AfterAll
    static void end() {
        VECTOR.close();
        THREE_THREADS.close();
    }

    static IntStream lengths() {
        int lanes = Lanes.COUNT;
        return IntStream.of(
                1,
                2,
                lanes - 1,
                lanes,
                lanes + 1,
                2 * lanes - 1,
                2 * lanes,
                3 * lanes + 5,
                511,
                512,
                513,
                1000);
    }

    @ParameterizedTest
    @EnumSource(DType.class)
    void a_type_decodes_to_the_same_bits_as_the_definition(DType type) {
        Tensor weights = weights(type, 5, type.blockLength() == 1 ? 77 : 512, 1);
        int[] ids = {4, 0, 3};
        Tensor expected = zeros(3, weights.cols());
        Tensor found = zeros(3, weights.cols());
        SCALAR.gatherRows(weights, ids, expected);
        VECTOR.gatherRows(weights, ids, found);
        assertEquals(-1, expected.data().mismatch(found.data()));
    }

    @ParameterizedTest
    @EnumSource(DType.class)
    void a_product_agrees_with_the_definition_for_any_number_of_tokens_and_rows(DType type) {
        for (int inner : inners(type)) {
            for (int rows : new int[] {1, 3, 31, 33, 70}) {
                Tensor weights = weights(type, rows, inner, 7);
                for (int tokens : new int[] {1, 2, 5, 131}) {
                    Tensor x = activations(tokens, inner, 3);
                    Tensor expected = zeros(tokens, rows);
                    Tensor found = zeros(tokens, rows);
                    SCALAR.matmul(x, weights, expected);
                    VECTOR.matmul(x, weights, found);
                    assertClose(expected, found, ROUNDING * Math.sqrt(inner));
                }
            }
        }
    }

    private static int[] inners(DType type) {
        return switch (type) {
            case F32, F16, BF16, F8_E4M3 -> lengths().toArray();
            case Q4_0, Q4_1, Q5_0, Q5_1, Q8_0, IQ4_NL, MXFP4 -> new int[] {32, 64, 96, 544, 1056};
            case Q2_K, Q3_K, Q4_K, Q5_K, Q6_K, IQ4_XS, TQ1_0, TQ2_0 -> new int[] {256, 768, 1280};
        };
    }

    @ParameterizedTest
    @EnumSource(DType.class)
    void a_token_alone_gives_the_bits_it_gives_in_a_batch_on_any_number_of_threads(DType type) {
        int inner = type.blockLength() == 1 ? 1000 : 1280;
        Tensor weights = weights(type, 67, inner, 9);
        Tensor x = activations(37, inner, 4);
        Tensor together = zeros(37, 67);
        Tensor threaded = zeros(37, 67);
        VECTOR.matmul(x, weights, together);
        THREE_THREADS.matmul(x, List.of(weights), List.of(threaded));
        assertEquals(-1, together.data().mismatch(threaded.data()));
        for (int t = 0; t < 37; t++) {
            Tensor alone = zeros(1, 67);
            THREE_THREADS.matmul(x.slice(t, 1), weights, alone);
            assertArrayEquals(together.row(t), alone.row(0), "token " + t);
        }
    }

    @ParameterizedTest
    @EnumSource(DType.class)
    void rows_longer_than_a_depth_and_more_tokens_than_a_pass_agree_alone_and_together(DType type) {
        int inner = 2 * VectorMatmul.DEPTH + (type.blockLength() == 1 ? 77 : 256);
        Tensor weights = weights(type, 165, inner, 9);
        Tensor x = activations(140, inner, 4);
        Tensor expected = zeros(140, 165);
        Tensor found = zeros(140, 165);
        SCALAR.matmul(x, weights, expected);
        THREE_THREADS.matmul(x, weights, found);
        assertClose(expected, found, ROUNDING * Math.sqrt(inner));
        for (int t : new int[] {0, 5, 71, 139}) {
            Tensor alone = zeros(1, 165);
            VECTOR.matmul(x.slice(t, 1), weights, alone);
            assertArrayEquals(found.row(t), alone.row(0), "token " + t);
        }
    }

    static Stream<Arguments> scales() {
        float[] rows = positive(200, 1);
        float[] squares = positive(2 * 18, 2);
        return Stream.of(
                arguments("one for all", Scales.ofMatrix(0.37f)),
                arguments("one a row", Scales.ofRows(rows)),
                arguments("one a square", Scales.ofSquares(squares, 1100)));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("scales")
    void scaled_weights_agree_with_the_definition_and_alone_with_a_batch(
            String name, Scales scales) {
        for (int inner :
                new int[] {1, 7, 31, 32, 127, 128, 129, 160, 1000, 1024, 1056, 1100, 2300}) {
            Scales fit = scales.isRowwise() ? scales : Scales.ofSquares(scales.values(), inner);
            Tensor all = weights(DType.F8_E4M3, 200, inner, inner).scaled(fit);
            for (Tensor weights : List.of(all, all.slice(100, 70))) {
                int rows = weights.rows();
                Tensor x = activations(5, inner, 3);
                Tensor expected = zeros(5, rows);
                Tensor found = zeros(5, rows);
                SCALAR.matmul(x, weights, expected);
                THREE_THREADS.matmul(x, weights, found);
                assertClose(expected, found, ROUNDING * Math.sqrt(inner));
                for (int t = 0; t < 5; t++) {
                    Tensor alone = zeros(1, rows);
                    VECTOR.matmul(x.slice(t, 1), weights, alone);
                    assertArrayEquals(found.row(t), alone.row(0), name + ", token " + t);
                }
                int[] ids = {rows - 1, 0};
                Tensor first = zeros(2, inner);
                Tensor second = zeros(2, inner);
                SCALAR.gatherRows(weights, ids, first);
                VECTOR.gatherRows(weights, ids, second);
                assertEquals(-1, first.data().mismatch(second.data()));
            }
        }
    }

    private static float[] positive(int count, long seed) {
        float[] values = activations(1, count, seed).row(0);
        for (int i = 0; i < count; i++) {
            values[i] = Math.abs(values[i]) + 0.01f;
        }
        return values;
    }

    @Test
    void eight_bit_floats_of_every_pattern_widen_exactly_alone_and_in_a_batch() {
        Tensor weights = oneOfEachByte();
        for (int tokens : new int[] {1, 2}) {
            Tensor ones = zeros(tokens, 32);
            for (int i = 0; i < tokens * 32; i++) {
                ones.set(i / 32, i % 32, 1);
            }
            Tensor expected = zeros(tokens, 256);
            Tensor found = zeros(tokens, 256);
            SCALAR.matmul(ones, weights, expected);
            VECTOR.matmul(ones, weights, found);
            for (int t = 0; t < tokens; t++) {
                assertArrayEquals(expected.row(t), found.row(t));
            }
        }
    }

    /// In each row one byte, at changing places, and zeros.
    private static Tensor oneOfEachByte() {
        MemorySegment data = Arena.ofAuto().allocate(256 * 32, 64);
        for (int row = 0; row < 256; row++) {
            data.set(ValueLayout.JAVA_BYTE, row * 32L + row % 32, (byte) row);
        }
        return new Tensor(DType.F8_E4M3, Layout.ROWS, 256, 32, data);
    }

    @Test
    void several_matrices_given_together_are_multiplied_as_if_alone() {
        Tensor x = activations(6, 96, 5);
        List<Tensor> weights =
                List.of(
                        weights(DType.Q8_0, 40, 96, 1),
                        weights(DType.F32, 7, 96, 2),
                        weights(DType.F16, 100, 96, 3));
        List<Tensor> together = List.of(zeros(6, 40), zeros(6, 7), zeros(6, 100));
        THREE_THREADS.matmul(x, weights, together);
        for (int i = 0; i < 3; i++) {
            Tensor alone = zeros(6, weights.get(i).rows());
            VECTOR.matmul(x, weights.get(i), alone);
            assertEquals(-1, alone.data().mismatch(together.get(i).data()));
        }
    }

    @Test
    void a_product_of_matrices_that_do_not_fit_is_refused() {
        Tensor x = zeros(2, 64);
        Tensor weights = weights(DType.F32, 5, 65, 1);
        Tensor out = zeros(2, 5);
        assertThrows(IllegalArgumentException.class, () -> VECTOR.matmul(x, weights, out));
    }

    @ParameterizedTest
    @MethodSource("lengths")
    void norm_agrees(int dim) {
        Tensor x = activations(9, dim, 1);
        Tensor gain = activations(1, dim, 2);
        Tensor expected = zeros(9, dim);
        Tensor found = zeros(9, dim);
        SCALAR.rmsNorm(x, gain, 1e-5f, expected);
        THREE_THREADS.rmsNorm(x, gain, 1e-5f, found);
        assertClose(expected, found, ROUNDING);
    }

    @ParameterizedTest
    @MethodSource("lengths")
    void sums_and_gated_units_agree(int dim) {
        Tensor x = activations(9, dim, 1);
        Tensor y = activations(9, dim, 2);
        Tensor expected = zeros(9, dim);
        Tensor found = zeros(9, dim);
        SCALAR.swiglu(x, y, expected);
        THREE_THREADS.swiglu(x, y, found);
        assertClose(expected, found, ROUNDING);
        SCALAR.add(expected, y);
        THREE_THREADS.add(found, y);
        assertClose(expected, found, ROUNDING);
        SCALAR.gelu(x, expected);
        THREE_THREADS.gelu(x, found);
        assertClose(expected, found, ROUNDING);
        THREE_THREADS.gelu(x, x);
        assertEquals(-1, found.data().mismatch(x.data()), "in place");
    }

    /// Values of NIST's tables of the error function.
    @Test
    void the_error_function_is_exact_in_the_definition() {
        double[] points = {0.5, 1, 2, 3, -1, 0};
        double[] erf = {
            0.5204998778130465,
            0.8427007929497149,
            0.9953222650189527,
            0.9999779095030014,
            -0.8427007929497149,
            0
        };
        for (int i = 0; i < points.length; i++) {
            float z = (float) (points[i] * Math.sqrt(2));
            Tensor x = Tensor.of(new float[] {z, 100, -100}, 1, 3);
            for (Kernels kernels : List.of(SCALAR, VECTOR)) {
                Tensor out = zeros(1, 3);
                kernels.gelu(x, out);
                assertEquals(z * (1 + erf[i]) / 2, out.get(0, 0), 1e-6, kernels.name());
                assertEquals(100, out.get(0, 1), kernels.name());
                assertEquals(0, out.get(0, 2), 0, kernels.name());
            }
        }
    }

    @Test
    void squares_of_neighbours_are_laid_into_one_dimension_by_dimension() {
        int rows = 4;
        int columns = 6;
        Tensor x = activations(rows * columns, 5, 1);
        for (Kernels kernels : List.of(SCALAR, THREE_THREADS)) {
            Tensor out = zeros(6, 20);
            kernels.mergeSquares(x, columns, 2, out);
            for (int square = 0; square < 6; square++) {
                for (int i = 0; i < 20; i++) {
                    int row = square / 3 * 2 + i % 4 / 2;
                    int column = square % 3 * 2 + i % 2;
                    assertEquals(x.get(row * columns + column, i / 4), out.get(square, i));
                }
            }
            Tensor narrow = zeros(6, 19);
            assertThrows(
                    IllegalArgumentException.class,
                    () -> kernels.mergeSquares(x, columns, 2, narrow));
            assertThrows(IllegalArgumentException.class, () -> kernels.mergeSquares(x, 5, 2, out));
        }
    }

    @Test
    void gated_units_stay_finite_at_both_ends() {
        Tensor gate = Tensor.of(new float[] {-1000, 1000, -88, 88, 0, -0f, 1e-30f, 87}, 1, 8);
        Tensor up = Tensor.of(new float[] {1, 1, 1, 1, 1, 1, 1, 1}, 1, 8);
        Tensor expected = zeros(1, 8);
        Tensor found = zeros(1, 8);
        SCALAR.swiglu(gate, up, expected);
        VECTOR.swiglu(gate, up, found);
        assertClose(expected, found, 1e-4);
    }

    @ParameterizedTest
    @EnumSource(RopePairs.class)
    void rotation_gives_the_bits_of_the_definition_at_every_width_of_a_head(RopePairs pairs) {
        int lanes = Lanes.COUNT;
        for (int half : new int[] {1, lanes - 1, lanes, lanes + 1, 2 * lanes, 3 * lanes + 5}) {
            for (int heads : new int[] {1, 3}) {
                Tensor cos = activations(5, half, 1);
                Tensor sin = activations(5, half, 2);
                Tensor expected = activations(5, heads * 2 * half, 3);
                Tensor found = activations(5, heads * 2 * half, 3);
                SCALAR.rope(expected, 2 * half, pairs, cos, sin);
                THREE_THREADS.rope(found, 2 * half, pairs, cos, sin);
                assertEquals(-1, expected.data().mismatch(found.data()), heads + " of " + 2 * half);
            }
        }
    }

    @ParameterizedTest
    @MethodSource("lengths")
    void a_row_alone_gives_the_bits_it_gives_among_others_on_any_number_of_threads(int dim) {
        Tensor x = activations(40, dim, 1);
        Tensor y = activations(40, dim, 2);
        Tensor gain = activations(1, dim, 3);
        Tensor norms = zeros(40, dim);
        Tensor units = zeros(40, dim);
        THREE_THREADS.rmsNorm(x, gain, 1e-5f, norms);
        THREE_THREADS.swiglu(x, y, units);
        for (int t = 0; t < 40; t++) {
            Tensor norm = zeros(1, dim);
            Tensor unit = zeros(1, dim);
            VECTOR.rmsNorm(x.slice(t, 1), gain, 1e-5f, norm);
            VECTOR.swiglu(x.slice(t, 1), y.slice(t, 1), unit);
            assertArrayEquals(norms.row(t), norm.row(0), "norm of row " + t);
            assertArrayEquals(units.row(t), unit.row(0), "gated units of row " + t);
        }
        VECTOR.rmsNorm(x, gain, 1e-5f, x);
        assertEquals(-1, norms.data().mismatch(x.data()), "in place");
    }

    @Test
    void a_long_row_of_gated_units_is_cut_between_threads_without_a_trace() {
        for (int dim : new int[] {2047, 2048, 2049, 8192, 3 * 2048 + 7}) {
            Tensor gate = activations(2, dim, 1);
            Tensor up = activations(2, dim, 2);
            Tensor expected = zeros(2, dim);
            Tensor alone = zeros(2, dim);
            SCALAR.swiglu(gate, up, expected);
            VECTOR.swiglu(gate, up, alone);
            THREE_THREADS.swiglu(gate, up, gate);
            assertClose(expected, alone, ROUNDING);
            assertEquals(-1, alone.data().mismatch(gate.data()), dim + " columns");
        }
    }

    @Test
    void rows_that_do_not_fit_together_are_refused() {
        Tensor x = zeros(2, 64);
        Tensor longer = zeros(2, 65);
        assertThrows(IllegalArgumentException.class, () -> VECTOR.rmsNorm(x, longer, 1, x));
        assertThrows(IllegalArgumentException.class, () -> VECTOR.swiglu(x, longer, x));
        assertThrows(IllegalArgumentException.class, () -> VECTOR.gelu(x, longer));
        Tensor half = weights(DType.F16, 1, 64, 1);
        assertThrows(IllegalArgumentException.class, () -> VECTOR.rmsNorm(x, half, 1, x));
        assertThrows(
                IllegalArgumentException.class,
                () -> VECTOR.rope(x, 24, RopePairs.INTERLEAVED, zeros(2, 12), zeros(2, 12)));
    }

    @ParameterizedTest
    @MethodSource("lengths")
    void the_pass_over_the_vocabulary_agrees(int count) {
        float[] expected = activations(1, count, 8).row(0);
        for (int i = 0; i < count; i++) {
            expected[i] *= 20;
        }
        expected[count / 2] = Float.NEGATIVE_INFINITY;
        float[] found = expected.clone();
        double expectedSum = SCALAR.logitPasses().weigh(expected, count, 30, 1, expected);
        double foundSum = VECTOR.logitPasses().weigh(found, count, 30, 1, found);
        assertEquals(expectedSum, foundSum, 1e-5 * Math.max(expectedSum, 1e-30));
        for (int i = 0; i < count; i++) {
            assertEquals(expected[i], found[i], 1e-6 * expected[i] + 1e-37, "value " + i);
        }
    }

    private static Tensor zeros(int rows, int cols) {
        return Tensor.allocate(Arena.ofAuto(), rows, cols);
    }

    private static Tensor activations(int rows, int cols, long seed) {
        Tensor x = zeros(rows, cols);
        fill(x, new Random(seed));
        return x;
    }

    private static void fill(Tensor x, Random random) {
        for (int t = 0; t < x.rows(); t++) {
            for (int d = 0; d < x.cols(); d++) {
                x.set(t, d, (float) random.nextGaussian());
            }
        }
    }

    private static Tensor weights(DType type, int rows, int cols, long seed) {
        return RandomBlocks.tensor(Arena.ofAuto(), type, rows, cols, seed);
    }

    private static void assertClose(Tensor expected, Tensor found, double tolerance) {
        for (int t = 0; t < expected.rows(); t++) {
            float[] e = expected.row(t);
            float[] f = found.row(t);
            double size = 1;
            for (float value : e) {
                size = Math.max(size, Math.abs(value));
            }
            for (int d = 0; d < e.length; d++) {
                if (!(Math.abs(e[d] - f[d]) <= tolerance * size)) {
                    assertEquals(e[d], f[d], tolerance * size, "row " + t + ", column " + d);
                }
            }
        }
    }

    @Test
    void half_floats_of_every_pattern_widen_exactly() {
        Tensor all = new Tensor(DType.F16, Layout.ROWS, 1, 1 << 16, everyShort());
        Tensor expected = zeros(1, 1 << 16);
        Tensor found = zeros(1, 1 << 16);
        SCALAR.gatherRows(all, new int[] {0}, expected);
        VECTOR.gatherRows(all, new int[] {0}, found);
        for (int i = 0; i < 1 << 16; i++) {
            float e = expected.get(0, i);
            if (!Float.isNaN(e)) {
                assertEquals(Float.floatToRawIntBits(e), Float.floatToRawIntBits(found.get(0, i)));
            } else {
                assertEquals(e, found.get(0, i));
            }
        }
    }

    private static MemorySegment everyShort() {
        MemorySegment data = Arena.ofAuto().allocate(2L << 16, 64);
        for (int i = 0; i < 1 << 16; i++) {
            data.setAtIndex(ValueLayout.JAVA_SHORT, i, (short) i);
        }
        return data;
    }
}
