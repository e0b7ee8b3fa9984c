package dev.tramontane.kernels;

import dev.tramontane.tensor.Tensor;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.util.List;

/// Activations as they are, in the order that {@link StripCode} reads them: `float[cols][n]` a
/// group of n tokens.
final class FloatRows {
    private final Arena arena;
    private final MethodHandle stride;
    private int cols;
    private MemorySegment values = MemorySegment.NULL;

    /// @param arena owns the buffer, which grows with the largest product
    FloatRows(Arena arena, Routines routines) {
        this.arena = arena;
        this.stride = routines.load(StrideCode::routine);
    }

    /// Lays out all rows of `x`.
    ///
    /// @param x float[tokens][cols] outside the heap, cols a multiple of 32
    /// @param calls a {@link StrideCode.Call} for each worker
    void interleave(Tensor x, List<TokenGroup> groups, Workers workers, MemorySegment[] calls) {
        cols = x.cols();
        if (values.byteSize() < x.bytes()) {
            values = arena.allocate(x.bytes(), Tensor.ALIGNMENT_BYTES);
        }
        workers.run(
                groups.size(),
                1,
                (worker, from, to) -> {
                    for (int group = from; group < to; group++) {
                        interleave(x, groups.get(group), calls[worker]);
                    }
                });
    }

    private void interleave(Tensor x, TokenGroup group, MemorySegment call) {
        set(call, StrideCode.Call.STEP, 4L * group.count());
        for (int t = 0; t < group.count(); t++) {
            long from = x.data().address() + (group.first() + t) * x.rowBytes();
            set(call, StrideCode.Call.FROM, from);
            set(call, StrideCode.Call.COUNT, cols / StrideCode.UNROLLED);
            set(call, StrideCode.Call.TO, valuesAt(group, 0) + 4L * t);
            Routines.call(stride, call);
        }
    }

    private static void set(MemorySegment call, int offset, long value) {
        call.set(ValueLayout.JAVA_LONG, offset, value);
    }

    /// Address of a group's value `k`.
    long valuesAt(TokenGroup group, int k) {
        return values.address() + 4L * ((long) cols * group.first() + (long) k * group.count());
    }
}
