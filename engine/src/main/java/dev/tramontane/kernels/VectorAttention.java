package dev.tramontane.kernels;

import dev.tramontane.cache.Batch;
import dev.tramontane.cache.KvCache;
import dev.tramontane.kernels.Kernels.Heads;
import dev.tramontane.tensor.Tensor;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;

/// Attention with an online softmax (Milakov and Gimelshein 2018, algorithm 3): block by block of
/// the cache, at absolute positions, so that nothing depends on how the prompt was cut.
///
/// Each thread takes tiles: up to {@link #TILE_TOKENS} tokens of a sequence and one key head, whose
/// query heads read each block of keys and values together. The arithmetic is {@link
/// AttentionBlock}'s, and a row's is the same in any tile.
final class VectorAttention {
    private static final ValueLayout.OfFloat FLOAT = ValueLayout.JAVA_FLOAT_UNALIGNED;

    /// Tokens of a tile: its state still fits a core's first cache for four heads of 64.
    private static final int TILE_TOKENS = 16;

    private final Workers workers;
    private final Scratch[] scratch;

    VectorAttention(Workers workers) {
        this.workers = workers;
        this.scratch = new Scratch[workers.count()];
        Arrays.setAll(scratch, _ -> new Scratch());
    }

    /// One thread's state of a tile. A row is a query head of a token.
    private static final class Scratch {
        float[] query = {}; // [rows][headDim]
        float[] gathered = {}; // [rows][headDim], values weighted so far
        float[] scores = {}; // [rows][BLOCK_SIZE]
        float[] max = {}; // [rows]
        float[] sum = {}; // [rows]
        float[] keys = {}; // [headDim][BLOCK_SIZE]
        float[] values = {}; // [BLOCK_SIZE][headDim]

        void fit(int rows, int headDim) {
            if (max.length < rows || keys.length < headDim * KvCache.BLOCK_SIZE) {
                query = new float[rows * headDim];
                gathered = new float[rows * headDim];
                scores = new float[rows * KvCache.BLOCK_SIZE];
                max = new float[rows];
                sum = new float[rows];
                keys = new float[headDim * KvCache.BLOCK_SIZE];
                values = new float[headDim * KvCache.BLOCK_SIZE];
            }
        }
    }

    /// Some tokens of a slice, from its `first` on, and one key head.
    private record Tile(Batch.Slice slice, int first, int tokens, Heads heads, int kvHead) {
        int group() {
            return heads.group();
        }

        int rows() {
            return tokens * heads.group();
        }

        int headDim() {
            return heads.headDim();
        }

        /// The first position that a token sees.
        int firstSeen(int token) {
            return Math.max(0, position(token) - heads.window() + 1);
        }

        int position(int token) {
            return slice.position() + first + token;
        }

        /// The position behind the last that a token sees.
        int end(int token) {
            return slice.end(first + token);
        }

        /// Where a token's heads of this group begin in a row of queries, in bytes.
        long at(int token, long rowBytes) {
            long width = (long) group() * headDim() * Float.BYTES;
            return (slice.start() + first + token) * rowBytes + kvHead * width;
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
            int tiles = (slice.count() + TILE_TOKENS - 1) / TILE_TOKENS;
            workers.run(
                    tiles * heads.kvHeads(),
                    1,
                    (worker, from, to) -> {
                        for (int item = from; item < to; item++) {
                            int first = item / heads.kvHeads() * TILE_TOKENS;
                            int tokens = Math.min(TILE_TOKENS, slice.count() - first);
                            int kvHead = item % heads.kvHeads();
                            Tile tile = new Tile(slice, first, tokens, heads, kvHead);
                            attend(tile, q, scale, cache, layer, out, scratch[worker]);
                        }
                    });
        }
    }

    private static void attend(
            Tile tile, Tensor q, float[] scale, KvCache cache, int layer, Tensor out, Scratch s) {
        load(tile, q, scale, s);
        int last = tile.end(tile.tokens() - 1) - 1;
        int first = tile.firstSeen(0) / KvCache.BLOCK_SIZE;
        for (int block = first; block <= last / KvCache.BLOCK_SIZE; block++) {
            long at = cache.at(tile.slice().blocks().block(block), tile.kvHead());
            cache.format().readKeys(cache.layer(layer), at, s.keys);
            cache.format().readValues(cache.layer(layer), at, s.values);
            for (int row = 0; row < tile.rows(); row += 2) {
                int other = Math.min(row + 1, tile.rows() - 1);
                Standalone.scores(s.query, row, other, s.keys, tile.headDim(), s.scores);
            }
            for (int token = 0; token < tile.tokens(); token++) {
                int from = Math.max(0, tile.firstSeen(token) - block * KvCache.BLOCK_SIZE);
                int to = tile.end(token) - block * KvCache.BLOCK_SIZE;
                if (from < Math.min(KvCache.BLOCK_SIZE, to)) {
                    add(tile, token, from, Math.min(KvCache.BLOCK_SIZE, to), s);
                }
            }
        }
        store(tile, out, s);
    }

    /// Queries, scaled, and an empty softmax.
    private static void load(Tile tile, Tensor q, float[] scale, Scratch s) {
        s.fit(TILE_TOKENS * tile.group(), tile.headDim());
        int width = tile.group() * tile.headDim();
        for (int token = 0; token < tile.tokens(); token++) {
            MemorySegment.copy(
                    q.data(), FLOAT, tile.at(token, q.rowBytes()), s.query, token * width, width);
            float factor = scale[tile.slice().start() + tile.first() + token];
            for (int d = token * width; d < (token + 1) * width; d++) {
                s.query[d] *= factor;
            }
        }
        Arrays.fill(s.gathered, 0, tile.rows() * tile.headDim(), 0f);
        Arrays.fill(s.max, 0, tile.rows(), Float.NEGATIVE_INFINITY);
        Arrays.fill(s.sum, 0, tile.rows(), 0f);
    }

    /// Adds what a token sees of a block, positions `from` to `to`, to its rows.
    private static void add(Tile tile, int token, int from, int to, Scratch s) {
        int headDim = tile.headDim();
        int end = (token + 1) * tile.group();
        for (int row = token * tile.group(); row < end; row++) {
            Standalone.renormalise(s.scores, row, from, to, s.max, s.sum, s.gathered, headDim);
        }
        for (int row = token * tile.group(); row < end; row += 2) {
            int other = Math.min(row + 1, end - 1);
            Standalone.gather(s.scores, row, other, s.values, from, to, headDim, s.gathered);
        }
    }

    private static void store(Tile tile, Tensor out, Scratch s) {
        int headDim = tile.headDim();
        for (int row = 0; row < tile.rows(); row++) {
            float inverse = 1 / s.sum[row];
            for (int d = row * headDim; d < (row + 1) * headDim; d++) {
                s.gathered[d] *= inverse;
            }
        }
        int width = tile.group() * headDim;
        for (int token = 0; token < tile.tokens(); token++) {
            long at = tile.at(token, out.rowBytes());
            MemorySegment.copy(s.gathered, token * width, out.data(), FLOAT, at, width);
        }
    }
}
