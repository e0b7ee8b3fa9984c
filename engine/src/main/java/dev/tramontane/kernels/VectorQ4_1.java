package dev.tramontane.kernels;

import static dev.tramontane.kernels.Lanes.COUNT;
import static dev.tramontane.kernels.Lanes.F;

import dev.tramontane.tensor.Blocks;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorOperators;

import java.lang.foreign.MemorySegment;

/// {@link dev.tramontane.tensor.Q4_1} in vectors, in {@link VectorPanel}'s split order.
final class VectorQ4_1 {
    private VectorQ4_1() {}

    static void decode(MemorySegment data, long offset, int count, float[] out, int at, int half) {
        for (int block = 0; block < count / 32; block++) {
            long from = offset + 20L * block;
            float d = Blocks.half(data, from);
            float m = Blocks.half(data, from + 2);
            int to = at + 16 * block;
            for (int i = 0; i < 16; i += COUNT) {
                IntVector nibbles = Lanes.unsignedBytes(data, from + 4 + i);
                low(nibbles).mul(d).add(m).intoArray(out, to + i);
                high(nibbles).mul(d).add(m).intoArray(out, to + half + i);
            }
        }
    }

    /// A row times one vector of activations.
    static float dot(MemorySegment data, long offset, float[] x, int half, int cols) {
        FloatVector first = FloatVector.zero(F);
        FloatVector second = first;
        for (int block = 0; block < cols / 32; block++) {
            long from = offset + 20L * block;
            float d = Blocks.half(data, from);
            float m = Blocks.half(data, from + 2);
            int at = 16 * block;
            for (int i = 0; i < 16; i += COUNT) {
                IntVector nibbles = Lanes.unsignedBytes(data, from + 4 + i);
                FloatVector v = FloatVector.fromArray(F, x, at + i);
                FloatVector w = FloatVector.fromArray(F, x, at + half + i);
                first = low(nibbles).mul(d).add(m).fma(v, first);
                second = high(nibbles).mul(d).add(m).fma(w, second);
            }
        }
        return Lanes.sum(first.add(second));
    }

    private static FloatVector low(IntVector nibbles) {
        return Lanes.floats(nibbles.and(15));
    }

    private static FloatVector high(IntVector nibbles) {
        return Lanes.floats(nibbles.lanewise(VectorOperators.LSHR, 4));
    }
}
