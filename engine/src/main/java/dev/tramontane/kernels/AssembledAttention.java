package dev.tramontane.kernels;

import dev.tramontane.cache.Batch;
import dev.tramontane.cache.CacheFormat;
import dev.tramontane.cache.KvCache;
import dev.tramontane.kernels.Kernels.Heads;
import dev.tramontane.tensor.Tensor;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
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
    private static final int PART = AttentionCode.MOST_BLOCKS * KvCache.BLOCK_SIZE;

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
    private final MethodHandle load;
    private final MethodHandle store;
    private final MethodHandle join;
    private final MemorySegment constants;
    private final Scratch[] scratch;
    private MemorySegment tokens = MemorySegment.NULL;
    private MemorySegment parts = MemorySegment.NULL;

    /// @param arena owns the buffers and outlives this object; shared among threads
    AssembledAttention(Workers workers, Routines routines, Arena arena) {
        this.workers = workers;
        this.routines = routines;
        this.arena = arena;
        load = routines.load(TileCode::load);
        store = routines.load(TileCode::store);
        join = routines.load(TileCode::join);
        constants = SoftmaxCode.constants(arena);
        scratch = new Scratch[workers.count()];
        for (int i = 0; i < scratch.length; i++) {
            scratch[i] = new Scratch();
        }
    }

    /// One thread's memory.
    private final class Scratch {
        final MemorySegment call = arena.allocate(AttentionCode.Call.BYTES, 64);
        final MemorySegment tile = arena.allocate(TileCode.Call.BYTES, 64);
        final MemorySegment factors = arena.allocate(8L * MOST_ROWS, 64);
        final MemorySegment table = arena.allocate(AttentionCode.TABLE_BYTES, 64);
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

    /// A buffer of so many bytes at least. Others stay until the arena is closed, so one that is
    /// too small is followed by one of twice its size.
    private MemorySegment fitting(MemorySegment buffer, long bytes) {
        return buffer.byteSize() >= bytes
                ? buffer
                : arena.allocate(Math.max(bytes, 2 * buffer.byteSize()), 64);
    }

    /// Some tokens of a slice, from its `first` on, and the routine for as many.
    private record Tile(Batch.Slice slice, int first, int tokens, MethodHandle routine) {
        int position(int token) {
            return slice.position() + first + token;
        }

        int row(int token) {
            return slice.start() + first + token;
        }

        /// Position behind the last that is seen.
        int end() {
            return slice.end(first + tokens - 1);
        }
    }

    /// What all tiles have in common.
    private record Step(Tensor q, Heads heads, KvCache cache, int layer, Tensor out) {
        int firstSeen(int position) {
            return AssembledAttention.firstSeen(heads, position);
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

        /// Address of a tensor where a token's heads of a key head's group begin.
        long at(Tensor tensor, int token, int kvHead) {
            return tensor.data().address()
                    + token * tensor.rowBytes()
                    + 4L * kvHead * heads.group() * heads.headDim();
        }
    }

    /// Whether this attention is ours: heads with a routine, and memory it can read.
    boolean suits(Tensor q, Heads heads, KvCache cache, Tensor out) {
        CacheFormat format = cache.format();
        return AttentionCode.suits(format)
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
        Step step = new Step(q, heads, cache, layer, out);
        describe(batch, scale, heads);
        List<Tile> tiles = tiles(batch, heads, cache.format());
        int tasks = tiles.size() * heads.kvHeads();
        int most = 1;
        for (Tile tile : tiles) {
            most = Math.max(most, step.parts(tile));
        }
        if (most > 1 && tasks < ENOUGH_TASKS * workers.count()) {
            attendByParts(step, tiles, most);
            return;
        }
        // Head by head: the keys and values of one stay in a core's second cache for all tiles.
        workers.run(
                tasks,
                1,
                (worker, from, to) -> {
                    for (int task = from; task < to; task++) {
                        Tile tile = tiles.get(task % tiles.size());
                        attend(step, tile, task / tiles.size(), scratch[worker]);
                    }
                });
    }

    private static int firstSeen(Heads heads, int position) {
        return Math.max(0, position - heads.window() + 1);
    }

    /// Notes for every token what it sees, and what queries are scaled by so that powers of two are
    /// what powers of e would be.
    private void describe(Batch batch, float[] scale, Heads heads) {
        tokens = fitting(tokens, (long) TileCode.Entry.BYTES * batch.tokens().length);
        for (Batch.Slice slice : batch.slices()) {
            for (int i = 0; i < slice.count(); i++) {
                int token = slice.start() + i;
                int position = slice.position() + i;
                long at = (long) TileCode.Entry.BYTES * token;
                tokens.set(FLOAT, at + TileCode.Entry.FACTOR, (float) (scale[token] * LOG2_E));
                tokens.set(INT, at + TileCode.Entry.BEGINNING, firstSeen(heads, position) - 1);
                tokens.set(INT, at + TileCode.Entry.END, slice.end(i));
            }
        }
    }

    private List<Tile> tiles(Batch batch, Heads heads, CacheFormat format) {
        int mostTokens = MOST_ROWS / heads.group();
        List<Tile> tiles = new ArrayList<>();
        int tokens = mostTokens;
        MethodHandle routine = routines.attention(format, tokens * heads.group());
        for (Batch.Slice slice : batch.slices()) {
            for (int first = 0; first < slice.count(); first += mostTokens) {
                int count = Math.min(mostTokens, slice.count() - first);
                if (count != tokens) {
                    tokens = count;
                    routine = routines.attention(format, tokens * heads.group());
                }
                tiles.add(new Tile(slice, first, tokens, routine));
            }
        }
        return tiles;
    }

    /// All parts of a tile on one thread.
    private void attend(Step step, Tile tile, int kvHead, Scratch s) {
        int rows = step.rows(tile);
        int headDim = step.heads.headDim();
        s.fit(rows, headDim);
        load(step, tile, kvHead, s);
        int first = step.firstPart(tile);
        compute(step, tile, kvHead, first, s, s.total);
        for (int part = first + 1; part < first + step.parts(tile); part++) {
            compute(step, tile, kvHead, part, s, s.state);
            join(s.total, s.state, rows, headDim, s);
        }
        store(step, tile, kvHead, s.total, s);
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
                            load(step, tile, kvHead, s);
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
                join(total, state, step.rows(tile), headDim, scratch[0]);
            }
            store(step, tile, i % kvHeads, total, scratch[0]);
        }
    }

    /// Queries of a tile, and what each row sees.
    private void load(Step step, Tile tile, int kvHead, Scratch s) {
        int rows = step.rows(tile);
        int headDim = step.heads.headDim();
        MemorySegment call = s.tile;
        call.set(LONG, TileCode.Call.X, step.at(step.q, tile.row(0), kvHead));
        call.set(LONG, TileCode.Call.STEP, step.q.rowBytes());
        call.set(
                LONG,
                TileCode.Call.TABLE,
                tokens.address() + (long) TileCode.Entry.BYTES * tile.row(0));
        call.set(LONG, TileCode.Call.OUT, s.query.address());
        call.set(LONG, TileCode.Call.COUNT, tile.tokens);
        call.set(LONG, TileCode.Call.GROUP, step.heads.group());
        call.set(LONG, TileCode.Call.RUNS, step.heads.group() * headDim / TileCode.RUN);
        long query = s.query.address();
        call.set(LONG, TileCode.Call.BEGINNINGS, query + AttentionCode.beginningsAt(rows, headDim));
        call.set(LONG, TileCode.Call.ENDS, query + AttentionCode.endsAt(rows, headDim));
        Routines.call(load, call);
    }

    /// One part's softmax and values.
    private void compute(
            Step step, Tile tile, int kvHead, int part, Scratch s, MemorySegment state) {
        KvCache cache = step.cache;
        int seen = Math.max(part * PART, step.firstSeen(tile.position(0)));
        int first = seen / KvCache.BLOCK_SIZE;
        int end = Math.min((part + 1) * PART, tile.end());
        int blocks = (end + KvCache.BLOCK_SIZE - 1) / KvCache.BLOCK_SIZE - first;
        long address = cache.layer(step.layer).address();
        int wholeFrom = step.firstSeen(tile.position(tile.tokens - 1));
        int wholeTo = tile.slice.end(tile.first);
        for (int i = 0; i < blocks; i++) {
            int block = tile.slice.blocks().block(first + i);
            if (block < 0 || block >= cache.blocks()) {
                throw new IndexOutOfBoundsException(block);
            }
            s.table.setAtIndex(LONG, i, address + cache.at(block, kvHead));
            int position = (first + i) * KvCache.BLOCK_SIZE;
            boolean whole = wholeFrom <= position && position + KvCache.BLOCK_SIZE <= wholeTo;
            s.table.set(LONG, AttentionCode.WHOLE + (long) Long.BYTES * i, whole ? 1 : 0);
        }
        s.table.setAtIndex(LONG, blocks, s.table.getAtIndex(LONG, blocks - 1));
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
        Routines.call(tile.routine, call);
    }

    /// Adds a later part to what came before it, both brought to the greater maximum.
    private void join(MemorySegment total, MemorySegment part, int rows, int headDim, Scratch s) {
        int sums = AttentionCode.sumsAt(rows);
        for (int row = 0; row < rows; row++) {
            float before = total.get(FLOAT, 4L * row);
            float later = part.get(FLOAT, 4L * row);
            float now = Math.max(before, later);
            float beforeFactor = (float) Math.exp((before - now) / LOG2_E);
            float laterFactor = (float) Math.exp((later - now) / LOG2_E);
            total.set(FLOAT, 4L * row, now);
            long at = sums + 4L * row;
            float sum = total.get(FLOAT, at) * beforeFactor + part.get(FLOAT, at) * laterFactor;
            total.set(FLOAT, at, sum);
            s.factors.setAtIndex(FLOAT, 2L * row, beforeFactor);
            s.factors.setAtIndex(FLOAT, 2L * row + 1, laterFactor);
        }
        int gathered = AttentionCode.gatheredAt(rows);
        MemorySegment call = s.tile;
        call.set(LONG, TileCode.Call.X, part.address() + gathered);
        call.set(LONG, TileCode.Call.TABLE, s.factors.address());
        call.set(LONG, TileCode.Call.OUT, total.address() + gathered);
        call.set(LONG, TileCode.Call.COUNT, rows);
        call.set(LONG, TileCode.Call.RUNS, headDim / TileCode.RUN);
        Routines.call(join, call);
    }

    private void store(Step step, Tile tile, int kvHead, MemorySegment state, Scratch s) {
        int rows = step.rows(tile);
        MemorySegment call = s.tile;
        call.set(LONG, TileCode.Call.X, state.address() + AttentionCode.gatheredAt(rows));
        call.set(LONG, TileCode.Call.STEP, step.out.rowBytes());
        call.set(LONG, TileCode.Call.TABLE, state.address() + AttentionCode.sumsAt(rows));
        call.set(LONG, TileCode.Call.OUT, step.at(step.out, tile.row(0), kvHead));
        call.set(LONG, TileCode.Call.COUNT, tile.tokens);
        call.set(LONG, TileCode.Call.GROUP, step.heads.group());
        call.set(LONG, TileCode.Call.RUNS, step.heads.headDim() / TileCode.RUN);
        Routines.call(store, call);
    }
}
