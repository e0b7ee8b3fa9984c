package dev.tramontane.train.kernels;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.tramontane.kernels.Workers;
import dev.tramontane.tensor.Tensor;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Optional;
import java.util.SplittableRandom;

/// Machine code and the Vector API against the definition, bit by bit, around the edges of tiles,
/// blocks and pairs.
class BfloatProductTest {
    private final Arena arena = Arena.ofShared();
    private final Workers workers = new Workers(3);
    private final SplittableRandom random = new SplittableRandom(5);

    @AfterEach
    void end() {
        workers.close();
        arena.close();
    }

    private Tensor matrix(int rows, int cols) {
        Tensor matrix = Tensor.allocate(arena, rows, cols);
        for (int row = 0; row < rows; row++) {
            for (int col = 0; col < cols; col++) {
                double size = Math.scalb(1.0, random.nextInt(-12, 13));
                matrix.set(row, col, (float) (random.nextGaussian() * size));
            }
        }
        return matrix;
    }

    private Tensor copy(Tensor other) {
        Tensor copy = Tensor.allocate(arena, other.rows(), other.cols());
        MemorySegment.copy(other.data(), 0, copy.data(), 0, 4L * other.rows() * other.cols());
        return copy;
    }

    private Tensor turned(Tensor other) {
        Tensor turned = Tensor.allocate(arena, /* rows= */ other.cols(), /* cols= */ other.rows());
        for (int row = 0; row < turned.rows(); row++) {
            for (int col = 0; col < turned.cols(); col++) {
                turned.set(row, col, other.get(/* row= */ col, /* col= */ row));
            }
        }
        return turned;
    }

    /// To the nearest of eight significant bits, of two the even one.
    private static float rounded(float value) {
        double step = Math.scalb(1.0, Math.getExponent(value) - 7);
        return (float) (Math.rint(value / step) * step);
    }

    /// Block after block of steps, in each the second of a pair before the first.
    ///
    /// @param x float[rows][depth]
    /// @param w float[cols][depth]
    private Tensor expected(Tensor plus, Tensor x, Tensor w) {
        Tensor out = copy(plus);
        for (int row = 0; row < x.rows(); row++) {
            for (int col = 0; col < w.rows(); col++) {
                for (int block = 0; block < x.cols(); block += Tile.DEPTH) {
                    int end = Math.min(block + Tile.DEPTH, x.cols());
                    float sum = 0;
                    for (int k = block; k < end; k += 2) {
                        if (k + 1 < end) {
                            sum = added(sum, x.get(row, k + 1), w.get(col, k + 1));
                        }
                        sum = added(sum, x.get(row, k), w.get(col, k));
                    }
                    out.set(row, col, out.get(row, col) + sum);
                }
            }
        }
        return out;
    }

    private static float added(float sum, float x, float w) {
        return Math.fma(rounded(x), rounded(w), sum);
    }

    private static void check(Tensor expected, Tensor found) {
        for (int row = 0; row < expected.rows(); row++) {
            for (int col = 0; col < expected.cols(); col++) {
                assertEquals(expected.get(row, col), found.get(row, col), row + ", " + col);
            }
        }
    }

    /// Who multiplies.
    enum By {
        FLOATS,
        MACHINE_CODE
    }

    private Product product(By by, long largest) {
        Multiplier multiplier = new RoundedMultiplier(workers, arena, largest);
        if (by == By.MACHINE_CODE) {
            Optional<Multiplier> code = BfloatMultiplier.open(workers, arena, largest);
            assumeTrue(code.isPresent(), "this processor has no fast products of bfloat16");
            multiplier = code.get();
        }
        return new Product(multiplier, workers, arena);
    }

    @ParameterizedTest
    @EnumSource
    void products_have_the_bits_of_the_definition(By by) {
        checkBits(by, 1, 1, 1);
        checkBits(by, 7, 9, 15);
        checkBits(by, 8, 32, 16);
        checkBits(by, 9, 33, 17);
        checkBits(by, 64, 64, 256);
        checkBits(by, 65, 65, 257);
        checkBits(by, 33, 40, 513);
        checkBits(by, 1030, 48, 34);
    }

    private void checkBits(By by, int rows, int cols, int depth) {
        Tensor x = matrix(rows, depth);
        Tensor w = matrix(cols, depth);
        Tensor plus = matrix(rows, cols);
        Tensor none = Tensor.allocate(arena, rows, cols);
        Product product = product(by, Product.packedValues(depth, cols));
        Tensor out = Tensor.allocate(arena, rows, cols);
        product.timesTransposed(
                rows, cols, depth, x.data(), depth, w.data(), plus.data(), out.data(), cols);
        check(expected(plus, x, w), out);

        product.times(rows, cols, depth, x.data(), depth, turned(w).data(), out.data(), cols);
        check(expected(none, x, w), out);

        Tensor sums = copy(plus);
        product.addTransposedTimes(
                rows, cols, depth, turned(x).data(), rows, turned(w).data(), cols, sums.data());
        check(expected(plus, x, w), sums);
    }

    @ParameterizedTest
    @EnumSource
    void rows_may_be_longer_than_what_is_multiplied(By by) {
        int rows = 21;
        int cols = 37;
        int depth = 19;
        Tensor x = matrix(rows, depth);
        Tensor w = matrix(cols, depth);
        Tensor wide = Tensor.allocate(arena, rows, depth + 5);
        Tensor out = Tensor.allocate(arena, rows, cols + 11);
        for (int row = 0; row < rows; row++) {
            for (int k = 0; k < wide.cols(); k++) {
                wide.set(row, k, k < depth ? x.get(row, k) : Float.NaN);
            }
            for (int col = 0; col < out.cols(); col++) {
                out.set(row, col, 7);
            }
        }
        product(by, Product.packedValues(depth, cols))
                .timesTransposed(
                        rows,
                        cols,
                        depth,
                        wide.data(),
                        wide.cols(),
                        w.data(),
                        MemorySegment.NULL,
                        out.data(),
                        out.cols());
        check(expected(Tensor.allocate(arena, rows, cols), x, w), out);
        for (int row = 0; row < rows; row++) {
            for (int col = cols; col < out.cols(); col++) {
                assertEquals(7, out.get(row, col));
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void what_is_no_number_stays_none(By by) {
        Tensor x = matrix(8, 16);
        x.set(3, 5, Float.NaN);
        x.set(4, 5, Float.POSITIVE_INFINITY);
        Tensor w = matrix(32, 16);
        w.set(7, 5, 1);
        Tensor out = Tensor.allocate(arena, 8, 32);
        product(by, Product.packedValues(16, 32))
                .timesTransposed(
                        8, 32, 16, x.data(), 16, w.data(), MemorySegment.NULL, out.data(), 32);
        assertTrue(Float.isNaN(out.get(3, 7)));
        assertEquals(Float.POSITIVE_INFINITY, out.get(4, 7));
        assertTrue(Float.isFinite(out.get(2, 7)));
    }
}
