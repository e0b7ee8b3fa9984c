package dev.tramontane.kernels;

import static dev.tramontane.kernels.Lanes.COUNT;

import dev.tramontane.tensor.Blocks;
import dev.tramontane.tensor.Q4K;

import jdk.incubator.vector.ByteVector;
import jdk.incubator.vector.FloatVector;

import java.lang.foreign.MemorySegment;

/// {@link dev.tramontane.tensor.Q5K} in vectors.
final class VectorQ5K {
    private VectorQ5K() {}

    static void decode(MemorySegment data, long offset, int count, float[] out, int at) {
        for (int block = 0; block < count / 256; block++) {
            long from = offset + 176L * block;
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

    /// Refused: see {@link VectorPanel#fused}.
    static void dot2(MemorySegment data, long offset, long next, float[] x, int cols, float[] out) {
        throw new UnsupportedOperationException(
                "rows of Q5_K are decoded before they are multiplied");
    }

    /// A vector of values of sub-block `sub`, from its `i`-th on, before scale and minimum.
    private static FloatVector quants(MemorySegment data, long block, int sub, int i) {
        ByteVector nibbles = Lanes.bytes(data, block + 48 + 32L * (sub / 2) + i);
        ByteVector fifths = Lanes.shifted(Lanes.bytes(data, block + 16 + i), sub, 1);
        return Lanes.floats(Lanes.shifted(nibbles, 4 * (sub & 1), 15).or(Lanes.raised(fifths, 4)));
    }
}
