package dev.tramontane.kernels;

import static dev.tramontane.kernels.Place.at;

import dev.tramontane.cache.CacheFormat;
import dev.tramontane.cache.CacheType;
import dev.tramontane.cache.KvCache;

/// The routine that stores keys and values of consecutive tokens in a block of the cache, all heads
/// of them, as {@link CacheFormat} says. 256-bit code for every machine: what takes the time is
/// that keys are turned.
///
/// The routine takes the address of its {@link Call} in `rdi`.
final class AppendCode {
    /// What the routine is told, `long[]` at these byte offsets.
    static final class Call {
        /// The first token's keys of all heads.
        static final int KEYS = 0;

        static final int VALUES = 8;

        /// From a token to the next, of keys and of values.
        static final int STEP = 16;

        /// Where the first head's key of the first token begins in the block, and its value.
        static final int KEYS_TO = 24;

        static final int VALUES_TO = 32;
        static final int TOKENS = 40;

        static final int BYTES = 48;

        private Call() {}
    }

    /// Values that are converted at once.
    private static final int STRETCH = 8;

    private static final Gpr CALL = Gpr.RDI;
    private static final Gpr FROM = Gpr.RSI;
    private static final Gpr TO = Gpr.RDX;
    private static final Gpr TOKENS = Gpr.R9;
    private static final Gpr HEADS = Gpr.R10;
    private static final Gpr LOOP = Gpr.RCX;
    private static final Gpr AT = Gpr.R8;
    private static final Gpr STEP = Gpr.R11;

    // Registers of what conversions need.
    private static final int MOST = 15;
    private static final int LEAST = 14;
    private static final int HALF = 15;
    private static final int ODD = 14;
    private static final int QUIET = 13;

    private final Emitter e = new Emitter(InstructionSet.AVX2);
    private final Assembler a = e.a;
    private final CacheFormat format;
    private final int elementBytes;

    private AppendCode(CacheFormat format) {
        this.format = format;
        this.elementBytes = format.type() == CacheType.F32 ? 4 : 2;
    }

    /// Whether this format has a routine; rounding to bytes is left to {@link KvCache}.
    static boolean suits(CacheFormat format) {
        return format.type() != CacheType.Q8_0 && format.headDim() % STRETCH == 0;
    }

    static byte[] routine(CacheFormat format) {
        return new AppendCode(format).routine();
    }

    private byte[] routine() {
        int stretchBytes = STRETCH * elementBytes;
        int headBytes = Math.toIntExact(format.headBytes());
        constants();
        a.mov(TOKENS, at(CALL, Call.TOKENS));
        a.mov(STEP, at(CALL, Call.STEP));
        e.repeat(
                TOKENS,
                () -> {
                    int turned = KvCache.BLOCK_SIZE * stretchBytes;
                    heads(Call.KEYS, Call.KEYS_TO, headBytes, turned, this::storeTurned);
                    next(Call.KEYS, STEP);
                    next(Call.KEYS_TO, elementBytes);
                    heads(Call.VALUES, Call.VALUES_TO, headBytes, stretchBytes, this::store);
                    next(Call.VALUES, STEP);
                    next(Call.VALUES_TO, format.headDim() * elementBytes);
                });
        return e.end();
    }

    private void next(int pointer, Gpr step) {
        a.mov(AT, at(CALL, pointer));
        a.add(AT, step);
        a.mov(at(CALL, pointer), AT);
    }

    private void next(int pointer, int step) {
        a.mov(AT, at(CALL, pointer));
        a.add(AT, step);
        a.mov(at(CALL, pointer), AT);
    }

    /// A token's keys or values, head by head.
    private void heads(int from, int to, int headBytes, int stretchBytes, Runnable store) {
        a.mov(FROM, at(CALL, from));
        a.mov(TO, at(CALL, to));
        a.mov(HEADS, format.kvHeads());
        e.repeat(
                HEADS,
                () -> {
                    a.mov(AT, TO);
                    a.mov(LOOP, format.headDim() / STRETCH);
                    e.repeat(
                            LOOP,
                            () -> {
                                store.run();
                                a.add(FROM, 4 * STRETCH);
                                a.add(AT, stretchBytes);
                            });
                    a.add(TO, headBytes);
                });
    }

    /// The elements of a key, each among those of other positions.
    private void storeTurned() {
        int step = KvCache.BLOCK_SIZE * elementBytes;
        if (elementBytes == 4) {
            for (int i = 0; i < STRETCH; i++) {
                e.v.vpbroadcastd(i, at(FROM, 4 * i));
                e.v.vmovd(at(AT, step * i), i);
            }
            return;
        }
        convert();
        for (int i = 0; i < STRETCH; i++) {
            e.narrow.vpextrw(at(AT, step * i), 0, i);
        }
    }

    private void store() {
        if (elementBytes == 4) {
            e.v.load(0, at(FROM, 0));
            e.v.store(at(AT, 0), 0);
            return;
        }
        convert();
        e.narrow.storeHalf(at(AT, 0), 0);
    }

    // ---- conversions

    private void constants() {
        switch (format.type()) {
            case F16 -> {
                e.broadcast(MOST, Float.floatToRawIntBits(CacheFormat.MOST_HALF));
                e.broadcast(LEAST, Float.floatToRawIntBits(-CacheFormat.MOST_HALF));
            }
            case BF16 -> {
                e.broadcast(HALF, 0x7FFF);
                e.broadcast(ODD, 1);
                e.broadcast(QUIET, 0x40_0000);
            }
            case F32, Q8_0 -> {}
        }
    }

    /// Eight floats as elements, in the lower half of register 0.
    private void convert() {
        e.v.load(0, at(FROM, 0));
        if (format.type() == CacheType.F16) {
            e.v.vminps(0, MOST, 0); // the bound first: what is no number stays none
            e.v.vmaxps(0, LEAST, 0);
            e.narrow.vcvtps2ph(0, 0);
            return;
        }
        int rounded = 1;
        int other = 2;
        e.v.vpsrld(rounded, 0, 16);
        e.v.vpand(rounded, rounded, ODD);
        e.v.vpaddd(rounded, rounded, HALF);
        e.v.vpaddd(rounded, rounded, 0);
        e.narrow.vcmpneqps(other, 0, 0); // no number
        e.v.vpor(0, 0, QUIET);
        e.narrow.vblendvps(0, rounded, 0, other);
        e.v.vpsrld(0, 0, 16);
        e.narrow.vpackusdw(0, 0, 0);
        e.narrow.vpermq(0, 0, 0x08);
    }
}
