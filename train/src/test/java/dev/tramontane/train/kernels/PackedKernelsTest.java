package dev.tramontane.train.kernels;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.tramontane.kernels.Kernels;
import dev.tramontane.kernels.ScalarKernels;
import dev.tramontane.kernels.Workers;
import dev.tramontane.tensor.Tensor;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.SplittableRandom;

class PackedKernelsTest {
    /// Rounding of sums in another order, for values about 1.
    private static final float ROUNDING = 2e-4f;

    private static Tensor random(int rows, int cols, long seed) {
        var random = new SplittableRandom(seed);
        Tensor tensor = Tensor.allocate(Arena.ofAuto(), rows, cols);
        for (int row = 0; row < rows; row++) {
            for (int col = 0; col < cols; col++) {
                tensor.set(row, col, (float) random.nextDouble(-1, 1));
            }
        }
        return tensor;
    }

    private static Tensor room(int rows, int cols) {
        return Tensor.allocate(Arena.ofAuto(), rows, cols);
    }

    private static Tensor product(Kernels kernels, Tensor x, Tensor weight) {
        Tensor out = room(x.rows(), weight.rows());
        kernels.matmul(x, weight, out);
        return out;
    }

    /// Numbers as a precision rounds them.
    private static Tensor rounded(Tensor from, Precision precision) {
        Tensor rounded = room(from.rows(), from.cols());
        for (int row = 0; row < from.rows(); row++) {
            for (int col = 0; col < from.cols(); col++) {
                int bits = Float.floatToRawIntBits(from.get(row, col));
                int kept =
                        switch (precision) {
                            case FLOAT32 -> bits;
                            case BFLOAT16 -> PairPacking.rounded(bits) & PairPacking.UPPER;
                        };
                rounded.set(row, col, Float.intBitsToFloat(kept));
            }
        }
        return rounded;
    }

    @ParameterizedTest(name = "{0}, {1} tokens, {2} rows of {3}")
    @CsvSource({
        "FLOAT32, 1, 32, 16",
        "FLOAT32, 7, 31, 48",
        "FLOAT32, 8, 32, 256",
        "FLOAT32, 9, 33, 257",
        "FLOAT32, 64, 96, 768",
        "FLOAT32, 61, 37, 513",
        "FLOAT32, 130, 5, 8",
        "BFLOAT16, 1, 32, 16",
        "BFLOAT16, 7, 31, 47",
        "BFLOAT16, 9, 33, 257",
        "BFLOAT16, 64, 96, 768",
        "BFLOAT16, 61, 37, 513"
    })
    void products_are_those_of_the_reference(Precision precision, int tokens, int rows, int inner) {
        Tensor x = random(tokens, inner, 1);
        Tensor weight = random(rows, inner, 2);
        try (Kernels packed = new PackedKernels(2, precision);
                Kernels reference = new ScalarKernels()) {
            Tensor expected = product(reference, rounded(x, precision), rounded(weight, precision));
            Tensor actual = product(packed, x, weight);
            for (int t = 0; t < tokens; t++) {
                assertArrayEquals(expected.row(t), actual.row(t), ROUNDING, "token " + t);
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void a_row_is_the_same_alone_or_beside_others_for_any_number_of_threads(Precision precision) {
        Tensor x = random(37, 300, 1);
        Tensor weight = random(70, 300, 2);
        try (Kernels one = new PackedKernels(1, precision);
                Kernels three = new PackedKernels(3, precision)) {
            Tensor together = product(three, x, weight);
            for (int t = 0; t < x.rows(); t++) {
                Tensor alone = product(one, x.slice(t, 1), weight);
                assertArrayEquals(alone.row(0), together.row(t));
            }
        }
    }

    /// By the numbers that this machine takes, and by those that any has.
    @ParameterizedTest
    @EnumSource
    void sums_are_the_trainers_to_the_bit(Precision precision) {
        Tensor x = random(50, 513, 1);
        Tensor weight = random(70, 513, 2);
        Tensor expected = room(x.rows(), weight.rows());
        try (Arena arena = Arena.ofShared();
                var workers = new Workers(1);
                Kernels packed = new PackedKernels(1, precision)) {
            new Product(precision, workers, arena, Product.packedValues(513, 70))
                    .timesTransposed(
                            x.rows(),
                            weight.rows(),
                            x.cols(),
                            x.data(),
                            x.cols(),
                            weight.data(),
                            MemorySegment.NULL,
                            expected.data(),
                            weight.rows());
            Tensor actual = product(packed, x, weight);
            Tensor rounded = room(x.rows(), weight.rows());
            PanelForm floats = floats(precision);
            var product = new PackedProduct(packed, floats);
            Panels panels = Panels.like(weight, floats, arena);
            panels.pack(weight, packed);
            product.multiply(x, List.of(panels), List.of(rounded));
            for (int t = 0; t < x.rows(); t++) {
                assertArrayEquals(expected.row(t), actual.row(t), "token " + t);
                assertArrayEquals(expected.row(t), rounded.row(t), "by floats, token " + t);
            }
        }
    }

    private static PanelForm floats(Precision precision) {
        return switch (precision) {
            case FLOAT32 -> new FloatForm();
            case BFLOAT16 -> new RoundedForm(new FloatForm());
        };
    }

    @Test
    void matrices_given_together_are_multiplied_one_by_one() {
        Tensor x = random(5, 32, 1);
        List<Tensor> weights = List.of(random(40, 32, 2), random(8, 32, 3), random(33, 32, 4));
        List<Tensor> outs = List.of(room(5, 40), room(5, 8), room(5, 33));
        try (Kernels packed = new PackedKernels(2, Precision.FLOAT32)) {
            packed.matmul(x, weights, outs);
            for (int i = 0; i < outs.size(); i++) {
                Tensor alone = product(packed, x, weights.get(i));
                for (int t = 0; t < x.rows(); t++) {
                    assertArrayEquals(alone.row(t), outs.get(i).row(t));
                }
            }
        }
    }

    @Test
    void changed_weights_are_read_once_it_is_told_of_them() {
        Tensor x = random(3, 16, 1);
        Tensor weight = random(4, 16, 2);
        try (Kernels packed = new PackedKernels(1, Precision.FLOAT32)) {
            float before = product(packed, x, weight).get(1, 2);
            weight.set(2, 0, weight.get(2, 0) + 1);
            assertEquals(before, product(packed, x, weight).get(1, 2));
            packed.weightsChanged();
            assertEquals(before + x.get(1, 0), product(packed, x, weight).get(1, 2), ROUNDING);
        }
    }

    @Test
    void shapes_that_do_not_fit_are_refused() {
        try (Kernels packed = new PackedKernels(1, Precision.FLOAT32)) {
            Tensor weight = random(4, 16, 2);
            assertThrows(
                    IllegalArgumentException.class,
                    () -> packed.matmul(random(3, 17, 1), weight, room(3, 4)));
            assertThrows(
                    IllegalArgumentException.class,
                    () -> packed.matmul(random(3, 16, 1), weight, room(2, 4)));
            Tensor reshaped = weight.split(8);
            product(packed, random(3, 16, 1), weight);
            assertThrows(
                    IllegalStateException.class, () -> product(packed, random(3, 8, 1), reshaped));
        }
    }
}
