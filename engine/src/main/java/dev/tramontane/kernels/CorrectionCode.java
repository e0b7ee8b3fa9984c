package dev.tramontane.kernels;

import static dev.tramontane.kernels.Place.at;

/// The routine that makes of a token group's sums what a decoder takes from them: `−offset · Σ q`
/// as whole numbers, or `d · Σ q` as floats for the minima. One value at a time: there are few
/// beside the activations that they are sums of.
///
/// The routine takes the address of its {@link Call} in `rdi`.
final class CorrectionCode {
    /// What the routine is told, `long[]` at these byte offsets.
    static final class Call {
        /// `int[2 · runs][tokens]`.
        static final int SUMS = 0;

        /// `float[runs][tokens]`.
        static final int SCALES = 8;

        /// A value for each run and token, or for each half of a run and token.
        static final int OUT = 16;

        static final int RUNS = 24;
        static final int TOKENS = 32;

        static final int BYTES = 40;

        private Call() {}
    }

    private static final Gpr CALL = Gpr.RDI;
    private static final Gpr SUMS = Gpr.RSI;
    private static final Gpr SCALES = Gpr.RDX;
    private static final Gpr OUT = Gpr.R8;
    private static final Gpr RUNS = Gpr.R9;
    private static final Gpr TOKENS = Gpr.RCX;
    private static final Gpr SCALE = Gpr.R10;

    /// Bytes of a sum of every token.
    private static final Gpr ROW = Gpr.R11;

    private static final int FACTOR = 4;

    private CorrectionCode() {}

    /// @param offset 0 for floats
    /// @param groupLength values whose sum is wanted: 32, a run, or 16, half of one
    static byte[] routine(InstructionSet set, int offset, int groupLength) {
        var e = new Emitter(set);
        Assembler a = e.a;
        e.broadcast(FACTOR, -offset);
        a.mov(SUMS, at(CALL, Call.SUMS));
        a.mov(SCALES, at(CALL, Call.SCALES));
        a.mov(OUT, at(CALL, Call.OUT));
        a.mov(RUNS, at(CALL, Call.RUNS));
        a.mov(Gpr.RAX, at(CALL, Call.TOKENS));
        a.lea(ROW, at(Gpr.RAX, Gpr.RAX, 1, 0));
        a.add(ROW, ROW);
        e.repeat(
                RUNS,
                () -> {
                    if (groupLength == 32) {
                        a.mov(SCALE, SCALES);
                        values(e, offset, true);
                        a.add(SUMS, ROW);
                    } else {
                        a.mov(SCALE, SCALES);
                        values(e, offset, false);
                        a.mov(SCALE, SCALES);
                        values(e, offset, false);
                    }
                    a.mov(SCALES, SCALE);
                });
        return e.end();
    }

    /// A value of each token.
    ///
    /// @param both whether sums of both halves are added
    private static void values(Emitter e, int offset, boolean both) {
        Assembler a = e.a;
        VectorAssembler v = e.v;
        a.mov(TOKENS, at(CALL, Call.TOKENS));
        e.repeat(
                TOKENS,
                () -> {
                    v.vpbroadcastd(0, at(SUMS, 0));
                    if (both) {
                        v.vpbroadcastd(1, at(SUMS, ROW, 1, 0));
                        v.vpaddd(0, 0, 1);
                    }
                    if (offset == 0) {
                        v.vpbroadcastd(1, at(SCALE, 0));
                        v.vcvtdq2ps(0, 0);
                        v.vmulps(0, 0, 1);
                    } else {
                        v.vpmulld(0, 0, FACTOR);
                    }
                    v.vmovd(at(OUT, 0), 0);
                    a.add(SUMS, 4);
                    a.add(SCALE, 4);
                    a.add(OUT, 4);
                });
    }
}
