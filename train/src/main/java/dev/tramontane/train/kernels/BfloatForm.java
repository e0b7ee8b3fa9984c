package dev.tramontane.train.kernels;

import dev.tramontane.kernels.BfloatTiles;
import dev.tramontane.tensor.Tensor;
import dev.tramontane.train.kernels.Multiplier.Spot;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Optional;

/// Numbers rounded to bfloat16, two steps of `k` at a time, by machine code ({@link BfloatTiles}):
/// panels are half as large as those of floats.
final class BfloatForm implements PanelForm {
    /// Of a token's steps in a block, a pair in four bytes.
    private static final long ROW_BYTES = BfloatMultiplier.BY_ROWS.rowBytes();

    private final Scratch[] scratch;
    private MemorySegment packed = MemorySegment.NULL;
    private int rows;

    /// A task's own.
    ///
    /// @param room int[COLS][DEPTH / 2] to pack in
    private record Scratch(MemorySegment room, BfloatTiles tiles) {}

    private BfloatForm(Scratch[] scratch) {
        this.scratch = scratch;
    }

    /// @param tasks that run at once
    /// @param arena owns the code
    /// @return empty where there are no such instructions that pay
    static Optional<PanelForm> open(int tasks, Arena arena) {
        Optional<BfloatTiles> tiles = BfloatTiles.open(BfloatMultiplier.BY_ROWS, arena);
        boolean fits = Tile.ROWS == BfloatTiles.ROWS && Tile.COLS == BfloatTiles.COLS;
        if (!fits || tiles.isEmpty()) {
            return Optional.empty();
        }
        var scratch = new Scratch[tasks];
        for (int i = 0; i < tasks; i++) {
            scratch[i] =
                    new Scratch(
                            arena.allocate(ROW_BYTES * Tile.COLS, Tensor.ALIGNMENT_BYTES),
                            tiles.get().forAnotherThread(arena));
        }
        return Optional.of(new BfloatForm(scratch));
    }

    private long packedAt(int depth, int token) {
        return ((long) depth * rows + token) * ROW_BYTES;
    }

    @Override
    public long bytes(int steps) {
        return 4L * Tile.COLS * Math.ceilDiv(steps, 2);
    }

    @Override
    public void packColumns(
            int task, MemorySegment matrix, long at, long stride, int width, Block block) {
        PairPacking.turned(
                matrix,
                at,
                stride,
                width,
                block.steps(),
                block.panels(),
                block.at(),
                scratch[task].room);
    }

    @Override
    public void packRows(Tensor x) {
        rows = Math.ceilDiv(x.rows(), Tile.ROWS) * Tile.ROWS;
        int depths = Math.ceilDiv(x.cols(), Tile.DEPTH);
        if (packed.byteSize() < packedAt(depths, 0)) {
            packed = Arena.ofAuto().allocate(packedAt(depths, 0), Tensor.ALIGNMENT_BYTES);
        }
        for (int depth = 0; depth < depths; depth++) {
            int from = depth * Tile.DEPTH;
            int steps = Math.min(Tile.DEPTH, x.cols() - from);
            for (int t = 0; t < x.rows(); t++) {
                long at = t * x.rowBytes() + 4L * from;
                PairPacking.run(x.data(), at, steps, packed, packedAt(depth, t));
            }
        }
    }

    @Override
    public void multiply(
            int task, int depth, int token, int tiles, Block block, Spot source, Spot target) {
        int height = tiles * Tile.ROWS;
        scratch[task].tiles.multiply(
                packed.address() + packedAt(depth, token),
                tiles,
                block.panels().address() + block.at(),
                Math.ceilDiv(block.steps(), 2),
                source.address(height),
                source.stride(),
                target.address(height),
                target.stride());
    }
}
