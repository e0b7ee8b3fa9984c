package dev.tramontane.kernels;

import static dev.tramontane.kernels.Lanes.COUNT;
import static dev.tramontane.kernels.Lanes.F;

import dev.tramontane.tensor.IQ4XS;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;

import java.lang.foreign.MemorySegment;

/// {@link dev.tramontane.tensor.IQ4XS} in vectors, in {@link VectorPanel}'s split order.
final class VectorIQ4XS {
    private VectorIQ4XS() {}

    static void decode(MemorySegment data, long offset, int count, float[] out, int at, int half) {
        IntVector firstLevels = Lanes.firstOf(VectorIQ4NL.LEVELS);
        IntVector lastLevels = Lanes.lastOf(VectorIQ4NL.LEVELS);
        for (int block = 0; block < count / 256; block++) {
            long from = offset + 136L * block;
            float d = Widened.half(data, from);
            for (int group = 0; group < 8; group++) {
                float scale = d * IQ4XS.scale(data, from, group);
                int to = at + 128 * block + 16 * group;
                for (int i = 0; i < 16; i += COUNT) {
                    IntVector nibbles = Lanes.unsignedBytes(data, from + 8 + 16L * group + i);
                    VectorIQ4NL.low(nibbles, firstLevels, lastLevels)
                            .mul(scale)
                            .intoArray(out, to + i);
                    VectorIQ4NL.high(nibbles, firstLevels, lastLevels)
                            .mul(scale)
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
        IntVector firstLevels = Lanes.firstOf(VectorIQ4NL.LEVELS);
        IntVector lastLevels = Lanes.lastOf(VectorIQ4NL.LEVELS);
        for (int block = 0; block < cols / 256; block++) {
            long from = offset + 136L * block;
            float d = Widened.half(data, from);
            for (int group = 0; group < 8; group++) {
                float scale = d * IQ4XS.scale(data, from, group);
                int at = xAt + 128 * block + 16 * group;
                for (int i = 0; i < 16; i += COUNT) {
                    IntVector nibbles = Lanes.unsignedBytes(data, from + 8 + 16L * group + i);
                    FloatVector v = FloatVector.fromArray(F, x, at + i);
                    FloatVector w = FloatVector.fromArray(F, x, at + half + i);
                    first =
                            VectorIQ4NL.low(nibbles, firstLevels, lastLevels)
                                    .mul(scale)
                                    .fma(v, first);
                    second =
                            VectorIQ4NL.high(nibbles, firstLevels, lastLevels)
                                    .mul(scale)
                                    .fma(w, second);
                }
            }
        }
        return Lanes.sum(first.add(second));
    }
}
