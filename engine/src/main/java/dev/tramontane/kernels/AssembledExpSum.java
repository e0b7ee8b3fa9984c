package dev.tramontane.kernels;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;

/// {@link Kernels#expSum} by machine code, on a copy outside the heap.
///
/// One thread at a time may call.
final class AssembledExpSum {
    /// Values summed in float lanes before the sum goes on in double.
    private static final int SUM_RUN = 1024;

    private static final ValueLayout.OfFloat FLOAT = ValueLayout.JAVA_FLOAT;
    private static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG;

    private final Arena arena;
    private final MethodHandle routine;
    private final MemorySegment call;
    private MemorySegment copy = MemorySegment.NULL;

    /// @param arena owns the buffers, which grow with the longest row; outlives this object
    AssembledExpSum(Routines routines, Arena arena) {
        this.arena = arena;
        routine = routines.load(ExpSumCode::routine);
        call = arena.allocate(ExpSumCode.Call.BYTES, 64);
        call.set(
                LONG,
                ExpSumCode.Call.CONSTANTS,
                arena.allocateFrom(FLOAT, ExpSumCode.CONSTANTS).address());
    }

    double expSum(float[] values, int count, float max) {
        int whole = count / ExpSumCode.STEP * ExpSumCode.STEP;
        if (copy.byteSize() < (long) Float.BYTES * whole) {
            copy = arena.allocate((long) Float.BYTES * whole, 64);
        }
        MemorySegment.copy(values, 0, copy, FLOAT, 0, whole);
        call.set(FLOAT, ExpSumCode.Call.MAX, max);
        double sum = 0;
        for (int from = 0; from < whole; from += SUM_RUN) {
            int run = Math.min(SUM_RUN, whole - from);
            call.set(LONG, ExpSumCode.Call.VALUES, copy.address() + (long) Float.BYTES * from);
            call.set(LONG, ExpSumCode.Call.COUNT, run / ExpSumCode.STEP);
            Routines.call(routine, call);
            sum += call.get(FLOAT, ExpSumCode.Call.SUM);
        }
        MemorySegment.copy(copy, FLOAT, 0, values, 0, whole);
        for (int i = whole; i < count; i++) {
            values[i] = (float) Math.exp(values[i] - max);
            sum += values[i];
        }
        return sum;
    }
}
