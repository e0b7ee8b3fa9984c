package dev.tramontane.kernels;

import static dev.tramontane.kernels.Place.at;

import dev.tramontane.kernels.Kernels.RopePairs;

/// The routines of what happens to a row of activations between products: norm, rotation, gated
/// units, sum. They are as fast in a process's first second as ever after, where loops of the
/// Vector API first have to be compiled. Every instruction set gives the same bits.
///
/// A routine takes the address of its {@link Call} in `rdi`, and goes over {@link Call#ROWS} rows.
final class RowCode {
    /// What a routine is told, `long[]` at these byte offsets.
    static final class Call {
        /// First row that is read.
        static final int X = 0;

        /// The gain, the other summand or gate's partner, or the cosines.
        static final int Y = 8;

        /// First row that is written, or the sines.
        static final int OUT = 16;

        static final int ROWS = 24;

        /// Steps of a row, or heads.
        static final int COUNT = 32;

        /// From a row to the next, in bytes, of each of the three.
        static final int X_STEP = 40;

        static final int Y_STEP = 48;
        static final int OUT_STEP = 56;

        /// Floats, or whole numbers, that the routine loads.
        static final int CONSTANTS = 64;

        static final int BYTES = 72;

        private Call() {}
    }

    /// Values of a row that a step of {@link #norm} takes.
    static final int NORM_STEP = 64;

    /// Values that a step of {@link #gatedUnits} and {@link #sum} takes.
    static final int STEP = 32;

    /// Of {@link #gatedUnits}: −log₂ e, the least and the greatest power, beyond which more changes
    /// nothing, then {@link PowerOfTwo#COEFFICIENTS}, the last of which is 1.
    static final float[] GATE_CONSTANTS =
            PowerOfTwo.behind((float) (-1 / Math.log(2)), PowerOfTwo.LEAST, PowerOfTwo.MOST);

    /// Lanes of the widest registers, by which sums are ordered.
    private static final int WIDEST = 16;

    private static final Gpr CALL = Gpr.RDI;
    private static final Gpr X = Gpr.RSI;
    private static final Gpr Y = Gpr.RDX;
    private static final Gpr OUT = Gpr.R8;
    private static final Gpr ROWS = Gpr.R9;
    private static final Gpr COUNT = Gpr.RCX;
    private static final Gpr AT = Gpr.R10;
    private static final Gpr Y_AT = Gpr.R11;
    private static final Gpr STEP_BYTES = Gpr.RAX;

    private final Emitter e;
    private final Assembler a;
    private final VectorAssembler v;
    private final int vector;
    private final int lanes;

    private RowCode(InstructionSet set) {
        e = new Emitter(set);
        a = e.a;
        v = e.v;
        vector = set.vectorBytes();
        lanes = set.lanes();
    }

    /// Whether heads of so many values have a rotation.
    static boolean turns(int headDim) {
        return headDim % (2 * WIDEST) == 0 && headDim <= 256;
    }

    // ---- routines

    /// `out = x · y / √(mean of x² + eps)`; constants: 1 / dim, eps, 1.
    static byte[] norm(InstructionSet set) {
        var code = new RowCode(set);
        return code.rows(code::normOfRow);
    }

    /// `out = x / (1 + e^−x) · y`; constants: {@link #GATE_CONSTANTS}.
    static byte[] gatedUnits(InstructionSet set) {
        var code = new RowCode(set);
        int constants = 6;
        code.loadConstants(constants, GATE_CONSTANTS.length);
        return code.rows(
                () -> {
                    code.startOfRow();
                    code.a.mov(OUT, at(CALL, Call.OUT));
                    code.e.repeat(COUNT, () -> code.gateStep(constants));
                });
    }

    /// `out = x + y`.
    static byte[] sum(InstructionSet set) {
        var code = new RowCode(set);
        VectorAssembler v = code.v;
        return code.rows(
                () -> {
                    code.startOfRow();
                    code.a.mov(OUT, at(CALL, Call.OUT));
                    code.e.repeat(
                            COUNT,
                            () -> {
                                for (int i = 0; i < STEP / code.lanes; i++) {
                                    v.load(i, at(AT, code.vector * i));
                                    v.load(i + 4, at(Y_AT, code.vector * i));
                                    v.vaddps(i, i, i + 4);
                                    v.store(at(OUT, code.vector * i), i);
                                }
                                code.nextStep(STEP);
                            });
                });
    }

    /// Turns all heads of a row in place; constants: {@link #turnConstants}.
    static byte[] rotation(InstructionSet set, int headDim, RopePairs pairs) {
        var code = new RowCode(set);
        return code.rows(
                () -> {
                    switch (pairs) {
                        case INTERLEAVED -> code.turnInterleaved(headDim);
                        case SPLIT_HALF -> code.turnHalves(headDim);
                    }
                });
    }

    /// For interleaved pairs, a register each: the signs −1, 1, … as floats, and the places of each
    /// value of a register's lower half twice, then of its upper. As the bits of dwords.
    static int[] turnConstants(InstructionSet set) {
        int lanes = set.lanes();
        int[] constants = new int[3 * lanes];
        for (int lane = 0; lane < lanes; lane++) {
            constants[lane] = Float.floatToRawIntBits(lane % 2 == 0 ? -1 : 1);
            constants[lanes + lane] = lane / 2;
            constants[2 * lanes + lane] = (lanes + lane) / 2;
        }
        return constants;
    }

    // ---- the frame

    private void loadConstants(int first, int count) {
        a.mov(AT, at(CALL, Call.CONSTANTS));
        for (int i = 0; i < count; i++) {
            v.vpbroadcastd(first + i, at(AT, 4 * i));
        }
    }

    private byte[] rows(Runnable body) {
        a.mov(ROWS, at(CALL, Call.ROWS));
        e.repeat(
                ROWS,
                () -> {
                    a.mov(X, at(CALL, Call.X));
                    a.mov(Y, at(CALL, Call.Y));
                    body.run();
                    next(Call.X, Call.X_STEP);
                    next(Call.Y, Call.Y_STEP);
                    next(Call.OUT, Call.OUT_STEP);
                });
        return e.end();
    }

    private void next(int pointer, int step) {
        a.mov(AT, at(CALL, pointer));
        a.mov(STEP_BYTES, at(CALL, step));
        a.add(AT, STEP_BYTES);
        a.mov(at(CALL, pointer), AT);
    }

    private void startOfRow() {
        a.mov(AT, X);
        a.mov(Y_AT, Y);
        a.mov(COUNT, at(CALL, Call.COUNT));
    }

    private void nextStep(int values) {
        a.add(AT, 4 * values);
        a.add(Y_AT, 4 * values);
        a.add(OUT, 4 * values);
    }

    // ---- rows

    /// Four sums of squares of sixteen lanes each, so that none waits for itself.
    private void normOfRow() {
        int vectors = NORM_STEP / lanes;
        int constants = 1;
        startOfRow();
        e.clear(0, vectors);
        e.repeat(
                COUNT,
                () -> {
                    for (int i = 0; i < vectors; i++) {
                        v.load(8 + i, at(AT, vector * i));
                        v.vfmadd231ps(i, 8 + i, 8 + i);
                    }
                    a.add(AT, vector * vectors);
                });
        int parts = WIDEST / lanes;
        for (int i = 0; i < parts; i++) {
            v.vaddps(i, i, parts + i);
            v.vaddps(2 * parts + i, 2 * parts + i, 3 * parts + i);
            v.vaddps(i, i, 2 * parts + i);
        }
        if (parts == 2) {
            v.vaddps(0, 0, 1);
        }
        e.overLanes(0, 1, v::vaddps);
        loadConstants(constants, 3);
        v.vmulps(0, 0, constants);
        v.vaddps(0, 0, constants + 1);
        v.vsqrtps(0, 0);
        v.vdivps(0, constants + 2, 0);
        startOfRow();
        a.mov(OUT, at(CALL, Call.OUT));
        e.repeat(
                COUNT,
                () -> {
                    for (int i = 0; i < vectors; i++) {
                        v.load(1, at(AT, vector * i));
                        v.load(2, at(Y_AT, vector * i));
                        v.vmulps(1, 1, 0);
                        v.vmulps(1, 1, 2);
                        v.store(at(OUT, vector * i), 1);
                    }
                    nextStep(NORM_STEP);
                });
    }

    /// What is no number stays none: the bounds are the first operands.
    private void gateStep(int constants) {
        int least = constants + 1;
        int most = constants + 2;
        int coefficients = constants + 3;
        int one = constants + GATE_CONSTANTS.length - 1;
        int x = 0;
        int power = 1;
        for (int i = 0; i < STEP / lanes; i++) {
            v.load(x, at(AT, vector * i));
            v.vmulps(power, x, constants);
            v.vmaxps(power, least, power);
            v.vminps(power, most, power);
            PowerOfTwo.emit(e, power, 2, 3, coefficients);
            v.vaddps(power, power, one);
            v.vdivps(x, x, power);
            v.load(power, at(Y_AT, vector * i));
            v.vmulps(x, x, power);
            v.store(at(OUT, vector * i), x);
        }
        nextStep(STEP);
    }

    /// Goes over the heads of the row, `AT` at each, with a step of angles in registers.
    private void heads(int headDim, Runnable body) {
        a.mov(AT, X);
        a.mov(COUNT, at(CALL, Call.COUNT));
        e.repeat(
                COUNT,
                () -> {
                    body.run();
                    a.add(AT, 4 * headDim);
                });
    }

    private void turnHalves(int headDim) {
        int cos = 6;
        int sin = 7;
        int half = headDim / 2 * Float.BYTES;
        a.mov(OUT, at(CALL, Call.OUT));
        for (int place = 0; place < half; place += vector) {
            Place first = at(AT, place);
            Place second = at(AT, half + place);
            v.load(cos, at(Y, place));
            v.load(sin, at(OUT, place));
            heads(
                    headDim,
                    () -> {
                        v.load(0, first);
                        v.load(1, second);
                        v.vmulps(2, 0, cos);
                        v.vmulps(3, 1, sin);
                        v.vsubps(2, 2, 3);
                        v.vmulps(4, 1, cos);
                        v.vmulps(5, 0, sin);
                        v.vaddps(4, 4, 5);
                        v.store(first, 2);
                        v.store(second, 4);
                    });
        }
    }

    private void turnInterleaved(int headDim) {
        int signs = 0;
        int places = 1;
        int cos = 6;
        int sin = 7;
        a.mov(AT, at(CALL, Call.CONSTANTS));
        for (int i = 0; i < 3; i++) {
            v.load(i, at(AT, vector * i));
        }
        a.mov(OUT, at(CALL, Call.OUT));
        for (int i = 0; i < headDim / lanes; i++) {
            Place pairs = at(AT, vector * i);
            v.load(3, at(Y, vector * (i / 2)));
            v.vpermd(cos, places + i % 2, 3);
            v.load(3, at(OUT, vector * (i / 2)));
            v.vpermd(3, places + i % 2, 3);
            v.vmulps(sin, 3, signs);
            heads(
                    headDim,
                    () -> {
                        v.load(3, pairs);
                        v.vpshufd(4, 3, 0xB1);
                        v.vmulps(3, 3, cos);
                        v.vmulps(4, 4, sin);
                        v.vaddps(3, 3, 4);
                        v.store(pairs, 3);
                    });
        }
    }
}
