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

    static void decode(MemorySegment data, long offset, int count, float[] out, int at, int half) {
        for (int block = 0; block < count / 256; block++) {
            long from = offset + 210L * block;
            float d = Blocks.half(data, from + 208);
            for (int group = 0; group < 8; group++) {
                float scale0 = d * data.get(ValueLayout.JAVA_BYTE, from + 192 + 2L * group);
                float scale1 = d * data.get(ValueLayout.JAVA_BYTE, from + 193 + 2L * group);
                int to = at + 128 * block + 16 * group;
                for (int i = 0; i < 16; i += COUNT) {
                    quants(data, from, group, i).mul(scale0).intoArray(out, to + i);
                    quants(data, from, group, 16 + i).mul(scale1).intoArray(out, to + half + i);
                }
            }
        }
    }

    /// A row times one vector of activations.
    static float dot(MemorySegment data, long offset, float[] x, int half, int cols) {
        FloatVector first = FloatVector.zero(F);
        FloatVector second = first;
        for (int block = 0; block < cols / 256; block++) {
            long from = offset + 210L * block;
            float d = Blocks.half(data, from + 208);
            for (int group = 0; group < 8; group++) {
                float scale0 = d * data.get(ValueLayout.JAVA_BYTE, from + 192 + 2L * group);
                float scale1 = d * data.get(ValueLayout.JAVA_BYTE, from + 193 + 2L * group);
                int at = 128 * block + 16 * group;
                for (int i = 0; i < 16; i += COUNT) {
                    FloatVector v = FloatVector.fromArray(F, x, at + i);
                    FloatVector w = FloatVector.fromArray(F, x, at + half + i);
                    first = quants(data, from, group, i).mul(scale0).fma(v, first);
                    second = quants(data, from, group, 16 + i).mul(scale1).fma(w, second);
                }
            }
        }
        return Lanes.sum(first.add(second));
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
