package dev.tramontane.kernels;

import static dev.tramontane.kernels.Lanes.COUNT;
import static dev.tramontane.kernels.Lanes.F;

import dev.tramontane.tensor.Blocks;
import dev.tramontane.tensor.Q4K;

import jdk.incubator.vector.ByteVector;
import jdk.incubator.vector.FloatVector;

import java.lang.foreign.MemorySegment;

/// {@link dev.tramontane.tensor.Q4K} in vectors.
final class VectorQ4K {
    private VectorQ4K() {}

    static void decode(MemorySegment data, long offset, int count, float[] out, int at) {
        for (int block = 0; block < count / 256; block++) {
            long from = offset + 144L * block;
            float d = Blocks.half(data, from);
            float dmin = Blocks.half(data, from + 2);
            long scales = Q4K.scales(data, from + 4);
            long minima = Q4K.minima(data, from + 4);
            for (int sub = 0; sub < 8; sub++) {
                float scale = d * (scales >>> 8 * sub & 0xFF);
                float min = dmin * (minima >>> 8 * sub & 0xFF);
                int to = at + 256 * block + 32 * sub;
                for (int i = 0; i < 32; i += COUNT) {
                    quants(data, from, sub, i).mul(scale).sub(min).intoArray(out, to + i);
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
            long from = offset + 144L * block;
            float d = Blocks.half(data, from);
            float dmin = Blocks.half(data, from + 2);
            long scales = Q4K.scales(data, from + 4);
            long minima = Q4K.minima(data, from + 4);
            for (int sub = 0; sub < 8; sub++) {
                float scale = d * (scales >>> 8 * sub & 0xFF);
                float min = dmin * (minima >>> 8 * sub & 0xFF);
                int at = 256 * block + 32 * sub;
                for (int i = 0; i < 32; i += COUNT) {
                    FloatVector v = FloatVector.fromArray(F, x, at + i);
                    sum = quants(data, from, sub, i).mul(scale).sub(min).fma(v, sum);
                }
            }
        }
        return Lanes.sum(sum);
    }

    /// A vector of values of sub-block `sub`, from its `i`-th on, before scale and minimum.
    private static FloatVector quants(MemorySegment data, long block, int sub, int i) {
        ByteVector nibbles = Lanes.bytes(data, block + 16 + 32L * (sub / 2) + i);
        return Lanes.floats(Lanes.shifted(nibbles, 4 * (sub & 1), 15));
    }
}
