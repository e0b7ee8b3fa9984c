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

    /// Rows of a task: its packed part of `a` (64 KB) stays in the second cache.
    private static final int CHUNK_ROWS = 64;

    /// Rows of a task where there are few rows in all, so that every thread finds some.
    private static final int SMALL_CHUNK_ROWS = 32;

    private static final int FEW_ROWS = 1024;

    /// Eight values, or as many as a narrower vector has.
    private static final VectorSpecies<Float> EIGHT =
            COUNT >= Tile.ROWS ? FloatVector.SPECIES_256 : F;

    private final Workers workers;
    private final MemorySegment packedB;
    private final MemorySegment zeros;
    private final Scratch[] scratch;
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

    /// A matrix to read.
    ///
    /// @param stride bytes from a row in memory to the next
    /// @param depthRuns whether a row in memory runs along `k`, the index that is summed over
    private record Operand(MemorySegment data, long stride, boolean depthRuns) {
        static final Operand NONE = new Operand(MemorySegment.NULL, 0, true);
    }

    /// A thread's own memory.
    ///
    /// @param rows packed rows of `a`
    /// @param edge float[ROWS][COLS], a tile that hangs over the edge of the result
    private record Scratch(float[] rows, MemorySegment edge) {}

    /// @param arena owns the packed panels
    /// @param largest values of the largest `b`, {@link #packedValues}
    Product(Workers workers, Arena arena, long largest) {
        this.workers = workers;
        packedB = arena.allocate(4 * largest, 64);
        zeros = arena.allocate(4L * Tile.COLS, 64);
        scratch = new Scratch[workers.count()];
        for (int i = 0; i < scratch.length; i++) {
            scratch[i] =
                    new Scratch(
                            new float[CHUNK_ROWS * Tile.DEPTH],
                            arena.allocate(4L * Tile.ROWS * Tile.COLS, 64));
        }
    }

    /// Values of a `b` once it is packed.
    static long packedValues(long depth, long cols) {
        return depth * ((cols + Tile.COLS - 1) / Tile.COLS * Tile.COLS);
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
        chunkRows = rows < FEW_ROWS ? SMALL_CHUNK_ROWS : CHUNK_ROWS;
        workers.run(panels(), 1, packing);
        workers.run((rows + chunkRows - 1) / chunkRows, 1, tiling);
    }

    private int panels() {
        return (cols + Tile.COLS - 1) / Tile.COLS;
    }

    /// Byte of a panel's block of steps.
    private long packedAt(int panel, int firstStep, int steps) {
        return 4L * Tile.COLS * ((long) firstStep * panels() + (long) panel * steps);
    }

    private void packPanels(int worker, int firstPanel, int endPanel) {
        for (int panel = firstPanel; panel < endPanel; panel++) {
            int col = panel * Tile.COLS;
            int width = Math.min(Tile.COLS, cols - col);
            for (int step = 0; step < depth; step += Tile.DEPTH) {
                int steps = Math.min(Tile.DEPTH, depth - step);
                long at = packedAt(panel, step, steps);
                if (b.depthRuns) {
                    Packing.turnedPanel(
                            b.data,
                            col * b.stride + 4L * step,
                            b.stride,
                            width,
                            steps,
                            packedB,
                            at);
                } else {
                    Packing.panel(
                            b.data,
                            step * b.stride + 4L * col,
                            b.stride,
                            width,
                            steps,
                            packedB,
                            at);
                }
            }
        }
    }

    private void computeChunks(int worker, int firstChunk, int endChunk) {
        for (int chunk = firstChunk; chunk < endChunk; chunk++) {
            int row = chunk * chunkRows;
            computeRows(scratch[worker], row, Math.min(chunkRows, rows - row));
        }
    }

    private void computeRows(Scratch own, int row, int count) {
        for (int step = 0; step < depth; step += Tile.DEPTH) {
            int steps = Math.min(Tile.DEPTH, depth - step);
            packRows(own.rows, row, count, step, steps);
            for (int panel = 0; panel < panels(); panel++) {
                long bAt = packedAt(panel, step, steps);
                for (int tileRow = 0; tileRow < count; tileRow += Tile.ROWS) {
                    computeTile(own, row, tileRow, count, panel, step, steps, bAt);
                }
            }
        }
    }

    /// Rows that run along `k` are copied a row after the other, those that do not eight values of
    /// a step at a time.
    private void packRows(float[] packed, int row, int count, int step, int steps) {
        if (a.depthRuns) {
            for (int i = 0; i < count; i++) {
                MemorySegment.copy(
                        a.data,
                        FLOAT,
                        (row + i) * a.stride + 4L * step,
                        packed,
                        i * Tile.DEPTH,
                        steps);
            }
        } else {
            int whole = count / Tile.ROWS * Tile.ROWS;
            packEights(a.data, step * a.stride + 4L * row, a.stride, whole, steps, packed);
            for (int i = whole; i < count; i++) {
                for (int k = 0; k < steps; k++) {
                    packed[whole * Tile.DEPTH + k * Tile.ROWS + i - whole] =
                            a.data.get(FLOAT, (step + k) * a.stride + 4L * (row + i));
                }
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

    private void computeTile(
            Scratch own,
            int row,
            int tileRow,
            int count,
            int panel,
            int step,
            int steps,
            long bAt) {
        int col = panel * Tile.COLS;
        boolean fromZero = step == 0 && startsAtZero;
        MemorySegment source = step == 0 ? from : to;
        long sourceStride = step == 0 ? fromStride : toStride;
        long sourceAt = fromZero ? 0 : (row + tileRow) * sourceStride + 4L * col;
        long toAt = (row + tileRow) * toStride + 4L * col;
        int aAt = tileRow * Tile.DEPTH;
        int height = Math.min(Tile.ROWS, count - tileRow);
        int width = Math.min(Tile.COLS, cols - col);
        if (height == Tile.ROWS && width == Tile.COLS) {
            multiply(own, steps, aAt, bAt, source, sourceAt, sourceStride, to, toAt, toStride);
            return;
        }
        multiply(own, steps, aAt, bAt, zeros, 0, 0, own.edge, 0, 4L * Tile.COLS);
        for (int i = 0; i < height; i++) {
            for (int j = 0; j < width; j++) {
                float before =
                        fromZero ? 0 : source.get(FLOAT, sourceAt + i * sourceStride + 4L * j);
                float sum = own.edge.get(FLOAT, 4L * (i * Tile.COLS + j));
                to.set(FLOAT, toAt + i * toStride + 4L * j, before + sum);
            }
        }
    }

    private void multiply(
            Scratch own,
            int steps,
            int aAt,
            long bAt,
            MemorySegment source,
            long sourceAt,
            long sourceStride,
            MemorySegment target,
            long targetAt,
            long targetStride) {
        if (a.depthRuns) {
            Tile.byRows(
                    steps,
                    own.rows,
                    aAt,
                    packedB,
                    bAt,
                    source,
                    sourceAt,
                    sourceStride,
                    target,
                    targetAt,
                    targetStride);
        } else {
            Tile.bySteps(
                    steps,
                    own.rows,
                    aAt,
                    Tile.ROWS,
                    packedB,
                    bAt,
                    source,
                    sourceAt,
                    sourceStride,
                    target,
                    targetAt,
                    targetStride);
        }
    }
}
