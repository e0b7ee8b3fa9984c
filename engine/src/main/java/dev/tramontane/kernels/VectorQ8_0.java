package dev.tramontane.kernels;

import static dev.tramontane.kernels.Lanes.COUNT;
import static dev.tramontane.kernels.Lanes.F;

import jdk.incubator.vector.FloatVector;

import java.lang.foreign.MemorySegment;

/// {@link dev.tramontane.tensor.Q8_0} in vectors, in {@link VectorPanel}'s split order.
final class VectorQ8_0 {
    private VectorQ8_0() {}

    static void decode(MemorySegment data, long offset, int count, float[] out, int at, int half) {
        for (int block = 0; block < count / 32; block++) {
            long from = offset + 34L * block;
            float d = Widened.half(data, from);
            int to = at + 16 * block;
            for (int i = 0; i < 16; i += COUNT) {
                Lanes.signedBytes(data, from + 2 + i).mul(d).intoArray(out, to + i);
                Lanes.signedBytes(data, from + 18 + i).mul(d).intoArray(out, to + half + i);
            }
        }
    }

    /// A row times one vector of activations.
    static float dot(MemorySegment data, long offset, float[] x, int xAt, int cols) {
        int half = cols / 2;
        FloatVector first = FloatVector.zero(F);
        FloatVector second = first;
        for (int block = 0; block < cols / 32; block++) {
            long from = offset + 34L * block;
            float d = Widened.half(data, from);
            int at = xAt + 16 * block;
            for (int i = 0; i < 16; i += COUNT) {
                FloatVector v = FloatVector.fromArray(F, x, at + i);
                FloatVector w = FloatVector.fromArray(F, x, at + half + i);
                first = Lanes.signedBytes(data, from + 2 + i).mul(d).fma(v, first);
                second = Lanes.signedBytes(data, from + 18 + i).mul(d).fma(w, second);
            }
        }
        return Lanes.sum(first.add(second));
    }
}
