package dev.tramontane.train.kernels;

import dev.tramontane.kernels.BfloatTiles;
import dev.tramontane.kernels.Workers;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Optional;

/// Numbers rounded to bfloat16, two steps of `k` at a time, by machine code ({@link BfloatTiles}).
final class BfloatMultiplier implements Multiplier {
    /// Pairs in a row of a block.
    private static final int BLOCK_PAIRS = Tile.DEPTH / 2;

    private static final int TILE_BYTES = 4 * Tile.ROWS * BLOCK_PAIRS;

    /// Of rows that run along `k`.
    static final BfloatTiles.Layout BY_ROWS =
            new BfloatTiles.Layout(4 * BLOCK_PAIRS, 4, TILE_BYTES);

    /// Of rows that do not: a pair of all eight rows, then the next.
    private static final BfloatTiles.Layout BY_STEPS =
            new BfloatTiles.Layout(4, 4 * Tile.ROWS, TILE_BYTES);

    private final MemorySegment packedB;
    private final Scratch[] scratch;

    /// A thread's own.
    ///
    /// @param rows packed rows of `a`, int[CHUNK_ROWS][BLOCK_PAIRS]
    private record Scratch(MemorySegment rows, BfloatTiles byRows, BfloatTiles bySteps) {}

    private BfloatMultiplier(MemorySegment packedB, Scratch[] scratch) {
        this.packedB = packedB;
        this.scratch = scratch;
    }

    /// @param arena owns the packed panels and the code
    /// @param largest values of the largest `b`, {@link Product#packedValues}
    /// @return empty where there are no such instructions that pay
    static Optional<Multiplier> open(Workers workers, Arena arena, long largest) {
        Optional<BfloatTiles> byRows = BfloatTiles.open(BY_ROWS, arena);
        Optional<BfloatTiles> bySteps = BfloatTiles.open(BY_STEPS, arena);
        boolean fits = Tile.ROWS == BfloatTiles.ROWS && Tile.COLS == BfloatTiles.COLS;
        if (!fits || byRows.isEmpty() || bySteps.isEmpty()) {
            return Optional.empty();
        }
        var scratch = new Scratch[workers.count()];
        for (int i = 0; i < scratch.length; i++) {
            scratch[i] =
                    new Scratch(
                            arena.allocate(4L * CHUNK_ROWS * BLOCK_PAIRS, 64),
                            byRows.get().forAnotherThread(arena),
                            bySteps.get().forAnotherThread(arena));
        }
        return Optional.of(new BfloatMultiplier(arena.allocate(2 * largest, 64), scratch));
    }

    private static int pairs(Block block) {
        return (block.steps() + 1) / 2;
    }

    /// Byte of a packed block.
    private static long packedAt(Block block) {
        return 4L
                * Tile.COLS
                * ((long) block.firstStep() / 2 * block.panels()
                        + (long) block.panel() * pairs(block));
    }

    @Override
    public void packPanel(int worker, Operand b, Block block, int width) {
        MemorySegment room = scratch[worker].rows; // no rows are packed yet
        PairPacking.panel(b, block, width, packedB, packedAt(block), room);
    }

    @Override
    public void packRows(int worker, Operand a, int row, int count, int firstStep, int steps) {
        MemorySegment rows = scratch[worker].rows;
        if (a.depthRuns()) {
            for (int i = 0; i < count; i++) {
                long to = (long) i * BY_ROWS.rowBytes();
                PairPacking.run(a.data(), a.at(firstStep, row + i), steps, rows, to);
            }
        } else {
            PairPacking.tiles(a, row, count, firstStep, steps, rows, TILE_BYTES);
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
        Scratch own = scratch[worker];
        BfloatTiles code = depthRuns ? own.byRows : own.bySteps;
        int rows = tiles * Tile.ROWS;
        code.multiply(
                own.rows.address() + (long) tileRow / Tile.ROWS * TILE_BYTES,
                tiles,
                packedB.address() + packedAt(block),
                pairs(block),
                source.address(rows),
                source.stride(),
                target.address(rows),
                target.stride());
    }
}
