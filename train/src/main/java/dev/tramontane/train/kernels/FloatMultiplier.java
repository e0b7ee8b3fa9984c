package dev.tramontane.train.kernels;

import static dev.tramontane.kernels.Lanes.COUNT;
import static dev.tramontane.kernels.Lanes.F;
import static dev.tramontane.kernels.Lanes.LITTLE;

import dev.tramontane.kernels.Workers;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/// Floats as they are, by {@link Tile}.
final class FloatMultiplier implements Multiplier {
    private static final ValueLayout.OfFloat FLOAT = ValueLayout.JAVA_FLOAT_UNALIGNED;

    /// Eight values, or as many as a narrower vector has.
    private static final VectorSpecies<Float> EIGHT =
            COUNT >= Tile.ROWS ? FloatVector.SPECIES_256 : F;

    private final MemorySegment packedB;

    /// Each thread's packed rows of `a`.
    private final float[][] packedA;

    /// @param arena owns the packed panels
    /// @param largest values of the largest `b`, {@link Product#packedValues}
    FloatMultiplier(Workers workers, Arena arena, long largest) {
        packedB = arena.allocate(4 * largest, 64);
        packedA = new float[workers.count()][CHUNK_ROWS * Tile.DEPTH];
    }

    MemorySegment packedB() {
        return packedB;
    }

    /// A thread's packed rows: `float[CHUNK_ROWS][DEPTH]` where rows run along `k`, else a step of
    /// {@link Tile#ROWS} rows after the other.
    float[] packedA(int worker) {
        return packedA[worker];
    }

    /// Byte of a packed block.
    static long packedAt(Block block) {
        return 4L
                * Tile.COLS
                * ((long) block.firstStep() * block.panels()
                        + (long) block.panel() * block.steps());
    }

    @Override
    public void packPanel(int worker, Operand b, Block block, int width) {
        long from = b.at(block.firstStep(), block.firstCol());
        long at = packedAt(block);
        if (b.depthRuns()) {
            Packing.turnedPanel(b.data(), from, b.stride(), width, block.steps(), packedB, at);
        } else {
            Packing.panel(b.data(), from, b.stride(), width, block.steps(), packedB, at);
        }
    }

    /// Rows that run along `k` are copied a row after the other, those that do not eight values of
    /// a step at a time.
    @Override
    public void packRows(int worker, Operand a, int row, int count, int step, int steps) {
        float[] packed = packedA[worker];
        if (a.depthRuns()) {
            for (int i = 0; i < count; i++) {
                MemorySegment.copy(
                        a.data(), FLOAT, a.at(step, row + i), packed, i * Tile.DEPTH, steps);
            }
            return;
        }
        int whole = count / Tile.ROWS * Tile.ROWS;
        packEights(a.data(), a.at(step, row), a.stride(), whole, steps, packed);
        for (int i = whole; i < count; i++) {
            for (int k = 0; k < steps; k++) {
                packed[whole * Tile.DEPTH + k * Tile.ROWS + i - whole] =
                        a.data().get(FLOAT, a.at(step + k, row + i));
            }
        }
    }

    /// A step after the other, so that each line of memory is read once.
    private static void packEights(
            MemorySegment data, long at, long stride, int whole, int steps, float[] packed) {
        for (int k = 0; k < steps; k++) {
            long from = at + k * stride;
            for (int i = 0; i < whole; i += EIGHT.length()) {
                int eight = i / Tile.ROWS * Tile.ROWS;
                FloatVector.fromMemorySegment(EIGHT, data, from + 4L * i, LITTLE)
                        .intoArray(packed, eight * Tile.DEPTH + k * Tile.ROWS + i - eight);
            }
        }
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
        int steps = block.steps();
        long b = packedAt(block);
        for (int tile = 0; tile < tiles; tile++) {
            int row = tile * Tile.ROWS;
            int a = (tileRow + row) * Tile.DEPTH;
            long from = source.below(row).at();
            long to = target.below(row).at();
            if (depthRuns) {
                Tile.byRows(
                        steps,
                        packedA[worker],
                        a,
                        packedB,
                        b,
                        source.data(),
                        from,
                        source.stride(),
                        target.data(),
                        to,
                        target.stride());
            } else {
                Tile.bySteps(
                        steps,
                        packedA[worker],
                        a,
                        Tile.ROWS,
                        packedB,
                        b,
                        source.data(),
                        from,
                        source.stride(),
                        target.data(),
                        to,
                        target.stride());
            }
        }
    }
}
