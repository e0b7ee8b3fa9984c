package dev.tramontane.kernels;

import static dev.tramontane.kernels.Lanes.COUNT;
import static dev.tramontane.kernels.Lanes.F;

import dev.tramontane.tensor.Blocks;

import jdk.incubator.vector.FloatVector;

import java.lang.foreign.MemorySegment;

/// {@link dev.tramontane.tensor.Q8_0} in vectors.
final class VectorQ8_0 {
    private VectorQ8_0() {}

    static void decode(MemorySegment data, long offset, int count, float[] out, int at) {
        for (int block = 0; block < count / 32; block++) {
            long from = offset + 34L * block;
            float d = Blocks.half(data, from);
            for (int i = 0; i < 32; i += COUNT) {
                Lanes.floats(Lanes.bytes(data, from + 2 + i))
                        .mul(d)
                        .intoArray(out, at + 32 * block + i);
            }
        }
    }

    /// Two rows times one vector of activations, where a vector has sixteen lanes; the order of
    /// each sum is {@link VectorPanel}'s.
    static void dot2(MemorySegment data, long offset, long next, float[] x, int cols, float[] out) {
        FloatVector first = FloatVector.zero(F);
        FloatVector second = first;
        for (int block = 0; block < cols / 32; block++) {
            long at = 34L * block;
            float d0 = Blocks.half(data, offset + at);
            float d1 = Blocks.half(data, next + at);
            for (int i = 0; i < 32; i += COUNT) {
                FloatVector v = FloatVector.fromArray(F, x, 32 * block + i);
                first = Lanes.floats(Lanes.bytes(data, offset + at + 2 + i)).mul(d0).fma(v, first);
                second = Lanes.floats(Lanes.bytes(data, next + at + 2 + i)).mul(d1).fma(v, second);
            }
        }
        out[0] = Lanes.sum(first);
        out[1] = Lanes.sum(second);
    }
}
