package dev.tramontane.train.kernels;

import static dev.tramontane.kernels.Lanes.COUNT;
import static dev.tramontane.kernels.Lanes.F;
import static dev.tramontane.kernels.Lanes.LITTLE;

import jdk.incubator.vector.FloatVector;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/// Brings matrices into the form that a {@link Tile} reads: panels of {@link Tile#COLS} columns,
/// `float[steps][COLS]`, where columns that are not there are zero.
final class Packing {
    private static final ValueLayout.OfFloat FLOAT = ValueLayout.JAVA_FLOAT_UNALIGNED;
    private static final long ROW_BYTES = 4L * Tile.COLS;

    private Packing() {}

    /// Packs rows of columns: `panel[k][j] = data[k][j]`.
    ///
    /// @param at byte of the first row
    /// @param stride bytes from a row to the next
    static void panel(
            MemorySegment data,
            long at,
            long stride,
            int width,
            int steps,
            MemorySegment panel,
            long panelAt) {
        if (width == Tile.COLS) {
            wholePanel(data, at, stride, steps, panel, panelAt);
            return;
        }
        for (int k = 0; k < steps; k++) {
            long row = panelAt + k * ROW_BYTES;
            for (int j = 0; j < width; j++) {
                panel.set(FLOAT, row + 4L * j, data.get(FLOAT, at + k * stride + 4L * j));
            }
            for (int j = width; j < Tile.COLS; j++) {
                panel.set(FLOAT, row + 4L * j, 0);
            }
        }
    }

    private static void wholePanel(
            MemorySegment data,
            long at,
            long stride,
            int steps,
            MemorySegment panel,
            long panelAt) {
        for (int k = 0; k < steps; k++) {
            long row = at + k * stride;
            long to = panelAt + k * ROW_BYTES;
            FloatVector.fromMemorySegment(F, data, row, LITTLE)
                    .intoMemorySegment(panel, to, LITTLE);
            FloatVector.fromMemorySegment(F, data, row + 4L * COUNT, LITTLE)
                    .intoMemorySegment(panel, to + 4L * COUNT, LITTLE);
        }
    }

    /// Packs rows of steps: `panel[k][j] = data[j][k]`.
    ///
    /// @param at byte of the first row
    /// @param stride bytes from a row to the next
    static void turnedPanel(
            MemorySegment data,
            long at,
            long stride,
            int width,
            int steps,
            MemorySegment panel,
            long panelAt) {
        for (int j = 0; j < width; j++) {
            long row = at + j * stride;
            long col = panelAt + 4L * j;
            for (int k = 0; k < steps; k++) {
                panel.set(FLOAT, col + k * ROW_BYTES, data.get(FLOAT, row + 4L * k));
            }
        }
        for (int j = width; j < Tile.COLS; j++) {
            for (int k = 0; k < steps; k++) {
                panel.set(FLOAT, panelAt + k * ROW_BYTES + 4L * j, 0);
            }
        }
    }

    /// Packs eight rows of steps for {@link Tile#bySteps}: `eight[k][i] = data[i][k]`; rows that
    /// are not there are zero.
    static void turnedEight(
            MemorySegment data,
            long at,
            long stride,
            int count,
            int steps,
            float[] eight,
            int eightAt) {
        for (int i = 0; i < Tile.ROWS; i++) {
            for (int k = 0; k < steps; k++) {
                eight[eightAt + k * Tile.ROWS + i] =
                        i < count ? data.get(FLOAT, at + i * stride + 4L * k) : 0;
            }
        }
    }
}
