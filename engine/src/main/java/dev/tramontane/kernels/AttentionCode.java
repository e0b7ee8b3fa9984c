package dev.tramontane.kernels;

import static dev.tramontane.kernels.Place.at;

import dev.tramontane.cache.CacheFormat;
import dev.tramontane.cache.KvCache;

import java.util.List;
import java.util.function.IntConsumer;

/// The routine of attention: some rows, each a query head of a token, against blocks of one key
/// head's cache, with the online softmax of Milakov and Gimelshein 2018 (algorithm 3).
///
/// Block by block: the scores of all rows, a register of positions at a time; the softmax so far
/// ({@link SoftmaxCode}); the weighted values, a row's sums in registers. A row's arithmetic is its
/// own: an element's products are added in the order of the head's elements, then of positions, and
/// what a row does not see has weight zero. So its result is the same to the bit among any others,
/// and with either width of register.
///
/// Few rows read keys and values as they are stored; for more a block is first widened to floats
/// ({@link CacheCode}). {@link TileCode} brings queries in and results out.
///
/// The routine takes the address of its {@link Call} in `rdi`.
final class AttentionCode {
    /// What the routine is told, `long[]` at these byte offsets.
    static final class Call {
        /// Addresses of the blocks' keys of this head, and one more that may be prefetched; from
        /// {@link #WHOLE} on, a number for each block, not zero where all rows see all of it.
        static final int TABLE = 0;

        static final int BLOCKS = 8;

        /// Position of the first block's first key.
        static final int POSITION = 16;

        /// Positions of the last block that have been written.
        static final int LAST_COUNT = 24;

        /// {@link #queryBytes}.
        static final int QUERY = 32;

        /// {@link #stateBytes}: the result.
        static final int STATE = 40;

        /// {@link #scratchBytes}.
        static final int SCRATCH = 48;

        /// {@link SoftmaxCode#constants}.
        static final int CONSTANTS = 56;

        static final int BYTES = 64;

        private Call() {}
    }

    /// The most blocks of a call.
    static final int MOST_BLOCKS = 32;

    /// Bytes from a block's address in the table to whether it is seen whole.
    static final int WHOLE = Long.BYTES * (MOST_BLOCKS + 1);

    static final int TABLE_BYTES = WHOLE + Long.BYTES * MOST_BLOCKS;

    /// A maximum so far of nothing. Finite, so that differences of two are zero.
    static final float NOTHING = -1e30f;

    private static final int SIZE = KvCache.BLOCK_SIZE;
    private static final int CACHE_LINE = 64;

    private static final int STEPS = 4; // unrolled

    static final Gpr CALL = Gpr.RDI;
    private static final Gpr TABLE = Gpr.RSI;
    private static final Gpr BLOCKS = Gpr.RCX;
    static final Gpr BLOCK = Gpr.R8;
    static final Gpr NEXT = Gpr.R9;
    static final Gpr FROM = Gpr.R10;
    static final Gpr STATE = Gpr.R11;
    static final Gpr AHEAD = Gpr.R12;
    private static final Gpr COUNT = Gpr.R13;
    static final Gpr ROW = Gpr.R14;
    static final Gpr POSITION = Gpr.R15;
    static final Gpr SCORES = Gpr.RDX;
    static final Gpr GROUPS = Gpr.RBX;
    static final Gpr LOOP = Gpr.RBP;
    private static final List<Gpr> SAVED =
            List.of(Gpr.RBX, Gpr.RBP, Gpr.R12, Gpr.R13, Gpr.R14, Gpr.R15);

    private final Emitter e;
    private final Assembler a;
    private final VectorAssembler v;
    private final CacheFormat format;
    private final CacheCode cache;
    private final int headDim;
    private final int rows;
    private final int vector;
    private final int lanes;

    private AttentionCode(InstructionSet set, CacheFormat format, int rows) {
        this.e = new Emitter(set);
        this.a = e.a;
        this.v = e.v;
        this.format = format;
        this.headDim = format.headDim();
        this.rows = rows;
        this.vector = set.vectorBytes();
        this.lanes = set.lanes();
        this.cache = new CacheCode(e, format, rows > rowsAScore());
    }

    /// Whether heads of this format have a routine.
    static boolean suits(CacheFormat format) {
        return format.headDim() % 16 == 0 && format.headDim() <= 256;
    }

    // ---- memory

    /// Queries, `float[rows][headDim]`; for each row the position before the first it sees,
    /// `int[]`, and from {@link #endsAt} on the one behind the last.
    static int queryBytes(int rows, int headDim) {
        return endsAt(rows, headDim) + padded(4 * rows);
    }

    static int beginningsAt(int rows, int headDim) {
        return 4 * rows * headDim;
    }

    static int endsAt(int rows, int headDim) {
        return beginningsAt(rows, headDim) + padded(4 * rows);
    }

    /// Each row's maximum; from {@link #sumsAt} on its sum, and from {@link #gatheredAt} on
    /// `float[rows][headDim]`.
    static int stateBytes(int rows, int headDim) {
        return gatheredAt(rows) + 4 * rows * headDim;
    }

    static int sumsAt(int rows) {
        return padded(4 * rows);
    }

    static int gatheredAt(int rows) {
        return 2 * padded(4 * rows);
    }

    /// Scores, `float[rows][SIZE]`; from {@link #placesAt} on the block's positions, `int[SIZE]`,
    /// and behind them a widened block.
    static int scratchBytes(int rows, int headDim) {
        return placesAt(rows) + 4 * SIZE * (1 + 2 * headDim);
    }

    static int placesAt(int rows) {
        return 4 * SIZE * rows;
    }

    private static int padded(int bytes) {
        return (bytes + CACHE_LINE - 1) / CACHE_LINE * CACHE_LINE;
    }

    // ---- the routine

    static byte[] routine(InstructionSet set, CacheFormat format, int rows) {
        return new AttentionCode(set, format, rows).routine();
    }

    private byte[] routine() {
        SAVED.forEach(a::push);
        nothingYet();
        a.mov(TABLE, at(CALL, Call.TABLE));
        a.mov(BLOCKS, at(CALL, Call.BLOCKS));
        a.mov(POSITION, at(CALL, Call.POSITION));
        a.mov(NEXT, at(TABLE, 0));
        e.repeat(
                BLOCKS,
                () -> {
                    a.mov(BLOCK, NEXT);
                    a.mov(NEXT, at(TABLE, 8));
                    a.add(TABLE, 8);
                    count();
                    if (cache.isWidened()) {
                        widenedAt(ROW);
                        cache.widen();
                    }
                    scores();
                    softmax();
                    gather();
                    a.add(POSITION, SIZE);
                });
        SAVED.reversed().forEach(a::pop);
        return e.end();
    }

    /// Maxima of nothing, and sums of zero.
    private void nothingYet() {
        int zeros = stateBytes(rows, headDim) - sumsAt(rows);
        a.mov(STATE, at(CALL, Call.STATE));
        e.broadcast(0, Float.floatToRawIntBits(NOTHING));
        for (int at = 0; at < sumsAt(rows); at += vector) {
            v.store(at(STATE, at), 0);
        }
        a.add(STATE, sumsAt(rows));
        e.clear(0, 1);
        loop(
                zeros / vector,
                () -> {
                    v.store(at(STATE, 0), 0);
                    a.add(STATE, vector);
                });
    }

    /// Positions of this block that have been written: all but in the last one.
    private void count() {
        var full = new Assembler.Label();
        a.mov(COUNT, SIZE);
        a.mov(LOOP, BLOCKS);
        a.dec(LOOP);
        a.jnz(full);
        a.mov(COUNT, at(CALL, Call.LAST_COUNT));
        a.bind(full);
    }

    /// Blocks that all rows see whole need not be looked through.
    private void softmax() {
        var partly = new Assembler.Label();
        var done = new Assembler.Label();
        a.mov(FROM, at(TABLE, WHOLE - Long.BYTES));
        a.test(FROM, FROM);
        a.jz(partly);
        SoftmaxCode.emit(e, rows, headDim, true);
        a.test(CALL, CALL); // never zero
        a.jnz(done);
        a.bind(partly);
        SoftmaxCode.emit(e, rows, headDim, false);
        a.bind(done);
    }

    private void loop(int times, Runnable body) {
        a.mov(LOOP, times);
        e.repeat(LOOP, body);
    }

    /// Runs `body` for groups of at most `most` rows: a loop over whole groups, and the rest.
    private void groups(int most, IntConsumer body) {
        int whole = rows / most;
        if (whole > 0) {
            a.mov(GROUPS, whole);
            e.repeat(GROUPS, () -> body.accept(most));
        }
        if (rows % most > 0) {
            body.accept(rows % most);
        }
    }

    /// Where the block's widened keys are, with the values behind them.
    private void widenedAt(Gpr to) {
        a.mov(to, at(CALL, Call.SCRATCH));
        a.add(to, placesAt(rows) + 4 * SIZE);
    }

    // ---- scores

    /// The most rows that are scored at once: two sums each, two registers of keys, and one or more
    /// of queries.
    private int rowsAScore() {
        return e.set.isWide() ? 12 : 6;
    }

    /// `scores[row][p] = query[row] · key[p]` for all positions, seen or not.
    private void scores() {
        a.mov(SCORES, at(CALL, Call.SCRATCH));
        a.mov(ROW, at(CALL, Call.QUERY));
        groups(
                rowsAScore(),
                count -> {
                    for (int position = 0; position < SIZE; position += 2 * lanes) {
                        scores(count, position);
                        a.add(ROW, -4 * headDim);
                    }
                    a.add(SCORES, 4 * SIZE * count);
                    a.add(ROW, 4 * headDim * count);
                });
    }

    /// Two registers of positions from `position` on.
    private void scores(int count, int position) {
        int keys = 2 * rowsAScore();
        int query = keys + 2;
        int queries = e.set.isWide() ? 6 : 2;
        if (cache.isWidened()) {
            widenedAt(FROM);
        } else {
            a.mov(FROM, BLOCK);
            a.mov(AHEAD, NEXT);
        }
        e.clear(0, 2 * count);
        loop(
                headDim / STEPS,
                () -> {
                    for (int d = 0; d < STEPS; d++) {
                        cache.load(keys, FROM, d * SIZE + position);
                        cache.load(keys + 1, FROM, d * SIZE + position + lanes);
                        for (int r = 0; r < count; r++) {
                            int z = query + r % queries;
                            v.vpbroadcastd(z, at(ROW, 4 * (r * headDim + d)));
                            v.vfmadd231ps(2 * r, keys, z);
                            v.vfmadd231ps(2 * r + 1, keys + 1, z);
                        }
                    }
                    int bytes = STEPS * SIZE * cache.elementBytes();
                    a.add(FROM, bytes);
                    a.add(ROW, STEPS * 4);
                    if (!cache.isWidened() && position == 0) {
                        cache.prefetch(0, bytes, bytes);
                    }
                });
        for (int r = 0; r < count; r++) {
            int row = 4 * (r * SIZE + position);
            v.store(at(SCORES, row), 2 * r);
            v.store(at(SCORES, row + vector), 2 * r + 1);
        }
    }

    // ---- values

    /// `gathered[row] += Σ over p of weight[row][p] · value[p]`.
    private void gather() {
        a.mov(ROW, at(CALL, Call.SCRATCH));
        a.mov(STATE, at(CALL, Call.STATE));
        a.add(STATE, gatheredAt(rows));
        groups(
                rowsAGather(),
                count -> {
                    int vectors = headDim / lanes;
                    int most = vectorsAGather(count);
                    for (int first = 0; first < vectors; first += most) {
                        gather(count, first, Math.min(most, vectors - first));
                    }
                    a.add(STATE, 4 * headDim * count);
                    a.add(ROW, 4 * SIZE * count);
                });
    }

    /// Registers hold the sums of these rows, beside a weight of each and values: whole rows with
    /// 512 bits; with 256, parts of three or, where there are no more, four rows.
    private int rowsAGather() {
        if (e.set.isWide()) {
            return (32 - 2) / (headDim / lanes + 1);
        }
        return rows <= 4 ? rows : 3;
    }

    /// Registers of a row's sums: an even number, since heads have one of them.
    private int vectorsAGather(int count) {
        return e.set.isWide() ? headDim / lanes : (16 - 1 - count) / count / 2 * 2;
    }

    /// The sums from vector `first` on.
    private void gather(int count, int first, int vectors) {
        int weights = count * vectors;
        int value = weights + count;
        int values = Math.min(2, (e.set.isWide() ? 32 : 16) - value);
        int rowBytes = headDim * cache.elementBytes();
        if (cache.isWidened()) {
            widenedAt(FROM);
            a.add(FROM, 4 * SIZE * headDim);
        } else {
            a.mov(FROM, BLOCK);
            a.add(FROM, (int) format.keysBytes());
            a.mov(AHEAD, NEXT);
            a.add(AHEAD, (int) format.keysBytes());
        }
        sums(count, first, vectors, v::load);
        a.mov(SCORES, ROW);
        a.mov(LOOP, COUNT);
        e.repeat(
                LOOP,
                () -> {
                    for (int r = 0; r < count; r++) {
                        v.vpbroadcastd(weights + r, at(SCORES, 4 * SIZE * r));
                    }
                    for (int i = 0; i < vectors; i++) {
                        int z = value + i % values;
                        cache.load(z, FROM, (first + i) * lanes);
                        for (int r = 0; r < count; r++) {
                            v.vfmadd231ps(r * vectors + i, z, weights + r);
                        }
                    }
                    a.add(SCORES, 4);
                    a.add(FROM, rowBytes);
                    if (!cache.isWidened()) {
                        int elements = lanes * cache.elementBytes();
                        cache.prefetch(first * elements, (first + vectors) * elements, rowBytes);
                    }
                });
        sums(count, first, vectors, (z, place) -> v.store(place, z));
    }

    private interface Move {
        void emit(int z, Place place);
    }

    /// Every register of {@link #gather} from or to its place.
    private void sums(int count, int first, int vectors, Move move) {
        for (int r = 0; r < count; r++) {
            for (int i = 0; i < vectors; i++) {
                move.emit(r * vectors + i, at(STATE, 4 * r * headDim + vector * (first + i)));
            }
        }
    }
}
