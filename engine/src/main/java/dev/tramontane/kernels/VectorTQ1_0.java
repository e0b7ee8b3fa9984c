package dev.tramontane.kernels;

import static dev.tramontane.kernels.Lanes.COUNT;
import static dev.tramontane.kernels.Lanes.F;

import dev.tramontane.tensor.Blocks;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorOperators;

import java.lang.foreign.MemorySegment;

/// {@link dev.tramontane.tensor.TQ1_0} in vectors, in {@link VectorPanel}'s split order.
final class VectorTQ1_0 {
    private static final int[] POWERS = {1, 3, 9, 27, 81};

    /// Where the bytes of the last sixteen values lie in their word, and by which power of three
    /// the digits are brought to the front.
    private static final int[] LAST_SHIFTS = {
        0, 8, 16, 24, 0, 8, 16, 24, 0, 8, 16, 24, 0, 8, 16, 24
    };

    private static final int[] LAST_POWERS = {1, 1, 1, 1, 3, 3, 3, 3, 9, 9, 9, 9, 27, 27, 27, 27};

    private VectorTQ1_0() {}

    static void decode(MemorySegment data, long offset, int count, float[] out, int at, int half) {
        for (int block = 0; block < count / 256; block++) {
            long from = offset + 54L * block;
            float d = Blocks.half(data, from + 52);
            for (int group = 0; group < 8; group++) {
                int to = at + 128 * block + 16 * group;
                for (int i = 0; i < 16; i += COUNT) {
                    digits(data, from, 2 * group, i).mul(d).intoArray(out, to + i);
                    digits(data, from, 2 * group + 1, i).mul(d).intoArray(out, to + half + i);
                }
            }
        }
    }

    /// A row times one vector of activations.
    static float dot(MemorySegment data, long offset, float[] x, int half, int cols) {
        FloatVector first = FloatVector.zero(F);
        FloatVector second = first;
        for (int block = 0; block < cols / 256; block++) {
            long from = offset + 54L * block;
            float d = Blocks.half(data, from + 52);
            for (int group = 0; group < 8; group++) {
                int at = 128 * block + 16 * group;
                for (int i = 0; i < 16; i += COUNT) {
                    FloatVector v = FloatVector.fromArray(F, x, at + i);
                    FloatVector w = FloatVector.fromArray(F, x, at + half + i);
                    first = digits(data, from, 2 * group, i).mul(d).fma(v, first);
                    second = digits(data, from, 2 * group + 1, i).mul(d).fma(w, second);
                }
            }
        }
        return Lanes.sum(first.add(second));
    }

    /// The run of sixteen values number `run`, from the `i`-th on, before scale: runs 0 to 9 are
    /// two a digit of the 32 bytes in front, 10 to 14 one a digit of the next sixteen, and the last
    /// has all four digits of four bytes.
    private static FloatVector digits(MemorySegment data, long block, int run, int i) {
        IntVector fractions;
        if (run < 10) {
            fractions = Lanes.unsignedBytes(data, block + 16L * (run & 1) + i).mul(POWERS[run / 2]);
        } else if (run < 15) {
            fractions = Lanes.unsignedBytes(data, block + 32 + i).mul(POWERS[run - 10]);
        } else {
            fractions =
                    IntVector.broadcast(Lanes.I, Blocks.word(data, block + 48))
                            .lanewise(
                                    VectorOperators.LSHR,
                                    IntVector.fromArray(Lanes.I, LAST_SHIFTS, i))
                            .and(0xFF)
                            .mul(IntVector.fromArray(Lanes.I, LAST_POWERS, i));
        }
        return Lanes.floats(fractions.and(0xFF).mul(3).lanewise(VectorOperators.LSHR, 8).sub(1));
    }
}
