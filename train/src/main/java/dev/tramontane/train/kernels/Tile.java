package dev.tramontane.train.kernels;

import static dev.tramontane.kernels.Lanes.COUNT;

import java.lang.foreign.MemorySegment;

/// The loop in which training spends its time: eight rows by two vectors of columns, `to[i][j] =
/// from[i][j] + Σ over k of a(i, k) · b[k][j]`.
///
/// The sums stay in registers. Each grows by one fused multiplication after the other in the order
/// of `k`, so its bits depend neither on the width of vectors nor on anything beside it. The
/// operand `a` lies in an array, because a single value of one is loaded and spread by one
/// instruction; `b` lies in aligned memory, because vectors of 512 bits in an array always straddle
/// cache lines (docs/log).
///
/// Loads and stores are spelled out: a vector that is handed to a method of ours is an object once
/// the compiler does not inline it. There is no branch for "begin at zero" either, which would be
/// compiled away and come back as a deoptimisation: who wants to begin at zero passes zeros as
/// `from`, with a stride of 0.
final class Tile {
    static final int ROWS = 8;
    private static final int HALF = 4;
    static final int COLS = 2 * COUNT;

    /// Steps of `a` that {@link #byRows} reads at most, and the distance of its rows: with a
    /// constant one, eight rows take one register for their address.
    static final int DEPTH = 256;

    /// Whether registers have room for eight rows. AVX2's vectors of 256 bits are sixteen; those of
    /// AVX-512, NEON and SVE are 32.
    private static final boolean EIGHT =
            COUNT != 8 || System.getProperty("os.arch").equals("aarch64");

    private Tile() {}

    /// `a(i, k) = a[aAt + i · DEPTH + k]`.
    ///
    /// @param depth steps of k, at most {@link #DEPTH}
    /// @param b float[depth][COLS] from byte `bAt` on
    /// @param fromStride bytes from a row to the next
    static void byRows(
            int depth,
            float[] a,
            int aAt,
            MemorySegment b,
            long bAt,
            MemorySegment from,
            long fromAt,
            long fromStride,
            MemorySegment to,
            long toAt,
            long toStride) {
        if (EIGHT) {
            EightRows.byRows(depth, a, aAt, b, bAt, from, fromAt, fromStride, to, toAt, toStride);
            return;
        }
        for (int row = 0; row < ROWS; row += HALF) {
            FourRows.byRows(
                    depth,
                    a,
                    aAt + row * DEPTH,
                    b,
                    bAt,
                    from,
                    fromAt + row * fromStride,
                    fromStride,
                    to,
                    toAt + row * toStride,
                    toStride);
        }
    }

    /// `a(i, k) = a[aAt + k · aStep + i]`.
    ///
    /// @param depth steps of k
    /// @param b float[depth][COLS] from byte `bAt` on
    /// @param fromStride bytes from a row to the next
    static void bySteps(
            int depth,
            float[] a,
            int aAt,
            int aStep,
            MemorySegment b,
            long bAt,
            MemorySegment from,
            long fromAt,
            long fromStride,
            MemorySegment to,
            long toAt,
            long toStride) {
        if (EIGHT) {
            EightRows.bySteps(
                    depth, a, aAt, aStep, b, bAt, from, fromAt, fromStride, to, toAt, toStride);
            return;
        }
        for (int row = 0; row < ROWS; row += HALF) {
            FourRows.bySteps(
                    depth,
                    a,
                    aAt + row,
                    aStep,
                    b,
                    bAt,
                    from,
                    fromAt + row * fromStride,
                    fromStride,
                    to,
                    toAt + row * toStride,
                    toStride);
        }
    }
}
