package dev.tramontane.kernels;

import static dev.tramontane.kernels.Lanes.COUNT;
import static dev.tramontane.kernels.Lanes.F;

import dev.tramontane.tensor.Q3K;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorOperators;

import java.lang.foreign.MemorySegment;

/// {@link dev.tramontane.tensor.Q3K} in vectors, in {@link VectorPanel}'s split order.
final class VectorQ3K {
    private VectorQ3K() {}

    /// Half after half, as {@link #dot}.
    static void decode(MemorySegment data, long offset, int count, float[] out, int at, int half) {
        for (int side = 0; side < 2; side++) {
            for (int block = 0; block < count / 256; block++) {
                long from = offset + 110L * block;
                float d = Widened.half(data, from + 108);
                for (int group = 0; group < 8; group++) {
                    float scale = d * Q3K.scale(data, from + 96, 2 * group + side);
                    int to = at + half * side + 128 * block + 16 * group;
                    for (int i = 0; i < 16; i += COUNT) {
                        quants(data, from, group, 16 * side + i).mul(scale).intoArray(out, to + i);
                    }
                }
            }
        }
    }

    /// A row times one vector of activations, half after half as in {@link VectorQ5K}.
    static float dot(MemorySegment data, long offset, float[] x, int xAt, int cols) {
        int half = cols / 2;
        FloatVector first = FloatVector.zero(F);
        FloatVector sum = first;
        for (int side = 0; side < 2; side++) {
            first = sum;
            sum = FloatVector.zero(F);
            for (int block = 0; block < cols / 256; block++) {
                long from = offset + 110L * block;
                float d = Widened.half(data, from + 108);
                for (int group = 0; group < 8; group++) {
                    float scale = d * Q3K.scale(data, from + 96, 2 * group + side);
                    int at = xAt + half * side + 128 * block + 16 * group;
                    for (int i = 0; i < 16; i += COUNT) {
                        FloatVector v = FloatVector.fromArray(F, x, at + i);
                        FloatVector q = quants(data, from, group, 16 * side + i);
                        sum = q.mul(scale).fma(v, sum);
                    }
                }
            }
        }
        return Lanes.sum(first.add(sum));
    }

    /// A vector of the 32 values of a group (two sub-blocks), from the `i`-th on, before scale.
    private static FloatVector quants(MemorySegment data, long block, int group, int i) {
        IntVector pair =
                Lanes.unsignedBytes(data, block + 32 + 32L * (group / 4) + i)
                        .lanewise(VectorOperators.LSHR, 2 * (group % 4))
                        .and(3);
        IntVector third =
                Lanes.unsignedBytes(data, block + i)
                        .lanewise(VectorOperators.LSHR, group)
                        .and(1)
                        .lanewise(VectorOperators.LSHL, 2);
        return Lanes.floats(pair.or(third).sub(4));
    }
}
