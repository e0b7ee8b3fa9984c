package dev.tramontane.train.kernels;

import static dev.tramontane.kernels.Lanes.COUNT;
import static dev.tramontane.kernels.Lanes.F;
import static dev.tramontane.kernels.Lanes.LITTLE;

import dev.tramontane.kernels.Lanes;

import jdk.incubator.vector.FloatVector;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/// Causal attention of one sequence's heads that share a key head, on one thread.
///
/// Queries are taken a panel at a time. Their scores are computed the other way round, `[keys]
/// [queries]`: then a query has a lane, maximum and sum run down the keys without ever crossing
/// lanes, and the weights lie as the product with the values wants them.
final class AttentionForward {
    private static final ValueLayout.OfFloat FLOAT = ValueLayout.JAVA_FLOAT_UNALIGNED;
    private static final long PANEL_ROW = 4L * Tile.COLS;

    /// The score of a key that comes after the query.
    private static final float NEVER = -1e30f;

    private final AttentionShape shape;
    private final float scale;
    private final float[] keys;
    private final MemorySegment values;
    private final MemorySegment queries;
    private final MemorySegment scores;
    private final float[] weights;
    private final MemorySegment gathered;
    private final MemorySegment zeros;
    private final float[] maxima = new float[Tile.COLS];
    private final float[] sums = new float[Tile.COLS];

    AttentionForward(AttentionShape shape, Arena arena) {
        this.shape = shape;
        scale = (float) shape.scale();
        int padded = shape.paddedLongest();
        keys = new float[padded * shape.headDim()];
        values = floats(arena, (long) shape.headPanels() * padded * Tile.COLS);
        queries = floats(arena, (long) shape.headDim() * Tile.COLS);
        scores = floats(arena, (long) padded * Tile.COLS);
        weights = new float[padded * Tile.COLS];
        gathered = floats(arena, (long) shape.headPanels() * Tile.COLS * Tile.COLS);
        zeros = floats(arena, Tile.COLS);
    }

    private static MemorySegment floats(Arena arena, long count) {
        return arena.allocate(4 * count, 64);
    }

    /// @param qkv float[tokens][rowDim], turned
    /// @param start the sequence's first token
    /// @param out float[tokens][queryDim]
    /// @param logSums float[heads][stride]: the logarithm of each query's sum of exponentials
    void run(
            MemorySegment qkv,
            int start,
            int length,
            int kvHead,
            MemorySegment out,
            float[] logSums,
            int stride) {
        packKeysAndValues(qkv, start, length, kvHead);
        for (int g = 0; g < shape.group(); g++) {
            int head = kvHead * shape.group() + g;
            for (int first = 0; first < length; first += Tile.COLS) {
                int count = Math.min(Tile.COLS, length - first);
                score(qkv, start, first, count, head);
                int keyCount = first + count;
                columnSoftmax(scores, keyCount, scale, weights, maxima, sums);
                gather(keyCount);
                for (int i = 0; i < count; i++) {
                    logSums[head * stride + start + first + i] =
                            (float) (scale * maxima[i] + Math.log(sums[i]));
                    long to = (start + first + i) * shape.queryBytes() + shape.queryAt(head);
                    scaleRow(i, 1 / sums[i], out, to);
                }
            }
        }
    }

    private void packKeysAndValues(MemorySegment qkv, int start, int length, int kvHead) {
        long row = start * shape.rowBytes();
        int headDim = shape.headDim();
        for (int key = 0; key < length; key += Tile.ROWS) {
            Packing.turnedEight(
                    qkv,
                    row + key * shape.rowBytes() + shape.keyAt(kvHead),
                    shape.rowBytes(),
                    Math.min(Tile.ROWS, length - key),
                    headDim,
                    keys,
                    key * headDim);
        }
        for (int panel = 0; panel < shape.headPanels(); panel++) {
            int col = panel * Tile.COLS;
            Packing.panel(
                    qkv,
                    row + shape.valueAt(kvHead) + 4L * col,
                    shape.rowBytes(),
                    Math.min(Tile.COLS, headDim - col),
                    length,
                    values,
                    (long) panel * shape.paddedLongest() * PANEL_ROW);
        }
    }

    /// `scores[j][i] = key j · query i`, and nothing where j comes after i.
    private void score(MemorySegment qkv, int start, int first, int count, int head) {
        int headDim = shape.headDim();
        long at = (start + first) * shape.rowBytes() + shape.queryAt(head);
        Packing.turnedPanel(qkv, at, shape.rowBytes(), count, headDim, queries, 0);
        for (int key = 0; key < first + count; key += Tile.ROWS) {
            Tile.bySteps(
                    headDim,
                    keys,
                    key * headDim,
                    Tile.ROWS,
                    queries,
                    0,
                    zeros,
                    0,
                    0,
                    scores,
                    key * PANEL_ROW,
                    PANEL_ROW);
        }
        for (int j = 1; j < count; j++) {
            long row = (first + j) * PANEL_ROW;
            for (int i = 0; i < j; i++) {
                scores.set(FLOAT, row + 4L * i, NEVER);
            }
        }
    }

    /// Each column's maximum, `e^(scale · (score − maximum))`, and the sum of these.
    private static void columnSoftmax(
            MemorySegment scores,
            int keys,
            float scale,
            float[] weights,
            float[] maxima,
            float[] sums) {
        for (int half = 0; half < Tile.COLS; half += COUNT) {
            FloatVector max = FloatVector.broadcast(F, NEVER);
            for (int j = 0; j < keys; j++) {
                max =
                        FloatVector.fromMemorySegment(F, scores, j * PANEL_ROW + 4L * half, LITTLE)
                                .max(max);
            }
            FloatVector sum = FloatVector.zero(F);
            for (int j = 0; j < keys; j++) {
                FloatVector score =
                        FloatVector.fromMemorySegment(F, scores, j * PANEL_ROW + 4L * half, LITTLE);
                FloatVector weight = Lanes.exp(score.sub(max).mul(scale));
                weight.intoArray(weights, j * Tile.COLS + half);
                sum = weight.add(sum);
            }
            max.intoArray(maxima, half);
            sum.intoArray(sums, half);
        }
    }

    /// `gathered[panel][i] = Σ over j of weights[j][i] · value j`.
    private void gather(int keyCount) {
        for (int panel = 0; panel < shape.headPanels(); panel++) {
            for (int i = 0; i < Tile.COLS; i += Tile.ROWS) {
                Tile.bySteps(
                        keyCount,
                        weights,
                        i,
                        Tile.COLS,
                        values,
                        (long) panel * shape.paddedLongest() * PANEL_ROW,
                        zeros,
                        0,
                        0,
                        gathered,
                        (panel * Tile.COLS + i) * PANEL_ROW,
                        PANEL_ROW);
            }
        }
    }

    private void scaleRow(int i, float factor, MemorySegment out, long to) {
        for (int d = 0; d < shape.headDim(); d += COUNT) {
            long from = (d / Tile.COLS * Tile.COLS + i) * PANEL_ROW + 4L * (d % Tile.COLS);
            FloatVector.fromMemorySegment(F, gathered, from, LITTLE)
                    .mul(factor)
                    .intoMemorySegment(out, to + 4L * d, LITTLE);
        }
    }
}
