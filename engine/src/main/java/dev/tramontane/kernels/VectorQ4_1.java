package dev.tramontane.kernels;

import static dev.tramontane.kernels.Lanes.COUNT;
import static dev.tramontane.kernels.Lanes.F;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;

import java.lang.foreign.MemorySegment;

/// {@link dev.tramontane.tensor.Q4_1} in vectors, in {@link VectorPanel}'s split order.
final class VectorQ4_1 {
    private VectorQ4_1() {}

    static void decode(MemorySegment data, long offset, int count, float[] out, int at, int half) {
        for (int block = 0; block < count / 32; block++) {
            long from = offset + 20L * block;
            float d = Widened.half(data, from);
            float m = Widened.half(data, from + 2);
            int to = at + 16 * block;
            for (int i = 0; i < 16; i += COUNT) {
                IntVector nibbles = Lanes.unsignedBytes(data, from + 4 + i);
                Widened.lowNibbles(nibbles, 0).mul(d).add(m).intoArray(out, to + i);
                Widened.highNibbles(nibbles, 0).mul(d).add(m).intoArray(out, to + half + i);
            }
        }
    }

    /// A row times one vector of activations.
    static float dot(MemorySegment data, long offset, float[] x, int xAt, int cols) {
        int half = cols / 2;
        FloatVector first = FloatVector.zero(F);
        FloatVector second = first;
        for (int block = 0; block < cols / 32; block++) {
            long from = offset + 20L * block;
            float d = Widened.half(data, from);
            float m = Widened.half(data, from + 2);
            int at = xAt + 16 * block;
            for (int i = 0; i < 16; i += COUNT) {
                IntVector nibbles = Lanes.unsignedBytes(data, from + 4 + i);
                FloatVector v = FloatVector.fromArray(F, x, at + i);
                FloatVector w = FloatVector.fromArray(F, x, at + half + i);
                first = Widened.lowNibbles(nibbles, 0).mul(d).add(m).fma(v, first);
                second = Widened.highNibbles(nibbles, 0).mul(d).add(m).fma(w, second);
            }
        }
        return Lanes.sum(first.add(second));
    }
}
