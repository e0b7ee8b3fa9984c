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

/// Activations rounded to 8 or 16 bits once a product, in the order that {@link StripCode} reads
/// them.
///
/// A {@link TokenGroup} of n tokens lies together: `byte[runs][n][32]` values, `float[runs][n]`
/// scales and `int[2 · runs][n]` sums, a run being 32 values; or `short[runs][n][64]` values and
/// scales, a run being 64.
final class RoundedRows {
    private final Arena arena;
    private final Routines routines;
    private final MethodHandle rounding;
    private final int run;
    private final int valueBytes;
    private List<TokenGroup> groups = List.of();
    private int cols;
    private MemorySegment values = MemorySegment.NULL;
    private MemorySegment scales = MemorySegment.NULL;
    private MemorySegment sums = MemorySegment.NULL;
    private final Map<Correction, MemorySegment> corrections = new HashMap<>();
    private final Set<Correction> corrected = new HashSet<>();

    /// What a decoder's groups take from their sums.
    private record Correction(int offset, int groupLength) {}

    private RoundedRows(
            Arena arena, Routines routines, MethodHandle rounding, int run, int valueBytes) {
        this.arena = arena;
        this.routines = routines;
        this.rounding = rounding;
        this.run = run;
        this.valueBytes = valueBytes;
    }

    /// @param arena owns the buffers, which grow with the largest product
    static RoundedRows bytes(Arena arena, Routines routines) {
        return new RoundedRows(arena, routines, routines.load(RoundingCode::routine), 32, 1);
    }

    /// The same of 16 bits, for 512-bit registers.
    static RoundedRows words(Arena arena, Routines routines) {
        return new RoundedRows(
                arena, routines, routines.load(RoundingCode::words), StripWords.GROUP, Short.BYTES);
    }

    /// Rounds all rows of `x`.
    ///
    /// @param x float[tokens][cols] outside the heap, whole runs
    /// @param calls a {@link RoundingCode.Call} for each worker
    void round(Tensor x, List<TokenGroup> groups, Workers workers, MemorySegment[] calls) {
        this.cols = x.cols();
        this.groups = groups;
        long runs = cols / run;
        values = fit(values, (long) x.rows() * cols * valueBytes);
        scales = fit(scales, x.rows() * runs * 4);
        sums = fit(sums, x.rows() * runs * 8);
        corrected.clear();
        workers.run(
                groups.size(),
                1,
                (worker, from, to) -> {
                    for (int group = from; group < to; group++) {
                        round(x, groups.get(group), calls[worker]);
                    }
                });
    }

    private void round(Tensor x, TokenGroup group, MemorySegment call) {
        int runs = cols / run;
        set(call, RoundingCode.Call.FROM, x.data().address() + group.first() * x.rowBytes());
        set(call, RoundingCode.Call.FROM_STEP, x.rowBytes());
        set(call, RoundingCode.Call.TOKENS, group.count());
        set(call, RoundingCode.Call.BLOCKS, runs);
        set(call, RoundingCode.Call.VALUES, valuesAt(group, 0));
        set(call, RoundingCode.Call.VALUES_STEP, (long) run * valueBytes * group.count());
        set(call, RoundingCode.Call.SCALES, scalesAt(group, 0));
        set(call, RoundingCode.Call.STEP, 4L * group.count());
        set(call, RoundingCode.Call.SUMS, sums.address() + 8L * runs * group.first());
        Routines.call(rounding, call);
    }

    private static void set(MemorySegment call, int offset, long value) {
        call.set(ValueLayout.JAVA_LONG, offset, value);
    }

    private MemorySegment fit(MemorySegment buffer, long bytes) {
        return buffer.byteSize() >= bytes ? buffer : arena.allocate(bytes, Tensor.ALIGNMENT_BYTES);
    }

    /// Address of a group's values from column `depth` on, where a run begins.
    long valuesAt(TokenGroup group, int depth) {
        return values.address()
                + valueBytes * ((long) cols * group.first() + (long) depth * group.count());
    }

    /// Address of the scales of these values.
    long scalesAt(TokenGroup group, int depth) {
        return scales.address()
                + 4L * ((long) cols / run * group.first() + (long) depth / run * group.count());
    }

    /// From a group of so many tokens to the next one's values, in bytes.
    long valuesStep(int tokens) {
        return (long) valueBytes * cols * tokens;
    }

    /// From a group of so many tokens to the next one's scales, in bytes.
    long scalesStep(int tokens) {
        return 4L * (cols / run) * tokens;
    }

    /// Of bytes, what the decoder takes from sums, computed once a product: `−offset · Σ q` in
    /// whole numbers, or `d · Σ q` as floats for the minima.
    ///
    /// @param calls a {@link CorrectionCode.Call} for each worker
    /// @return `int` or `float[cols / groupLength][n]` a group of n tokens, end to end
    MemorySegment corrections(StripDecoder decoder, Workers workers, MemorySegment[] calls) {
        var correction = new Correction(decoder.offset(), decoder.groupLength());
        int tokens = groups.getLast().first() + groups.getLast().count();
        long bytes = 4L * tokens * (cols / correction.groupLength);
        MemorySegment out = fit(corrections.getOrDefault(correction, MemorySegment.NULL), bytes);
        corrections.put(correction, out);
        if (!corrected.add(correction)) {
            return out;
        }
        MethodHandle routine = routines.correction(correction.offset, correction.groupLength);
        workers.run(
                groups.size(),
                1,
                (worker, from, to) -> {
                    for (int group = from; group < to; group++) {
                        aim(correction, groups.get(group), out, calls[worker]);
                        Routines.call(routine, calls[worker]);
                    }
                });
        return out;
    }

    private void aim(
            Correction correction, TokenGroup group, MemorySegment out, MemorySegment call) {
        long runs = cols / 32;
        long before = runs * group.first();
        long halves = 32 / correction.groupLength;
        set(call, CorrectionCode.Call.SUMS, sums.address() + 8 * before);
        set(call, CorrectionCode.Call.SCALES, scales.address() + 4 * before);
        set(call, CorrectionCode.Call.OUT, out.address() + 4 * halves * before);
        set(call, CorrectionCode.Call.RUNS, runs);
        set(call, CorrectionCode.Call.TOKENS, group.count());
    }
}
