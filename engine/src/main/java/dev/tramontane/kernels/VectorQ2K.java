package dev.tramontane.kernels;

import static dev.tramontane.kernels.Lanes.COUNT;
import static dev.tramontane.kernels.Lanes.F;

import dev.tramontane.tensor.Blocks;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorOperators;

import java.lang.foreign.MemorySegment;

/// {@link dev.tramontane.tensor.Q2K} in vectors, in {@link VectorPanel}'s split order.
final class VectorQ2K {
    private VectorQ2K() {}

    static void decode(MemorySegment data, long offset, int count, float[] out, int at, int half) {
        for (int block = 0; block < count / 256; block++) {
            long from = offset + 84L * block;
            float d = Widened.half(data, from + 80);
            float dmin = Widened.half(data, from + 82);
            for (int group = 0; group < 8; group++) {
                int packed0 = Blocks.unsignedByte(data, from + 2L * group);
                int packed1 = Blocks.unsignedByte(data, from + 2L * group + 1);
                float scale0 = d * (packed0 & 15);
                float min0 = dmin * (packed0 >> 4);
                float scale1 = d * (packed1 & 15);
                float min1 = dmin * (packed1 >> 4);
                int to = at + 128 * block + 16 * group;
                for (int i = 0; i < 16; i += COUNT) {
                    quants(data, from, group, i).mul(scale0).sub(min0).intoArray(out, to + i);
                    quants(data, from, group, 16 + i)
                            .mul(scale1)
                            .sub(min1)
                            .intoArray(out, to + half + i);
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
            long from = offset + 84L * block;
            float d = Widened.half(data, from + 80);
            float dmin = Widened.half(data, from + 82);
            for (int group = 0; group < 8; group++) {
                int packed0 = Blocks.unsignedByte(data, from + 2L * group);
                int packed1 = Blocks.unsignedByte(data, from + 2L * group + 1);
                float scale0 = d * (packed0 & 15);
                float min0 = dmin * (packed0 >> 4);
                float scale1 = d * (packed1 & 15);
                float min1 = dmin * (packed1 >> 4);
                int at = xAt + 128 * block + 16 * group;
                for (int i = 0; i < 16; i += COUNT) {
                    FloatVector v = FloatVector.fromArray(F, x, at + i);
                    FloatVector w = FloatVector.fromArray(F, x, at + half + i);
                    first = quants(data, from, group, i).mul(scale0).sub(min0).fma(v, first);
                    second = quants(data, from, group, 16 + i).mul(scale1).sub(min1).fma(w, second);
                }
            }
        }
        return Lanes.sum(first.add(second));
    }

    /// A vector of the 32 values of a group (two sub-blocks), from the `i`-th on, before scale and
    /// minimum.
    private static FloatVector quants(MemorySegment data, long block, int group, int i) {
        return Lanes.floats(
                Lanes.unsignedBytes(data, block + 16 + 32L * (group / 4) + i)
                        .lanewise(VectorOperators.LSHR, 2 * (group % 4))
                        .and(3));
    }
}
