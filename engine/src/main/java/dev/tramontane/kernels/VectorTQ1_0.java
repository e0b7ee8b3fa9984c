package dev.tramontane.kernels;

import static dev.tramontane.kernels.Lanes.COUNT;
import static dev.tramontane.kernels.Lanes.F;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorOperators;

import java.lang.foreign.MemorySegment;

/// {@link dev.tramontane.tensor.TQ1_0} in vectors, in {@link VectorPanel}'s split order.
final class VectorTQ1_0 {
    /// By which power of three each value of the sixteen runs has its digit brought to the front:
    /// two runs for each power, then one, and in the last four values for each.
    private static final int[] POWERS = new int[256];

    /// From where in a vector of bytes values come: from their own places, or, in the last run, in
    /// turn from the last four.
    private static final int[] PLACES = new int[2 * COUNT];

    static {
        int[] powers = {1, 3, 9, 27, 81};
        for (int i = 0; i < POWERS.length; i++) {
            int run = i / 16;
            POWERS[i] = powers[run < 10 ? run / 2 : run < 15 ? run - 10 : i % 16 / 4];
        }
        for (int lane = 0; lane < COUNT; lane++) {
            PLACES[lane] = lane;
            PLACES[COUNT + lane] = COUNT - 4 + lane % 4;
        }
    }

    private VectorTQ1_0() {}

    static void decode(MemorySegment data, long offset, int count, float[] out, int at, int half) {
        for (int block = 0; block < count / 256; block++) {
            long from = offset + 54L * block;
            float d = Widened.half(data, from + 52);
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
    static float dot(MemorySegment data, long offset, float[] x, int xAt, int cols) {
        int half = cols / 2;
        FloatVector first = FloatVector.zero(F);
        FloatVector second = first;
        for (int block = 0; block < cols / 256; block++) {
            long from = offset + 54L * block;
            float d = Widened.half(data, from + 52);
            for (int group = 0; group < 8; group++) {
                int at = xAt + 128 * block + 16 * group;
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
    /// has all four digits of four bytes. One path for all: a vector that comes from one of several
    /// branches would be an object.
    private static FloatVector digits(MemorySegment data, long block, int run, int i) {
        int at = run < 10 ? 16 * (run & 1) + i : run < 15 ? 32 + i : 52 - COUNT;
        return Lanes.floats(
                IntVector.fromArray(Lanes.I, PLACES, run < 15 ? 0 : COUNT)
                        .selectFrom(Lanes.unsignedBytes(data, block + at))
                        .mul(IntVector.fromArray(Lanes.I, POWERS, 16 * run + i))
                        .and(0xFF)
                        .mul(3)
                        .lanewise(VectorOperators.LSHR, 8)
                        .sub(1));
    }
}
