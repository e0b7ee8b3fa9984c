package dev.tramontane.kernels;

import dev.tramontane.cache.Batch;
import dev.tramontane.cache.CacheFormat;
import dev.tramontane.cache.KvCache;
import dev.tramontane.kernels.Kernels.Heads;
import dev.tramontane.tensor.Tensor;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;

/// Attention by machine code: which rows and blocks each call of {@link AttentionCode} computes,
/// and that every address lies where it should.
///
/// A tile is some tokens of a sequence and one key head. Its positions are reduced in parts of
/// {@link #PART} at absolute places, each with a softmax of its own, and the parts are joined in
/// order; so one thread that does them all and many that share them give the same bits.
final class AssembledAttention {
    /// Positions of a part, whole blocks.
    private static final int PART = 1024;

    private static final int BLOCKS_A_PART = PART / KvCache.BLOCK_SIZE;

    /// Rows of a tile: each block that is read serves all of them, and their state stays in a
    /// core's second cache.
    private static final int MOST_ROWS = 64;

    /// Tasks for each thread from which on sharing a sequence's parts gains nothing.
    private static final int ENOUGH_TASKS = 2;

    private static final double LOG2_E = 1 / Math.log(2);

    private static final ValueLayout.OfFloat FLOAT = ValueLayout.JAVA_FLOAT;
    private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT;
    private static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG;

    private final Workers workers;
    private final Routines routines;
    private final Arena arena;
    private final MemorySegment constants;
    private final Scratch[] scratch;
    private MemorySegment parts = MemorySegment.NULL;

    /// @param arena owns the buffers and outlives this object; shared among threads
    AssembledAttention(Workers workers, Routines routines, Arena arena) {
        this.workers = workers;
        this.routines = routines;
        this.arena = arena;
        int count = AttentionCode.CONSTANTS.length;
        constants = arena.allocate(4L * (count + 16), 64);
        MemorySegment.copy(AttentionCode.CONSTANTS, 0, constants, FLOAT, 0, count);
        for (int lane = 0; lane < 16; lane++) {
            constants.setAtIndex(INT, count + lane, lane);
        }
        scratch = new Scratch[workers.count()];
        for (int i = 0; i < scratch.length; i++) {
            scratch[i] = new Scratch();
        }
    }

    /// One thread's memory.
    private final class Scratch {
        final MemorySegment call = arena.allocate(AttentionCode.Call.BYTES, 64);
        final MemorySegment table = arena.allocate(8L * (BLOCKS_A_PART + 1), 64);
        MemorySegment query = MemorySegment.NULL;
        MemorySegment state = MemorySegment.NULL;
        MemorySegment total = MemorySegment.NULL;
        MemorySegment work = MemorySegment.NULL;

        void fit(int rows, int headDim) {
            query = fitting(query, AttentionCode.queryBytes(rows, headDim));
            state = fitting(state, AttentionCode.stateBytes(rows, headDim));
            total = fitting(total, AttentionCode.stateBytes(rows, headDim));
            work = fitting(work, AttentionCode.scratchBytes(rows, headDim));
        }
    }

    private MemorySegment fitting(MemorySegment buffer, long bytes) {
        return buffer.byteSize() >= bytes ? buffer : arena.allocate(bytes, 64);
    }

    /// Some tokens of a slice, from its `first` on.
    private record Tile(Batch.Slice slice, int first, int tokens) {
        int position(int token) {
            return slice.position() + first + token;
        }

        int row(int token) {
            return slice.start() + first + token;
        }

        /// Position behind the last.
        int end() {
            return position(tokens);
        }
    }

    /// What all tiles have in common.
    private record Step(
            Tensor q, float[] scale, Heads heads, KvCache cache, int layer, Tensor out) {
        /// The first position that a token sees.
        int firstSeen(int position) {
            return Math.max(0, position - heads.window() + 1);
        }

        int firstPart(Tile tile) {
            return firstSeen(tile.position(0)) / PART;
        }

        /// Parts with a position that a token of the tile sees.
        int parts(Tile tile) {
            return (tile.end() - 1) / PART + 1 - firstPart(tile);
        }

        int rows(Tile tile) {
            return tile.tokens * heads.group();
        }

        /// Byte of a tensor where a token's heads of a key head's group begin.
        long at(Tensor tensor, int token, int kvHead) {
            return token * tensor.rowBytes() + 4L * kvHead * heads.group() * heads.headDim();
        }
    }

    /// Whether this attention is ours: heads with a routine, and memory it can read.
    boolean suits(Tensor q, Heads heads, KvCache cache, Tensor out) {
        CacheFormat format = cache.format();
        return routines.set() == InstructionSet.AVX512_VNNI
                && AttentionCode.suits(format)
                && format.headDim() == heads.headDim()
                && format.kvHeads() == heads.kvHeads()
                && heads.group() <= MOST_ROWS
                && cache.layer(0).isNative()
                && q.data().isNative()
                && out.data().isNative();
    }

    /// What {@link Kernels#attention} says, where it {@link #suits}.
    void attend(
            Tensor q,
            float[] scale,
            Heads heads,
            KvCache cache,
            int layer,
            Batch batch,
            Tensor out) {
        Step step = new Step(q, scale, heads, cache, layer, out);
        List<Tile> tiles = tiles(batch, MOST_ROWS / heads.group());
        int tasks = tiles.size() * heads.kvHeads();
        int most = 1;
        for (Tile tile : tiles) {
            most = Math.max(most, step.parts(tile));
        }
        if (most > 1 && tasks < ENOUGH_TASKS * workers.count()) {
            attendByParts(step, tiles, most);
            return;
        }
        workers.run(
                tasks,
                1,
                (worker, from, to) -> {
                    for (int task = from; task < to; task++) {
                        Tile tile = tiles.get(task / heads.kvHeads());
                        attend(step, tile, task % heads.kvHeads(), scratch[worker]);
                    }
                });
    }

    private static List<Tile> tiles(Batch batch, int mostTokens) {
        List<Tile> tiles = new ArrayList<>();
        for (Batch.Slice slice : batch.slices()) {
            for (int first = 0; first < slice.count(); first += mostTokens) {
                tiles.add(new Tile(slice, first, Math.min(mostTokens, slice.count() - first)));
            }
        }
        return tiles;
    }

    /// All parts of a tile on one thread.
    private void attend(Step step, Tile tile, int kvHead, Scratch s) {
        int rows = step.rows(tile);
        int headDim = step.heads.headDim();
        s.fit(rows, headDim);
        load(step, tile, kvHead, s.query);
        int first = step.firstPart(tile);
        compute(step, tile, kvHead, first, s, s.total);
        for (int part = first + 1; part < first + step.parts(tile); part++) {
            compute(step, tile, kvHead, part, s, s.state);
            join(s.total, s.state, rows, headDim);
        }
        store(step, tile, kvHead, s.total);
    }

    /// Few tiles with many positions: threads share their parts.
    private void attendByParts(Step step, List<Tile> tiles, int most) {
        int kvHeads = step.heads.kvHeads();
        int headDim = step.heads.headDim();
        int mostRows = 0;
        for (Tile tile : tiles) {
            mostRows = Math.max(mostRows, step.rows(tile));
        }
        long bytes = AttentionCode.stateBytes(mostRows, headDim);
        parts = fitting(parts, bytes * most * tiles.size() * kvHeads);
        workers.run(
                tiles.size() * kvHeads * most,
                1,
                (worker, from, to) -> {
                    for (int task = from; task < to; task++) {
                        Tile tile = tiles.get(task / most / kvHeads);
                        int kvHead = task / most % kvHeads;
                        int part = task % most;
                        if (part < step.parts(tile)) {
                            Scratch s = scratch[worker];
                            s.fit(step.rows(tile), headDim);
                            load(step, tile, kvHead, s.query);
                            MemorySegment state = parts.asSlice(bytes * task, bytes);
                            compute(step, tile, kvHead, step.firstPart(tile) + part, s, state);
                        }
                    }
                });
        for (int i = 0; i < tiles.size() * kvHeads; i++) {
            Tile tile = tiles.get(i / kvHeads);
            MemorySegment total = parts.asSlice(bytes * most * i, bytes);
            for (int part = 1; part < step.parts(tile); part++) {
                MemorySegment state = parts.asSlice(bytes * (most * i + part), bytes);
                join(total, state, step.rows(tile), headDim);
            }
            store(step, tile, i % kvHeads, total);
        }
    }

    /// Queries, scaled so that powers of two are what powers of e would be, and what each row sees.
    private static void load(Step step, Tile tile, int kvHead, MemorySegment query) {
        int group = step.heads.group();
        int headDim = step.heads.headDim();
        int rows = step.rows(tile);
        int width = group * headDim;
        for (int token = 0; token < tile.tokens; token++) {
            long from = step.at(step.q, tile.row(token), kvHead);
            long to = 4L * token * width;
            float factor = (float) (step.scale[tile.row(token)] * LOG2_E);
            for (int d = 0; d < width; d++) {
                float value = step.q.data().get(ValueLayout.JAVA_FLOAT_UNALIGNED, from + 4L * d);
                query.set(FLOAT, to + 4L * d, value * factor);
            }
            int position = tile.position(token);
            long beginning = AttentionCode.beginningsAt(rows, headDim) + 4L * token * group;
            long end = AttentionCode.endsAt(rows, headDim) + 4L * token * group;
            for (int head = 0; head < group; head++) {
                query.set(INT, beginning + 4L * head, step.firstSeen(position) - 1);
                query.set(INT, end + 4L * head, position + 1);
            }
        }
    }

    /// One part's softmax and values.
    private void compute(
            Step step, Tile tile, int kvHead, int part, Scratch s, MemorySegment state) {
        int rows = step.rows(tile);
        KvCache cache = step.cache;
        int seen = Math.max(part * PART, step.firstSeen(tile.position(0)));
        int first = seen / KvCache.BLOCK_SIZE;
        int end = Math.min((part + 1) * PART, tile.end());
        int blocks = (end + KvCache.BLOCK_SIZE - 1) / KvCache.BLOCK_SIZE - first;
        long address = cache.layer(step.layer).address();
        for (int i = 0; i < blocks; i++) {
            int block = tile.slice.blocks().block(first + i);
            if (block < 0 || block >= cache.blocks()) {
                throw new IndexOutOfBoundsException(block);
            }
            s.table.setAtIndex(LONG, i, address + cache.at(block, kvHead));
        }
        s.table.setAtIndex(LONG, blocks, s.table.getAtIndex(LONG, blocks - 1));
        for (int row = 0; row < rows; row++) {
            state.set(FLOAT, 4L * row, AttentionCode.NOTHING);
        }
        int sums = AttentionCode.sumsAt(rows);
        state.asSlice(sums, AttentionCode.stateBytes(rows, step.heads.headDim()) - sums)
                .fill((byte) 0);
        MemorySegment call = s.call;
        call.set(LONG, AttentionCode.Call.TABLE, s.table.address());
        call.set(LONG, AttentionCode.Call.BLOCKS, blocks);
        call.set(LONG, AttentionCode.Call.POSITION, (long) first * KvCache.BLOCK_SIZE);
        call.set(
                LONG,
                AttentionCode.Call.LAST_COUNT,
                end - (long) (first + blocks - 1) * KvCache.BLOCK_SIZE);
        call.set(LONG, AttentionCode.Call.QUERY, s.query.address());
        call.set(LONG, AttentionCode.Call.STATE, state.address());
        call.set(LONG, AttentionCode.Call.SCRATCH, s.work.address());
        call.set(LONG, AttentionCode.Call.CONSTANTS, constants.address());
        Routines.call(routines.attention(cache.format(), rows), call);
    }

    /// Adds a later part to what came before it, both brought to the greater maximum.
    private static void join(MemorySegment total, MemorySegment part, int rows, int headDim) {
        for (int row = 0; row < rows; row++) {
            float before = total.get(FLOAT, 4L * row);
            float later = part.get(FLOAT, 4L * row);
            float now = Math.max(before, later);
            float beforeFactor = (float) Math.exp((before - now) / LOG2_E);
            float laterFactor = (float) Math.exp((later - now) / LOG2_E);
            total.set(FLOAT, 4L * row, now);
            join(total, AttentionCode.sumsAt(rows) + 4L * row, beforeFactor, part, laterFactor);
            long gathered = AttentionCode.gatheredAt(rows) + 4L * row * headDim;
            for (int d = 0; d < headDim; d++) {
                join(total, gathered + 4L * d, beforeFactor, part, laterFactor);
            }
        }
    }

    private static void join(
            MemorySegment total, long at, float factor, MemorySegment part, float partFactor) {
        total.set(FLOAT, at, total.get(FLOAT, at) * factor + part.get(FLOAT, at) * partFactor);
    }

    private static void store(Step step, Tile tile, int kvHead, MemorySegment state) {
        int group = step.heads.group();
        int headDim = step.heads.headDim();
        int rows = step.rows(tile);
        for (int row = 0; row < rows; row++) {
            float inverse = 1 / state.get(FLOAT, AttentionCode.sumsAt(rows) + 4L * row);
            long from = AttentionCode.gatheredAt(rows) + 4L * row * headDim;
            long to =
                    step.at(step.out, tile.row(row / group), kvHead) + 4L * (row % group) * headDim;
            for (int d = 0; d < headDim; d++) {
                float value = state.get(FLOAT, from + 4L * d) * inverse;
                step.out.data().set(ValueLayout.JAVA_FLOAT_UNALIGNED, to + 4L * d, value);
            }
        }
    }
}
