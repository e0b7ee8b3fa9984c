package dev.tramontane.kernels;

import static dev.tramontane.kernels.Lanes.COUNT;
import static dev.tramontane.kernels.Lanes.F;

import dev.tramontane.tensor.Blocks;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorOperators;

import java.lang.foreign.MemorySegment;

/// {@link dev.tramontane.tensor.Q5_0} in vectors, in {@link VectorPanel}'s split order.
final class VectorQ5_0 {
    private VectorQ5_0() {}

    static void decode(MemorySegment data, long offset, int count, float[] out, int at, int half) {
        IntVector lanes = Lanes.numbers();
        for (int block = 0; block < count / 32; block++) {
            long from = offset + 22L * block;
            float d = Widened.half(data, from);
            int fifth = Blocks.word(data, from + 2);
            int to = at + 16 * block;
            for (int i = 0; i < 16; i += COUNT) {
                IntVector nibbles = Lanes.unsignedBytes(data, from + 6 + i);
                low(nibbles, fifth >>> i, lanes).mul(d).intoArray(out, to + i);
                high(nibbles, fifth >>> 16 + i, lanes).mul(d).intoArray(out, to + half + i);
            }
        }
    }

    /// A row times one vector of activations.
    static float dot(MemorySegment data, long offset, float[] x, int xAt, int cols) {
        int half = cols / 2;
        FloatVector first = FloatVector.zero(F);
        FloatVector second = first;
        IntVector lanes = Lanes.numbers();
        for (int block = 0; block < cols / 32; block++) {
            long from = offset + 22L * block;
            float d = Widened.half(data, from);
            int fifth = Blocks.word(data, from + 2);
            int at = xAt + 16 * block;
            for (int i = 0; i < 16; i += COUNT) {
                IntVector nibbles = Lanes.unsignedBytes(data, from + 6 + i);
                FloatVector v = FloatVector.fromArray(F, x, at + i);
                FloatVector w = FloatVector.fromArray(F, x, at + half + i);
                first = low(nibbles, fifth >>> i, lanes).mul(d).fma(v, first);
                second = high(nibbles, fifth >>> 16 + i, lanes).mul(d).fma(w, second);
            }
        }
        return Lanes.sum(first.add(second));
    }

    private static FloatVector low(IntVector nibbles, int fifth, IntVector lanes) {
        return Lanes.floats(nibbles.and(15).or(Lanes.fifthBits(fifth, lanes)).sub(16));
    }

    private static FloatVector high(IntVector nibbles, int fifth, IntVector lanes) {
        return Lanes.floats(
                nibbles.lanewise(VectorOperators.LSHR, 4)
                        .or(Lanes.fifthBits(fifth, lanes))
                        .sub(16));
    }
}
