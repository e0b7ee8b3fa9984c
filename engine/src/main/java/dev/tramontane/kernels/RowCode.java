package dev.tramontane.kernels;

import static dev.tramontane.kernels.Place.at;

import dev.tramontane.kernels.Kernels.RopePairs;

/// The routines of what happens to a row of activations between products, in 512-bit code: norm,
/// rotation, gated units, sum. They are as fast in a process's first second as ever after, where
/// loops of the Vector API first have to be compiled.
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

        /// Floats, then whole numbers, that the routine loads.
        static final int CONSTANTS = 64;

        static final int BYTES = 72;

        private Call() {}
    }

    /// Values of a row that a step of {@link #norm} takes.
    static final int NORM_STEP = 64;

    /// Values that a step of {@link #gatedUnits} and {@link #sum} takes.
    static final int STEP = 32;

    /// Of {@link #gatedUnits}: −log₂ e, an exponent so low that more changes nothing, then {@link
    /// PowerOfTwo#COEFFICIENTS}, the last of which is 1.
    static final float[] GATE_CONSTANTS = PowerOfTwo.behind((float) (-1 / Math.log(2)), -150);

    private static final int VECTOR = 64;
    private static final int LANES = 16;

    private static final Gpr CALL = Gpr.RDI;
    private static final Gpr X = Gpr.RSI;
    private static final Gpr Y = Gpr.RDX;
    private static final Gpr OUT = Gpr.R8;
    private static final Gpr ROWS = Gpr.R9;
    private static final Gpr COUNT = Gpr.RCX;
    private static final Gpr AT = Gpr.R10;
    private static final Gpr Y_AT = Gpr.R11;
    private static final Gpr STEP_BYTES = Gpr.RAX;

    private final CodeBuffer code = new CodeBuffer();
    private final Assembler a = new Assembler(code);
    private final VectorAssembler v = new VectorAssembler(code, VECTOR);
    private final Avx512Assembler wide = new Avx512Assembler(code);

    private RowCode() {}

    /// The widest head whose angles fit the registers.
    static boolean turns(int headDim) {
        return headDim % (2 * LANES) == 0 && headDim <= 128;
    }

    // ---- routines

    /// `out = x · y / √(mean of x² + eps)`; constants: 1 / dim, eps, 1.
    static byte[] norm() {
        var code = new RowCode();
        int constants = 20;
        code.loadConstants(constants, 3);
        return code.rows(() -> code.normOfRow(constants));
    }

    /// `out = x / (1 + e^−x) · y`; constants: {@link #GATE_CONSTANTS}.
    static byte[] gatedUnits() {
        var code = new RowCode();
        int constants = 20;
        code.loadConstants(constants, GATE_CONSTANTS.length);
        return code.rows(
                () -> {
                    code.startOfRow();
                    code.a.mov(OUT, at(CALL, Call.OUT));
                    code.repeat(COUNT, () -> code.gateStep(constants));
                });
    }

    /// `out = x + y`.
    static byte[] sum() {
        var code = new RowCode();
        return code.rows(
                () -> {
                    code.startOfRow();
                    code.a.mov(OUT, at(CALL, Call.OUT));
                    code.repeat(
                            COUNT,
                            () -> {
                                for (int i = 0; i < STEP / LANES; i++) {
                                    code.v.load(i, at(AT, VECTOR * i));
                                    code.v.load(i + 2, at(Y_AT, VECTOR * i));
                                    code.v.vaddps(i, i, i + 2);
                                    code.v.store(at(OUT, VECTOR * i), i);
                                }
                                code.nextStep(STEP);
                            });
                });
    }

    /// Turns all heads of a row in place; constants for interleaved pairs: the signs −1, 1, …, and
    /// the places of each value of a vector's lower half twice, then of its upper.
    static byte[] rotation(int headDim, RopePairs pairs) {
        var code = new RowCode();
        return code.rows(
                () -> {
                    switch (pairs) {
                        case INTERLEAVED -> code.turnInterleaved(headDim);
                        case SPLIT_HALF -> code.turnHalves(headDim);
                    }
                });
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
        repeat(
                ROWS,
                () -> {
                    a.mov(X, at(CALL, Call.X));
                    a.mov(Y, at(CALL, Call.Y));
                    body.run();
                    next(Call.X, Call.X_STEP);
                    next(Call.Y, Call.Y_STEP);
                    next(Call.OUT, Call.OUT_STEP);
                });
        v.vzeroupper();
        a.ret();
        return code.bytes();
    }

    private void next(int pointer, int step) {
        a.mov(AT, at(CALL, pointer));
        a.mov(STEP_BYTES, at(CALL, step));
        a.add(AT, STEP_BYTES);
        a.mov(at(CALL, pointer), AT);
    }

    private void repeat(Gpr counter, Runnable body) {
        var again = new Assembler.Label();
        a.bind(again);
        body.run();
        a.dec(counter);
        a.jnz(again);
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

    /// Four sums of squares, so that none waits for itself.
    private void normOfRow(int constants) {
        int vectors = NORM_STEP / LANES;
        startOfRow();
        for (int i = 0; i < vectors; i++) {
            v.vpxor(i, i, i);
        }
        repeat(
                COUNT,
                () -> {
                    for (int i = 0; i < vectors; i++) {
                        v.load(8 + i, at(AT, VECTOR * i));
                        v.vfmadd231ps(i, 8 + i, 8 + i);
                    }
                    a.add(AT, VECTOR * vectors);
                });
        v.vaddps(0, 0, 1);
        v.vaddps(2, 2, 3);
        v.vaddps(0, 0, 2);
        Reductions.overLanes(wide, v, 0, 1, v::vaddps);
        v.vmulps(0, 0, constants);
        v.vaddps(0, 0, constants + 1);
        wide.vsqrtps(0, 0);
        wide.vdivps(0, constants + 2, 0);
        startOfRow();
        a.mov(OUT, at(CALL, Call.OUT));
        repeat(
                COUNT,
                () -> {
                    for (int i = 0; i < vectors; i++) {
                        v.load(8 + i, at(AT, VECTOR * i));
                        v.load(12 + i, at(Y_AT, VECTOR * i));
                        v.vmulps(8 + i, 8 + i, 0);
                        v.vmulps(8 + i, 8 + i, 12 + i);
                        v.store(at(OUT, VECTOR * i), 8 + i);
                    }
                    nextStep(NORM_STEP);
                });
    }

    private void gateStep(int constants) {
        int one = constants + GATE_CONSTANTS.length - 1;
        for (int i = 0; i < STEP / LANES; i++) {
            int x = 4 * i;
            int power = x + 1;
            v.load(x, at(AT, VECTOR * i));
            v.vmulps(power, x, constants);
            v.vmaxps(power, constants + 1, power);
            PowerOfTwo.split(wide, v, power, x + 2, x + 3, constants + 2);
            wide.vscalefps(power, x + 3, x + 2, 0);
            v.vaddps(power, power, one);
            wide.vdivps(x, x, power);
            v.load(power, at(Y_AT, VECTOR * i));
            v.vmulps(x, x, power);
            v.store(at(OUT, VECTOR * i), x);
        }
        nextStep(STEP);
    }

    private void turnHalves(int headDim) {
        int half = headDim / 2 / LANES;
        a.mov(OUT, at(CALL, Call.OUT));
        for (int i = 0; i < half; i++) {
            v.load(16 + i, at(Y, VECTOR * i));
            v.load(16 + half + i, at(OUT, VECTOR * i));
        }
        a.mov(AT, X);
        a.mov(COUNT, at(CALL, Call.COUNT));
        repeat(
                COUNT,
                () -> {
                    for (int i = 0; i < half; i++) {
                        int cos = 16 + i;
                        int sin = 16 + half + i;
                        v.load(0, at(AT, VECTOR * i));
                        v.load(1, at(AT, VECTOR * (half + i)));
                        v.vmulps(2, 0, cos);
                        v.vmulps(3, 1, sin);
                        wide.vsubps(2, 2, 3);
                        v.vmulps(4, 1, cos);
                        v.vmulps(5, 0, sin);
                        v.vaddps(4, 4, 5);
                        v.store(at(AT, VECTOR * i), 2);
                        v.store(at(AT, VECTOR * (half + i)), 4);
                    }
                    a.add(AT, 4 * headDim);
                });
    }

    private void turnInterleaved(int headDim) {
        int vectors = headDim / LANES;
        int cos = 8;
        int sin = 8 + vectors;
        a.mov(AT, at(CALL, Call.CONSTANTS));
        v.load(0, at(AT, 0));
        v.load(1, at(AT, VECTOR));
        v.load(2, at(AT, 2 * VECTOR));
        a.mov(OUT, at(CALL, Call.OUT));
        for (int i = 0; i < vectors; i++) {
            int half = 1 + i % 2;
            v.load(3, at(Y, VECTOR * (i / 2)));
            wide.vpermd(cos + i, half, 3);
            v.load(3, at(OUT, VECTOR * (i / 2)));
            wide.vpermd(3, half, 3);
            v.vmulps(sin + i, 3, 0);
        }
        a.mov(AT, X);
        a.mov(COUNT, at(CALL, Call.COUNT));
        repeat(
                COUNT,
                () -> {
                    for (int i = 0; i < vectors; i++) {
                        v.load(3, at(AT, VECTOR * i));
                        v.vpshufd(4, 3, 0xB1);
                        v.vmulps(3, 3, cos + i);
                        v.vmulps(4, 4, sin + i);
                        v.vaddps(3, 3, 4);
                        v.store(at(AT, VECTOR * i), 3);
                    }
                    a.add(AT, 4 * headDim);
                });
    }
}
