package dev.tramontane.train.kernels;

import dev.tramontane.kernels.Kernels;
import dev.tramontane.tensor.Tensor;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/// A matrix as a tile reads it, the rows of the matrix being the tile's columns: for each {@link
/// Tile#COLS} of them all their steps, in the numbers of a {@link PanelForm}, rows that are not
/// there zero.
final class Panels {
    private final int rows;
    private final int inner;
    private final PanelForm form;
    private final MemorySegment data;
    private boolean outdated = true;

    private Panels(int rows, int inner, PanelForm form, Arena arena) {
        this.rows = rows;
        this.inner = inner;
        this.form = form;
        data = arena.allocate(count() * form.bytes(inner), Tensor.ALIGNMENT_BYTES);
    }

    /// Room for a matrix.
    ///
    /// @param arena owns it
    static Panels like(Tensor weight, PanelForm form, Arena arena) {
        return new Panels(weight.rows(), weight.cols(), form, arena);
    }

    boolean isOf(Tensor weight) {
        return rows == weight.rows() && inner == weight.cols();
    }

    boolean isOutdated() {
        return outdated;
    }

    /// The matrix has changed.
    void forget() {
        outdated = true;
    }

    /// @param weight float[rows][inner]
    /// @param threads share the work
    void pack(Tensor weight, Kernels threads) {
        int tasks = Math.min(threads.threads(), count());
        threads.share(
                tasks,
                task -> {
                    for (int panel = task; panel < count(); panel += tasks) {
                        pack(weight, panel, task);
                    }
                });
        outdated = false;
    }

    private void pack(Tensor weight, int panel, int task) {
        int row = panel * Tile.COLS;
        for (int depth = 0; depth < depths(); depth++) {
            form.packColumns(
                    task,
                    weight.data(),
                    row * weight.rowBytes() + 4L * depth * Tile.DEPTH,
                    weight.rowBytes(),
                    Math.min(Tile.COLS, rows - row),
                    block(panel, depth));
        }
    }

    int rows() {
        return rows;
    }

    int inner() {
        return inner;
    }

    /// Number of panels.
    int count() {
        return Math.ceilDiv(rows, Tile.COLS);
    }

    /// Number of blocks in a panel, of {@link Tile#DEPTH} steps or what is left of them.
    int depths() {
        return Math.ceilDiv(inner, Tile.DEPTH);
    }

    PanelForm.Block block(int panel, int depth) {
        return new PanelForm.Block(
                data,
                panel * form.bytes(inner) + depth * form.bytes(Tile.DEPTH),
                Math.min(Tile.DEPTH, inner - depth * Tile.DEPTH));
    }
}
