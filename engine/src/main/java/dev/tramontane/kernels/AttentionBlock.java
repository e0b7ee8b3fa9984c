package dev.tramontane.kernels;

import static dev.tramontane.kernels.Lanes.COUNT;
import static dev.tramontane.kernels.Lanes.F;
import static dev.tramontane.kernels.Lanes.LITTLE;

import dev.tramontane.cache.KvCache;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorOperators;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;

/// The arithmetic of attention on one block of the cache: query rows against the block's keys, the
/// softmax so far, and the block's values.
///
/// A score has one order of addition, whichever of two ways computes it: lane `l` of a sum adds the
/// products of elements `l`, `l + COUNT`, …, then halves are added to halves as in {@link
/// Lanes#sum}, then what is left behind the last whole vector. {@link #dots} has the lanes of one
/// position in a vector. {@link #turnedScores} has the lane of many positions in one, so that
/// nothing is shuffled; it pays where many query rows share a block's keys.
final class AttentionBlock {
    private static final ValueLayout.OfFloat FLOAT = ValueLayout.JAVA_FLOAT_UNALIGNED;
    private static final int SIZE = KvCache.BLOCK_SIZE;

    /// Floats of scratch that {@link #turnedScores} needs.
    static final int PARTIAL_SUMS = 2 * Math.max(1, COUNT / 2) * SIZE;

    private AttentionBlock() {}

    /// `scores[p] = q · k[p]` for positions `from` to `to` of the block.
    ///
    /// @param keysAt byte of the block's first key
    static void dots(
            float[] query,
            int queryAt,
            MemorySegment keys,
            long keysAt,
            long rowBytes,
            int from,
            int to,
            int headDim,
            float[] scores,
            int scoresAt) {
        int whole = headDim / COUNT * COUNT;
        for (int p = from; p < to; p += 2) {
            int q = Math.min(p + 1, to - 1); // the last one twice where their number is odd
            long first = keysAt + p * rowBytes;
            long second = keysAt + q * rowBytes;
            FloatVector a = FloatVector.zero(F);
            FloatVector b = a;
            for (int d = 0; d < whole; d += COUNT) {
                FloatVector v = FloatVector.fromArray(F, query, queryAt + d);
                a = FloatVector.fromMemorySegment(F, keys, first + 4L * d, LITTLE).fma(v, a);
                b = FloatVector.fromMemorySegment(F, keys, second + 4L * d, LITTLE).fma(v, b);
            }
            float restA = 0;
            float restB = 0;
            for (int d = whole; d < headDim; d++) {
                restA += query[queryAt + d] * keys.get(FLOAT, first + 4L * d);
                restB += query[queryAt + d] * keys.get(FLOAT, second + 4L * d);
            }
            scores[scoresAt + p] = Lanes.sum(a) + restA;
            scores[scoresAt + q] = Lanes.sum(b) + restB;
        }
    }

    /// Copies a block's keys with positions innermost, `turned[d][p] = k[p][d]`.
    static void turn(
            MemorySegment keys,
            long keysAt,
            long rowBytes,
            int headDim,
            float[] row,
            float[] turned) {
        for (int p = 0; p < SIZE; p++) {
            MemorySegment.copy(keys, FLOAT, keysAt + p * rowBytes, row, 0, headDim);
            for (int d = 0; d < headDim; d++) {
                turned[d * SIZE + p] = row[d];
            }
        }
    }

    /// The scores of two query rows at all positions of a block whose keys are turned.
    ///
    /// @param first place of a query row; its scores go to row `first / headDim`
    /// @param second another, or the same
    /// @param partial scratch of {@link #PARTIAL_SUMS}, `float[2][COUNT / 2][SIZE]`
    static void turnedScores(
            float[] query,
            int first,
            int second,
            float[] turned,
            int headDim,
            float[] partial,
            float[] scores) {
        int whole = headDim / COUNT * COUNT;
        int other = PARTIAL_SUMS / 2;
        for (int lane = 0; lane < COUNT / 2; lane++) {
            for (int p = 0; p < SIZE; p += COUNT) {
                lanes(query, first, second, turned, lane, p, whole, partial);
            }
        }
        for (int step = COUNT / 4; step > 0; step /= 2) {
            for (int i = 0; i < step * SIZE; i += COUNT) {
                int j = i + step * SIZE;
                FloatVector.fromArray(F, partial, i)
                        .add(FloatVector.fromArray(F, partial, j))
                        .intoArray(partial, i);
                FloatVector.fromArray(F, partial, other + i)
                        .add(FloatVector.fromArray(F, partial, other + j))
                        .intoArray(partial, other + i);
            }
        }
        addRest(query, first, turned, whole, headDim, partial, 0, scores);
        addRest(query, second, turned, whole, headDim, partial, other, scores);
    }

    /// Lanes `lane` and `lane + COUNT / 2` of two rows' sums at {@link Lanes#COUNT} positions,
    /// added to each other.
    private static void lanes(
            float[] query,
            int first,
            int second,
            float[] turned,
            int lane,
            int p,
            int whole,
            float[] partial) {
        FloatVector lower = FloatVector.zero(F);
        FloatVector upper = lower;
        FloatVector otherLower = lower;
        FloatVector otherUpper = lower;
        for (int d = lane; d < whole; d += COUNT) {
            int e = d + COUNT / 2;
            FloatVector k = FloatVector.fromArray(F, turned, d * SIZE + p);
            FloatVector l = FloatVector.fromArray(F, turned, e * SIZE + p);
            lower = k.fma(FloatVector.broadcast(F, query[first + d]), lower);
            upper = l.fma(FloatVector.broadcast(F, query[first + e]), upper);
            otherLower = k.fma(FloatVector.broadcast(F, query[second + d]), otherLower);
            otherUpper = l.fma(FloatVector.broadcast(F, query[second + e]), otherUpper);
        }
        lower.add(upper).intoArray(partial, lane * SIZE + p);
        otherLower.add(otherUpper).intoArray(partial, PARTIAL_SUMS / 2 + lane * SIZE + p);
    }

    /// What lies behind the last whole vector, added last.
    private static void addRest(
            float[] query,
            int queryAt,
            float[] turned,
            int whole,
            int headDim,
            float[] partial,
            int partialAt,
            float[] scores) {
        int scoresAt = queryAt / headDim * SIZE;
        if (whole == headDim) {
            System.arraycopy(partial, partialAt, scores, scoresAt, SIZE);
            return;
        }
        for (int p = 0; p < SIZE; p += COUNT) {
            FloatVector rest = FloatVector.zero(F);
            for (int d = whole; d < headDim; d++) {
                FloatVector k = FloatVector.fromArray(F, turned, d * SIZE + p);
                rest = rest.add(k.mul(query[queryAt + d]));
            }
            FloatVector.fromArray(F, partial, partialAt + p)
                    .add(rest)
                    .intoArray(scores, scoresAt + p);
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
            greatest = greatest.max(FloatVector.fromArray(F, scores, at + p));
        }
        float before = max[row];
        float now = Math.max(before, greatest.reduceLanes(VectorOperators.MAX));
        FloatVector weights = FloatVector.zero(F);
        for (int p = 0; p < SIZE; p += COUNT) {
            FloatVector weight = Lanes.exp(FloatVector.fromArray(F, scores, at + p).sub(now));
            weight.intoArray(scores, at + p);
            weights = weights.add(weight);
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

    /// `gathered[row] += Σ over p of weight[row][p] · v[p]` for two rows, or one given twice, at
    /// positions `from` to `to` of a block.
    static void gather(
            float[] scores,
            int first,
            int second,
            MemorySegment values,
            long valuesAt,
            long rowBytes,
            int from,
            int to,
            int headDim,
            float[] gathered) {
        int whole = headDim / COUNT * COUNT;
        for (int d = 0; d < whole; d += 2 * COUNT) {
            int e = Math.min(d + COUNT, whole - COUNT); // the last one twice, as above
            int a = first * headDim;
            int b = second * headDim;
            FloatVector sumA = FloatVector.fromArray(F, gathered, a + d);
            FloatVector sumB = FloatVector.fromArray(F, gathered, b + d);
            FloatVector nextA = FloatVector.fromArray(F, gathered, a + e);
            FloatVector nextB = FloatVector.fromArray(F, gathered, b + e);
            for (int p = from; p < to; p++) {
                long at = valuesAt + p * rowBytes;
                FloatVector v = FloatVector.fromMemorySegment(F, values, at + 4L * d, LITTLE);
                FloatVector w = FloatVector.fromMemorySegment(F, values, at + 4L * e, LITTLE);
                FloatVector weightA = FloatVector.broadcast(F, scores[first * SIZE + p]);
                FloatVector weightB = FloatVector.broadcast(F, scores[second * SIZE + p]);
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
            long at = valuesAt + 4L * d;
            float a = gathered[first * headDim + d];
            float b = gathered[second * headDim + d];
            for (int p = from; p < to; p++) {
                float value = values.get(FLOAT, at + p * rowBytes);
                a += scores[first * SIZE + p] * value;
                b += scores[second * SIZE + p] * value;
            }
            gathered[first * headDim + d] = a;
            gathered[second * headDim + d] = b;
        }
    }
}
