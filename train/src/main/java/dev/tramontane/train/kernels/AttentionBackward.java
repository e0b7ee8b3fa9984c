package dev.tramontane.train.kernels;

import static dev.tramontane.kernels.Lanes.COUNT;
import static dev.tramontane.kernels.Lanes.F;
import static dev.tramontane.kernels.Lanes.LITTLE;

import dev.tramontane.kernels.Lanes;

import jdk.incubator.vector.FloatVector;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;

/// The gradients of {@link AttentionForward}, for one sequence's heads that share a key head, on
/// one thread.
///
/// Weights are not kept but computed again from the logarithms of their sums (Dao et al. 2022,
/// algorithm 4), for {@link #QUERIES} queries and {@link Tile#DEPTH} keys at a time:
///
/// ```
/// P = e^(scale · Q Kᵀ − logSum)      dP = dO Vᵀ      dS = scale · P ∘ (dP − rowsum(dO ∘ O))
/// dV += Pᵀ dO                        dK += dSᵀ Q     dQ += dS K
/// ```
final class AttentionBackward {
    private static final int QUERIES = 32;
    private static final long PANEL_ROW = 4L * Tile.COLS;
    private static final long SCORE_ROW = 4L * Tile.DEPTH;

    private final AttentionShape shape;
    private final float scale;
    private final int headDim;
    private final int panels;
    private final int padded;
    // A head's keys and values: panels of columns, and panels of keys with the columns as steps.
    private final MemorySegment keys;
    private final MemorySegment turnedKeys;
    private final MemorySegment turnedValues;
    private final MemorySegment dKeys;
    private final MemorySegment dValues;
    // Some queries, and the gradients at what they gathered.
    private final float[] queryRows;
    private final float[] dOutRows;
    private final MemorySegment queries;
    private final MemorySegment dOuts;
    private final MemorySegment dQueries;
    private final float[] dots = new float[QUERIES];
    // Of these queries and some keys: float[QUERIES][DEPTH].
    private final MemorySegment scores;
    private final MemorySegment dWeights;
    private final float[] weights = new float[QUERIES * Tile.DEPTH];
    private final float[] dScores = new float[QUERIES * Tile.DEPTH];
    private final MemorySegment zeros;

    AttentionBackward(AttentionShape shape, Arena arena) {
        this.shape = shape;
        scale = (float) shape.scale();
        headDim = shape.headDim();
        panels = shape.headPanels();
        padded = shape.paddedLongest();
        keys = floats(arena, (long) panels * padded * Tile.COLS);
        turnedKeys = floats(arena, (long) padded * headDim);
        turnedValues = floats(arena, (long) padded * headDim);
        dKeys = floats(arena, (long) panels * padded * Tile.COLS);
        dValues = floats(arena, (long) panels * padded * Tile.COLS);
        queryRows = new float[QUERIES * headDim];
        dOutRows = new float[QUERIES * headDim];
        queries = floats(arena, (long) panels * QUERIES * Tile.COLS);
        dOuts = floats(arena, (long) panels * QUERIES * Tile.COLS);
        dQueries = floats(arena, (long) panels * QUERIES * Tile.COLS);
        scores = floats(arena, (long) QUERIES * Tile.DEPTH);
        dWeights = floats(arena, (long) QUERIES * Tile.DEPTH);
        zeros = floats(arena, Tile.COLS);
    }

    private static MemorySegment floats(Arena arena, long count) {
        return arena.allocate(4 * count, 64);
    }

    /// @param qkv float[tokens][rowDim], turned
    /// @param start the sequence's first token
    /// @param out float[tokens][queryDim], what was gathered
    /// @param dOut float[tokens][queryDim]
    /// @param logSums float[heads][stride]
    /// @param dQkv float[tokens][rowDim], gets the gradients of these heads
    void run(
            MemorySegment qkv,
            int start,
            int length,
            int kvHead,
            MemorySegment out,
            MemorySegment dOut,
            float[] logSums,
            int stride,
            MemorySegment dQkv) {
        packKeysAndValues(qkv, start, length, kvHead);
        dKeys.fill((byte) 0);
        dValues.fill((byte) 0);
        for (int g = 0; g < shape.group(); g++) {
            int head = kvHead * shape.group() + g;
            for (int first = 0; first < length; first += QUERIES) {
                int count = Math.min(QUERIES, length - first);
                int token = start + first;
                packQueries(qkv, out, dOut, token, count, head);
                for (int key = 0; key < first + count; key += Tile.DEPTH) {
                    int width = Math.min(Tile.DEPTH, first + count - key);
                    score(count, key, width);
                    for (int i = 0; i < count; i++) {
                        int seen = Math.clamp(first + i + 1 - key, 0, width);
                        weigh(i, seen, width, logSums[head * stride + token + i]);
                    }
                    addToKeysAndValues(count, key, width);
                    addToQueries(count, key, width);
                }
                unpack(dQueries, QUERIES, count, dQkv, token, shape.queryAt(head));
            }
        }
        unpack(dKeys, padded, length, dQkv, start, shape.keyAt(kvHead));
        unpack(dValues, padded, length, dQkv, start, shape.valueAt(kvHead));
    }

    private void packKeysAndValues(MemorySegment qkv, int start, int length, int kvHead) {
        long rowBytes = shape.rowBytes();
        long key = start * rowBytes + shape.keyAt(kvHead);
        long value = start * rowBytes + shape.valueAt(kvHead);
        packColumns(qkv, key, rowBytes, length, keys, padded);
        for (int first = 0; first < length; first += Tile.COLS) {
            int count = Math.min(Tile.COLS, length - first);
            long from = first * rowBytes;
            long to = 4L * first * headDim;
            Packing.turnedPanel(qkv, key + from, rowBytes, count, headDim, turnedKeys, to);
            Packing.turnedPanel(qkv, value + from, rowBytes, count, headDim, turnedValues, to);
        }
    }

    /// A head's rows as panels of columns, `float[panels][capacity][COLS]`.
    private void packColumns(
            MemorySegment data,
            long at,
            long stride,
            int count,
            MemorySegment packed,
            int capacity) {
        for (int panel = 0; panel < panels; panel++) {
            int col = panel * Tile.COLS;
            int width = Math.min(Tile.COLS, headDim - col);
            long to = (long) panel * capacity * PANEL_ROW;
            Packing.panel(data, at + 4L * col, stride, width, count, packed, to);
        }
    }

    private void packQueries(
            MemorySegment qkv,
            MemorySegment out,
            MemorySegment dOut,
            int token,
            int count,
            int head) {
        long query = token * shape.rowBytes() + shape.queryAt(head);
        long gathered = token * shape.queryBytes() + shape.queryAt(head);
        packColumns(qkv, query, shape.rowBytes(), count, queries, QUERIES);
        packColumns(dOut, gathered, shape.queryBytes(), count, dOuts, QUERIES);
        for (int i = 0; i < count; i += Tile.ROWS) {
            int rows = Math.min(Tile.ROWS, count - i);
            int to = i * headDim;
            long rowBytes = shape.rowBytes();
            long outBytes = shape.queryBytes();
            Packing.turnedEight(qkv, query + i * rowBytes, rowBytes, rows, headDim, queryRows, to);
            Packing.turnedEight(
                    dOut, gathered + i * outBytes, outBytes, rows, headDim, dOutRows, to);
        }
        for (int i = 0; i < count; i++) {
            dots[i] = dot(out, dOut, gathered + i * shape.queryBytes(), headDim);
        }
    }

    private static float dot(MemorySegment x, MemorySegment y, long at, int count) {
        FloatVector sum = FloatVector.zero(F);
        for (int d = 0; d < count; d += COUNT) {
            sum =
                    FloatVector.fromMemorySegment(F, x, at + 4L * d, LITTLE)
                            .fma(FloatVector.fromMemorySegment(F, y, at + 4L * d, LITTLE), sum);
        }
        return Lanes.sum(sum);
    }

    private void score(int count, int key, int width) {
        for (int first = 0; first < width; first += Tile.COLS) {
            long panel = 4L * (key + first) * headDim;
            for (int i = 0; i < count; i += Tile.ROWS) {
                long to = i * SCORE_ROW + 4L * first;
                Tile.bySteps(
                        headDim,
                        queryRows,
                        i * headDim,
                        Tile.ROWS,
                        turnedKeys,
                        panel,
                        zeros,
                        0,
                        0,
                        scores,
                        to,
                        SCORE_ROW);
                Tile.bySteps(
                        headDim,
                        dOutRows,
                        i * headDim,
                        Tile.ROWS,
                        turnedValues,
                        panel,
                        zeros,
                        0,
                        0,
                        dWeights,
                        to,
                        SCORE_ROW);
            }
        }
    }

    /// Weights and gradients at the scores of query `i`, zero from the first key on that it does
    /// not see.
    private void weigh(int i, int seen, int width, float logSum) {
        int row = i * Tile.DEPTH;
        weigh(scores, dWeights, 4L * row, seen, scale, logSum, dots[i], weights, dScores, row);
        int end = row + (width + Tile.ROWS - 1) / Tile.ROWS * Tile.ROWS;
        Arrays.fill(weights, row + seen, end, 0);
        Arrays.fill(dScores, row + seen, end, 0);
    }

    private static void weigh(
            MemorySegment scores,
            MemorySegment dWeights,
            long at,
            int count,
            float scale,
            float logSum,
            float dot,
            float[] weights,
            float[] dScores,
            int to) {
        for (int j = 0; j < count; j += COUNT) {
            FloatVector score = FloatVector.fromMemorySegment(F, scores, at + 4L * j, LITTLE);
            FloatVector weight = Lanes.exp(score.mul(scale).sub(logSum));
            weight.intoArray(weights, to + j);
            FloatVector.fromMemorySegment(F, dWeights, at + 4L * j, LITTLE)
                    .sub(dot)
                    .mul(weight)
                    .mul(scale)
                    .intoArray(dScores, to + j);
        }
    }

    private void addToKeysAndValues(int count, int key, int width) {
        for (int panel = 0; panel < panels; panel++) {
            long rows = (long) panel * QUERIES * PANEL_ROW;
            for (int j = 0; j < width; j += Tile.ROWS) {
                long to = ((long) panel * padded + key + j) * PANEL_ROW;
                Tile.bySteps(
                        count,
                        weights,
                        j,
                        Tile.DEPTH,
                        dOuts,
                        rows,
                        dValues,
                        to,
                        PANEL_ROW,
                        dValues,
                        to,
                        PANEL_ROW);
                Tile.bySteps(
                        count,
                        dScores,
                        j,
                        Tile.DEPTH,
                        queries,
                        rows,
                        dKeys,
                        to,
                        PANEL_ROW,
                        dKeys,
                        to,
                        PANEL_ROW);
            }
        }
    }

    private void addToQueries(int count, int key, int width) {
        for (int panel = 0; panel < panels; panel++) {
            long rows = ((long) panel * padded + key) * PANEL_ROW;
            for (int i = 0; i < count; i += Tile.ROWS) {
                long to = ((long) panel * QUERIES + i) * PANEL_ROW;
                Tile.byRows(
                        width,
                        dScores,
                        i * Tile.DEPTH,
                        keys,
                        rows,
                        key == 0 ? zeros : dQueries,
                        key == 0 ? 0 : to,
                        key == 0 ? 0 : PANEL_ROW,
                        dQueries,
                        to,
                        PANEL_ROW);
            }
        }
    }

    /// Writes a head's rows back from panels of columns.
    private void unpack(
            MemorySegment packed, int capacity, int count, MemorySegment to, int token, long col) {
        for (int d = 0; d < headDim; d += COUNT) {
            long from = (long) (d / Tile.COLS) * capacity * PANEL_ROW + 4L * (d % Tile.COLS);
            for (int i = 0; i < count; i++) {
                FloatVector.fromMemorySegment(F, packed, from + i * PANEL_ROW, LITTLE)
                        .intoMemorySegment(
                                to, (token + i) * shape.rowBytes() + col + 4L * d, LITTLE);
            }
        }
    }
}
