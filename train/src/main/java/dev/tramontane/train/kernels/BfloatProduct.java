package dev.tramontane.train.kernels;

import dev.tramontane.kernels.BfloatTiles;
import dev.tramontane.kernels.Workers;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Optional;

/// {@link Product} of numbers rounded to bfloat16, two steps of `k` at a time, by machine code
/// ({@link BfloatTiles}). {@link RoundedProduct} has the same bits.
final class BfloatProduct extends Product {
    /// Pairs in a row of a block.
    private static final int BLOCK_PAIRS = Tile.DEPTH / 2;

    private static final int TILE_BYTES = 4 * Tile.ROWS * BLOCK_PAIRS;

    /// Of rows that run along `k`.
    private static final BfloatTiles.Layout BY_ROWS =
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

    private BfloatProduct(Workers workers, Arena arena, MemorySegment packedB, Scratch[] scratch) {
        super(workers, arena);
        this.packedB = packedB;
        this.scratch = scratch;
    }

    /// @param arena owns the packed panels and the code
    /// @param largest values of the largest `b`, {@link #packedValues}
    /// @return empty where there are no such instructions
    static Optional<Product> open(Workers workers, Arena arena, long largest) {
        if (Tile.ROWS != BfloatTiles.ROWS || Tile.COLS != BfloatTiles.COLS) {
            return Optional.empty();
        }
        var scratch = new Scratch[workers.count()];
        for (int i = 0; i < scratch.length; i++) {
            Optional<BfloatTiles> byRows = BfloatTiles.open(BY_ROWS, arena);
            Optional<BfloatTiles> bySteps = BfloatTiles.open(BY_STEPS, arena);
            if (byRows.isEmpty() || bySteps.isEmpty()) {
                return Optional.empty();
            }
            MemorySegment rows = arena.allocate(4L * CHUNK_ROWS * BLOCK_PAIRS, 64);
            scratch[i] = new Scratch(rows, byRows.get(), bySteps.get());
        }
        MemorySegment panels = arena.allocate(2 * largest, 64);
        return Optional.of(new BfloatProduct(workers, arena, panels, scratch));
    }

    private static int pairs(int steps) {
        return (steps + 1) / 2;
    }

    /// Byte of a panel's block of steps.
    private static long packedAt(int panel, int panels, int firstStep, int steps) {
        return 4L * Tile.COLS * ((long) firstStep / 2 * panels + (long) panel * pairs(steps));
    }

    @Override
    void packPanel(
            int worker, Operand b, int panel, int panels, int width, int firstStep, int steps) {
        long at = packedAt(panel, panels, firstStep, steps);
        int col = panel * Tile.COLS;
        MemorySegment room = scratch[worker].rows; // no rows are packed yet
        PairPacking.panel(b, firstStep, col, width, steps, packedB, at, room);
    }

    @Override
    void packRows(int worker, Operand a, int row, int count, int step, int steps) {
        MemorySegment rows = scratch[worker].rows;
        if (a.depthRuns()) {
            for (int i = 0; i < count; i++) {
                long to = (long) i * BY_ROWS.rowBytes();
                PairPacking.run(a.data(), a.at(step, row + i), steps, rows, to);
            }
        } else {
            PairPacking.tiles(a, row, count, step, steps, rows, TILE_BYTES);
        }
    }

    @Override
    void multiply(
            int worker,
            boolean depthRuns,
            int tileRow,
            int tiles,
            int panel,
            int panels,
            int firstStep,
            int steps,
            Spot source,
            Spot target) {
        Scratch own = scratch[worker];
        BfloatTiles code = depthRuns ? own.byRows : own.bySteps;
        code.multiply(
                own.rows.address() + (long) tileRow / Tile.ROWS * TILE_BYTES,
                tiles,
                packedB.address() + packedAt(panel, panels, firstStep, steps),
                pairs(steps),
                source.data().address() + source.at(),
                source.stride(),
                target.data().address() + target.at(),
                target.stride());
    }
}
