package dev.tramontane.kernels;

import static dev.tramontane.kernels.Lanes.COUNT;
import static dev.tramontane.kernels.Lanes.F;

import dev.tramontane.tensor.Q4K;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorOperators;

import java.lang.foreign.MemorySegment;

/// {@link dev.tramontane.tensor.Q5K} in vectors, in {@link VectorPanel}'s split order.
final class VectorQ5K {
    private VectorQ5K() {}

    /// Half after half, as {@link #dot}.
    static void decode(MemorySegment data, long offset, int count, float[] out, int at, int half) {
        for (int side = 0; side < 2; side++) {
            for (int block = 0; block < count / 256; block++) {
                long from = offset + 176L * block;
                float d = Widened.half(data, from);
                float dmin = Widened.half(data, from + 2);
                long scales = Q4K.scales(data, from + 4);
                long minima = Q4K.minima(data, from + 4);
                for (int sub = 0; sub < 8; sub++) {
                    float scale = d * Widened.unsignedByte((int) (scales >>> 8 * sub));
                    float min = dmin * Widened.unsignedByte((int) (minima >>> 8 * sub));
                    int to = at + half * side + 128 * block + 16 * sub;
                    for (int i = 0; i < 16; i += COUNT) {
                        quants(data, from, sub, 16 * side + i)
                                .mul(scale)
                                .sub(min)
                                .intoArray(out, to + i);
                    }
                }
            }
        }
    }

    /// A row times one vector of activations, half after half: both in one loop overrun the
    /// compiler's budget of nodes (docs/log).
    static float dot(MemorySegment data, long offset, float[] x, int xAt, int cols) {
        int half = cols / 2;
        FloatVector first = FloatVector.zero(F);
        FloatVector sum = first;
        for (int side = 0; side < 2; side++) {
            first = sum;
            sum = FloatVector.zero(F);
            for (int block = 0; block < cols / 256; block++) {
                long from = offset + 176L * block;
                float d = Widened.half(data, from);
                float dmin = Widened.half(data, from + 2);
                long scales = Q4K.scales(data, from + 4);
                long minima = Q4K.minima(data, from + 4);
                for (int sub = 0; sub < 8; sub++) {
                    float scale = d * Widened.unsignedByte((int) (scales >>> 8 * sub));
                    float min = dmin * Widened.unsignedByte((int) (minima >>> 8 * sub));
                    int at = xAt + half * side + 128 * block + 16 * sub;
                    for (int i = 0; i < 16; i += COUNT) {
                        FloatVector v = FloatVector.fromArray(F, x, at + i);
                        FloatVector q = quants(data, from, sub, 16 * side + i);
                        sum = q.mul(scale).sub(min).fma(v, sum);
                    }
                }
            }
        }
        return Lanes.sum(first.add(sum));
    }

    /// A vector of values of sub-block `sub`, from its `i`-th on, before scale and minimum.
    private static FloatVector quants(MemorySegment data, long block, int sub, int i) {
        IntVector low =
                Lanes.unsignedBytes(data, block + 48 + 32L * (sub / 2) + i)
                        .lanewise(VectorOperators.LSHR, 4 * (sub & 1))
                        .and(15);
        IntVector fifth =
                Lanes.unsignedBytes(data, block + 16 + i)
                        .lanewise(VectorOperators.LSHR, sub)
                        .and(1)
                        .lanewise(VectorOperators.LSHL, 4);
        return Lanes.floats(low.or(fifth));
    }
}
