package dev.tramontane.kernels;

import static dev.tramontane.kernels.Lanes.COUNT;
import static dev.tramontane.kernels.Lanes.F;

import dev.tramontane.cache.Batch;
import dev.tramontane.cache.KvCache;
import dev.tramontane.kernels.Kernels.Heads;
import dev.tramontane.tensor.Tensor;

import jdk.incubator.vector.FloatVector;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;

/// Attention with an online softmax (Milakov and Gimelshein 2018, algorithm 3): block by block of
/// the cache, at absolute positions, so that nothing depends on how the prompt was cut. All query
/// heads of a key head go together, and each thread takes some (token, key head) pairs.
final class VectorAttention {
    private final Workers workers;
    private final Scratch[] scratch;

    VectorAttention(Workers workers) {
        this.workers = workers;
        this.scratch = new Scratch[workers.count()];
        Arrays.setAll(scratch, _ -> new Scratch());
    }

    /// One thread's state of a group of heads.
    private static final class Scratch {
        float[] query = {}; // [group][headDim]
        float[] gathered = {}; // [group][headDim], values weighted so far
        float[] scores = {}; // [group][BLOCK_SIZE]
        float[] max = {}; // [group]
        float[] sum = {}; // [group]

        void fit(int group, int headDim) {
            if (query.length != group * headDim || max.length != group) {
                query = new float[group * headDim];
                gathered = new float[group * headDim];
                scores = new float[group * KvCache.BLOCK_SIZE];
                max = new float[group];
                sum = new float[group];
            }
        }
    }

    void attend(
            Tensor q,
            float[] scale,
            Heads heads,
            KvCache cache,
            int layer,
            Batch batch,
            Tensor out) {
        for (Batch.Slice slice : batch.slices()) {
            workers.run(
                    slice.count() * heads.kvHeads(),
                    1,
                    (worker, from, to) -> {
                        Scratch s = scratch[worker];
                        s.fit(heads.group(), heads.headDim());
                        for (int item = from; item < to; item++) {
                            int i = item / heads.kvHeads();
                            int kvHead = item % heads.kvHeads();
                            float factor = scale[slice.start() + i];
                            attend(q, factor, heads, kvHead, cache, layer, slice, i, out, s);
                        }
                    });
        }
    }

    /// One token and one key head.
    private static void attend(
            Tensor q,
            float scale,
            Heads heads,
            int kvHead,
            KvCache cache,
            int layer,
            Batch.Slice slice,
            int i,
            Tensor out,
            Scratch s) {
        int width = heads.group() * heads.headDim();
        long row = (slice.start() + i) * q.rowBytes() + (long) kvHead * width * Float.BYTES;
        MemorySegment.copy(q.data(), ValueLayout.JAVA_FLOAT_UNALIGNED, row, s.query, 0, width);
        for (int d = 0; d < width; d++) {
            s.query[d] *= scale;
        }
        Arrays.fill(s.gathered, 0f);
        Arrays.fill(s.max, Float.NEGATIVE_INFINITY);
        Arrays.fill(s.sum, 0f);

        MemorySegment keys = cache.keys(layer).data();
        MemorySegment values = cache.values(layer).data();
        long rowBytes = cache.keys(layer).rowBytes();
        long headAt = (long) kvHead * heads.headDim() * Float.BYTES;
        int last = slice.position() + i;
        int first = Math.max(0, last - heads.window() + 1);
        int block = first / KvCache.BLOCK_SIZE * KvCache.BLOCK_SIZE;
        for (; block <= last; block += KvCache.BLOCK_SIZE) {
            int from = Math.max(first, block);
            int count = Math.min(last + 1, block + KvCache.BLOCK_SIZE) - from;
            long at = KvCache.row(slice.blocks(), from) * rowBytes + headAt;
            score(s, heads, keys, at, rowBytes, count);
            renormalise(s, heads, count);
            gather(s, heads, values, at, rowBytes, count);
        }
        for (int head = 0; head < heads.group(); head++) {
            float inverse = 1 / s.sum[head];
            for (int d = head * heads.headDim(); d < (head + 1) * heads.headDim(); d++) {
                s.gathered[d] *= inverse;
            }
        }
        MemorySegment.copy(s.gathered, 0, out.data(), ValueLayout.JAVA_FLOAT_UNALIGNED, row, width);
    }

    /// `scores[h][p] = q[h] · k[p]` for the positions of one block.
    private static void score(
            Scratch s, Heads heads, MemorySegment keys, long at, long rowBytes, int count) {
        int headDim = heads.headDim();
        for (int head = 0; head < heads.group(); head++) {
            for (int p = 0; p < count; p++) {
                s.scores[head * KvCache.BLOCK_SIZE + p] =
                        dot(s.query, head * headDim, keys, at + p * rowBytes, headDim);
            }
        }
    }

    private static float dot(float[] query, int from, MemorySegment keys, long at, int count) {
        FloatVector sum = FloatVector.zero(F);
        int whole = count / COUNT * COUNT;
        for (int d = 0; d < whole; d += COUNT) {
            sum =
                    FloatVector.fromMemorySegment(F, keys, at + 4L * d, Lanes.LITTLE)
                            .fma(FloatVector.fromArray(F, query, from + d), sum);
        }
        float rest = 0;
        for (int d = whole; d < count; d++) {
            rest += query[from + d] * keys.get(ValueLayout.JAVA_FLOAT_UNALIGNED, at + 4L * d);
        }
        return whole == 0 ? rest : Lanes.sum(sum) + rest;
    }

    /// Turns a block's scores into weights relative to the greatest score so far, and brings the
    /// sums of the earlier blocks to the same measure.
    private static void renormalise(Scratch s, Heads heads, int count) {
        for (int head = 0; head < heads.group(); head++) {
            int at = head * KvCache.BLOCK_SIZE;
            float max = s.max[head];
            for (int p = 0; p < count; p++) {
                max = Math.max(max, s.scores[at + p]);
            }
            float correction = s.max[head] == max ? 1 : (float) Math.exp(s.max[head] - max);
            s.max[head] = max;
            Arrays.fill(s.scores, at + count, at + KvCache.BLOCK_SIZE, Float.NEGATIVE_INFINITY);
            FloatVector sum = FloatVector.zero(F);
            for (int p = 0; p < KvCache.BLOCK_SIZE; p += COUNT) {
                FloatVector weight = Lanes.exp(FloatVector.fromArray(F, s.scores, at + p).sub(max));
                weight.intoArray(s.scores, at + p);
                sum = sum.add(weight);
            }
            s.sum[head] = s.sum[head] * correction + Lanes.sum(sum);
            int headDim = heads.headDim();
            for (int d = head * headDim; d < (head + 1) * headDim; d++) {
                s.gathered[d] *= correction;
            }
        }
    }

    /// `gathered[h] += Σ over p of weight[h][p] · v[p]`.
    private static void gather(
            Scratch s, Heads heads, MemorySegment values, long at, long rowBytes, int count) {
        int headDim = heads.headDim();
        for (int head = 0; head < heads.group(); head++) {
            int weights = head * KvCache.BLOCK_SIZE;
            int whole = headDim / COUNT * COUNT;
            for (int d = 0; d < whole; d += COUNT) {
                int to = head * headDim + d;
                gatherLanes(s, weights, values, at + 4L * d, rowBytes, count, to);
            }
            for (int d = whole; d < headDim; d++) {
                float sum = s.gathered[head * headDim + d];
                for (int p = 0; p < count; p++) {
                    long value = at + p * rowBytes + 4L * d;
                    sum +=
                            s.scores[weights + p]
                                    * values.get(ValueLayout.JAVA_FLOAT_UNALIGNED, value);
                }
                s.gathered[head * headDim + d] = sum;
            }
        }
    }

    private static void gatherLanes(
            Scratch s,
            int weights,
            MemorySegment values,
            long at,
            long rowBytes,
            int count,
            int to) {
        FloatVector sum = FloatVector.fromArray(F, s.gathered, to);
        for (int p = 0; p < count; p++) {
            sum =
                    FloatVector.fromMemorySegment(F, values, at + p * rowBytes, Lanes.LITTLE)
                            .fma(FloatVector.broadcast(F, s.scores[weights + p]), sum);
        }
        sum.intoArray(s.gathered, to);
    }
}
