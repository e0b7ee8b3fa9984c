package dev.tramontane.train.kernels;

import static dev.tramontane.kernels.Lanes.COUNT;
import static dev.tramontane.kernels.Lanes.F;
import static dev.tramontane.kernels.Lanes.I;
import static dev.tramontane.kernels.Lanes.LITTLE;

import dev.tramontane.kernels.Workers;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorOperators;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/// What {@link BfloatMultiplier} computes, by floats on any machine: what has been packed is
/// rounded, and the steps of each pair change places, since the second is added first. The bits are
/// the same but for values below the normal floats.
final class RoundedMultiplier implements Multiplier {
    private final FloatMultiplier floats;

    /// @param arena owns the packed panels
    /// @param largest values of the largest `b`, {@link Product#packedValues}
    RoundedMultiplier(Workers workers, Arena arena, long largest) {
        floats = new FloatMultiplier(workers, arena, largest);
    }

    @Override
    public void packPanel(int worker, Operand b, Block block, int width) {
        floats.packPanel(worker, b, block, width);
        swapRows(floats.packedB(), FloatMultiplier.packedAt(block), block.steps());
    }

    @Override
    public void multiply(
            int worker,
            boolean depthRuns,
            int tileRow,
            int tiles,
            Block block,
            Spot source,
            Spot target) {
        floats.multiply(worker, depthRuns, tileRow, tiles, block, source, target);
    }

    @Override
    public void packRows(int worker, Operand a, int row, int count, int firstStep, int steps) {
        floats.packRows(worker, a, row, count, firstStep, steps);
        float[] packed = floats.packedA(worker);
        int tiles = (count + Tile.ROWS - 1) / Tile.ROWS;
        for (int tile = 0; tile < tiles; tile++) {
            int at = tile * Tile.ROWS * Tile.DEPTH;
            if (a.depthRuns()) {
                for (int i = 0; i < Tile.ROWS; i++) {
                    swapNeighbours(packed, at + i * Tile.DEPTH, steps);
                }
            } else {
                for (int k = 0; k < steps; k += 2) {
                    swap(packed, at + k * Tile.ROWS, k + 1 < steps ? Tile.ROWS : 0);
                }
            }
        }
    }

    /// Rounds rows of columns, and swaps each pair of rows.
    static void swapRows(MemorySegment rows, long at, int steps) {
        long width = 4L * Tile.COLS;
        for (int k = 0; k < steps; k += 2) {
            long first = at + k * width;
            long second = k + 1 < steps ? first + width : first;
            for (int j = 0; j < 2; j++) {
                IntVector lower = rounded(rows, first + 4L * COUNT * j);
                IntVector upper = rounded(rows, second + 4L * COUNT * j);
                upper.intoMemorySegment(rows, first + 4L * COUNT * j, LITTLE);
                lower.intoMemorySegment(rows, second + 4L * COUNT * j, LITTLE);
            }
        }
    }

    private static IntVector rounded(MemorySegment data, long at) {
        return rounded(IntVector.fromMemorySegment(I, data, at, LITTLE));
    }

    /// Rounds the values of two steps, and swaps those that are `apart` from each other.
    private static void swap(float[] rows, int at, int apart) {
        for (int i = at; i < at + Tile.ROWS; i++) {
            float lower = rows[i];
            rows[i] = rounded(rows[i + apart]);
            rows[i + apart] = rounded(lower);
        }
    }

    /// Rounds a row, and swaps each pair of neighbours.
    static void swapNeighbours(float[] row, int at, int steps) {
        int k = 0;
        for (; k + COUNT <= steps; k += COUNT) {
            rounded(FloatVector.fromArray(F, row, at + k).reinterpretAsInts())
                    .reinterpretAsLongs()
                    .lanewise(VectorOperators.ROL, 32)
                    .reinterpretAsInts()
                    .reinterpretAsFloats()
                    .intoArray(row, at + k);
        }
        for (; k < steps; k += 2) {
            int second = at + Math.min(k + 1, steps - 1);
            float lower = row[at + k];
            row[at + k] = rounded(row[second]);
            row[second] = rounded(lower);
        }
    }

    private static float rounded(float value) {
        return Float.intBitsToFloat(
                PairPacking.rounded(Float.floatToRawIntBits(value)) & PairPacking.UPPER);
    }

    private static IntVector rounded(IntVector bits) {
        return PairPacking.rounded(bits).and(PairPacking.UPPER);
    }
}
