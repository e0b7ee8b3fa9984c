package dev.tramontane.kernels;

import static dev.tramontane.kernels.Lanes.COUNT;
import static dev.tramontane.kernels.Lanes.F;

import dev.tramontane.tensor.IQ4NL;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorOperators;

import java.lang.foreign.MemorySegment;

/// {@link dev.tramontane.tensor.IQ4NL} in vectors, in {@link VectorPanel}'s split order.
final class VectorIQ4NL {
    static final int[] LEVELS = Lanes.table(IQ4NL::level);

    private VectorIQ4NL() {}

    static void decode(MemorySegment data, long offset, int count, float[] out, int at, int half) {
        IntVector firstLevels = Lanes.firstOf(LEVELS);
        IntVector lastLevels = Lanes.lastOf(LEVELS);
        for (int block = 0; block < count / 32; block++) {
            long from = offset + 18L * block;
            float d = Widened.half(data, from);
            int to = at + 16 * block;
            for (int i = 0; i < 16; i += COUNT) {
                IntVector nibbles = Lanes.unsignedBytes(data, from + 2 + i);
                low(nibbles, firstLevels, lastLevels).mul(d).intoArray(out, to + i);
                high(nibbles, firstLevels, lastLevels).mul(d).intoArray(out, to + half + i);
            }
        }
    }

    /// A row times one vector of activations.
    static float dot(MemorySegment data, long offset, float[] x, int xAt, int cols) {
        int half = cols / 2;
        FloatVector first = FloatVector.zero(F);
        FloatVector second = first;
        IntVector firstLevels = Lanes.firstOf(LEVELS);
        IntVector lastLevels = Lanes.lastOf(LEVELS);
        for (int block = 0; block < cols / 32; block++) {
            long from = offset + 18L * block;
            float d = Widened.half(data, from);
            int at = xAt + 16 * block;
            for (int i = 0; i < 16; i += COUNT) {
                IntVector nibbles = Lanes.unsignedBytes(data, from + 2 + i);
                FloatVector v = FloatVector.fromArray(F, x, at + i);
                FloatVector w = FloatVector.fromArray(F, x, at + half + i);
                first = low(nibbles, firstLevels, lastLevels).mul(d).fma(v, first);
                second = high(nibbles, firstLevels, lastLevels).mul(d).fma(w, second);
            }
        }
        return Lanes.sum(first.add(second));
    }

    static FloatVector low(IntVector nibbles, IntVector firstLevels, IntVector lastLevels) {
        return Lanes.floats(Lanes.lookUp(nibbles.and(15), firstLevels, lastLevels));
    }

    static FloatVector high(IntVector nibbles, IntVector firstLevels, IntVector lastLevels) {
        return Lanes.floats(
                Lanes.lookUp(nibbles.lanewise(VectorOperators.LSHR, 4), firstLevels, lastLevels));
    }
}
