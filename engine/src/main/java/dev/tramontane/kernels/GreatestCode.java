package dev.tramontane.kernels;

import static dev.tramontane.kernels.Place.at;

/// The routine of {@link LogitPasses#copy} and {@link LogitPasses#greatest}: moves whole runs of
/// values and finds the greatest of each. Whether all are finite shows in a sum of zeros, for a
/// value that is not, times zero, is no number.
///
/// The routine takes the address of its {@link Call} in `rdi`, of the values in `rsi`, of where
/// they go in `rdx` (it may be the same), and of the greatest of each run in `rcx`.
final class GreatestCode {
    /// What the routine is told, at these byte offsets.
    static final class Call {
        static final int RUNS = 0;

        /// The result, a float: 0, or NaN where some value is not finite.
        static final int ZERO_IF_FINITE = 8;

        static final int BYTES = 16;

        private Call() {}
    }

    /// Values that a step takes.
    private static final int STEP = 32;

    private static final Gpr CALL = Gpr.RDI;
    private static final Gpr FROM = Gpr.RSI;
    private static final Gpr TO = Gpr.RDX;
    private static final Gpr GREATEST = Gpr.RCX;
    private static final Gpr RUNS = Gpr.R8;
    private static final Gpr STEPS = Gpr.R9;

    // Registers; of the last two there are as many as a step has.
    private static final int ZERO = 0;
    private static final int SPARE = 1;
    private static final int X = 2;
    private static final int MOST = 3;
    private static final int ZEROS = 7;

    private GreatestCode() {}

    static byte[] routine(InstructionSet set) {
        var e = new Emitter(set);
        VectorAssembler v = e.v;
        int registers = STEP / set.lanes();
        int bytes = set.vectorBytes();
        e.clear(ZERO, 1);
        e.clear(ZEROS, registers);
        e.a.mov(RUNS, at(CALL, Call.RUNS));
        e.repeat(
                RUNS,
                () -> {
                    for (int i = 0; i < registers; i++) {
                        v.load(MOST + i, at(FROM, bytes * i));
                    }
                    e.a.mov(STEPS, LogitPasses.RUN / STEP);
                    e.repeat(
                            STEPS,
                            () -> {
                                for (int i = 0; i < registers; i++) {
                                    v.load(X, at(FROM, bytes * i));
                                    v.store(at(TO, bytes * i), X);
                                    v.vmaxps(MOST + i, MOST + i, X);
                                    v.vfmadd231ps(ZEROS + i, X, ZERO);
                                }
                                e.a.add(FROM, Float.BYTES * STEP);
                                e.a.add(TO, Float.BYTES * STEP);
                            });
                    for (int i = 1; i < registers; i++) {
                        v.vmaxps(MOST, MOST, MOST + i);
                    }
                    e.overLanes(MOST, SPARE, v::vmaxps);
                    v.vmovd(at(GREATEST, 0), MOST);
                    e.a.add(GREATEST, Float.BYTES);
                });
        for (int i = 1; i < registers; i++) {
            v.vaddps(ZEROS, ZEROS, ZEROS + i);
        }
        e.overLanes(ZEROS, SPARE, v::vaddps);
        v.vmovd(at(CALL, Call.ZERO_IF_FINITE), ZEROS);
        return e.end();
    }
}
