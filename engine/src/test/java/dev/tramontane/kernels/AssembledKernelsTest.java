package dev.tramontane.kernels;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.tramontane.tensor.DType;
import dev.tramontane.tensor.Tensor;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import java.lang.foreign.Arena;
import java.util.List;
import java.util.Random;

/// Machine code against the scalar definition on the same rounded activations. Skipped, with the
/// reason, on machines that cannot run it; the bytes themselves are tested everywhere.
class AssembledKernelsTest {
    /// Rounding of a float sum whose parts are exact, against one in double: of the mean result.
    private static final double ROUNDING = 1e-4;

    private static final Arena ARENA = Arena.ofShared();
    private static final Kernels SCALAR = new ScalarKernels();
    private static AssembledKernels one;
    private static AssembledKernels three;

    @BeforeAll
    static void begin() {
        String obstacle = AssembledKernels.obstacle();
        assumeTrue(obstacle.isEmpty(), "skipped: " + obstacle);
        one = new AssembledKernels(1, true);
        three = new AssembledKernels(3, true);
    }

    @AfterAll
    static void end() {
        if (one != null) {
            one.close();
            three.close();
        }
        ARENA.close();
    }

    @ParameterizedTest
    @EnumSource(DType.class)
    void a_product_is_the_definitions_on_rounded_activations(DType type) {
        for (int inner : new int[] {256, 768, 2048 + 256, 4096 + 512}) {
            for (int rows : new int[] {16, 17, 37, 64, 150}) {
                Tensor weights = weights(type, rows, inner, 7);
                for (int tokens : new int[] {1, 2, 3, 4, 5, 11, 12, 13, 30}) {
                    Tensor x = activations(tokens, inner, 3);
                    Tensor expected = Tensor.allocate(ARENA, tokens, rows);
                    Tensor found = Tensor.allocate(ARENA, tokens, rows);
                    boolean ours = one.suits(x, weights, found);
                    boolean exact = type.blockLength() == 1;
                    SCALAR.matmul(ours && !exact ? rounded(x) : x, weights, expected);
                    one.matmul(x, weights, found);
                    assertClose(expected, found, type + " " + rows + " x " + inner);
                }
            }
        }
    }

    @ParameterizedTest
    @EnumSource(DType.class)
    void a_token_alone_gives_the_bits_it_gives_in_a_batch_on_any_number_of_threads(DType type) {
        Tensor weights = weights(type, 150, 4096 + 256, 9);
        for (int tokens : new int[] {2, 3, 4, 7, 29}) {
            Tensor x = activations(tokens, weights.cols(), 4);
            Tensor together = Tensor.allocate(ARENA, tokens, 150);
            Tensor threaded = Tensor.allocate(ARENA, tokens, 150);
            one.matmul(x, weights, together);
            three.matmul(x, weights, threaded);
            assertEquals(-1, together.data().mismatch(threaded.data()));
            for (int t = 0; t < tokens; t++) {
                Tensor alone = Tensor.allocate(ARENA, 1, 150);
                three.matmul(x.slice(t, 1), weights, alone);
                assertArrayEquals(together.row(t), alone.row(0), "token " + t + " of " + tokens);
            }
        }
    }

    @Test
    void matrices_of_many_types_and_sizes_are_multiplied_together_as_alone() {
        Tensor x = activations(6, 512, 5);
        List<Tensor> weights =
                List.of(
                        weights(DType.Q4_K, 70, 512, 1),
                        weights(DType.Q6_K, 33, 512, 2),
                        weights(DType.F32, 20, 512, 3),
                        weights(DType.Q8_0, 5, 512, 4),
                        weights(DType.Q4_0, 16, 512, 5));
        List<Tensor> together =
                weights.stream().map(w -> Tensor.allocate(ARENA, 6, w.rows())).toList();
        three.matmul(x, weights, together);
        for (int i = 0; i < weights.size(); i++) {
            Tensor alone = Tensor.allocate(ARENA, 6, weights.get(i).rows());
            three.matmul(x, weights.get(i), alone);
            assertEquals(-1, alone.data().mismatch(together.get(i).data()), "matrix " + i);
        }
    }

    @Test
    void zeros_and_the_largest_floats_have_a_product() {
        Tensor weights = weights(DType.Q4_0, 32, 256, 1);
        Tensor x = Tensor.allocate(ARENA, 1, 256);
        Tensor out = Tensor.allocate(ARENA, 1, 32);
        one.matmul(x, weights, out);
        assertArrayEquals(new float[32], out.row(0));
        for (int k = 0; k < 256; k++) {
            x.set(0, k, k == 40 ? 1e30f : 0);
        }
        one.matmul(x, weights, out);
        for (float value : out.row(0)) {
            assertTrue(Float.isFinite(value));
        }
    }

    @Test
    void memory_of_the_heap_is_multiplied_without_machine_code() {
        Tensor weights = weights(DType.Q8_0, 32, 64, 1);
        Tensor x = Tensor.of(activations(2, 64, 1).row(0), 1, 64);
        Tensor expected = Tensor.of(new float[32], 1, 32);
        Tensor found = Tensor.of(new float[32], 1, 32);
        SCALAR.matmul(x, weights, expected);
        one.matmul(x, weights, found);
        assertClose(expected, found, "heap");
    }

    @Test
    void a_wrong_shape_is_refused_before_any_address_is_made() {
        Tensor weights = weights(DType.Q4_0, 32, 256, 1);
        Tensor x = activations(1, 256, 1);
        Tensor narrow = activations(1, 224, 1);
        Tensor small = Tensor.allocate(ARENA, 1, 31);
        Tensor right = Tensor.allocate(ARENA, 1, 32);
        assertThrows(IllegalArgumentException.class, () -> one.matmul(x, weights, small));
        assertThrows(IllegalArgumentException.class, () -> one.matmul(narrow, weights, right));
    }

    /// What {@link RoundingCode} makes of activations: the definition.
    private static Tensor rounded(Tensor x) {
        Tensor result = Tensor.allocate(ARENA, x.rows(), x.cols());
        for (int t = 0; t < x.rows(); t++) {
            for (int from = 0; from < x.cols(); from += 32) {
                float max = 0;
                for (int k = from; k < from + 32; k++) {
                    max = Math.max(max, Math.abs(x.get(t, k)));
                }
                float inverse = max == 0 ? 0 : 127 / max;
                for (int k = from; k < from + 32; k++) {
                    float q = (float) Math.rint(x.get(t, k) * inverse);
                    result.set(t, k, q * (max * (1 / 127f)));
                }
            }
        }
        return result;
    }

    private static Tensor activations(int tokens, int inner, long seed) {
        var random = new Random(seed);
        Tensor x = Tensor.allocate(ARENA, tokens, inner);
        for (int t = 0; t < tokens; t++) {
            for (int k = 0; k < inner; k++) {
                x.set(t, k, (float) random.nextGaussian());
            }
        }
        return x;
    }

    private static Tensor weights(DType type, int rows, int cols, long seed) {
        return RandomBlocks.tensor(ARENA, type, rows, cols, seed);
    }

    private static void assertClose(Tensor expected, Tensor found, String what) {
        double size = 0;
        for (int t = 0; t < expected.rows(); t++) {
            for (float value : expected.row(t)) {
                size += Math.abs(value) / expected.rows() / expected.cols();
            }
        }
        for (int t = 0; t < expected.rows(); t++) {
            assertArrayEquals(
                    expected.row(t),
                    found.row(t),
                    (float) (ROUNDING * size),
                    what + ", token " + t + " of " + expected.rows());
        }
    }
}
