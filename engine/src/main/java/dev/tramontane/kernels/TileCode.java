package dev.tramontane.kernels;

import static dev.tramontane.kernels.Place.at;

/// The routines around {@link AttentionCode}: queries of a tile into its memory, results out of it,
/// and parts of a long sequence joined. Java's loops did as well once compiled, and took a third of
/// a process's first prompt until then.
///
/// A routine takes the address of its {@link Call} in `rdi`.
final class TileCode {
    /// What a routine is told, `long[]` at these byte offsets.
    static final class Call {
        /// Queries of the first token, or what was gathered.
        static final int X = 0;

        /// From a token's queries, or results, to the next token's.
        static final int STEP = 8;

        /// {@link Entry} of the first token; sums; or pairs of factors.
        static final int TABLE = 16;

        static final int OUT = 24;

        /// Tokens, or rows.
        static final int COUNT = 32;

        /// Heads of a token.
        static final int GROUP = 40;

        /// Runs of sixteen values: of a token's heads, or of one.
        static final int RUNS = 48;

        /// Where positions before a row's first, and behind its last, are wanted.
        static final int BEGINNINGS = 56;

        static final int ENDS = 64;

        static final int BYTES = 72;

        private Call() {}
    }

    /// What a token sees, at these byte offsets.
    static final class Entry {
        /// What queries are multiplied with, a float.
        static final int FACTOR = 0;

        /// The position before the first, an int.
        static final int BEGINNING = 4;

        /// The position behind the last, an int.
        static final int END = 8;

        static final int BYTES = 16;

        private Entry() {}
    }

    /// Values of a run.
    static final int RUN = 16;

    private static final Gpr CALL = Gpr.RDI;
    private static final Gpr X = Gpr.RSI;
    private static final Gpr TABLE = Gpr.RDX;
    private static final Gpr OUT = Gpr.R8;
    private static final Gpr TOKENS = Gpr.R9;
    private static final Gpr RUNS = Gpr.RCX;
    private static final Gpr AT = Gpr.R10;
    private static final Gpr GROUP = Gpr.R11;
    private static final Gpr STEP = Gpr.RAX;

    private final Emitter e;
    private final Assembler a;
    private final VectorAssembler v;

    private TileCode(InstructionSet set) {
        e = new Emitter(set);
        a = e.a;
        v = e.v;
        a.mov(X, at(CALL, Call.X));
        a.mov(TABLE, at(CALL, Call.TABLE));
        a.mov(OUT, at(CALL, Call.OUT));
        a.mov(TOKENS, at(CALL, Call.COUNT));
    }

    /// `out[token][d] = x[token][d] · factor[token]`, end to end, and what the rows of the token
    /// see.
    static byte[] load(InstructionSet set) {
        return new TileCode(set).load();
    }

    private byte[] load() {
        Gpr beginnings = GROUP;
        Gpr ends = STEP;
        int factor = 4;
        int beginning = 5;
        int end = 6;
        a.mov(beginnings, at(CALL, Call.BEGINNINGS));
        a.mov(ends, at(CALL, Call.ENDS));
        e.repeat(
                TOKENS,
                () -> {
                    v.vpbroadcastd(factor, at(TABLE, Entry.FACTOR));
                    v.vpbroadcastd(beginning, at(TABLE, Entry.BEGINNING));
                    v.vpbroadcastd(end, at(TABLE, Entry.END));
                    a.mov(AT, X);
                    multiply(AT, OUT, factor);
                    a.mov(RUNS, at(CALL, Call.GROUP));
                    e.repeat(
                            RUNS,
                            () -> {
                                v.vmovd(at(beginnings, 0), beginning);
                                v.vmovd(at(ends, 0), end);
                                a.add(beginnings, 4);
                                a.add(ends, 4);
                            });
                    a.mov(RUNS, at(CALL, Call.STEP));
                    a.add(X, RUNS);
                    a.add(TABLE, Entry.BYTES);
                });
        return e.end();
    }

    /// `out[token][head][d] = x[token][head][d] · (1 / sum[token][head])`.
    static byte[] store(InstructionSet set) {
        return new TileCode(set).store();
    }

    private byte[] store() {
        int one = 4;
        int inverse = 5;
        e.broadcast(one, Float.floatToRawIntBits(1f));
        a.mov(STEP, at(CALL, Call.STEP));
        e.repeat(
                TOKENS,
                () -> {
                    a.mov(AT, OUT);
                    a.mov(GROUP, at(CALL, Call.GROUP));
                    e.repeat(
                            GROUP,
                            () -> {
                                v.vpbroadcastd(inverse, at(TABLE, 0));
                                v.vdivps(inverse, one, inverse);
                                multiply(X, AT, inverse);
                                a.add(TABLE, 4);
                            });
                    a.add(OUT, STEP);
                });
        return e.end();
    }

    /// `to = from · factor` over a token's or head's runs; both go on.
    private void multiply(Gpr from, Gpr to, int factor) {
        int bytes = e.set.vectorBytes();
        a.mov(RUNS, at(CALL, Call.RUNS));
        e.repeat(
                RUNS,
                () -> {
                    for (int i = 0; i < RUN / e.set.lanes(); i++) {
                        v.load(i, at(from, bytes * i));
                        v.vmulps(i, i, factor);
                        v.store(at(to, bytes * i), i);
                    }
                    a.add(from, 4 * RUN);
                    a.add(to, 4 * RUN);
                });
    }

    /// `out[row][d] = out[row][d] · factors[row][0] + x[row][d] · factors[row][1]`.
    static byte[] join(InstructionSet set) {
        return new TileCode(set).join();
    }

    private byte[] join() {
        int before = 4;
        int later = 5;
        int bytes = e.set.vectorBytes();
        e.repeat(
                TOKENS,
                () -> {
                    v.vpbroadcastd(before, at(TABLE, 0));
                    v.vpbroadcastd(later, at(TABLE, 4));
                    a.mov(RUNS, at(CALL, Call.RUNS));
                    e.repeat(
                            RUNS,
                            () -> {
                                for (int i = 0; i < RUN / e.set.lanes(); i++) {
                                    v.load(0, at(OUT, bytes * i));
                                    v.load(1, at(X, bytes * i));
                                    v.vmulps(0, 0, before);
                                    v.vmulps(1, 1, later);
                                    v.vaddps(0, 0, 1);
                                    v.store(at(OUT, bytes * i), 0);
                                }
                                a.add(X, 4 * RUN);
                                a.add(OUT, 4 * RUN);
                            });
                    a.add(TABLE, 8);
                });
        return e.end();
    }
}
