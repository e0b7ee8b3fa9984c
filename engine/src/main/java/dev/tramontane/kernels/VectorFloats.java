package dev.tramontane.kernels;

import static dev.tramontane.kernels.Lanes.COUNT;
import static dev.tramontane.kernels.Lanes.F;

import jdk.incubator.vector.FloatVector;

import java.lang.foreign.MemorySegment;

/// F32, F16 and BF16 in vectors. Counts are whole vectors; {@link VectorPanel} sees to the rest.
final class VectorFloats {
    private VectorFloats() {}

    static void decodeF32(MemorySegment data, long offset, int count, float[] out, int at) {
        for (int i = 0; i < count; i += COUNT) {
            FloatVector.fromMemorySegment(F, data, offset + 4L * i, Lanes.LITTLE)
                    .intoArray(out, at + i);
        }
    }

    /// Two rows times one vector of activations; the order of each sum is {@link VectorPanel}'s.
    static void dot2F32(
            MemorySegment data, long offset, long next, float[] x, int cols, float[] out) {
        FloatVector first = FloatVector.zero(F);
        FloatVector second = first;
        for (int i = 0; i < cols; i += COUNT) {
            FloatVector v = FloatVector.fromArray(F, x, i);
            first =
                    FloatVector.fromMemorySegment(F, data, offset + 4L * i, Lanes.LITTLE)
                            .fma(v, first);
            second =
                    FloatVector.fromMemorySegment(F, data, next + 4L * i, Lanes.LITTLE)
                            .fma(v, second);
        }
        out[0] = Lanes.sum(first);
        out[1] = Lanes.sum(second);
    }

    static void decodeF16(MemorySegment data, long offset, int count, float[] out, int at) {
        for (int i = 0; i < count; i += COUNT) {
            Lanes.halves(data, offset + 2L * i).intoArray(out, at + i);
        }
    }

    /// Two rows times one vector of activations; the order of each sum is {@link VectorPanel}'s.
    static void dot2F16(
            MemorySegment data, long offset, long next, float[] x, int cols, float[] out) {
        FloatVector first = FloatVector.zero(F);
        FloatVector second = first;
        for (int i = 0; i < cols; i += COUNT) {
            FloatVector v = FloatVector.fromArray(F, x, i);
            first = Lanes.halves(data, offset + 2L * i).fma(v, first);
            second = Lanes.halves(data, next + 2L * i).fma(v, second);
        }
        out[0] = Lanes.sum(first);
        out[1] = Lanes.sum(second);
    }

    static void decodeBF16(MemorySegment data, long offset, int count, float[] out, int at) {
        for (int i = 0; i < count; i += COUNT) {
            Lanes.bfloats(data, offset + 2L * i).intoArray(out, at + i);
        }
    }

    /// Two rows times one vector of activations; the order of each sum is {@link VectorPanel}'s.
    static void dot2BF16(
            MemorySegment data, long offset, long next, float[] x, int cols, float[] out) {
        FloatVector first = FloatVector.zero(F);
        FloatVector second = first;
        for (int i = 0; i < cols; i += COUNT) {
            FloatVector v = FloatVector.fromArray(F, x, i);
            first = Lanes.bfloats(data, offset + 2L * i).fma(v, first);
            second = Lanes.bfloats(data, next + 2L * i).fma(v, second);
        }
        out[0] = Lanes.sum(first);
        out[1] = Lanes.sum(second);
    }
}
