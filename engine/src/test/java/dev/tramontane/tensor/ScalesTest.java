package dev.tramontane.tensor;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;

/// Which factor an element has, and which matrices scales suit.
class ScalesTest {
    /// The value 1.
    private static final byte ONE = 0x38;

    @Test
    void an_element_is_multiplied_by_the_factor_of_its_tile() {
        Tensor ones = ones(DType.F8_E4M3, 130, 129);
        Tensor scaled = ones.scaled(Scales.ofSquares(new float[] {2, 3, 4, 5}, 129));
        for (int row : new int[] {0, 127, 128, 129}) {
            float[] expected = new float[129];
            Arrays.fill(expected, row < 128 ? 2 : 4);
            expected[128] = row < 128 ? 3 : 5;
            assertArrayEquals(expected, scaled.row(row));
            assertArrayEquals(expected, scaled.slice(row, 1).row(0));
            assertArrayEquals(
                    expected, scaled.slice(row / 2, row - row / 2 + 1).row(row - row / 2));
        }
        assertFalse(scaled.scales().isRowwise());
    }

    @Test
    void slices_of_slices_keep_the_factors_of_their_rows() {
        Tensor scaled =
                ones(DType.F8_E4M3, 5, 2).scaled(Scales.ofRows(new float[] {1, 2, 3, 4, 5}));
        assertEquals(4, scaled.slice(1, 4).slice(1, 3).row(1)[1]);
        assertEquals(0, scaled.slice(5, 0).rows());
        assertTrue(scaled.scales().isRowwise());
    }

    @Test
    void a_widened_copy_is_scaled() {
        try (Arena arena = Arena.ofConfined()) {
            Tensor scaled = ones(DType.F8_E4M3, 1, 3).scaled(Scales.ofMatrix(0.5f));
            assertArrayEquals(new float[] {0.5f, 0.5f, 0.5f}, scaled.widened(arena).row(0));
        }
    }

    @Test
    void scales_that_do_not_suit_are_refused() {
        Tensor ones = ones(DType.F8_E4M3, 129, 129);
        refused(ones, Scales.ofRows(new float[128]));
        refused(ones, Scales.ofSquares(new float[3], 129));
        refused(ones, Scales.ofSquares(new float[4], 128));
        refused(ones(DType.F32, 2, 2), Scales.ofMatrix(2));
        Tensor scaled = ones.scaled(Scales.ofMatrix(2));
        assertThrows(IllegalArgumentException.class, () -> scaled.split(43));
    }

    private static void refused(Tensor tensor, Scales scales) {
        assertThrows(IllegalArgumentException.class, () -> tensor.scaled(scales));
    }

    private static Tensor ones(DType type, int rows, int cols) {
        byte[] bytes = new byte[(int) type.bytes((long) rows * cols)];
        Arrays.fill(bytes, ONE);
        return new Tensor(type, Layout.ROWS, rows, cols, MemorySegment.ofArray(bytes));
    }
}
