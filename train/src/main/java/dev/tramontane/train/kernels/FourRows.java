package dev.tramontane.train.kernels;

import static dev.tramontane.kernels.Lanes.COUNT;
import static dev.tramontane.kernels.Lanes.F;
import static dev.tramontane.kernels.Lanes.LITTLE;

import jdk.incubator.vector.FloatVector;

import java.lang.foreign.MemorySegment;

/// {@link Tile} with four of its rows: eight sums, two vectors of `b` and a value, of sixteen
/// registers.
final class FourRows {
    private FourRows() {}

    /// `a(i, k) = a[aAt + i · Tile.DEPTH + k]`.
    ///
    /// @param depth steps of k, at most {@link Tile#DEPTH}
    /// @param b float[depth][Tile.COLS] from byte `bAt` on
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
        for (int k = 0; k < depth; k++) {
            long bRow = bAt + 4L * Tile.COLS * k;
            FloatVector left = FloatVector.fromMemorySegment(F, b, bRow, LITTLE);
            FloatVector right = FloatVector.fromMemorySegment(F, b, bRow + 4L * COUNT, LITTLE);
            int aRow = aAt + k;
            FloatVector value = FloatVector.broadcast(F, a[aRow]);
            l0 = value.fma(left, l0);
            r0 = value.fma(right, r0);
            value = FloatVector.broadcast(F, a[aRow + Tile.DEPTH]);
            l1 = value.fma(left, l1);
            r1 = value.fma(right, r1);
            value = FloatVector.broadcast(F, a[aRow + 2 * Tile.DEPTH]);
            l2 = value.fma(left, l2);
            r2 = value.fma(right, r2);
            value = FloatVector.broadcast(F, a[aRow + 3 * Tile.DEPTH]);
            l3 = value.fma(left, l3);
            r3 = value.fma(right, r3);
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
    }

    /// `a(i, k) = a[aAt + k · aStep + i]`.
    ///
    /// @param depth steps of k
    /// @param b float[depth][Tile.COLS] from byte `bAt` on
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
        for (int k = 0; k < depth; k++) {
            long bRow = bAt + 4L * Tile.COLS * k;
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
    }
}
