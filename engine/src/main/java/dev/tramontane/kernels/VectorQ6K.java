package dev.tramontane.kernels;

import static dev.tramontane.kernels.Lanes.COUNT;
import static dev.tramontane.kernels.Lanes.F;

import dev.tramontane.tensor.Blocks;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorOperators;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/// {@link dev.tramontane.tensor.Q6K} in vectors, in {@link VectorPanel}'s split order.
final class VectorQ6K {
    private VectorQ6K() {}

    /// Half after half, as {@link #dot}.
    static void decode(MemorySegment data, long offset, int count, float[] out, int at, int half) {
        for (int side = 0; side < 2; side++) {
            for (int block = 0; block < count / 256; block++) {
                long from = offset + 210L * block;
                float d = Blocks.half(data, from + 208);
                for (int group = 0; group < 8; group++) {
                    float scale =
                            d * data.get(ValueLayout.JAVA_BYTE, from + 192 + 2L * group + side);
                    int to = at + half * side + 128 * block + 16 * group;
                    for (int i = 0; i < 16; i += COUNT) {
                        quants(data, from, group, 16 * side + i).mul(scale).intoArray(out, to + i);
                    }
                }
            }
        }
    }

    /// A row times one vector of activations, half after half as in {@link VectorQ5K}.
    static float dot(MemorySegment data, long offset, float[] x, int half, int cols) {
        FloatVector first = FloatVector.zero(F);
        FloatVector sum = first;
        for (int side = 0; side < 2; side++) {
            first = sum;
            sum = FloatVector.zero(F);
            for (int block = 0; block < cols / 256; block++) {
                long from = offset + 210L * block;
                float d = Blocks.half(data, from + 208);
                for (int group = 0; group < 8; group++) {
                    float scale =
                            d * data.get(ValueLayout.JAVA_BYTE, from + 192 + 2L * group + side);
                    int at = half * side + 128 * block + 16 * group;
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
        long half = group / 4;
        int quarter = group % 4;
        IntVector low =
                Lanes.unsignedBytes(data, block + 64 * half + 32L * (quarter & 1) + i)
                        .lanewise(VectorOperators.LSHR, 4 * (quarter / 2))
                        .and(15);
        IntVector pair =
                Lanes.unsignedBytes(data, block + 128 + 32 * half + i)
                        .lanewise(VectorOperators.LSHR, 2 * quarter)
                        .and(3)
                        .lanewise(VectorOperators.LSHL, 4);
        return Lanes.floats(low.or(pair).sub(32));
    }
}
