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

/// Machine code of every instruction set that this machine has against the scalar definition on the
/// same rounded activations. Skipped, with the reason, on machines that cannot run it; the bytes
/// themselves are tested everywhere.
class AssembledKernelsTest {
    /// Rounding of a float sum whose parts are exact, against one in double: of the mean result.
    private static final double ROUNDING = 1e-4;

    /// Kernels of one instruction set.
    private record Machine(InstructionSet set, AssembledKernels one, AssembledKernels three) {}

    private static final Arena ARENA = Arena.ofShared();
    private static final Kernels SCALAR = new ScalarKernels();
    private static List<Machine> machines = List.of();

    @BeforeAll
    static void begin() {
        String obstacle = AssembledKernels.obstacle();
        assumeTrue(obstacle.isEmpty(), "skipped: " + obstacle);
        machines =
                CpuFeatures.detect().sets().stream()
                        .map(
                                set ->
                                        new Machine(
                                                set,
                                                new AssembledKernels(1, true, set),
                                                new AssembledKernels(3, true, set)))
                        .toList();
    }

    @AfterAll
    static void end() {
        for (Machine machine : machines) {
            machine.one.close();
            machine.three.close();
        }
        ARENA.close();
    }

    @ParameterizedTest
    @EnumSource(DType.class)
    void a_product_is_the_definitions_on_rounded_activations(DType type) {
        for (int inner : new int[] {256, 768, 2048 + 256, 4096 + 512}) {
            for (int rows : new int[] {16, 17, 37, 64, 150}) {
                Tensor weights = weights(type, rows, inner, 7);
                for (int tokens : new int[] {1, 2, 3, 4, 5, 8, 9, 13, 16, 17, 30}) {
                    Tensor x = activations(tokens, inner, 3);
                    assertDefinition(x, weights, type + " " + rows + " x " + inner);
                }
            }
        }
    }

    @ParameterizedTest
    @EnumSource(DType.class)
    void the_largest_numbers_of_a_type_and_of_activations_overflow_nothing(DType type) {
        for (int fill : new int[] {0x00, 0x7F, 0x80, 0xFF}) {
            Tensor weights = RandomBlocks.filled(ARENA, type, 32, 512, fill);
            for (int tokens : new int[] {1, 3, 6}) {
                Tensor x = Tensor.allocate(ARENA, tokens, 512);
                for (int t = 0; t < tokens; t++) {
                    for (int k = 0; k < 512; k++) {
                        x.set(t, k, t % 2 == 0 ? 1 : -1);
                    }
                }
                assertDefinition(x, weights, type + " of " + fill);
            }
        }
    }

    private static void assertDefinition(Tensor x, Tensor weights, String what) {
        for (Machine machine : machines) {
            Tensor expected = Tensor.allocate(ARENA, x.rows(), weights.rows());
            Tensor found = Tensor.allocate(ARENA, x.rows(), weights.rows());
            boolean ours = machine.one.suits(x, weights, found);
            boolean exact = weights.type().blockLength() == 1;
            SCALAR.matmul(ours && !exact ? rounded(x) : x, weights, expected);
            machine.one.matmul(x, weights, found);
            assertClose(expected, found, machine.set + ", " + what);
        }
    }

    @ParameterizedTest
    @EnumSource(DType.class)
    void a_token_alone_gives_the_bits_it_gives_in_a_batch_on_any_number_of_threads(DType type) {
        Tensor weights = weights(type, 150, 4096 + 256, 9);
        for (Machine machine : machines) {
            for (int tokens : new int[] {2, 3, 4, 7, 8, 15, 29}) {
                Tensor x = activations(tokens, weights.cols(), 4);
                Tensor together = product(machine.one, x, weights);
                Tensor threaded = product(machine.three, x, weights);
                assertEquals(-1, together.data().mismatch(threaded.data()));
                for (int t = 0; t < tokens; t++) {
                    Tensor alone = product(machine.three, x.slice(t, 1), weights);
                    assertArrayEquals(
                            together.row(t),
                            alone.row(0),
                            machine.set + ", token " + t + " of " + tokens);
                }
            }
        }
    }

    @ParameterizedTest
    @EnumSource(DType.class)
    void every_instruction_set_gives_the_same_bits(DType type) {
        Tensor weights = weights(type, 150, 4096 + 256, 11);
        for (int tokens : new int[] {1, 2, 3, 4, 5, 8, 29}) {
            Tensor x = activations(tokens, weights.cols(), 6);
            Tensor expected = product(machines.getFirst().one, x, weights);
            for (Machine machine : machines) {
                Tensor found = product(machine.one, x, weights);
                assertEquals(
                        -1,
                        expected.data().mismatch(found.data()),
                        machine.set + ", " + tokens + " tokens");
            }
        }
    }

    @ParameterizedTest
    @EnumSource(DType.class)
    void every_type_but_the_rarest_has_machine_code(DType type) {
        Tensor weights = weights(type, 32, 256, 1);
        Tensor x = activations(1, 256, 1);
        Tensor out = Tensor.allocate(ARENA, 1, 32);
        boolean rare = type == DType.TQ1_0 || type == DType.F8_E4M3;
        for (Machine machine : machines) {
            assertEquals(!rare, machine.one.suits(x, weights, out));
        }
    }

    @ParameterizedTest
    @EnumSource(DType.class)
    void rows_of_a_table_are_decoded_to_the_bit(DType type) {
        Tensor table = weights(type, 50, 768, 3);
        int[] ids = {49, 0, 7, 7, 13, 48, 1, 30, 31, 2, 49};
        Tensor expected = Tensor.allocate(ARENA, ids.length, 768);
        SCALAR.gatherRows(table, ids, expected);
        for (Machine machine : machines) {
            for (Kernels kernels : List.of(machine.one, machine.three)) {
                Tensor found = Tensor.allocate(ARENA, ids.length, 768);
                kernels.gatherRows(table, ids, found);
                assertEquals(-1, expected.data().mismatch(found.data()), machine.set.toString());
            }
        }
    }

    @Test
    void rows_that_a_table_does_not_have_are_refused() {
        Tensor table = weights(DType.Q4_0, 50, 768, 3);
        Tensor out = Tensor.allocate(ARENA, 1, 768);
        for (Machine machine : machines) {
            Kernels one = machine.one;
            for (int id : new int[] {-1, 50}) {
                assertThrows(
                        IndexOutOfBoundsException.class,
                        () -> one.gatherRows(table, new int[] {id}, out));
            }
            assertThrows(
                    IndexOutOfBoundsException.class,
                    () -> one.gatherRows(table, new int[] {1, 2}, out));
        }
    }

    private static Tensor product(Kernels kernels, Tensor x, Tensor weights) {
        Tensor out = Tensor.allocate(ARENA, x.rows(), weights.rows());
        kernels.matmul(x, weights, out);
        return out;
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
        for (Machine machine : machines) {
            machine.three.matmul(x, weights, together);
            for (int i = 0; i < weights.size(); i++) {
                Tensor alone = product(machine.three, x, weights.get(i));
                assertEquals(-1, alone.data().mismatch(together.get(i).data()), "matrix " + i);
            }
        }
    }

    @Test
    void zeros_and_the_largest_floats_have_a_product() {
        Tensor weights = weights(DType.Q4_0, 32, 256, 1);
        Tensor x = Tensor.allocate(ARENA, 1, 256);
        for (Machine machine : machines) {
            for (int k = 0; k < 256; k++) {
                x.set(0, k, 0);
            }
            assertArrayEquals(new float[32], product(machine.one, x, weights).row(0));
            x.set(0, 40, 1e30f);
            for (float value : product(machine.one, x, weights).row(0)) {
                assertTrue(Float.isFinite(value));
            }
        }
    }

    @Test
    void memory_of_the_heap_is_multiplied_without_machine_code() {
        Tensor weights = weights(DType.Q8_0, 32, 64, 1);
        Tensor x = Tensor.of(activations(2, 64, 1).row(0), 1, 64);
        Tensor expected = Tensor.of(new float[32], 1, 32);
        Tensor found = Tensor.of(new float[32], 1, 32);
        SCALAR.matmul(x, weights, expected);
        for (Machine machine : machines) {
            machine.one.matmul(x, weights, found);
            assertClose(expected, found, "heap");
        }
    }

    @Test
    void a_wrong_shape_is_refused_before_any_address_is_made() {
        Tensor weights = weights(DType.Q4_0, 32, 256, 1);
        Tensor x = activations(1, 256, 1);
        Tensor narrow = activations(1, 224, 1);
        Tensor small = Tensor.allocate(ARENA, 1, 31);
        Tensor right = Tensor.allocate(ARENA, 1, 32);
        for (Machine machine : machines) {
            Kernels one = machine.one;
            assertThrows(IllegalArgumentException.class, () -> one.matmul(x, weights, small));
            assertThrows(IllegalArgumentException.class, () -> one.matmul(narrow, weights, right));
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"F32", "F16", "BF16"})
    void a_product_in_words_is_the_definitions_on_rounded_numbers(DType type) {
        for (int inner : new int[] {64, 768, 2048 + 64, 4096}) {
            for (int rows : new int[] {16, 17, 64, 150}) {
                Tensor weights = weights(type, rows, inner, 7);
                for (int tokens : new int[] {1, 2, 11, 12, 13, 30}) {
                    assertWords(activations(tokens, inner, 3), weights);
                }
            }
        }
    }

    @Test
    void words_hold_the_largest_sums_and_groups_of_zeros() {
        for (float value : new float[] {0, 1, 1e30f}) {
            Tensor weights = Tensor.allocate(ARENA, 16, 128);
            Tensor x = Tensor.allocate(ARENA, 13, 128);
            for (int k = 0; k < 64; k++) {
                for (int row = 0; row < 16; row++) {
                    weights.set(row, k, row % 2 == 0 ? value : -value);
                }
                for (int t = 0; t < 13; t++) {
                    x.set(t, k, t % 2 == 0 ? 3 : -3);
                }
            }
            assertWords(x, weights);
        }
    }

    @Test
    void what_is_no_number_stays_none_in_words() {
        Tensor weights = weights(DType.F16, 32, 128, 1);
        for (Machine machine : machines) {
            for (float odd : new float[] {Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY}) {
                Tensor x = activations(13, 128, 1);
                x.set(5, 70, odd);
                float[] found = inWords(machine.one, x, weights).row(5);
                for (float value : found) {
                    assertTrue(!Float.isFinite(value), machine.set.toString());
                }
            }
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"F32", "F16", "BF16"})
    void in_words_too_a_token_alone_gives_the_bits_it_gives_in_a_batch(DType type) {
        Tensor weights = weights(type, 150, 4096 + 256, 9);
        for (Machine machine : machines) {
            for (int tokens : new int[] {2, 7, 12, 29}) {
                Tensor x = activations(tokens, weights.cols(), 4);
                Tensor together = inWords(machine.one, x, weights);
                Tensor threaded = inWords(machine.three, x, weights);
                assertEquals(-1, together.data().mismatch(threaded.data()));
                for (int t = 0; t < tokens; t++) {
                    Tensor alone = inWords(machine.three, x.slice(t, 1), weights);
                    assertArrayEquals(together.row(t), alone.row(0));
                }
            }
        }
    }

    @Test
    void what_has_no_words_is_multiplied_as_ever() {
        Tensor x = activations(3, 96, 2);
        Tensor odd = weights(DType.F16, 32, 96, 1);
        Tensor quantised = weights(DType.Q8_0, 32, 96, 1);
        for (Machine machine : machines) {
            for (Tensor weights : List.of(odd, quantised)) {
                Tensor expected = product(machine.one, x, weights);
                Tensor found = inWords(machine.one, x, weights);
                assertEquals(-1, expected.data().mismatch(found.data()));
            }
        }
    }

    private static Tensor inWords(Kernels kernels, Tensor x, Tensor weights) {
        Tensor out = Tensor.allocate(ARENA, x.rows(), weights.rows());
        kernels.matmulRounded(x, List.of(weights), List.of(out));
        return out;
    }

    private static void assertWords(Tensor x, Tensor weights) {
        Tensor wide = Tensor.allocate(ARENA, weights.rows(), weights.cols());
        float[] row = new float[weights.cols()];
        for (int r = 0; r < weights.rows(); r++) {
            weights.decodeRow(r, row);
            for (int k = 0; k < row.length; k++) {
                wide.set(r, k, row[k]);
            }
        }
        for (Machine machine : machines) {
            boolean rounds = machine.set.isWide();
            Tensor expected = Tensor.allocate(ARENA, x.rows(), weights.rows());
            SCALAR.matmul(
                    rounds ? rounded(x, 64, 8191) : x,
                    rounds ? rounded(wide, 64, 4095) : wide,
                    expected);
            String what = machine.set + ", " + weights.rows() + " x " + weights.cols();
            assertClose(expected, inWords(machine.one, x, weights), what);
        }
    }

    /// What {@link RoundingCode} makes of activations for bytes.
    private static Tensor rounded(Tensor x) {
        return rounded(x, 32, 127);
    }

    /// Values as whole numbers under a scale each `block`: the definition.
    private static Tensor rounded(Tensor x, int block, int levels) {
        Tensor result = Tensor.allocate(ARENA, x.rows(), x.cols());
        for (int t = 0; t < x.rows(); t++) {
            for (int from = 0; from < x.cols(); from += block) {
                float max = 0;
                for (int k = from; k < from + block; k++) {
                    max = Math.max(max, Math.abs(x.get(t, k)));
                }
                float inverse = max == 0 ? 0 : levels / max;
                for (int k = from; k < from + block; k++) {
                    float q = (float) Math.rint(x.get(t, k) * inverse);
                    result.set(t, k, q * (max * (1f / levels)));
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
