package dev.tramontane.kernels;

import dev.tramontane.kernels.Kernels.RopePairs;
import dev.tramontane.tensor.DType;
import dev.tramontane.tensor.Tensor;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;

/// Norms, rotations, gated units and sums by machine code: which rows each call of {@link RowCode}
/// computes, and that every address lies where it should. Rows are as {@link Kernels} says; those
/// that nothing here {@link #suits} are left to other kernels.
final class AssembledRows {
    /// Values that are worth another thread.
    private static final int VALUES_A_TASK = 16_384;

    private static final ValueLayout.OfFloat FLOAT = ValueLayout.JAVA_FLOAT;
    private static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG;

    private final Workers workers;
    private final Routines routines;
    private final MethodHandle norm;
    private final MethodHandle gatedUnits;
    private final MethodHandle sum;
    private final MemorySegment[] calls;
    private final MemorySegment normConstants;
    private final MemorySegment gateConstants;
    private final MemorySegment turnConstants;

    /// @param arena owns the buffers and outlives this object; shared among threads
    AssembledRows(Workers workers, Routines routines, Arena arena) {
        this.workers = workers;
        this.routines = routines;
        norm = routines.load(RowCode::norm);
        gatedUnits = routines.load(RowCode::gatedUnits);
        sum = routines.load(RowCode::sum);
        calls = new MemorySegment[workers.count()];
        for (int i = 0; i < calls.length; i++) {
            calls[i] = arena.allocate(RowCode.Call.BYTES, 64);
        }
        normConstants = arena.allocate(12, 64);
        gateConstants = arena.allocateFrom(FLOAT, RowCode.GATE_CONSTANTS);
        turnConstants =
                arena.allocateFrom(ValueLayout.JAVA_INT, RowCode.turnConstants(routines.set()));
    }

    private static boolean fits(Tensor tensor, int step) {
        return tensor.cols() % step == 0 && tensor.type() == DType.F32 && tensor.data().isNative();
    }

    boolean suitsNorm(Tensor x, Tensor gain, Tensor out) {
        return fits(x, RowCode.NORM_STEP)
                && fits(gain, RowCode.NORM_STEP)
                && fits(out, RowCode.NORM_STEP)
                && gain.cols() == x.cols()
                && out.cols() == x.cols()
                && out.rows() >= x.rows();
    }

    void rmsNorm(Tensor x, Tensor gain, float eps, Tensor out) {
        normConstants.setAtIndex(FLOAT, 0, 1f / x.cols());
        normConstants.setAtIndex(FLOAT, 1, eps);
        normConstants.setAtIndex(FLOAT, 2, 1);
        run(
                norm,
                x.rows(),
                x.cols(),
                new Part(x, x.rowBytes()),
                new Part(gain, 0),
                new Part(out, out.rowBytes()),
                x.cols() / RowCode.NORM_STEP,
                normConstants);
    }

    boolean suitsPair(Tensor x, Tensor y, Tensor out) {
        return fits(x, RowCode.STEP)
                && fits(y, RowCode.STEP)
                && fits(out, RowCode.STEP)
                && y.cols() == x.cols()
                && out.cols() == x.cols()
                && y.rows() >= x.rows()
                && out.rows() >= x.rows();
    }

    void swiglu(Tensor gate, Tensor up, Tensor out) {
        pair(gatedUnits, gate, up, out, gateConstants);
    }

    void add(Tensor x, Tensor y) {
        pair(sum, x, y, x, gateConstants);
    }

    /// Rows lie end to end, so that they are one row of which threads take stretches.
    private void pair(
            MethodHandle routine, Tensor x, Tensor y, Tensor out, MemorySegment constants) {
        long steps = (long) x.rows() * x.cols() / RowCode.STEP;
        int tasks = (int) Math.ceilDiv(steps, VALUES_A_TASK / RowCode.STEP);
        workers.run(
                tasks,
                1,
                (worker, from, to) -> {
                    long first = from * (long) (VALUES_A_TASK / RowCode.STEP);
                    long end = Math.min(steps, to * (long) (VALUES_A_TASK / RowCode.STEP));
                    long at = first * RowCode.STEP * Float.BYTES;
                    MemorySegment call = calls[worker];
                    call.set(LONG, RowCode.Call.X, x.data().address() + at);
                    call.set(LONG, RowCode.Call.Y, y.data().address() + at);
                    call.set(LONG, RowCode.Call.OUT, out.data().address() + at);
                    call.set(LONG, RowCode.Call.ROWS, 1);
                    call.set(LONG, RowCode.Call.COUNT, end - first);
                    call.set(LONG, RowCode.Call.CONSTANTS, constants.address());
                    Routines.call(routine, call);
                });
    }

    boolean suitsRope(Tensor x, int headDim, Tensor cos, Tensor sin) {
        return fits(x, 16)
                && fits(cos, 16)
                && fits(sin, 16)
                && RowCode.turns(headDim)
                && x.cols() % headDim == 0
                && cos.cols() == headDim / 2
                && sin.cols() == headDim / 2
                && cos.rows() >= x.rows()
                && sin.rows() >= x.rows();
    }

    void rope(Tensor x, int headDim, RopePairs pairs, Tensor cos, Tensor sin) {
        run(
                routines.rotation(headDim, pairs),
                x.rows(),
                x.cols(),
                new Part(x, x.rowBytes()),
                new Part(cos, cos.rowBytes()),
                new Part(sin, sin.rowBytes()),
                x.cols() / headDim,
                turnConstants);
    }

    /// @param step bytes from a row to the next
    private record Part(Tensor tensor, long step) {
        long at(int row) {
            return tensor.data().address() + row * step;
        }
    }

    private void run(
            MethodHandle routine,
            int rows,
            int cols,
            Part x,
            Part y,
            Part out,
            int count,
            MemorySegment constants) {
        workers.run(
                rows,
                Math.max(1, VALUES_A_TASK / cols),
                (worker, from, to) -> {
                    if (from == to) {
                        return;
                    }
                    MemorySegment call = calls[worker];
                    call.set(LONG, RowCode.Call.X, x.at(from));
                    call.set(LONG, RowCode.Call.Y, y.at(from));
                    call.set(LONG, RowCode.Call.OUT, out.at(from));
                    call.set(LONG, RowCode.Call.ROWS, to - from);
                    call.set(LONG, RowCode.Call.COUNT, count);
                    call.set(LONG, RowCode.Call.X_STEP, x.step);
                    call.set(LONG, RowCode.Call.Y_STEP, y.step);
                    call.set(LONG, RowCode.Call.OUT_STEP, out.step);
                    call.set(LONG, RowCode.Call.CONSTANTS, constants.address());
                    Routines.call(routine, call);
                });
    }
}
