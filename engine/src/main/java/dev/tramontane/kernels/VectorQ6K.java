package dev.tramontane.kernels;

import static dev.tramontane.kernels.Lanes.COUNT;
import static dev.tramontane.kernels.Lanes.F;

import dev.tramontane.tensor.Blocks;

import jdk.incubator.vector.ByteVector;
import jdk.incubator.vector.FloatVector;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/// {@link dev.tramontane.tensor.Q6K} in vectors.
final class VectorQ6K {
    private VectorQ6K() {}

    static void decode(MemorySegment data, long offset, int count, float[] out, int at) {
        for (int block = 0; block < count / 256; block++) {
            long from = offset + 210L * block;
            float d = Blocks.half(data, from + 208);
            for (int sub = 0; sub < 16; sub++) {
                float scale = d * data.get(ValueLayout.JAVA_BYTE, from + 192 + sub);
                int to = at + 256 * block + 16 * sub;
                for (int i = 0; i < 16; i += COUNT) {
                    quants(data, from, sub, i).mul(scale).intoArray(out, to + i);
                }
            }
        }
    }

    /// Two rows times one vector of activations, where a vector has sixteen lanes; the order of
    /// each sum is {@link VectorPanel}'s.
    static void dot2(MemorySegment data, long offset, long next, float[] x, int cols, float[] out) {
        out[0] = dot(data, offset, x, cols);
        out[1] = dot(data, next, x, cols);
    }

    private static float dot(MemorySegment data, long offset, float[] x, int cols) {
        FloatVector sum = FloatVector.zero(F);
        for (int block = 0; block < cols / 256; block++) {
            long from = offset + 210L * block;
            float d = Blocks.half(data, from + 208);
            for (int sub = 0; sub < 16; sub++) {
                float scale = d * data.get(ValueLayout.JAVA_BYTE, from + 192 + sub);
                int at = 256 * block + 16 * sub;
                for (int i = 0; i < 16; i += COUNT) {
                    FloatVector v = FloatVector.fromArray(F, x, at + i);
                    sum = quants(data, from, sub, i).mul(scale).fma(v, sum);
                }
            }
        }
        return Lanes.sum(sum);
    }

    /// A vector of values of sub-block `sub`, from its `i`-th on, less 32, before scale.
    private static FloatVector quants(MemorySegment data, long block, int sub, int i) {
        long half = block + 64L * (sub / 8);
        int quarter = sub % 8 / 2;
        int within = 16 * (sub & 1) + i;
        ByteVector nibbles = Lanes.bytes(data, half + 32L * (quarter & 1) + within);
        ByteVector pairs = Lanes.bytes(data, block + 128 + 32L * (sub / 8) + within);
        return Lanes.floats(
                Lanes.shifted(nibbles, 4 * (quarter / 2), 15)
                        .or(Lanes.raised(Lanes.shifted(pairs, 2 * quarter, 3), 4))
                        .sub((byte) 32));
    }
}
