package dev.tramontane.kernels;

import static dev.tramontane.kernels.Lanes.COUNT;
import static dev.tramontane.kernels.Lanes.F;

import dev.tramontane.tensor.Blocks;
import dev.tramontane.tensor.DType;
import dev.tramontane.tensor.Scales;

import jdk.incubator.vector.FloatVector;

import java.lang.foreign.MemorySegment;

/// The arithmetic of a product: rows of weights decoded to floats, times rows of activations.
///
/// Decoded rows and activations lie in *split order*: of each 32 values the first sixteen go to the
/// first half, the others to the second, which is how four-bit blocks come apart. Every output
/// element is two vectors of partial sums, one a half, each adding its products from left to right
/// with fused multiply-adds; the two are added, then {@link Lanes#sum} adds the lanes. The `dot` of
/// each weight type keeps the same order without the detour over memory, so a token computed alone
/// and in a batch comes out the same to the bit. Two sums, because one would wait for itself.
final class VectorPanel {
    private VectorPanel() {}

    /// The place of value `k` in split order.
    static int place(int k, int half) {
        int within = k & 31;
        return (k >> 5) * 16 + (within & 15) + (within < 16 ? 0 : half);
    }

    /// Decodes `count` values into split order and pads them with zeros to a whole group.
    ///
    /// @param at place of the first value; the second half's values go `half` places further
    /// @param natural room for `count` values
    static void decode(
            DType type,
            MemorySegment data,
            long offset,
            int count,
            float[] out,
            int at,
            int half,
            float[] natural) {
        int whole = count / 32 * 32;
        if (!vectorised(type, data, offset, whole)) {
            whole = 0;
        }
        Standalone.decode(type, data, offset, whole, out, at, half);
        if (whole < count) {
            Blocks.decode(type, data, offset + type.bytes(whole), count - whole, natural, 0);
            for (int k = whole; k < Lanes.padded(count); k++) {
                out[at + place(k, half)] = k < count ? natural[k - whole] : 0;
            }
        }
    }

    /// Multiplies `count` values of a row, decoded from column `col` on, by the factors of their
    /// tiles.
    ///
    /// @param col the first of a tile
    static void scale(
            Scales scales, int row, int col, int count, float[] decoded, int at, int half) {
        for (int k = 0; k < count; k += scales.tileCols()) {
            float factor = scales.at(row, col + k);
            int from = at + k / 2;
            int to = from + Lanes.padded(Math.min(scales.tileCols(), count - k)) / 2;
            for (int j = from; j < to; j += COUNT) {
                FloatVector.fromArray(F, decoded, j).mul(factor).intoArray(decoded, j);
                FloatVector.fromArray(F, decoded, half + j)
                        .mul(factor)
                        .intoArray(decoded, half + j);
            }
        }
    }

    /// Whether `count` values from byte `offset` on are read in vectors. Those that are not are
    /// decoded by the plain loops and then multiplied: with four lanes the last values in memory,
    /// behind which a vector of bytes would read on, and levels from tables.
    static boolean vectorised(DType type, MemorySegment data, long offset, int count) {
        return switch (type) {
            case F32, F16, BF16 -> true;
            case IQ4_NL, IQ4_XS, MXFP4 -> Lanes.TABLES_FIT;
            case F8_E4M3,
                    Q4_0,
                    Q4_1,
                    Q5_0,
                    Q5_1,
                    Q8_0,
                    Q2_K,
                    Q3_K,
                    Q4_K,
                    Q5_K,
                    Q6_K,
                    TQ1_0,
                    TQ2_0 ->
                    offset + type.bytes(count) + Lanes.BYTES_BEYOND <= data.byteSize();
        };
    }

    /// A decoded, padded row times one vector of activations, both in split order.
    ///
    /// @param x whose first half begins at `at`, as the row's does at 0
    static float dot(float[] row, float[] x, int at, int half) {
        FloatVector first = FloatVector.zero(F);
        FloatVector second = first;
        for (int j = 0; j < half; j += COUNT) {
            FloatVector v = FloatVector.fromArray(F, x, at + j);
            FloatVector w = FloatVector.fromArray(F, x, at + half + j);
            first = FloatVector.fromArray(F, row, j).fma(v, first);
            second = FloatVector.fromArray(F, row, half + j).fma(w, second);
        }
        return Lanes.sum(first.add(second));
    }
}
