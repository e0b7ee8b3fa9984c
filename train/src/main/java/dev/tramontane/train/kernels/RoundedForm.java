package dev.tramontane.train.kernels;

import dev.tramontane.tensor.Tensor;
import dev.tramontane.train.kernels.Multiplier.Spot;

import java.lang.foreign.MemorySegment;

/// What {@link BfloatForm} computes, by floats on any machine, as {@link RoundedMultiplier} does.
final class RoundedForm implements PanelForm {
    private final FloatForm floats;

    RoundedForm(FloatForm floats) {
        this.floats = floats;
    }

    @Override
    public long bytes(int steps) {
        return floats.bytes(steps);
    }

    @Override
    public void packColumns(
            int task, MemorySegment matrix, long at, long stride, int width, Block block) {
        floats.packColumns(task, matrix, at, stride, width, block);
        RoundedMultiplier.swapRows(block.panels(), block.at(), block.steps());
    }

    @Override
    public void packRows(Tensor x) {
        floats.packRows(x);
        for (int from = 0; from < x.cols(); from += Tile.DEPTH) {
            int steps = Math.min(Tile.DEPTH, x.cols() - from);
            for (int t = 0; t < x.rows(); t++) {
                int at = floats.packedAt(from / Tile.DEPTH, t);
                RoundedMultiplier.swapNeighbours(floats.packed(), at, steps);
            }
        }
    }

    @Override
    public void multiply(
            int task, int depth, int token, int tiles, Block block, Spot source, Spot target) {
        floats.multiply(task, depth, token, tiles, block, source, target);
    }
}
