package dev.tramontane.train.kernels;

import dev.tramontane.kernels.Kernels;
import dev.tramontane.tensor.DType;
import dev.tramontane.tensor.Tensor;
import dev.tramontane.train.kernels.Multiplier.Spot;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

/// Activations times packed matrices: `outs[i][t][r] = Σ over k of matrices[i][r][k] · x[t][k]`,
/// each sum in the order of `k` and on one thread, as {@link Product} has it.
///
/// Threads take panels; a panel stays in the first cache while all tokens pass by.
final class PackedProduct {
    private final Kernels threads;
    private final PanelForm form;
    private final MemorySegment zeros;
    private final MemorySegment[] edges;

    /// @param threads share the work
    PackedProduct(Kernels threads, PanelForm form) {
        this.threads = threads;
        this.form = form;
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
        form.packRows(x);
        int all = panels;
        var next = new AtomicInteger();
        threads.share(
                Math.min(edges.length, all),
                task -> {
                    for (int i = next.getAndIncrement(); i < all; i = next.getAndIncrement()) {
                        compute(task, i, x, matrices, outs);
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

    /// A panel, counted through all matrices.
    private void compute(int task, int number, Tensor x, List<Panels> matrices, List<Tensor> outs) {
        int panel = number;
        int matrix = 0;
        while (panel >= matrices.get(matrix).count()) {
            panel -= matrices.get(matrix++).count();
        }
        Panels of = matrices.get(matrix);
        for (int depth = 0; depth < of.depths(); depth++) {
            tiles(task, of, panel, depth, x.rows(), outs.get(matrix));
        }
    }

    /// The tiles of a panel: whole ones at once, those that hang over an edge of the result by way
    /// of a tile of their own.
    private void tiles(int task, Panels of, int panel, int depth, int tokens, Tensor out) {
        PanelForm.Block block = of.block(panel, depth);
        int col = panel * Tile.COLS;
        int width = Math.min(Tile.COLS, of.rows() - col);
        int whole = width == Tile.COLS ? tokens / Tile.ROWS : 0;
        var target = new Spot(out.data(), 4L * col, out.rowBytes());
        if (whole > 0) {
            Spot source = depth == 0 ? new Spot(zeros, 0, 0) : target;
            form.multiply(task, depth, 0, whole, block, source, target);
        }
        var edge = new Spot(edges[task], 0, 4L * Tile.COLS);
        for (int token = whole * Tile.ROWS; token < tokens; token += Tile.ROWS) {
            int height = Math.min(Tile.ROWS, tokens - token);
            if (depth == 0) {
                edge.data().fill((byte) 0);
            } else {
                copy(target.below(token), edge, height, width);
            }
            form.multiply(task, depth, token, 1, block, edge, edge);
            copy(edge, target.below(token), height, width);
        }
    }

    private static void copy(Spot from, Spot to, int rows, int cols) {
        for (int i = 0; i < rows; i++) {
            MemorySegment.copy(
                    from.data(), from.below(i).at(), to.data(), to.below(i).at(), 4L * cols);
        }
    }
}
