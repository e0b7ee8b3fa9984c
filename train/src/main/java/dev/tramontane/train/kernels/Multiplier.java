package dev.tramontane.train.kernels;

import dev.tramontane.kernels.Workers;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Objects;

/// How a {@link Product} packs the numbers of its operands, and multiplies what it has packed.
///
/// Panels of `b` are packed in one place for all threads, rows of `a` in each thread's own.
interface Multiplier {
    /// Rows of `a` that a thread packs at most: 64 KB of floats stay in the second cache.
    int CHUNK_ROWS = 64;

    /// A matrix to read.
    ///
    /// @param stride bytes from a row in memory to the next
    /// @param depthRuns whether a row in memory runs along `k`, the index that is summed over
    record Operand(MemorySegment data, long stride, boolean depthRuns) {
        static final Operand NONE = new Operand(MemorySegment.NULL, 0, true);

        /// Byte of a value.
        long at(int k, int other) {
            return depthRuns ? other * stride + 4L * k : k * stride + 4L * other;
        }
    }

    /// A part of `b`: some steps of a panel's columns.
    ///
    /// @param panels of the whole `b`
    /// @param steps at most {@link Tile#DEPTH}
    record Block(int panel, int panels, int firstStep, int steps) {
        int firstCol() {
            return panel * Tile.COLS;
        }
    }

    /// A float in memory, and bytes from a row to the next.
    record Spot(MemorySegment data, long at, long stride) {
        Spot below(int rows) {
            return new Spot(data, at + rows * stride, stride);
        }

        /// Address of as many rows of {@link Tile#COLS} floats.
        ///
        /// @throws IndexOutOfBoundsException when they are not all there
        /// @throws IllegalArgumentException when they have no address
        long address(int rows) {
            Objects.checkFromIndexSize(at, (rows - 1) * stride + 4L * Tile.COLS, data.byteSize());
            if (!data.isNative()) {
                throw new IllegalArgumentException("a tensor in an array, expected native memory");
            }
            return data.address() + at;
        }
    }

    /// @param arena owns the packed panels
    /// @param largest values of the largest `b`, {@link Product#packedValues}
    static Multiplier of(Precision precision, Workers workers, Arena arena, long largest) {
        return switch (precision) {
            case FLOAT32 -> new FloatMultiplier(workers, arena, largest);
            case BFLOAT16 ->
                    BfloatMultiplier.open(workers, arena, largest)
                            .orElseGet(() -> new RoundedMultiplier(workers, arena, largest));
        };
    }

    /// Packs a block.
    ///
    /// @param width of {@link Tile#COLS} columns, those that are there
    void packPanel(int worker, Operand b, Block block, int width);

    /// Packs some steps of some rows, for this thread.
    void packRows(int worker, Operand a, int row, int count, int firstStep, int steps);

    /// Computes whole tiles below each other from what has been packed.
    ///
    /// @param depthRuns of the rows
    /// @param tileRow of the packed rows, the first
    /// @param source that sums are added to
    void multiply(
            int worker,
            boolean depthRuns,
            int tileRow,
            int tiles,
            Block block,
            Spot source,
            Spot target);
}
