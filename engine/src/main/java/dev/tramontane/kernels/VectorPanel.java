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
        int whole = vectorised(type) ? count / 32 * 32 : 0;
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

    /// Whether this machine's vectors suit the type; where not, rows are decoded by the plain loops
    /// and then multiplied.
    static boolean vectorised(DType type) {
        return Lanes.BYTES_FIT || type.blockLength() == 1 && type.blockBytes() > 1;
    }

    /// A decoded, padded row times one vector of activations, both in split order.
    static float dot(float[] row, float[] x, int half) {
        FloatVector first = FloatVector.zero(F);
        FloatVector second = first;
        for (int j = 0; j < half; j += COUNT) {
            FloatVector v = FloatVector.fromArray(F, x, j);
            FloatVector w = FloatVector.fromArray(F, x, half + j);
            first = FloatVector.fromArray(F, row, j).fma(v, first);
            second = FloatVector.fromArray(F, row, half + j).fma(w, second);
        }
        return Lanes.sum(first.add(second));
    }

    /// Rows of weights in a tile.
    static final int TILE_ROWS = 4;

    /// Tokens in a tile.
    static final int TILE_TOKENS = 3;

    /// Adds the products of four decoded rows and three tokens over `count` values to twelve
    /// vectors of partial sums: row-major, `float[4][3][COUNT]` from `sumsAt` on.
    ///
    /// Twelve sums, three activations and a weight are the sixteen registers of AVX2.
    static void tile(
            float[] w,
            int wAt,
            int wStride,
            float[] x,
            int xAt,
            int xStride,
            int count,
            float[] sums,
            int sumsAt) {
        FloatVector a0 = FloatVector.fromArray(F, sums, sumsAt);
        FloatVector a1 = FloatVector.fromArray(F, sums, sumsAt + COUNT);
        FloatVector a2 = FloatVector.fromArray(F, sums, sumsAt + 2 * COUNT);
        FloatVector b0 = FloatVector.fromArray(F, sums, sumsAt + 3 * COUNT);
        FloatVector b1 = FloatVector.fromArray(F, sums, sumsAt + 4 * COUNT);
        FloatVector b2 = FloatVector.fromArray(F, sums, sumsAt + 5 * COUNT);
        FloatVector c0 = FloatVector.fromArray(F, sums, sumsAt + 6 * COUNT);
        FloatVector c1 = FloatVector.fromArray(F, sums, sumsAt + 7 * COUNT);
        FloatVector c2 = FloatVector.fromArray(F, sums, sumsAt + 8 * COUNT);
        FloatVector d0 = FloatVector.fromArray(F, sums, sumsAt + 9 * COUNT);
        FloatVector d1 = FloatVector.fromArray(F, sums, sumsAt + 10 * COUNT);
        FloatVector d2 = FloatVector.fromArray(F, sums, sumsAt + 11 * COUNT);
        for (int i = 0; i < count; i += COUNT) {
            FloatVector x0 = FloatVector.fromArray(F, x, xAt + i);
            FloatVector x1 = FloatVector.fromArray(F, x, xAt + xStride + i);
            FloatVector x2 = FloatVector.fromArray(F, x, xAt + 2 * xStride + i);
            FloatVector v = FloatVector.fromArray(F, w, wAt + i);
            a0 = v.fma(x0, a0);
            a1 = v.fma(x1, a1);
            a2 = v.fma(x2, a2);
            v = FloatVector.fromArray(F, w, wAt + wStride + i);
            b0 = v.fma(x0, b0);
            b1 = v.fma(x1, b1);
            b2 = v.fma(x2, b2);
            v = FloatVector.fromArray(F, w, wAt + 2 * wStride + i);
            c0 = v.fma(x0, c0);
            c1 = v.fma(x1, c1);
            c2 = v.fma(x2, c2);
            v = FloatVector.fromArray(F, w, wAt + 3 * wStride + i);
            d0 = v.fma(x0, d0);
            d1 = v.fma(x1, d1);
            d2 = v.fma(x2, d2);
        }
        a0.intoArray(sums, sumsAt);
        a1.intoArray(sums, sumsAt + COUNT);
        a2.intoArray(sums, sumsAt + 2 * COUNT);
        b0.intoArray(sums, sumsAt + 3 * COUNT);
        b1.intoArray(sums, sumsAt + 4 * COUNT);
        b2.intoArray(sums, sumsAt + 5 * COUNT);
        c0.intoArray(sums, sumsAt + 6 * COUNT);
        c1.intoArray(sums, sumsAt + 7 * COUNT);
        c2.intoArray(sums, sumsAt + 8 * COUNT);
        d0.intoArray(sums, sumsAt + 9 * COUNT);
        d1.intoArray(sums, sumsAt + 10 * COUNT);
        d2.intoArray(sums, sumsAt + 11 * COUNT);
    }
}
