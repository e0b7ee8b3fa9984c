package dev.tramontane.kernels;

import dev.tramontane.tensor.Tensor;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// Activations rounded to 8 bits once a product, in the order that {@link StripCode} reads them.
///
/// A {@link TokenGroup} of n tokens lies together: `byte[runs][n][32]` values, `float[runs][n]`
/// scales and `int[2 · runs][n]` sums, a run being 32 values.
final class EightBitRows {
    private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT;
    private static final ValueLayout.OfFloat FLOAT = ValueLayout.JAVA_FLOAT;

    private final Arena arena;
    private final MethodHandle rounding;
    private List<TokenGroup> groups = List.of();
    private int cols;
    private MemorySegment values = MemorySegment.NULL;
    private MemorySegment scales = MemorySegment.NULL;
    private MemorySegment sums = MemorySegment.NULL;
    private final Map<Correction, MemorySegment> corrections = new HashMap<>();
    private final Set<Correction> corrected = new HashSet<>();

    /// What a decoder's groups take from their sums.
    private record Correction(int offset, int groupLength) {}

    /// @param arena owns the buffers, which grow with the largest product
    /// @param rounding {@link RoundingCode}
    EightBitRows(Arena arena, MethodHandle rounding) {
        this.arena = arena;
        this.rounding = rounding;
    }

    /// Rounds all rows of `x`.
    ///
    /// @param x float[tokens][cols] outside the heap, cols a multiple of 32
    /// @param calls a {@link RoundingCode.Call} for each worker
    void round(Tensor x, List<TokenGroup> groups, Workers workers, MemorySegment[] calls) {
        this.cols = x.cols();
        this.groups = groups;
        long runs = cols / 32;
        values = fit(values, (long) x.rows() * cols);
        scales = fit(scales, x.rows() * runs * 4);
        sums = fit(sums, x.rows() * runs * 8);
        corrected.clear();
        workers.run(
                x.rows(),
                4,
                (worker, from, to) -> {
                    for (int t = from; t < to; t++) {
                        round(x, t, calls[worker]);
                    }
                });
    }

    private void round(Tensor x, int token, MemorySegment call) {
        TokenGroup group = groups.get(token / groups.getFirst().count());
        int column = token - group.first();
        int runs = cols / 32;
        set(call, RoundingCode.Call.FROM, x.data().address() + token * x.rowBytes());
        set(call, RoundingCode.Call.BLOCKS, runs);
        set(call, RoundingCode.Call.VALUES, valuesAt(group, 0) + 32L * column);
        set(call, RoundingCode.Call.VALUES_STEP, 32L * group.count());
        set(call, RoundingCode.Call.SCALES, scalesAt(group, 0) + 4L * column);
        set(call, RoundingCode.Call.STEP, 4L * group.count());
        set(call, RoundingCode.Call.SUMS, sums.address() + 8L * runs * group.first() + 4L * column);
        Routines.call(rounding, call);
    }

    private static void set(MemorySegment call, int offset, long value) {
        call.set(ValueLayout.JAVA_LONG, offset, value);
    }

    private MemorySegment fit(MemorySegment buffer, long bytes) {
        return buffer.byteSize() >= bytes ? buffer : arena.allocate(bytes, Tensor.ALIGNMENT_BYTES);
    }

    /// Address of the values of a group's run.
    long valuesAt(TokenGroup group, int run) {
        return values.address() + (long) cols * group.first() + 32L * run * group.count();
    }

    /// Address of the scales of a group's run.
    long scalesAt(TokenGroup group, int run) {
        return scales.address()
                + 4L * ((long) cols / 32 * group.first() + (long) run * group.count());
    }

    /// What the decoder takes from sums, computed once a product: `−offset · Σ q` in whole numbers,
    /// or `d · Σ q` as floats for the minima.
    ///
    /// @return `int` or `float[cols / groupLength][n]` a group of n tokens, end to end
    MemorySegment corrections(StripDecoder decoder, Workers workers) {
        var correction = new Correction(decoder.offset(), decoder.groupLength());
        int tokens = groups.getLast().first() + groups.getLast().count();
        long bytes = 4L * tokens * (cols / correction.groupLength);
        MemorySegment out = fit(corrections.getOrDefault(correction, MemorySegment.NULL), bytes);
        corrections.put(correction, out);
        if (!corrected.add(correction)) {
            return out;
        }
        workers.run(
                groups.size(),
                1,
                (_, from, to) -> {
                    for (int group = from; group < to; group++) {
                        correct(correction, groups.get(group), out);
                    }
                });
        return out;
    }

    private void correct(Correction correction, TokenGroup group, MemorySegment out) {
        int runs = cols / 32;
        int halves = 32 / correction.groupLength;
        long sum = 2L * runs * group.first();
        long scale = (long) runs * group.first();
        long to = (long) halves * runs * group.first();
        int n = group.count();
        for (int run = 0; run < runs; run++) {
            for (int half = 0; half < halves; half++) {
                for (int t = 0; t < n; t++) {
                    int q = sums.getAtIndex(INT, sum + (2L * run + half) * n + t);
                    if (halves == 1) {
                        q += sums.getAtIndex(INT, sum + (2L * run + 1) * n + t);
                    }
                    long at = to + ((long) halves * run + half) * n + t;
                    if (correction.offset == 0) {
                        float d = scales.getAtIndex(FLOAT, scale + (long) run * n + t);
                        out.setAtIndex(FLOAT, at, d * q);
                    } else {
                        out.setAtIndex(INT, at, -correction.offset * q);
                    }
                }
            }
        }
    }
}
