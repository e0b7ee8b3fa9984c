package dev.tramontane.train.kernels;

import dev.tramontane.kernels.Kernels;
import dev.tramontane.tensor.DType;
import dev.tramontane.tensor.Tensor;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

/// Activations times packed matrices: `outs[i][t][r] = Σ over k of matrices[i][r][k] · x[t][k]`,
/// each sum in the order of `k` and on one thread, as {@link Product} has it.
///
/// Threads take panels; a panel stays in the first cache while all tokens pass by.
final class PackedProduct {
    private static final ValueLayout.OfFloat FLOAT = ValueLayout.JAVA_FLOAT_UNALIGNED;

    private final Kernels threads;
    private final MemorySegment zeros;
    private final MemorySegment[] edges;

    /// The activations, `float[blocks][tokens, padded to whole tiles][DEPTH]`: `k` in blocks of
    /// {@link Tile#DEPTH}.
    private float[] packed = {};

    /// @param threads share the work
    PackedProduct(Kernels threads) {
        this.threads = threads;
        zeros = Arena.ofAuto().allocate(4L * Tile.COLS, Tensor.ALIGNMENT_BYTES);
        edges = new MemorySegment[threads.threads()];
        for (int i = 0; i < edges.length; i++) {
            edges[i] = Arena.ofAuto().allocate(4L * Tile.ROWS * Tile.COLS, Tensor.ALIGNMENT_BYTES);
        }
    }

    /// @param x float[tokens][inner]
    /// @param outs float[tokens][rows]
    void multiply(Tensor x, List<Panels> matrices, List<Tensor> outs) {
        int panels = 0;
        for (int i = 0; i < matrices.size(); i++) {
            check(x, matrices.get(i), outs.get(i));
            panels += matrices.get(i).count();
        }
        pack(x);
        int all = panels;
        var next = new AtomicInteger();
        threads.share(
                Math.min(edges.length, all),
                task -> {
                    for (int i = next.getAndIncrement(); i < all; i = next.getAndIncrement()) {
                        compute(i, x, matrices, outs, edges[task]);
                    }
                });
    }

    private static void check(Tensor x, Panels matrix, Tensor out) {
        if (x.type() != DType.F32
                || out.type() != DType.F32
                || x.cols() != matrix.inner()
                || out.cols() != matrix.rows()
                || out.rows() != x.rows()) {
            throw new IllegalArgumentException(
                    "%d x %d activations times %d x %d weights to %d x %d"
                            .formatted(
                                    x.rows(),
                                    x.cols(),
                                    matrix.rows(),
                                    matrix.inner(),
                                    out.rows(),
                                    out.cols()));
        }
    }

    private static int padded(int tokens) {
        return (tokens + Tile.ROWS - 1) / Tile.ROWS * Tile.ROWS;
    }

    private void pack(Tensor x) {
        int rows = padded(x.rows());
        int blocks = (x.cols() + Tile.DEPTH - 1) / Tile.DEPTH;
        int values = Math.multiplyExact(rows * blocks, Tile.DEPTH);
        if (packed.length < values) {
            packed = new float[values];
        }
        for (int block = 0; block < blocks; block++) {
            int from = block * Tile.DEPTH;
            int steps = Math.min(Tile.DEPTH, x.cols() - from);
            for (int t = 0; t < x.rows(); t++) {
                MemorySegment.copy(
                        x.data(),
                        FLOAT,
                        t * x.rowBytes() + 4L * from,
                        packed,
                        (block * rows + t) * Tile.DEPTH,
                        steps);
            }
        }
    }

    /// A panel, counted through all matrices.
    private void compute(
            int number, Tensor x, List<Panels> matrices, List<Tensor> outs, MemorySegment edge) {
        int panel = number;
        int matrix = 0;
        while (panel >= matrices.get(matrix).count()) {
            panel -= matrices.get(matrix++).count();
        }
        Panels of = matrices.get(matrix);
        Tensor out = outs.get(matrix);
        for (int block = 0; block * Tile.DEPTH < of.inner(); block++) {
            for (int t = 0; t < x.rows(); t += Tile.ROWS) {
                tile(of, panel, block, t, x.rows(), out, edge);
            }
        }
    }

    private void tile(
            Panels of,
            int panel,
            int block,
            int token,
            int tokens,
            Tensor out,
            MemorySegment edge) {
        int steps = Math.min(Tile.DEPTH, of.inner() - block * Tile.DEPTH);
        int aAt = (block * padded(tokens) + token) * Tile.DEPTH;
        long bAt = of.at(panel) + 4L * block * Tile.DEPTH * Tile.COLS;
        int col = panel * Tile.COLS;
        int height = Math.min(Tile.ROWS, tokens - token);
        int width = Math.min(Tile.COLS, of.rows() - col);
        MemorySegment to = out.data();
        long stride = out.rowBytes();
        long toAt = token * stride + 4L * col;
        boolean whole = height == Tile.ROWS && width == Tile.COLS;
        if (whole) {
            boolean first = block == 0;
            Tile.byRows(
                    steps,
                    packed,
                    aAt,
                    of.data(),
                    bAt,
                    first ? zeros : to,
                    first ? 0 : toAt,
                    first ? 0 : stride,
                    to,
                    toAt,
                    stride);
            return;
        }
        long edgeStride = 4L * Tile.COLS;
        if (block == 0) {
            edge.fill((byte) 0);
        } else {
            copy(to, toAt, stride, edge, 0, edgeStride, height, width);
        }
        Tile.byRows(steps, packed, aAt, of.data(), bAt, edge, 0, edgeStride, edge, 0, edgeStride);
        copy(edge, 0, edgeStride, to, toAt, stride, height, width);
    }

    private static void copy(
            MemorySegment from,
            long fromAt,
            long fromStride,
            MemorySegment to,
            long toAt,
            long toStride,
            int rows,
            int cols) {
        for (int i = 0; i < rows; i++) {
            MemorySegment.copy(from, fromAt + i * fromStride, to, toAt + i * toStride, 4L * cols);
        }
    }
}
