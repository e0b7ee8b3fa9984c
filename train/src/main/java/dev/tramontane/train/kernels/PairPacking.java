package dev.tramontane.train.kernels;

import static dev.tramontane.kernels.Lanes.COUNT;
import static dev.tramontane.kernels.Lanes.I;
import static dev.tramontane.kernels.Lanes.LITTLE;

import dev.tramontane.train.kernels.Multiplier.Block;
import dev.tramontane.train.kernels.Multiplier.Operand;

import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.LongVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorShape;
import jdk.incubator.vector.VectorSpecies;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/// Rounds floats to bfloat16 and lays those of two steps of `k` into a dword, the first in its
/// lower half; beside the last of an odd number of steps lies a zero.
///
/// For vectors of sixteen floats, two tiles of rows. To the nearest, of two the even one. What is
/// no number stays none, as long as it is one that arithmetic makes.
final class PairPacking {
    private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT_UNALIGNED;
    static final int UPPER = 0xFFFF_0000;
    private static final long ROW_BYTES = 4L * Tile.COLS;

    /// Half a vector, which two neighbours of a whole one fill with pairs. All else is done in
    /// whole ones: methods that see vectors of two sizes are compiled for neither (docs/log).
    private static final VectorSpecies<Integer> HALF =
            VectorSpecies.of(int.class, VectorShape.forBitSize(I.vectorBitSize() / 2));

    private PairPacking() {}

    /// A float's bits, rounded; the lower half is to be cut off.
    static int rounded(int bits) {
        return bits + 0x7FFF + (bits >>> 16 & 1);
    }

    static IntVector rounded(IntVector bits) {
        return bits.add(0x7FFF).add(bits.lanewise(VectorOperators.LSHR, 16).and(1));
    }

    private static int pair(int first, int second) {
        return rounded(first) >>> 16 | rounded(second) & UPPER;
    }

    /// Values that lie behind each other.
    ///
    /// @param at byte of the first
    static void run(MemorySegment data, long at, int steps, MemorySegment to, long toAt) {
        int k = 0;
        for (; k + COUNT <= steps; k += COUNT) {
            IntVector bits = rounded(IntVector.fromMemorySegment(I, data, at + 4L * k, LITTLE));
            LongVector both = bits.reinterpretAsLongs();
            both.lanewise(VectorOperators.LSHR, 16)
                    .and(0xFFFF)
                    .or(both.lanewise(VectorOperators.LSHR, 32).and(UPPER & 0xFFFF_FFFFL))
                    .convertShape(VectorOperators.L2I, HALF, 0)
                    .reinterpretAsInts()
                    .intoMemorySegment(to, toAt + 2L * k, LITTLE);
        }
        for (; k < steps; k += 2) {
            int second = k + 1 < steps ? data.get(INT, at + 4L * k + 4) : 0;
            to.set(INT, toAt + 2L * k, pair(data.get(INT, at + 4L * k), second));
        }
    }

    /// A block, `int[pairs][COLS]`; columns that are not there are zero.
    ///
    /// @param width columns that are there
    /// @param panelAt byte of the packed block
    /// @param room int[COLS][DEPTH / 2] to work in
    static void panel(
            Operand b,
            Block block,
            int width,
            MemorySegment panel,
            long panelAt,
            MemorySegment room) {
        int firstStep = block.firstStep();
        int steps = block.steps();
        int col = block.firstCol();
        long at = b.at(firstStep, col);
        if (b.depthRuns()) {
            turned(b.data(), at, b.stride(), width, steps, panel, panelAt, room);
            return;
        }
        int done = width == Tile.COLS ? steps / 2 * 2 : 0;
        wholePanel(b.data(), at, b.stride(), done, panel, panelAt);
        for (int k = done; k < steps; k += 2) {
            for (int j = 0; j < Tile.COLS; j++) {
                int pair = j < width ? pair(b, firstStep, k, steps, col + j) : 0;
                panel.set(INT, panelAt + ROW_BYTES * (k / 2) + 4L * j, pair);
            }
        }
    }

    private static int pair(Operand from, int firstStep, int k, int steps, int other) {
        MemorySegment data = from.data();
        int second = k + 1 < steps ? data.get(INT, from.at(firstStep + k + 1, other)) : 0;
        return pair(data.get(INT, from.at(firstStep + k, other)), second);
    }

    private static void wholePanel(
            MemorySegment data,
            long at,
            long stride,
            int steps,
            MemorySegment panel,
            long panelAt) {
        for (int k = 0; k < steps; k += 2) {
            long first = at + k * stride;
            long to = panelAt + ROW_BYTES * (k / 2);
            pairs(data, first, stride).intoMemorySegment(panel, to, LITTLE);
            pairs(data, first + 4L * COUNT, stride)
                    .intoMemorySegment(panel, to + 4L * COUNT, LITTLE);
        }
    }

    /// Those of two steps that lie below each other.
    private static IntVector pairs(MemorySegment data, long first, long stride) {
        IntVector lower = rounded(IntVector.fromMemorySegment(I, data, first, LITTLE));
        IntVector upper = rounded(IntVector.fromMemorySegment(I, data, first + stride, LITTLE));
        return lower.lanewise(VectorOperators.LSHR, 16).or(upper.and(UPPER));
    }

    /// A block of rows that become columns, `int[pairs][COLS]`; those that are not there are zero.
    ///
    /// @param at byte of the first row's first step
    /// @param room int[COLS][DEPTH / 2] to work in
    static void turned(
            MemorySegment data,
            long at,
            long stride,
            int width,
            int steps,
            MemorySegment panel,
            long panelAt,
            MemorySegment room) {
        int pairs = (steps + 1) / 2;
        for (int j = 0; j < Tile.COLS; j++) {
            long row = 2L * Tile.DEPTH * j;
            long col = panelAt + 4L * j;
            if (j < width) {
                run(data, at + j * stride, steps, room, row);
            } else {
                room.asSlice(row, 4L * pairs).fill((byte) 0);
            }
            for (int p = 0; p < pairs; p++) {
                panel.set(INT, col + p * ROW_BYTES, room.get(INT, row + 4L * p));
            }
        }
    }

    /// Rows that lie beside each other, in tiles of {@link Tile#ROWS}: a pair of all its rows, then
    /// the next. A step after the other, so that each line of memory is read once.
    ///
    /// @param tileBytes from a tile to the next
    static void tiles(
            Operand a,
            int row,
            int count,
            int firstStep,
            int steps,
            MemorySegment to,
            int tileBytes) {
        int wholeRows = count / COUNT * COUNT;
        int wholeSteps = steps / 2 * 2;
        wholeTiles(
                a.data(), a.at(firstStep, row), a.stride(), wholeRows, wholeSteps, to, tileBytes);
        for (int k = 0; k < steps; k += 2) {
            for (int i = k < wholeSteps ? wholeRows : 0; i < count; i++) {
                to.set(INT, place(i, k, tileBytes), pair(a, firstStep, k, steps, row + i));
            }
        }
    }

    private static long place(int row, int step, int tileBytes) {
        return (long) row / Tile.ROWS * tileBytes
                + 4L * Tile.ROWS * (step / 2)
                + 4L * (row % Tile.ROWS);
    }

    private static void wholeTiles(
            MemorySegment data,
            long at,
            long stride,
            int rows,
            int steps,
            MemorySegment to,
            int tileBytes) {
        for (int k = 0; k < steps; k += 2) {
            for (int i = 0; i < rows; i += COUNT) {
                IntVector pairs = pairs(data, at + k * stride + 4L * i, stride);
                long place = place(i, k, tileBytes);
                pairs.reinterpretShape(HALF, 0)
                        .reinterpretAsInts()
                        .intoMemorySegment(to, place, LITTLE);
                pairs.reinterpretShape(HALF, 1)
                        .reinterpretAsInts()
                        .intoMemorySegment(to, place + tileBytes, LITTLE);
            }
        }
    }
}
