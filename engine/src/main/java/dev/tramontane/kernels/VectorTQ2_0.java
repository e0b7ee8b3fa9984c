package dev.tramontane.kernels;

import static dev.tramontane.kernels.Lanes.COUNT;
import static dev.tramontane.kernels.Lanes.F;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorOperators;

import java.lang.foreign.MemorySegment;

/// {@link dev.tramontane.tensor.TQ2_0} in vectors, in {@link VectorPanel}'s split order.
final class VectorTQ2_0 {
    private VectorTQ2_0() {}

    static void decode(MemorySegment data, long offset, int count, float[] out, int at, int half) {
        for (int block = 0; block < count / 256; block++) {
            long from = offset + 66L * block;
            float d = Widened.half(data, from + 64);
            for (int group = 0; group < 8; group++) {
                int to = at + 128 * block + 16 * group;
                for (int i = 0; i < 16; i += COUNT) {
                    quants(data, from, group, i).mul(d).intoArray(out, to + i);
                    quants(data, from, group, 16 + i).mul(d).intoArray(out, to + half + i);
                }
            }
        }
    }

    /// A row times one vector of activations.
    static float dot(MemorySegment data, long offset, float[] x, int xAt, int cols) {
        int half = cols / 2;
        FloatVector first = FloatVector.zero(F);
        FloatVector second = first;
        for (int block = 0; block < cols / 256; block++) {
            long from = offset + 66L * block;
            float d = Widened.half(data, from + 64);
            for (int group = 0; group < 8; group++) {
                int at = xAt + 128 * block + 16 * group;
                for (int i = 0; i < 16; i += COUNT) {
                    FloatVector v = FloatVector.fromArray(F, x, at + i);
                    FloatVector w = FloatVector.fromArray(F, x, at + half + i);
                    first = quants(data, from, group, i).mul(d).fma(v, first);
                    second = quants(data, from, group, 16 + i).mul(d).fma(w, second);
                }
            }
        }
        return Lanes.sum(first.add(second));
    }

    /// A vector of the 32 values of a group, from the `i`-th on, before scale.
    private static FloatVector quants(MemorySegment data, long block, int group, int i) {
        return Lanes.floats(
                Lanes.unsignedBytes(data, block + 32L * (group / 4) + i)
                        .lanewise(VectorOperators.LSHR, 2 * (group % 4))
                        .and(3)
                        .sub(1));
    }
}
