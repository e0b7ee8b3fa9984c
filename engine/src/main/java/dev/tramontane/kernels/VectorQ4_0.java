package dev.tramontane.kernels;

import static dev.tramontane.kernels.Lanes.COUNT;
import static dev.tramontane.kernels.Lanes.F;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;

import java.lang.foreign.MemorySegment;

/// {@link dev.tramontane.tensor.Q4_0} in vectors, in {@link VectorPanel}'s split order.
final class VectorQ4_0 {
    private VectorQ4_0() {}

    static void decode(MemorySegment data, long offset, int count, float[] out, int at, int half) {
        for (int block = 0; block < count / 32; block++) {
            long from = offset + 18L * block;
            float d = Widened.half(data, from);
            int to = at + 16 * block;
            for (int i = 0; i < 16; i += COUNT) {
                IntVector nibbles = Lanes.unsignedBytes(data, from + 2 + i);
                Widened.lowNibbles(nibbles, 8).mul(d).intoArray(out, to + i);
                Widened.highNibbles(nibbles, 8).mul(d).intoArray(out, to + half + i);
            }
        }
    }

    /// A row times one vector of activations.
    static float dot(MemorySegment data, long offset, float[] x, int xAt, int cols) {
        int half = cols / 2;
        FloatVector first = FloatVector.zero(F);
        FloatVector second = first;
        for (int block = 0; block < cols / 32; block++) {
            long from = offset + 18L * block;
            float d = Widened.half(data, from);
            int at = xAt + 16 * block;
            for (int i = 0; i < 16; i += COUNT) {
                IntVector nibbles = Lanes.unsignedBytes(data, from + 2 + i);
                FloatVector v = FloatVector.fromArray(F, x, at + i);
                FloatVector w = FloatVector.fromArray(F, x, at + half + i);
                first = Widened.lowNibbles(nibbles, 8).mul(d).fma(v, first);
                second = Widened.highNibbles(nibbles, 8).mul(d).fma(w, second);
            }
        }
        return Lanes.sum(first.add(second));
    }

    /// Two rows times one vector of activations, each as in {@link #dot} up to the last addition.
    ///
    /// @param sums receives the vectors of both rows' sums as {@link VectorTile#total} reads them:
    ///   of the first half from `sumsAt` on, of the second as of a second half's tile
    static void dotPair(
            MemorySegment data,
            long offset,
            long other,
            float[] x,
            int xAt,
            int cols,
            float[] sums,
            int sumsAt) {
        int half = cols / 2;
        FloatVector first = FloatVector.zero(F);
        FloatVector second = first;
        FloatVector otherFirst = first;
        FloatVector otherSecond = first;
        for (int block = 0; block < cols / 32; block++) {
            long from = offset + 18L * block;
            long otherFrom = other + 18L * block;
            FloatVector d = FloatVector.broadcast(F, Widened.half(data, from));
            FloatVector e = FloatVector.broadcast(F, Widened.half(data, otherFrom));
            int at = xAt + 16 * block;
            for (int i = 0; i < 16; i += COUNT) {
                IntVector nibbles = Lanes.unsignedBytes(data, from + 2 + i);
                IntVector others = Lanes.unsignedBytes(data, otherFrom + 2 + i);
                FloatVector v = FloatVector.fromArray(F, x, at + i);
                FloatVector w = FloatVector.fromArray(F, x, at + half + i);
                first = Widened.lowNibbles(nibbles, 8).mul(d).fma(v, first);
                second = Widened.highNibbles(nibbles, 8).mul(d).fma(w, second);
                otherFirst = Widened.lowNibbles(others, 8).mul(e).fma(v, otherFirst);
                otherSecond = Widened.highNibbles(others, 8).mul(e).fma(w, otherSecond);
            }
        }
        first.intoArray(sums, sumsAt);
        otherFirst.intoArray(sums, sumsAt + COUNT);
        second.intoArray(sums, VectorTile.SUMS + sumsAt);
        otherSecond.intoArray(sums, VectorTile.SUMS + sumsAt + COUNT);
    }
}
