package dev.tramontane.train.kernels;

import dev.tramontane.kernels.Kernels;
import dev.tramontane.tensor.Tensor;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/// A matrix as a {@link Tile} reads it, the rows of the matrix being the tile's columns: for each
/// {@link Tile#COLS} of them `float[inner][COLS]`, rows that are not there zero.
final class Panels {
    private final int rows;
    private final int inner;
    private final MemorySegment data;
    private boolean outdated = true;

    private Panels(int rows, int inner, Arena arena) {
        this.rows = rows;
        this.inner = inner;
        data = arena.allocate(4L * count() * Tile.COLS * inner, Tensor.ALIGNMENT_BYTES);
    }

    /// Room for a matrix.
    ///
    /// @param arena owns it
    static Panels like(Tensor weight, Arena arena) {
        return new Panels(weight.rows(), weight.cols(), arena);
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
        threads.share(
                count(),
                panel ->
                        Packing.turnedPanel(
                                weight.data(),
                                (long) panel * Tile.COLS * weight.rowBytes(),
                                weight.rowBytes(),
                                Math.min(Tile.COLS, rows - panel * Tile.COLS),
                                inner,
                                data,
                                at(panel)));
        outdated = false;
    }

    int rows() {
        return rows;
    }

    int inner() {
        return inner;
    }

    /// Number of panels.
    int count() {
        return (rows + Tile.COLS - 1) / Tile.COLS;
    }

    MemorySegment data() {
        return data;
    }

    /// Byte of a panel.
    long at(int panel) {
        return 4L * panel * Tile.COLS * inner;
    }
}
