package dev.tramontane.train.kernels;

import dev.tramontane.tensor.Tensor;
import dev.tramontane.train.kernels.Multiplier.Spot;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/// In which numbers a {@link PackedProduct} computes: how they lie in {@link Panels}, and which
/// tile multiplies them. The sums are those of a {@link Multiplier} of the same precision.
interface PanelForm {
    /// @param tasks that run at once, numbered from 0
    /// @param arena owns what is allocated
    static PanelForm of(Precision precision, int tasks, Arena arena) {
        return switch (precision) {
            case FLOAT32 -> new FloatForm();
            case BFLOAT16 ->
                    BfloatForm.open(tasks, arena).orElseGet(() -> new RoundedForm(new FloatForm()));
        };
    }

    /// A place in packed panels where some steps of a panel's columns lie.
    record Block(MemorySegment panels, long at, int steps) {}

    /// Bytes of so many steps of a panel.
    long bytes(int steps);

    /// Packs some rows of a matrix, which become columns, and some of their steps.
    ///
    /// @param at byte of the first row's first step
    /// @param stride bytes from a row to the next
    /// @param width rows that are there; the other columns become zero
    void packColumns(int task, MemorySegment matrix, long at, long stride, int width, Block block);

    /// Packs all activations, for all threads.
    ///
    /// @param x float[tokens][inner]
    void packRows(Tensor x);

    /// Computes whole tiles below each other.
    ///
    /// @param depth which {@link Tile#DEPTH} steps of the activations
    /// @param token the first tile's first
    /// @param source that sums are added to
    void multiply(int task, int depth, int token, int tiles, Block block, Spot source, Spot target);
}
