package dev.tramontane.train.kernels;

import dev.tramontane.tensor.Tensor;
import dev.tramontane.train.kernels.Multiplier.Spot;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/// Floats as they are, by {@link Tile}.
final class FloatForm implements PanelForm {
    private static final ValueLayout.OfFloat FLOAT = ValueLayout.JAVA_FLOAT_UNALIGNED;

    private float[] packed = {};
    private int rows;

    /// The activations, `float[depths][rows][DEPTH]`: `k` in blocks of {@link Tile#DEPTH}.
    float[] packed() {
        return packed;
    }

    /// Where the steps of a token begin.
    int packedAt(int depth, int token) {
        return (depth * rows + token) * Tile.DEPTH;
    }

    @Override
    public long bytes(int steps) {
        return 4L * Tile.COLS * steps;
    }

    @Override
    public void packColumns(
            int task, MemorySegment matrix, long at, long stride, int width, Block block) {
        Packing.turnedPanel(matrix, at, stride, width, block.steps(), block.panels(), block.at());
    }

    @Override
    public void packRows(Tensor x) {
        rows = Math.ceilDiv(x.rows(), Tile.ROWS) * Tile.ROWS;
        int depths = Math.ceilDiv(x.cols(), Tile.DEPTH);
        int values = Math.multiplyExact(rows * depths, Tile.DEPTH);
        if (packed.length < values) {
            packed = new float[values];
        }
        for (int depth = 0; depth < depths; depth++) {
            int from = depth * Tile.DEPTH;
            int steps = Math.min(Tile.DEPTH, x.cols() - from);
            for (int t = 0; t < x.rows(); t++) {
                long at = t * x.rowBytes() + 4L * from;
                MemorySegment.copy(x.data(), FLOAT, at, packed, packedAt(depth, t), steps);
            }
        }
    }

    @Override
    public void multiply(
            int task, int depth, int token, int tiles, Block block, Spot source, Spot target) {
        for (int row = 0; row < tiles * Tile.ROWS; row += Tile.ROWS) {
            Tile.byRows(
                    block.steps(),
                    packed,
                    packedAt(depth, token + row),
                    block.panels(),
                    block.at(),
                    source.data(),
                    source.below(row).at(),
                    source.stride(),
                    target.data(),
                    target.below(row).at(),
                    target.stride());
        }
    }
}
