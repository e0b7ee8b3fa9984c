package dev.tramontane.kernels;

import static dev.tramontane.kernels.Place.at;

/// The routine of {@link LogitPasses#split}, for whole runs. Floats that are not negative are in
/// the order of their bits, so limits are compared as whole numbers: `limit − 1 − x` is negative
/// where `x` is no less than the limit. Sums go on in sixteen lanes of double precision, whatever
/// the registers' width, so every instruction set gives the same bits.
///
/// The routine takes the address of its {@link Call} in `rdi`, of the weights in `rsi`, of the bits
/// in `rdx`, and of the runs' sums, doubles, in `rcx`.
final class SplitCode {
    /// What the routine is told, at these byte offsets.
    static final class Call {
        static final int RUNS = 0;

        /// The bits of the least weight between the limits, less one.
        static final int BELOW_LEAST = 8;

        /// The bits of the least heavy weight, less one.
        static final int BELOW_HEAVY = 12;

        static final int BYTES = 16;

        private Call() {}
    }

    /// Values that a step takes: their bits are two bytes.
    private static final int STEP = 16;

    /// Two halves of a register of 512 bits change places.
    private static final int SWAP_HALVES = 0x4E;

    private static final int SIGN = 31;

    private static final Gpr CALL = Gpr.RDI;
    private static final Gpr WEIGHTS = Gpr.RSI;
    private static final Gpr BITS = Gpr.RDX;
    private static final Gpr SUMS = Gpr.RCX;
    private static final Gpr RUNS = Gpr.R8;
    private static final Gpr STEPS = Gpr.R9;

    // Registers.
    private static final int BELOW_LEAST = 0;
    private static final int BELOW_HEAVY = 1;
    private static final int X = 2;
    private static final int BETWEEN = 3;
    private static final int HEAVY = 4;
    private static final int WIDENED = 5;
    private static final int SUM = 6;
    private static final int MASK = 1;

    private final Emitter e;
    private final VectorAssembler v;

    private SplitCode(InstructionSet set) {
        e = new Emitter(set);
        v = e.v;
    }

    static byte[] routine(InstructionSet set) {
        return new SplitCode(set).routine();
    }

    private byte[] routine() {
        int registers = STEP / e.set.lanes();
        v.vpbroadcastd(BELOW_LEAST, at(CALL, Call.BELOW_LEAST));
        v.vpbroadcastd(BELOW_HEAVY, at(CALL, Call.BELOW_HEAVY));
        e.a.mov(RUNS, at(CALL, Call.RUNS));
        e.repeat(
                RUNS,
                () -> {
                    e.clear(SUM, 2 * registers);
                    e.a.mov(STEPS, LogitPasses.RUN / STEP);
                    e.repeat(
                            STEPS,
                            () -> {
                                for (int i = 0; i < registers; i++) {
                                    part(i);
                                }
                                e.a.add(WEIGHTS, Float.BYTES * STEP);
                                e.a.add(BITS, STEP / Byte.SIZE);
                            });
                    for (int left = registers; left > 0; left /= 2) { // lane i and lane i + left
                        for (int i = 0; i < left; i++) {
                            v.vaddpd(SUM + i, SUM + i, SUM + i + left);
                        }
                    }
                    e.overDoubles(SUM, X, v::vaddpd);
                    v.vmovq(at(SUMS, 0), SUM);
                    e.a.add(SUMS, Double.BYTES);
                });
        return e.end();
    }

    /// A register's part of a step.
    private void part(int i) {
        v.load(X, at(WEIGHTS, e.set.vectorBytes() * i));
        v.vpsubd(BETWEEN, BELOW_LEAST, X);
        v.vpsubd(HEAVY, BELOW_HEAVY, X);
        v.vpxor(BETWEEN, BETWEEN, HEAVY); // at least the one, not the other
        if (e.set.isWide()) {
            e.wide.vpmovd2m(MASK, BETWEEN);
            e.wide.kmovw(at(BITS, 0), MASK);
        } else {
            e.narrow.vmovmskps(Gpr.RAX, BETWEEN);
            e.a.movb(at(BITS, i), Gpr.RAX);
        }
        v.vpsrad(HEAVY, HEAVY, SIGN);
        v.vpand(X, X, HEAVY);
        add(SUM + 2 * i);
        if (e.set.isWide()) {
            e.wide.vshufi32x4(X, X, X, SWAP_HALVES);
        } else {
            e.narrow.vperm2i128(X, X, X, 1);
        }
        add(SUM + 2 * i + 1);
    }

    private void add(int sum) {
        v.vcvtps2pd(WIDENED, X);
        v.vaddpd(sum, sum, WIDENED);
    }
}
