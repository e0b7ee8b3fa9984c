package dev.tramontane.kernels;

import static dev.tramontane.kernels.Place.at;

/// The routine that copies dwords which lie side by side to places a step apart: what turning rows
/// of floats comes down to.
///
/// The routine takes the address of its {@link Call} in `rdi`.
final class StrideCode {
    /// What the routine is told, `long[]` at these byte offsets.
    static final class Call {
        static final int FROM = 0;

        /// Times {@link #UNROLLED} dwords.
        static final int COUNT = 8;

        static final int TO = 16;
        static final int STEP = 24;

        static final int BYTES = 32;

        private Call() {}
    }

    static final int UNROLLED = 4;

    private static final Gpr CALL = Gpr.RDI;
    private static final Gpr FROM = Gpr.RSI;
    private static final Gpr COUNT = Gpr.RCX;
    private static final Gpr TO = Gpr.RDX;
    private static final Gpr STEP = Gpr.R8;

    private StrideCode() {}

    static byte[] routine(InstructionSet set) {
        var e = new Emitter(set);
        e.a.mov(FROM, at(CALL, Call.FROM));
        e.a.mov(COUNT, at(CALL, Call.COUNT));
        e.a.mov(TO, at(CALL, Call.TO));
        e.a.mov(STEP, at(CALL, Call.STEP));
        e.repeat(
                COUNT,
                () -> {
                    for (int i = 0; i < UNROLLED; i++) {
                        e.v.vpbroadcastd(i, at(FROM, 4 * i));
                        e.v.vmovd(at(TO, 0), i);
                        e.a.add(TO, STEP);
                    }
                    e.a.add(FROM, 4 * UNROLLED);
                });
        return e.end();
    }
}
