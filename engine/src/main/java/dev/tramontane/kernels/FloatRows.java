package dev.tramontane.kernels;

import dev.tramontane.tensor.Tensor;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.List;

/// Activations as they are, in the order that {@link StripCode} reads them: `float[cols][n]` a
/// group of n tokens.
final class FloatRows {
    private static final ValueLayout.OfFloat FLOAT = ValueLayout.JAVA_FLOAT;

    private final Arena arena;
    private int cols;
    private MemorySegment values = MemorySegment.NULL;

    /// @param arena owns the buffer, which grows with the largest product
    FloatRows(Arena arena) {
        this.arena = arena;
    }

    /// Lays out all rows of `x`.
    void interleave(Tensor x, List<TokenGroup> groups, Workers workers) {
        cols = x.cols();
        if (values.byteSize() < x.bytes()) {
            values = arena.allocate(x.bytes(), Tensor.ALIGNMENT_BYTES);
        }
        workers.run(
                groups.size(),
                1,
                (_, from, to) -> {
                    for (int group = from; group < to; group++) {
                        interleave(x, groups.get(group));
                    }
                });
    }

    private void interleave(Tensor x, TokenGroup group) {
        long to = (long) cols * group.first();
        for (int t = 0; t < group.count(); t++) {
            long from = (long) (group.first() + t) * cols;
            for (int k = 0; k < cols; k++) {
                float value = x.data().getAtIndex(FLOAT, from + k);
                values.setAtIndex(FLOAT, to + (long) k * group.count() + t, value);
            }
        }
    }

    /// Address of a group's value `k`.
    long valuesAt(TokenGroup group, int k) {
        return values.address() + 4L * ((long) cols * group.first() + (long) k * group.count());
    }
}
