package dev.tramontane.train.kernels;

import static dev.tramontane.kernels.Lanes.COUNT;
import static dev.tramontane.kernels.Lanes.F;
import static dev.tramontane.kernels.Lanes.LITTLE;

import jdk.incubator.vector.FloatVector;

import java.lang.foreign.MemorySegment;

/// The loop in which training spends its time: eight rows by two vectors of columns, `to[i][j] =
/// from[i][j] + Σ over k of a(i, k) · b[k][j]`.
///
/// Sixteen sums stay in registers. Each grows by one fused multiplication after the other in the
/// order of `k`, so its bits depend neither on the width of vectors nor on anything beside it. The
/// operand `a` lies in an array, because a single value of one is loaded and spread by one
/// instruction; `b` lies in aligned memory, because vectors of 512 bits in an array always straddle
/// cache lines (docs/log).
///
/// Loads and stores are spelled out: a vector that is handed to a method of ours is an object once
/// the compiler does not inline it. There is no branch for "begin at zero" either, which would be
/// compiled away and come back as a deoptimisation: who wants to begin at zero passes zeros as
/// `from`, with a stride of 0.
final class Tile {
    static final int ROWS = 8;
    static final int COLS = 2 * COUNT;

    /// Steps of `a` that {@link #byRows} reads at most, and the distance of its rows: with a
    /// constant one, eight rows take one register for their address.
    static final int DEPTH = 256;

    private Tile() {}

    /// `a(i, k) = a[aAt + i · DEPTH + k]`.
    ///
    /// @param depth steps of k, at most {@link #DEPTH}
    /// @param b float[depth][COLS] from byte `bAt` on
    /// @param fromStride bytes from a row to the next
    static void byRows(
            int depth,
            float[] a,
            int aAt,
            MemorySegment b,
            long bAt,
            MemorySegment from,
            long fromAt,
            long fromStride,
            MemorySegment to,
            long toAt,
            long toStride) {
        FloatVector l0 = FloatVector.zero(F);
        FloatVector r0 = l0;
        FloatVector l1 = l0;
        FloatVector r1 = l0;
        FloatVector l2 = l0;
        FloatVector r2 = l0;
        FloatVector l3 = l0;
        FloatVector r3 = l0;
        FloatVector l4 = l0;
        FloatVector r4 = l0;
        FloatVector l5 = l0;
        FloatVector r5 = l0;
        FloatVector l6 = l0;
        FloatVector r6 = l0;
        FloatVector l7 = l0;
        FloatVector r7 = l0;
        for (int k = 0; k < depth; k++) {
            long bRow = bAt + 4L * COLS * k;
            FloatVector left = FloatVector.fromMemorySegment(F, b, bRow, LITTLE);
            FloatVector right = FloatVector.fromMemorySegment(F, b, bRow + 4L * COUNT, LITTLE);
            int aRow = aAt + k;
            FloatVector value = FloatVector.broadcast(F, a[aRow]);
            l0 = value.fma(left, l0);
            r0 = value.fma(right, r0);
            value = FloatVector.broadcast(F, a[aRow + DEPTH]);
            l1 = value.fma(left, l1);
            r1 = value.fma(right, r1);
            value = FloatVector.broadcast(F, a[aRow + 2 * DEPTH]);
            l2 = value.fma(left, l2);
            r2 = value.fma(right, r2);
            value = FloatVector.broadcast(F, a[aRow + 3 * DEPTH]);
            l3 = value.fma(left, l3);
            r3 = value.fma(right, r3);
            value = FloatVector.broadcast(F, a[aRow + 4 * DEPTH]);
            l4 = value.fma(left, l4);
            r4 = value.fma(right, r4);
            value = FloatVector.broadcast(F, a[aRow + 5 * DEPTH]);
            l5 = value.fma(left, l5);
            r5 = value.fma(right, r5);
            value = FloatVector.broadcast(F, a[aRow + 6 * DEPTH]);
            l6 = value.fma(left, l6);
            r6 = value.fma(right, r6);
            value = FloatVector.broadcast(F, a[aRow + 7 * DEPTH]);
            l7 = value.fma(left, l7);
            r7 = value.fma(right, r7);
        }
        FloatVector.fromMemorySegment(F, from, fromAt, LITTLE)
                .add(l0)
                .intoMemorySegment(to, toAt, LITTLE);
        FloatVector.fromMemorySegment(F, from, fromAt + 4L * COUNT, LITTLE)
                .add(r0)
                .intoMemorySegment(to, toAt + 4L * COUNT, LITTLE);
        FloatVector.fromMemorySegment(F, from, fromAt + fromStride, LITTLE)
                .add(l1)
                .intoMemorySegment(to, toAt + toStride, LITTLE);
        FloatVector.fromMemorySegment(F, from, fromAt + fromStride + 4L * COUNT, LITTLE)
                .add(r1)
                .intoMemorySegment(to, toAt + toStride + 4L * COUNT, LITTLE);
        FloatVector.fromMemorySegment(F, from, fromAt + 2 * fromStride, LITTLE)
                .add(l2)
                .intoMemorySegment(to, toAt + 2 * toStride, LITTLE);
        FloatVector.fromMemorySegment(F, from, fromAt + 2 * fromStride + 4L * COUNT, LITTLE)
                .add(r2)
                .intoMemorySegment(to, toAt + 2 * toStride + 4L * COUNT, LITTLE);
        FloatVector.fromMemorySegment(F, from, fromAt + 3 * fromStride, LITTLE)
                .add(l3)
                .intoMemorySegment(to, toAt + 3 * toStride, LITTLE);
        FloatVector.fromMemorySegment(F, from, fromAt + 3 * fromStride + 4L * COUNT, LITTLE)
                .add(r3)
                .intoMemorySegment(to, toAt + 3 * toStride + 4L * COUNT, LITTLE);
        FloatVector.fromMemorySegment(F, from, fromAt + 4 * fromStride, LITTLE)
                .add(l4)
                .intoMemorySegment(to, toAt + 4 * toStride, LITTLE);
        FloatVector.fromMemorySegment(F, from, fromAt + 4 * fromStride + 4L * COUNT, LITTLE)
                .add(r4)
                .intoMemorySegment(to, toAt + 4 * toStride + 4L * COUNT, LITTLE);
        FloatVector.fromMemorySegment(F, from, fromAt + 5 * fromStride, LITTLE)
                .add(l5)
                .intoMemorySegment(to, toAt + 5 * toStride, LITTLE);
        FloatVector.fromMemorySegment(F, from, fromAt + 5 * fromStride + 4L * COUNT, LITTLE)
                .add(r5)
                .intoMemorySegment(to, toAt + 5 * toStride + 4L * COUNT, LITTLE);
        FloatVector.fromMemorySegment(F, from, fromAt + 6 * fromStride, LITTLE)
                .add(l6)
                .intoMemorySegment(to, toAt + 6 * toStride, LITTLE);
        FloatVector.fromMemorySegment(F, from, fromAt + 6 * fromStride + 4L * COUNT, LITTLE)
                .add(r6)
                .intoMemorySegment(to, toAt + 6 * toStride + 4L * COUNT, LITTLE);
        FloatVector.fromMemorySegment(F, from, fromAt + 7 * fromStride, LITTLE)
                .add(l7)
                .intoMemorySegment(to, toAt + 7 * toStride, LITTLE);
        FloatVector.fromMemorySegment(F, from, fromAt + 7 * fromStride + 4L * COUNT, LITTLE)
                .add(r7)
                .intoMemorySegment(to, toAt + 7 * toStride + 4L * COUNT, LITTLE);
    }

    /// `a(i, k) = a[aAt + k · aStep + i]`.
    ///
    /// @param depth steps of k
    /// @param b float[depth][COLS] from byte `bAt` on
    /// @param fromStride bytes from a row to the next
    static void bySteps(
            int depth,
            float[] a,
            int aAt,
            int aStep,
            MemorySegment b,
            long bAt,
            MemorySegment from,
            long fromAt,
            long fromStride,
            MemorySegment to,
            long toAt,
            long toStride) {
        FloatVector l0 = FloatVector.zero(F);
        FloatVector r0 = l0;
        FloatVector l1 = l0;
        FloatVector r1 = l0;
        FloatVector l2 = l0;
        FloatVector r2 = l0;
        FloatVector l3 = l0;
        FloatVector r3 = l0;
        FloatVector l4 = l0;
        FloatVector r4 = l0;
        FloatVector l5 = l0;
        FloatVector r5 = l0;
        FloatVector l6 = l0;
        FloatVector r6 = l0;
        FloatVector l7 = l0;
        FloatVector r7 = l0;
        for (int k = 0; k < depth; k++) {
            long bRow = bAt + 4L * COLS * k;
            FloatVector left = FloatVector.fromMemorySegment(F, b, bRow, LITTLE);
            FloatVector right = FloatVector.fromMemorySegment(F, b, bRow + 4L * COUNT, LITTLE);
            int aRow = aAt + k * aStep;
            FloatVector value = FloatVector.broadcast(F, a[aRow]);
            l0 = value.fma(left, l0);
            r0 = value.fma(right, r0);
            value = FloatVector.broadcast(F, a[aRow + 1]);
            l1 = value.fma(left, l1);
            r1 = value.fma(right, r1);
            value = FloatVector.broadcast(F, a[aRow + 2]);
            l2 = value.fma(left, l2);
            r2 = value.fma(right, r2);
            value = FloatVector.broadcast(F, a[aRow + 3]);
            l3 = value.fma(left, l3);
            r3 = value.fma(right, r3);
            value = FloatVector.broadcast(F, a[aRow + 4]);
            l4 = value.fma(left, l4);
            r4 = value.fma(right, r4);
            value = FloatVector.broadcast(F, a[aRow + 5]);
            l5 = value.fma(left, l5);
            r5 = value.fma(right, r5);
            value = FloatVector.broadcast(F, a[aRow + 6]);
            l6 = value.fma(left, l6);
            r6 = value.fma(right, r6);
            value = FloatVector.broadcast(F, a[aRow + 7]);
            l7 = value.fma(left, l7);
            r7 = value.fma(right, r7);
        }
        FloatVector.fromMemorySegment(F, from, fromAt, LITTLE)
                .add(l0)
                .intoMemorySegment(to, toAt, LITTLE);
        FloatVector.fromMemorySegment(F, from, fromAt + 4L * COUNT, LITTLE)
                .add(r0)
                .intoMemorySegment(to, toAt + 4L * COUNT, LITTLE);
        FloatVector.fromMemorySegment(F, from, fromAt + fromStride, LITTLE)
                .add(l1)
                .intoMemorySegment(to, toAt + toStride, LITTLE);
        FloatVector.fromMemorySegment(F, from, fromAt + fromStride + 4L * COUNT, LITTLE)
                .add(r1)
                .intoMemorySegment(to, toAt + toStride + 4L * COUNT, LITTLE);
        FloatVector.fromMemorySegment(F, from, fromAt + 2 * fromStride, LITTLE)
                .add(l2)
                .intoMemorySegment(to, toAt + 2 * toStride, LITTLE);
        FloatVector.fromMemorySegment(F, from, fromAt + 2 * fromStride + 4L * COUNT, LITTLE)
                .add(r2)
                .intoMemorySegment(to, toAt + 2 * toStride + 4L * COUNT, LITTLE);
        FloatVector.fromMemorySegment(F, from, fromAt + 3 * fromStride, LITTLE)
                .add(l3)
                .intoMemorySegment(to, toAt + 3 * toStride, LITTLE);
        FloatVector.fromMemorySegment(F, from, fromAt + 3 * fromStride + 4L * COUNT, LITTLE)
                .add(r3)
                .intoMemorySegment(to, toAt + 3 * toStride + 4L * COUNT, LITTLE);
        FloatVector.fromMemorySegment(F, from, fromAt + 4 * fromStride, LITTLE)
                .add(l4)
                .intoMemorySegment(to, toAt + 4 * toStride, LITTLE);
        FloatVector.fromMemorySegment(F, from, fromAt + 4 * fromStride + 4L * COUNT, LITTLE)
                .add(r4)
                .intoMemorySegment(to, toAt + 4 * toStride + 4L * COUNT, LITTLE);
        FloatVector.fromMemorySegment(F, from, fromAt + 5 * fromStride, LITTLE)
                .add(l5)
                .intoMemorySegment(to, toAt + 5 * toStride, LITTLE);
        FloatVector.fromMemorySegment(F, from, fromAt + 5 * fromStride + 4L * COUNT, LITTLE)
                .add(r5)
                .intoMemorySegment(to, toAt + 5 * toStride + 4L * COUNT, LITTLE);
        FloatVector.fromMemorySegment(F, from, fromAt + 6 * fromStride, LITTLE)
                .add(l6)
                .intoMemorySegment(to, toAt + 6 * toStride, LITTLE);
        FloatVector.fromMemorySegment(F, from, fromAt + 6 * fromStride + 4L * COUNT, LITTLE)
                .add(r6)
                .intoMemorySegment(to, toAt + 6 * toStride + 4L * COUNT, LITTLE);
        FloatVector.fromMemorySegment(F, from, fromAt + 7 * fromStride, LITTLE)
                .add(l7)
                .intoMemorySegment(to, toAt + 7 * toStride, LITTLE);
        FloatVector.fromMemorySegment(F, from, fromAt + 7 * fromStride + 4L * COUNT, LITTLE)
                .add(r7)
                .intoMemorySegment(to, toAt + 7 * toStride + 4L * COUNT, LITTLE);
    }
}
