package dev.tramontane.train.kernels;

import dev.tramontane.kernels.Workers;
import dev.tramontane.train.kernels.Multiplier.Block;
import dev.tramontane.train.kernels.Multiplier.Operand;
import dev.tramontane.train.kernels.Multiplier.Spot;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/// One product of matrices, `to[m][n] = from[m][n] + Σ over k of a(m, k) · b(k, n)`, shared between
/// threads.
///
/// Both operands may lie either way round: packing turns them, so that the three products of a
/// layer (`Y = X Wᵀ`, `dX = dY W`, `dW = dYᵀ X`) end in the same tiles. All of `b` is packed first,
/// in panels of {@link Tile#COLS} columns, a block of {@link Tile#DEPTH} steps after the other;
/// then each thread packs some rows of `a` at a time and runs over the panels. A panel stays in the
/// first cache while the rows pass by (Goto and van de Geijn 2008, section 4).
///
/// A result's sum goes through its steps in order, block after block, on one thread.
final class Product {
    private static final ValueLayout.OfFloat FLOAT = ValueLayout.JAVA_FLOAT_UNALIGNED;

    /// Rows of a task where there are few rows in all, so that every thread finds some.
    private static final int SMALL_CHUNK_ROWS = 32;

    /// Whole tasks that a thread finds at least.
    private static final int FEW_CHUNKS = 4;

    private final Multiplier multiplier;
    private final Workers workers;
    private final MemorySegment zeros;
    private final MemorySegment[] edges;
    private final Workers.Task packing = this::packPanels;
    private final Workers.Task tiling = this::computeChunks;

    // The product at work: written before a round of the workers, read in it.
    private int rows;
    private int cols;
    private int depth;
    private Operand a = Operand.NONE;
    private Operand b = Operand.NONE;
    private boolean startsAtZero;
    private MemorySegment from = MemorySegment.NULL;
    private long fromStride;
    private MemorySegment to = MemorySegment.NULL;
    private long toStride;
    private int chunkRows;

    /// @param arena owns the packed panels
    /// @param largest values of the largest `b`, {@link #packedValues}
    Product(Precision precision, Workers workers, Arena arena, long largest) {
        this(Multiplier.of(precision, workers, arena, largest), workers, arena);
    }

    Product(Multiplier multiplier, Workers workers, Arena arena) {
        this.multiplier = multiplier;
        this.workers = workers;
        zeros = arena.allocate(4L * Tile.COLS, 64);
        edges = new MemorySegment[workers.count()];
        for (int i = 0; i < edges.length; i++) {
            edges[i] = arena.allocate(4L * Tile.ROWS * Tile.COLS, 64);
        }
    }

    /// Values of a `b` once it is packed.
    static long packedValues(long depth, long cols) {
        return (depth + 1) * ((cols + Tile.COLS - 1) / Tile.COLS * Tile.COLS);
    }

    /// `y[m][n] = plus[m][n] + Σ over k of x[m][k] · w[n][k]`; strides are in values.
    void timesTransposed(
            int rows,
            int cols,
            int depth,
            MemorySegment x,
            long xStride,
            MemorySegment w,
            MemorySegment plus,
            MemorySegment y,
            long yStride) {
        a = new Operand(x, 4 * xStride, true);
        b = new Operand(w, 4L * depth, true);
        run(rows, cols, depth, plus, y, yStride);
    }

    /// `y[m][n] = Σ over k of x[m][k] · w[k][n]`.
    void times(
            int rows,
            int cols,
            int depth,
            MemorySegment x,
            long xStride,
            MemorySegment w,
            MemorySegment y,
            long yStride) {
        a = new Operand(x, 4 * xStride, true);
        b = new Operand(w, 4L * cols, false);
        run(rows, cols, depth, MemorySegment.NULL, y, yStride);
    }

    /// `y[m][n] += Σ over k of x[k][m] · w[k][n]`.
    void addTransposedTimes(
            int rows,
            int cols,
            int depth,
            MemorySegment x,
            long xStride,
            MemorySegment w,
            long wStride,
            MemorySegment y) {
        a = new Operand(x, 4 * xStride, false);
        b = new Operand(w, 4 * wStride, false);
        run(rows, cols, depth, y, y, cols);
    }

    /// @param plus what the sums are added to, in the shape of `y`; `NULL` for nothing
    private void run(
            int rows, int cols, int depth, MemorySegment plus, MemorySegment y, long yStride) {
        this.rows = rows;
        this.cols = cols;
        this.depth = depth;
        to = y;
        toStride = 4 * yStride;
        startsAtZero = plus.equals(MemorySegment.NULL);
        from = startsAtZero ? zeros : plus;
        fromStride = startsAtZero ? 0 : toStride;
        boolean few = rows < FEW_CHUNKS * Multiplier.CHUNK_ROWS * workers.count();
        chunkRows = few ? SMALL_CHUNK_ROWS : Multiplier.CHUNK_ROWS;
        workers.run(panels(), 1, packing);
        workers.run((rows + chunkRows - 1) / chunkRows, 1, tiling);
    }

    private int panels() {
        return (cols + Tile.COLS - 1) / Tile.COLS;
    }

    private void packPanels(int worker, int firstPanel, int endPanel) {
        for (int panel = firstPanel; panel < endPanel; panel++) {
            for (int step = 0; step < depth; step += Tile.DEPTH) {
                multiplier.packPanel(worker, b, block(panel, step), width(panel));
            }
        }
    }

    private Block block(int panel, int step) {
        return new Block(panel, panels(), step, Math.min(Tile.DEPTH, depth - step));
    }

    /// Columns of a panel.
    private int width(int panel) {
        return Math.min(Tile.COLS, cols - panel * Tile.COLS);
    }

    private void computeChunks(int worker, int firstChunk, int endChunk) {
        for (int chunk = firstChunk; chunk < endChunk; chunk++) {
            int row = chunk * chunkRows;
            computeRows(worker, row, Math.min(chunkRows, rows - row));
        }
    }

    private void computeRows(int worker, int row, int count) {
        for (int step = 0; step < depth; step += Tile.DEPTH) {
            int steps = Math.min(Tile.DEPTH, depth - step);
            multiplier.packRows(worker, a, row, count, step, steps);
            for (int panel = 0; panel < panels(); panel++) {
                computePanel(worker, row, count, block(panel, step));
            }
        }
    }

    /// The tiles of some rows and a panel: whole ones at once, those that hang over an edge of the
    /// result by way of a tile of their own.
    private void computePanel(int worker, int row, int count, Block block) {
        int width = width(block.panel());
        int whole = width == Tile.COLS ? count / Tile.ROWS : 0;
        boolean fromZero = block.firstStep() == 0 && startsAtZero;
        long col = 4L * block.firstCol();
        var target = new Spot(to, row * toStride + col, toStride);
        Spot source = target;
        if (fromZero) {
            source = new Spot(zeros, 0, 0);
        } else if (block.firstStep() == 0) {
            source = new Spot(from, row * fromStride + col, fromStride);
        }
        if (whole > 0) {
            multiplier.multiply(worker, a.depthRuns(), 0, whole, block, source, target);
        }
        var nothing = new Spot(zeros, 0, 0);
        var edge = new Spot(edges[worker], 0, 4L * Tile.COLS);
        for (int tileRow = whole * Tile.ROWS; tileRow < count; tileRow += Tile.ROWS) {
            multiplier.multiply(worker, a.depthRuns(), tileRow, 1, block, nothing, edge);
            int height = Math.min(Tile.ROWS, count - tileRow);
            addTo(edge, fromZero, source.below(tileRow), target.below(tileRow), height, width);
        }
    }

    private static void addTo(
            Spot sums, boolean fromZero, Spot source, Spot target, int height, int width) {
        for (int i = 0; i < height; i++) {
            for (int j = 0; j < width; j++) {
                long at = 4L * j;
                float before = fromZero ? 0 : source.data().get(FLOAT, source.below(i).at() + at);
                float sum = sums.data().get(FLOAT, sums.below(i).at() + at);
                target.data().set(FLOAT, target.below(i).at() + at, before + sum);
            }
        }
    }
}
