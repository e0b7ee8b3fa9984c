package dev.tramontane.kernels;

import static dev.tramontane.kernels.Lanes.COUNT;
import static dev.tramontane.kernels.Lanes.F;

import dev.tramontane.cache.KvCache;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorOperators;

import java.util.Arrays;

/// The arithmetic of attention on one block of the cache: query rows against the block's keys, the
/// softmax so far, and the block's values.
///
/// A score adds its products in the order of the head's elements. Two rows go side by side, because
/// one would wait for its own additions; where their number is odd the last one is given twice.
final class AttentionBlock {
    private static final int SIZE = KvCache.BLOCK_SIZE;

    private AttentionBlock() {}

    /// `scores[row][p] = query[row] · key[p]` for two rows and all positions of a block, seen or
    /// not.
    ///
    /// @param keys float[headDim][SIZE]
    static void scores(
            float[] query, int first, int second, float[] keys, int headDim, float[] scores) {
        int a = first * headDim;
        int b = second * headDim;
        for (int p = 0; p < SIZE; p += 2 * COUNT) {
            FloatVector lowA = FloatVector.zero(F);
            FloatVector highA = lowA;
            FloatVector lowB = lowA;
            FloatVector highB = lowA;
            for (int d = 0; d < headDim; d++) {
                FloatVector low = FloatVector.fromArray(F, keys, d * SIZE + p);
                FloatVector high = FloatVector.fromArray(F, keys, d * SIZE + p + COUNT);
                FloatVector queryA = FloatVector.broadcast(F, query[a + d]);
                FloatVector queryB = FloatVector.broadcast(F, query[b + d]);
                lowA = low.fma(queryA, lowA);
                highA = high.fma(queryA, highA);
                lowB = low.fma(queryB, lowB);
                highB = high.fma(queryB, highB);
            }
            lowA.intoArray(scores, first * SIZE + p);
            highA.intoArray(scores, first * SIZE + p + COUNT);
            lowB.intoArray(scores, second * SIZE + p);
            highB.intoArray(scores, second * SIZE + p + COUNT);
        }
    }

    /// Turns a row's scores at positions `from` to `to` of a block into weights relative to the
    /// greatest score so far, zero elsewhere, and brings the sums of the earlier blocks to the same
    /// measure.
    static void renormalise(
            float[] scores,
            int row,
            int from,
            int to,
            float[] max,
            float[] sum,
            float[] gathered,
            int headDim) {
        int at = row * SIZE;
        Arrays.fill(scores, at, at + from, Float.NEGATIVE_INFINITY);
        Arrays.fill(scores, at + to, at + SIZE, Float.NEGATIVE_INFINITY);
        FloatVector greatest = FloatVector.fromArray(F, scores, at);
        for (int p = COUNT; p < SIZE; p += COUNT) {
            greatest = FloatVector.fromArray(F, scores, at + p).max(greatest);
        }
        float before = max[row];
        float now = Math.max(before, greatest.reduceLanes(VectorOperators.MAX));
        FloatVector weights = FloatVector.zero(F);
        for (int p = 0; p < SIZE; p += COUNT) {
            FloatVector weight = Lanes.exp(FloatVector.fromArray(F, scores, at + p).sub(now));
            weight.intoArray(scores, at + p);
            weights = weight.add(weights);
        }
        float added = Lanes.sum(weights);
        if (before == now) {
            sum[row] += added;
            return;
        }
        float correction = (float) Math.exp(before - now);
        max[row] = now;
        sum[row] = sum[row] * correction + added;
        for (int d = row * headDim; d < (row + 1) * headDim; d++) {
            gathered[d] *= correction;
        }
    }

    /// `gathered[row] += Σ over p of weight[row][p] · value[p]` for two rows, at positions `from`
    /// to `to` of a block.
    ///
    /// @param values float[SIZE][headDim]
    static void gather(
            float[] weights,
            int first,
            int second,
            float[] values,
            int from,
            int to,
            int headDim,
            float[] gathered) {
        int a = first * headDim;
        int b = second * headDim;
        int whole = headDim / COUNT * COUNT;
        for (int d = 0; d < whole; d += 2 * COUNT) {
            int e = Math.min(d + COUNT, whole - COUNT); // the last one twice, as rows
            FloatVector sumA = FloatVector.fromArray(F, gathered, a + d);
            FloatVector sumB = FloatVector.fromArray(F, gathered, b + d);
            FloatVector nextA = FloatVector.fromArray(F, gathered, a + e);
            FloatVector nextB = FloatVector.fromArray(F, gathered, b + e);
            for (int p = from; p < to; p++) {
                FloatVector v = FloatVector.fromArray(F, values, p * headDim + d);
                FloatVector w = FloatVector.fromArray(F, values, p * headDim + e);
                FloatVector weightA = FloatVector.broadcast(F, weights[first * SIZE + p]);
                FloatVector weightB = FloatVector.broadcast(F, weights[second * SIZE + p]);
                sumA = v.fma(weightA, sumA);
                sumB = v.fma(weightB, sumB);
                nextA = w.fma(weightA, nextA);
                nextB = w.fma(weightB, nextB);
            }
            sumA.intoArray(gathered, a + d);
            sumB.intoArray(gathered, b + d);
            nextA.intoArray(gathered, a + e);
            nextB.intoArray(gathered, b + e);
        }
        for (int d = whole; d < headDim; d++) {
            float restA = gathered[a + d];
            float restB = gathered[b + d];
            for (int p = from; p < to; p++) {
                restA += weights[first * SIZE + p] * values[p * headDim + d];
                restB += weights[second * SIZE + p] * values[p * headDim + d];
            }
            gathered[a + d] = restA;
            gathered[b + d] = restB;
        }
    }
}
