package dev.tramontane.kernels;

import static dev.tramontane.kernels.Place.at;

import dev.tramontane.cache.CacheFormat;
import dev.tramontane.cache.CacheType;
import dev.tramontane.cache.KvCache;

import java.util.List;
import java.util.function.IntConsumer;

/// The routine of attention: some rows, each a query head of a token, against blocks of one key
/// head's cache, with the online softmax of Milakov and Gimelshein 2018 (algorithm 3).
///
/// Block by block: the scores of all rows, sixteen positions a register; the softmax so far, in
/// powers of two; the weighted values, a row's sums in registers. A row's arithmetic is its own: an
/// element's products are added in the order of the head's elements, then of positions, and what a
/// row does not see has weight zero. So its result is the same to the bit among any others.
///
/// Up to twelve rows read keys and values as they are stored; for more a block is first widened to
/// floats, and `Q8_0` always is.
///
/// The routine takes the address of its {@link Call} in `rdi`.
final class AttentionCode {
    /// What the routine is told, `long[]` at these byte offsets.
    static final class Call {
        /// Addresses of the blocks' keys of this head, and one more that may be prefetched.
        static final int TABLE = 0;

        static final int BLOCKS = 8;

        /// Position of the first block's first key.
        static final int POSITION = 16;

        /// Positions of the last block that have been written.
        static final int LAST_COUNT = 24;

        /// {@link #queryBytes}.
        static final int QUERY = 32;

        /// {@link #stateBytes}.
        static final int STATE = 40;

        /// {@link #scratchBytes}.
        static final int SCRATCH = 48;

        /// {@link #CONSTANTS} as floats, then 0 to 15 as whole numbers.
        static final int CONSTANTS = 56;

        static final int BYTES = 64;

        private Call() {}
    }

    /// A maximum so far of nothing. Finite, so that differences of two are zero.
    static final float NOTHING = -1e30f;

    /// What stands in place of scores that a row does not see; less than {@link #NOTHING}. Then
    /// {@link PowerOfTwo#COEFFICIENTS}.
    static final float[] CONSTANTS = PowerOfTwo.behind(-Float.MAX_VALUE);

    /// The most rows that are scored at once: two sums each, and two registers of keys.
    private static final int ROWS_A_SCORE = 12;

    private static final int SIZE = KvCache.BLOCK_SIZE;
    private static final int VECTOR = 64;

    /// Values of a vector.
    private static final int LANES = 16;

    private static final int STEPS = 4; // unrolled

    private static final Gpr CALL = Gpr.RDI;
    private static final Gpr TABLE = Gpr.RSI;
    private static final Gpr BLOCKS = Gpr.RCX;
    private static final Gpr BLOCK = Gpr.R8;
    private static final Gpr NEXT = Gpr.R9;
    private static final Gpr FROM = Gpr.R10;
    private static final Gpr STATE = Gpr.R11;
    private static final Gpr AHEAD = Gpr.R12;
    private static final Gpr COUNT = Gpr.R13;
    private static final Gpr ROW = Gpr.R14;
    private static final Gpr POSITION = Gpr.R15;
    private static final Gpr SCORES = Gpr.RDX;
    private static final Gpr GROUPS = Gpr.RBX;
    private static final Gpr LOOP = Gpr.RBP;
    private static final List<Gpr> SAVED =
            List.of(Gpr.RBX, Gpr.RBP, Gpr.R12, Gpr.R13, Gpr.R14, Gpr.R15);

    private final CodeBuffer code = new CodeBuffer();
    private final Assembler a = new Assembler(code);
    private final VectorAssembler v = new VectorAssembler(code, VECTOR);
    private final Avx512Assembler wide = new Avx512Assembler(code);
    private final CacheFormat format;
    private final int headDim;
    private final int rows;
    private final boolean widened;

    private AttentionCode(CacheFormat format, int rows) {
        this.format = format;
        this.headDim = format.headDim();
        this.rows = rows;
        this.widened = isWidened(format, rows);
    }

    /// Whether heads of this format have a routine.
    static boolean suits(CacheFormat format) {
        return format.headDim() % LANES == 0 && format.headDim() <= 256;
    }

    private static boolean isWidened(CacheFormat format, int rows) {
        return switch (format.type()) {
            case F32 -> false;
            case F16, BF16 -> rows > ROWS_A_SCORE;
            case Q8_0 -> true;
        };
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

    /// Each row's maximum, {@link #NOTHING} at first; from {@link #sumsAt} on its sum, and from
    /// {@link #gatheredAt} on `float[rows][headDim]`, zero at first.
    static int stateBytes(int rows, int headDim) {
        return gatheredAt(rows) + 4 * rows * headDim;
    }

    static int sumsAt(int rows) {
        return padded(4 * rows);
    }

    static int gatheredAt(int rows) {
        return 2 * padded(4 * rows);
    }

    /// Scores, `float[rows][SIZE]`, and a widened block.
    static int scratchBytes(int rows, int headDim) {
        return 4 * SIZE * (rows + 2 * headDim);
    }

    private static int padded(int bytes) {
        return (bytes + VECTOR - 1) / VECTOR * VECTOR;
    }

    // ---- the routine

    static byte[] routine(CacheFormat format, int rows) {
        return new AttentionCode(format, rows).routine();
    }

    private byte[] routine() {
        SAVED.forEach(a::push);
        a.mov(TABLE, at(CALL, Call.TABLE));
        a.mov(BLOCKS, at(CALL, Call.BLOCKS));
        a.mov(POSITION, at(CALL, Call.POSITION));
        a.mov(NEXT, at(TABLE, 0));
        var block = new Assembler.Label();
        a.bind(block);
        a.mov(BLOCK, NEXT);
        a.mov(NEXT, at(TABLE, 8));
        a.add(TABLE, 8);
        count();
        if (widened) {
            widen();
        }
        scores();
        softmax();
        gather();
        a.add(POSITION, SIZE);
        a.dec(BLOCKS);
        a.jnz(block);
        SAVED.reversed().forEach(a::pop);
        v.vzeroupper();
        a.ret();
        return code.bytes();
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

    private void loop(int times, Runnable body) {
        a.mov(LOOP, times);
        repeat(body);
    }

    private void repeat(Runnable body) {
        var again = new Assembler.Label();
        a.bind(again);
        body.run();
        a.dec(LOOP);
        a.jnz(again);
    }

    /// Runs `body` for groups of at most `most` rows: a loop over whole groups, and the rest.
    private void groups(int most, IntConsumer body) {
        int whole = rows / most;
        if (whole > 0) {
            a.mov(GROUPS, whole);
            var again = new Assembler.Label();
            a.bind(again);
            body.accept(most);
            a.dec(GROUPS);
            a.jnz(again);
        }
        if (rows % most > 0) {
            body.accept(rows % most);
        }
    }

    // ---- elements of the cache

    /// Bytes of an element where {@link #load} reads it.
    private int elementBytes() {
        return widened || format.type() == CacheType.F32 ? 4 : 2;
    }

    /// Sixteen elements as floats, `vectors` vectors behind the address.
    private void load(int z, Gpr address, int vectors) {
        var place = at(address, vectors * LANES * elementBytes());
        if (elementBytes() == 4) {
            v.load(z, place);
        } else if (format.type() == CacheType.F16) {
            wide.vcvtph2ps(z, place);
        } else {
            wide.vpmovzxwd(z, place);
            v.vpslld(z, z, 16);
        }
    }

    /// Asks for a part of the next block, as large as what is read here.
    private void prefetch(int bytes) {
        for (int line = 0; line < bytes; line += VECTOR) {
            a.prefetcht0(at(AHEAD, line));
        }
        a.add(AHEAD, bytes);
    }

    /// Where the block's widened keys are: behind the scores, with the values behind them.
    private void widenedAt(Gpr to) {
        a.mov(to, at(CALL, Call.SCRATCH));
        a.add(to, 4 * SIZE * rows);
    }

    private void widen() {
        widenedAt(ROW);
        a.mov(FROM, BLOCK);
        a.mov(AHEAD, NEXT);
        if (format.type() == CacheType.Q8_0) {
            widenBytes();
            return;
        }
        loop(
                2 * SIZE * headDim / LANES / STEPS,
                () -> {
                    for (int i = 0; i < STEPS; i++) {
                        var place = at(FROM, 2 * LANES * i);
                        if (format.type() == CacheType.F16) {
                            wide.vcvtph2ps(i, place);
                        } else {
                            wide.vpmovzxwd(i, place);
                            v.vpslld(i, i, 16);
                        }
                        v.store(at(ROW, VECTOR * i), i);
                    }
                    a.add(FROM, STEPS * LANES * 2);
                    a.add(ROW, STEPS * VECTOR);
                    prefetch(STEPS * LANES * 2);
                });
    }

    /// Keys: of 32 elements sixteen positions share a register, whose factors lie as they do.
    /// Values: 32 elements of a position have one factor.
    private void widenBytes() {
        int factor = 8;
        int elements = SIZE * headDim;
        a.lea(SCORES, at(FROM, elements)); // the factors
        a.mov(GROUPS, headDim / 32);
        var run = new Assembler.Label();
        a.bind(run);
        wide.vcvtph2ps(factor, at(SCORES, 0));
        wide.vcvtph2ps(factor + 1, at(SCORES, 32));
        loop(
                32,
                () -> {
                    widenBytes(0, factor);
                    widenBytes(1, factor + 1);
                    a.add(FROM, SIZE);
                    a.add(ROW, 2 * VECTOR);
                    prefetch(SIZE);
                });
        a.add(SCORES, 2 * SIZE);
        a.dec(GROUPS);
        a.jnz(run);
        a.mov(FROM, BLOCK);
        a.add(FROM, (int) format.keysBytes());
        a.lea(SCORES, at(FROM, elements));
        loop(
                elements / 32,
                () -> {
                    wide.vpbroadcastw(factor, at(SCORES, 0));
                    v.vcvtph2ps(factor, factor);
                    widenBytes(0, factor);
                    widenBytes(1, factor);
                    a.add(FROM, 32);
                    a.add(SCORES, 2);
                    a.add(ROW, 2 * VECTOR);
                    prefetch(32);
                });
    }

    private void widenBytes(int index, int factor) {
        wide.vpmovsxbd(index, at(FROM, LANES * index));
        v.vcvtdq2ps(index, index);
        v.vmulps(index, index, factor);
        v.store(at(ROW, VECTOR * index), index);
    }

    // ---- the three parts

    /// `scores[row][p] = query[row] · key[p]` for all positions, seen or not.
    private void scores() {
        a.mov(SCORES, at(CALL, Call.SCRATCH));
        a.mov(ROW, at(CALL, Call.QUERY));
        groups(ROWS_A_SCORE, this::scores);
    }

    private void scores(int count) {
        int keys = 2 * ROWS_A_SCORE;
        int query = keys + 2;
        if (widened) {
            widenedAt(FROM);
        } else {
            a.mov(FROM, BLOCK);
            a.mov(AHEAD, NEXT);
        }
        clear(2 * count);
        loop(
                headDim / STEPS,
                () -> {
                    for (int d = 0; d < STEPS; d++) {
                        load(keys, FROM, 2 * d);
                        load(keys + 1, FROM, 2 * d + 1);
                        for (int r = 0; r < count; r++) {
                            int z = query + r % 6;
                            v.vpbroadcastd(z, at(ROW, 4 * (r * headDim + d)));
                            v.vfmadd231ps(2 * r, keys, z);
                            v.vfmadd231ps(2 * r + 1, keys + 1, z);
                        }
                    }
                    a.add(FROM, STEPS * SIZE * elementBytes());
                    a.add(ROW, STEPS * 4);
                    if (!widened) {
                        prefetch(STEPS * SIZE * elementBytes());
                    }
                });
        for (int i = 0; i < 2 * count; i++) {
            v.store(at(SCORES, VECTOR * i), i);
        }
        a.add(SCORES, 2 * VECTOR * count);
        a.add(ROW, 4 * headDim * (count - 1));
    }

    private void clear(int count) {
        for (int z = 0; z < count; z++) {
            v.vpxor(z, z, z);
        }
    }

    /// Scores to weights relative to the greatest so far, and earlier sums to the same measure.
    private void softmax() {
        int lowest = 16;
        int positions = 24;
        a.mov(FROM, at(CALL, Call.CONSTANTS));
        for (int i = 0; i < CONSTANTS.length; i++) {
            v.vpbroadcastd(lowest + i, at(FROM, 4 * i));
        }
        wide.vpbroadcastd(positions + 1, POSITION);
        v.load(positions, at(FROM, 4 * CONSTANTS.length));
        v.vpaddd(positions, positions, positions + 1);
        a.mov(Gpr.RAX, LANES);
        wide.vpbroadcastd(positions + 1, Gpr.RAX);
        v.vpaddd(positions + 1, positions + 1, positions);
        a.mov(SCORES, at(CALL, Call.SCRATCH));
        a.mov(ROW, at(CALL, Call.QUERY));
        a.add(ROW, beginningsAt(rows, headDim));
        a.mov(FROM, at(CALL, Call.STATE));
        a.lea(STATE, at(FROM, gatheredAt(rows)));
        loop(rows, () -> softmaxOfRow(lowest, positions));
    }

    private void softmaxOfRow(int lowest, int positions) {
        v.load(0, at(SCORES, 0));
        v.load(1, at(SCORES, VECTOR));
        v.vpbroadcastd(2, at(ROW, 0));
        v.vpbroadcastd(3, at(ROW, endsAt(rows, headDim) - beginningsAt(rows, headDim)));
        for (int half = 0; half < 2; half++) {
            int seen = 1 + half;
            wide.vpcmpgtd(seen, positions + half, 2, 0);
            wide.vpcmpgtd(seen, 3, positions + half, seen);
            wide.vblendmps(half, lowest, half, seen);
        }
        int before = 4;
        int now = 5;
        v.vpbroadcastd(before, at(FROM, 0));
        v.vmaxps(now, 0, 1);
        Reductions.overLanes(wide, v, now, 6, v::vmaxps);
        v.vmaxps(now, now, before);
        wide.vsubps(0, 0, now);
        wide.vsubps(1, 1, now);
        wide.vsubps(2, before, now);
        for (int i = 0; i < 3; i++) {
            PowerOfTwo.split(wide, v, i, 6 + i, 9 + i, lowest + 1);
        }
        wide.vscalefps(0, 9, 6, 1);
        wide.vscalefps(1, 10, 7, 2);
        wide.vscalefps(2, 11, 8, 0);
        v.store(at(SCORES, 0), 0);
        v.store(at(SCORES, VECTOR), 1);
        v.vaddps(0, 0, 1);
        Reductions.overLanes(wide, v, 0, 1, v::vaddps);
        v.vpbroadcastd(3, at(FROM, sumsAt(rows)));
        wide.vfmadd213ps(3, 2, 0);
        v.vmovd(at(FROM, sumsAt(rows)), 3);
        v.vmovd(at(FROM, 0), now);
        var same = new Assembler.Label();
        wide.vcmpneqps(3, before, now);
        wide.kortestw(3);
        a.jz(same);
        for (int i = 0; i < headDim / LANES; i++) {
            v.load(0, at(STATE, VECTOR * i));
            v.vmulps(0, 0, 2);
            v.store(at(STATE, VECTOR * i), 0);
        }
        a.bind(same);
        a.add(SCORES, 2 * VECTOR);
        a.add(ROW, 4);
        a.add(FROM, 4);
        a.add(STATE, 4 * headDim);
    }

    /// `gathered[row] += Σ over p of weight[row][p] · value[p]`.
    private void gather() {
        a.mov(ROW, at(CALL, Call.SCRATCH));
        a.mov(STATE, at(CALL, Call.STATE));
        a.add(STATE, gatheredAt(rows));
        groups(rowsAGather(), this::gather);
    }

    /// As many rows as registers hold the sums of, beside a weight of each and two of values.
    private int rowsAGather() {
        return (32 - 2) / (headDim / LANES + 1);
    }

    private void gather(int count) {
        int vectors = headDim / LANES;
        int weights = count * vectors;
        int value = weights + count;
        if (widened) {
            widenedAt(FROM);
            a.add(FROM, 4 * SIZE * headDim);
        } else {
            a.mov(FROM, BLOCK);
            a.add(FROM, (int) format.keysBytes());
            a.mov(AHEAD, NEXT);
            a.add(AHEAD, (int) format.keysBytes());
        }
        for (int i = 0; i < weights; i++) {
            v.load(i, at(STATE, VECTOR * i));
        }
        a.mov(SCORES, ROW);
        a.mov(LOOP, COUNT);
        repeat(
                () -> {
                    for (int r = 0; r < count; r++) {
                        v.vpbroadcastd(weights + r, at(SCORES, 4 * SIZE * r));
                    }
                    for (int i = 0; i < vectors; i++) {
                        int z = value + i % 2;
                        load(z, FROM, i);
                        for (int r = 0; r < count; r++) {
                            v.vfmadd231ps(r * vectors + i, z, weights + r);
                        }
                    }
                    a.add(SCORES, 4);
                    a.add(FROM, headDim * elementBytes());
                    if (!widened) {
                        prefetch(headDim * elementBytes());
                    }
                });
        for (int i = 0; i < weights; i++) {
            v.store(at(STATE, VECTOR * i), i);
        }
        a.add(STATE, VECTOR * weights);
        a.add(ROW, 4 * SIZE * count);
    }
}
