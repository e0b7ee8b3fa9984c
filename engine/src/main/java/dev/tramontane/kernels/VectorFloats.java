package dev.tramontane.kernels;

import static dev.tramontane.kernels.Lanes.COUNT;
import static dev.tramontane.kernels.Lanes.F;

import dev.tramontane.tensor.Scales;

import jdk.incubator.vector.FloatVector;

import java.lang.foreign.MemorySegment;

/// F32, F16, BF16 and F8_E4M3 in vectors, in {@link VectorPanel}'s split order. Counts are whole
/// groups of 32.
final class VectorFloats {
    private VectorFloats() {}

    /// The value that stands at place `j` of the first half; sixteen on stands that of the second.
    private static int value(int j) {
        return 2 * (j & ~15) + (j & 15);
    }

    static void decodeF32(
            MemorySegment data, long offset, int count, float[] out, int at, int half) {
        for (int j = 0; j < count / 2; j += COUNT) {
            long from = offset + 4L * value(j);
            FloatVector.fromMemorySegment(F, data, from, Lanes.LITTLE).intoArray(out, at + j);
            FloatVector.fromMemorySegment(F, data, from + 64, Lanes.LITTLE)
                    .intoArray(out, at + half + j);
        }
    }

    /// A row times one vector of activations.
    static float dotF32(MemorySegment data, long offset, float[] x, int xAt, int cols) {
        int half = cols / 2;
        FloatVector first = FloatVector.zero(F);
        FloatVector second = first;
        for (int j = 0; j < cols / 2; j += COUNT) {
            long from = offset + 4L * value(j);
            FloatVector v = FloatVector.fromArray(F, x, xAt + j);
            FloatVector w = FloatVector.fromArray(F, x, xAt + half + j);
            first = FloatVector.fromMemorySegment(F, data, from, Lanes.LITTLE).fma(v, first);
            second = FloatVector.fromMemorySegment(F, data, from + 64, Lanes.LITTLE).fma(w, second);
        }
        return Lanes.sum(first.add(second));
    }

    static void decodeF16(
            MemorySegment data, long offset, int count, float[] out, int at, int half) {
        for (int j = 0; j < count / 2; j += COUNT) {
            long from = offset + 2L * value(j);
            Lanes.halves(data, from).intoArray(out, at + j);
            Lanes.halves(data, from + 32).intoArray(out, at + half + j);
        }
    }

    /// A row times one vector of activations.
    static float dotF16(MemorySegment data, long offset, float[] x, int xAt, int cols) {
        int half = cols / 2;
        FloatVector first = FloatVector.zero(F);
        FloatVector second = first;
        for (int j = 0; j < cols / 2; j += COUNT) {
            long from = offset + 2L * value(j);
            FloatVector v = FloatVector.fromArray(F, x, xAt + j);
            FloatVector w = FloatVector.fromArray(F, x, xAt + half + j);
            first = Lanes.halves(data, from).fma(v, first);
            second = Lanes.halves(data, from + 32).fma(w, second);
        }
        return Lanes.sum(first.add(second));
    }

    static void decodeBF16(
            MemorySegment data, long offset, int count, float[] out, int at, int half) {
        for (int j = 0; j < count / 2; j += COUNT) {
            long from = offset + 2L * value(j);
            Lanes.bfloats(data, from).intoArray(out, at + j);
            Lanes.bfloats(data, from + 32).intoArray(out, at + half + j);
        }
    }

    /// A row times one vector of activations.
    static float dotBF16(MemorySegment data, long offset, float[] x, int xAt, int cols) {
        int half = cols / 2;
        FloatVector first = FloatVector.zero(F);
        FloatVector second = first;
        for (int j = 0; j < cols / 2; j += COUNT) {
            long from = offset + 2L * value(j);
            FloatVector v = FloatVector.fromArray(F, x, xAt + j);
            FloatVector w = FloatVector.fromArray(F, x, xAt + half + j);
            first = Lanes.bfloats(data, from).fma(v, first);
            second = Lanes.bfloats(data, from + 32).fma(w, second);
        }
        return Lanes.sum(first.add(second));
    }

    static void decodeF8_E4M3(
            MemorySegment data, long offset, int count, float[] out, int at, int half) {
        for (int j = 0; j < count / 2; j += COUNT) {
            long from = offset + value(j);
            Lanes.quarters(data, from).intoArray(out, at + j);
            Lanes.quarters(data, from + 16).intoArray(out, at + half + j);
        }
    }

    /// A row times one vector of activations.
    static float dotF8_E4M3(MemorySegment data, long offset, float[] x, int xAt, int cols) {
        int half = cols / 2;
        FloatVector first = FloatVector.zero(F);
        FloatVector second = first;
        for (int j = 0; j < cols / 2; j += COUNT) {
            long from = offset + value(j);
            FloatVector v = FloatVector.fromArray(F, x, xAt + j);
            FloatVector w = FloatVector.fromArray(F, x, xAt + half + j);
            first = Lanes.quarters(data, from).fma(v, first);
            second = Lanes.quarters(data, from + 16).fma(w, second);
        }
        return Lanes.sum(first.add(second));
    }

    /// The same, with a factor for each square's columns.
    ///
    /// @param factors those of the row from `factorsAt` on
    static float dotSquares(
            MemorySegment data,
            long offset,
            float[] x,
            int xAt,
            int cols,
            float[] factors,
            int factorsAt) {
        int half = cols / 2;
        FloatVector first = FloatVector.zero(F);
        FloatVector second = first;
        for (int j = 0; j < cols / 2; j += COUNT) {
            long from = offset + value(j);
            float factor = factors[factorsAt + j / (Scales.SQUARE / 2)];
            FloatVector v = FloatVector.fromArray(F, x, xAt + j);
            FloatVector w = FloatVector.fromArray(F, x, xAt + half + j);
            first = Lanes.quarters(data, from).mul(factor).fma(v, first);
            second = Lanes.quarters(data, from + 16).mul(factor).fma(w, second);
        }
        return Lanes.sum(first.add(second));
    }
}
