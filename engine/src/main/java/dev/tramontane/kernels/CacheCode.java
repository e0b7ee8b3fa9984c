package dev.tramontane.kernels;

import static dev.tramontane.kernels.AttentionCode.AHEAD;
import static dev.tramontane.kernels.AttentionCode.BLOCK;
import static dev.tramontane.kernels.AttentionCode.FROM;
import static dev.tramontane.kernels.AttentionCode.GROUPS;
import static dev.tramontane.kernels.AttentionCode.LOOP;
import static dev.tramontane.kernels.AttentionCode.NEXT;
import static dev.tramontane.kernels.AttentionCode.ROW;
import static dev.tramontane.kernels.AttentionCode.SCORES;
import static dev.tramontane.kernels.Place.at;

import dev.tramontane.cache.CacheFormat;
import dev.tramontane.cache.CacheType;
import dev.tramontane.cache.KvCache;

/// How {@link AttentionCode} reads elements of the cache as floats: as they are stored, or from a
/// block that was widened before. `Q8_0` always is.
final class CacheCode {
    private static final int SIZE = KvCache.BLOCK_SIZE;
    private static final int CACHE_LINE = 64;
    private static final int STEPS = 4; // unrolled

    /// First register of factors: as many as hold a block's positions.
    private static final int FACTORS = 8;

    private final Emitter e;
    private final Assembler a;
    private final VectorAssembler v;
    private final CacheFormat format;
    private final boolean widened;
    private final int vector;
    private final int lanes;

    /// @param manyRows whether elements are read more than once
    CacheCode(Emitter e, CacheFormat format, boolean manyRows) {
        this.e = e;
        this.a = e.a;
        this.v = e.v;
        this.format = format;
        this.vector = e.set.vectorBytes();
        this.lanes = e.set.lanes();
        this.widened =
                switch (format.type()) {
                    case F32 -> false;
                    case F16, BF16 -> manyRows;
                    case Q8_0 -> true;
                };
    }

    boolean isWidened() {
        return widened;
    }

    /// Bytes of an element where {@link #load} reads it.
    int elementBytes() {
        return widened || format.type() == CacheType.F32 ? 4 : 2;
    }

    /// A register of floats, from element `element` behind the address on.
    void load(int z, Gpr address, int element) {
        Place place = at(address, element * elementBytes());
        if (elementBytes() == 4) {
            v.load(z, place);
        } else {
            loadHalves(z, place);
        }
    }

    private void loadHalves(int z, Place place) {
        if (format.type() == CacheType.F16) {
            v.vcvtph2ps(z, place);
        } else {
            v.vpmovzxwd(z, place);
            v.vpslld(z, z, 16);
        }
    }

    /// Asks for the cache lines that begin within bytes `from` to `to` of what is read next, and
    /// goes on by `step`.
    void prefetch(int from, int to, int step) {
        for (int line = Math.ceilDiv(from, CACHE_LINE) * CACHE_LINE;
                line < to;
                line += CACHE_LINE) {
            a.prefetcht0(at(AHEAD, line));
        }
        a.add(AHEAD, step);
    }

    // ---- widening

    /// Widens the block to where `ROW` points: first the keys, then the values.
    void widen() {
        a.mov(FROM, BLOCK);
        a.mov(AHEAD, NEXT);
        if (format.type() == CacheType.Q8_0) {
            widenBytes();
            return;
        }
        int bytes = STEPS * lanes * 2;
        a.mov(LOOP, 2 * SIZE * format.headDim() / lanes / STEPS);
        e.repeat(
                LOOP,
                () -> {
                    for (int i = 0; i < STEPS; i++) {
                        loadHalves(i, at(FROM, 2 * lanes * i));
                        v.store(at(ROW, vector * i), i);
                    }
                    a.add(FROM, bytes);
                    a.add(ROW, STEPS * vector);
                    prefetch(0, bytes, bytes);
                });
    }

    /// Keys: of 32 elements each position has a factor, and positions lie side by side. Values: 32
    /// elements of a position have one factor.
    private void widenBytes() {
        int elements = SIZE * format.headDim();
        int registers = SIZE / lanes;
        a.lea(SCORES, at(FROM, elements)); // the factors
        a.mov(GROUPS, format.headDim() / 32);
        e.repeat(
                GROUPS,
                () -> {
                    for (int i = 0; i < registers; i++) {
                        v.vcvtph2ps(FACTORS + i, at(SCORES, 2 * lanes * i));
                    }
                    a.mov(LOOP, 32);
                    e.repeat(LOOP, () -> widenStretch(1));
                    a.add(SCORES, 2 * SIZE);
                });
        a.mov(FROM, BLOCK);
        a.add(FROM, (int) format.keysBytes());
        a.lea(SCORES, at(FROM, elements));
        a.mov(LOOP, elements / 32);
        e.repeat(
                LOOP,
                () -> {
                    v.vpbroadcastw(FACTORS, at(SCORES, 0));
                    v.vcvtph2ps(FACTORS, FACTORS);
                    widenStretch(0);
                    a.add(SCORES, 2);
                });
    }

    /// 32 bytes of both signs, times their factors.
    ///
    /// @param step from the factors of a register to the next one's
    private void widenStretch(int step) {
        for (int i = 0; i < 32 / lanes; i++) {
            v.vpmovsxbd(i, at(FROM, lanes * i));
            v.vcvtdq2ps(i, i);
            v.vmulps(i, i, FACTORS + i * step);
            v.store(at(ROW, vector * i), i);
        }
        a.add(FROM, 32);
        a.add(ROW, 4 * 32);
        prefetch(0, 32, 32);
    }
}
