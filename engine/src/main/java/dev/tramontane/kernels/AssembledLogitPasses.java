package dev.tramontane.kernels;

import dev.tramontane.tensor.Tensor;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;

/// {@link LogitPasses} by machine code, which reads and writes Java's arrays where they are; what
/// is left behind the last whole run or step is done by plain loops.
final class AssembledLogitPasses implements LogitPasses {
    private static final ValueLayout.OfFloat FLOAT = ValueLayout.JAVA_FLOAT;
    private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT;
    private static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG;

    /// The machine code, which all threads share.
    record Code(MethodHandle greatest, MethodHandle weigh, MethodHandle split) {
        static Code of(Routines routines) {
            return new Code(
                    routines.loadForArrays(GreatestCode::routine),
                    routines.loadForArrays(WeighCode::routine),
                    routines.loadForArrays(SplitCode::routine));
        }
    }

    private final Code code;
    private final MemorySegment greatestCall;
    private final MemorySegment weighCall;
    private final MemorySegment splitCall;
    private float[] runSums = {};

    /// @param arena owns what routines are told; shared, and outlives this object
    AssembledLogitPasses(Code code, Arena arena) {
        this.code = code;
        greatestCall = arena.allocate(GreatestCode.Call.BYTES, Tensor.ALIGNMENT_BYTES);
        weighCall = arena.allocate(WeighCode.Call.BYTES, Tensor.ALIGNMENT_BYTES);
        weighCall.set(
                LONG,
                WeighCode.Call.CONSTANTS,
                arena.allocateFrom(FLOAT, WeighCode.CONSTANTS).address());
        splitCall = arena.allocate(SplitCode.Call.BYTES, Tensor.ALIGNMENT_BYTES);
    }

    @Override
    public boolean copy(Tensor logits, int row, float[] values, float[] greatest) {
        int count = logits.cols();
        int whole = count / RUN * RUN;
        MemorySegment from = logits.slice(row, 1).data();
        boolean areFinite = greatest(from, values, greatest, whole / RUN);
        MemorySegment.copy(
                from,
                ValueLayout.JAVA_FLOAT_UNALIGNED,
                (long) Float.BYTES * whole,
                values,
                whole,
                count - whole);
        ScalarLogitPasses.greatest(values, whole / RUN, count, greatest);
        return areFinite && ScalarLogitPasses.areFinite(values, whole, count);
    }

    @Override
    public void greatest(float[] values, int count, float[] greatest) {
        int runs = count / RUN;
        greatest(MemorySegment.ofArray(values), values, greatest, runs);
        ScalarLogitPasses.greatest(values, runs, count, greatest);
    }

    /// @return whether all are finite
    private boolean greatest(MemorySegment from, float[] to, float[] greatest, int runs) {
        if (runs == 0) {
            return true;
        }
        checkRoom(from.byteSize() / Float.BYTES, (long) runs * RUN);
        checkRoom(to.length, (long) runs * RUN);
        checkRoom(greatest.length, runs);
        greatestCall.set(LONG, GreatestCode.Call.RUNS, runs);
        Routines.call(
                code.greatest,
                greatestCall,
                from,
                MemorySegment.ofArray(to),
                MemorySegment.ofArray(greatest));
        return greatestCall.get(FLOAT, GreatestCode.Call.ZERO_IF_FINITE) == 0;
    }

    @Override
    public double weigh(float[] values, int count, float max, float temperature, float[] weights) {
        int runs = count / RUN;
        int steps = count % RUN / WeighCode.STEP;
        int done = runs * RUN + steps * WeighCode.STEP;
        checkRoom(values.length, done);
        checkRoom(weights.length, done);
        if (runSums.length <= runs) {
            runSums = new float[runs + 1];
        }
        runSums[runs] = 0;
        weighCall.set(FLOAT, WeighCode.Call.MAX, max);
        weighCall.set(FLOAT, WeighCode.Call.TEMPERATURE, temperature);
        weigh(values, 0, runs, RUN / WeighCode.STEP, weights);
        weigh(values, runs, 1, steps, weights);
        double sum = 0;
        for (int run = 0; run <= runs; run++) {
            sum += runSums[run];
        }
        return sum + ScalarLogitPasses.weigh(values, done, count, max, temperature, weights);
    }

    private void weigh(float[] values, int firstRun, int runs, int steps, float[] weights) {
        if (runs == 0 || steps == 0) {
            return;
        }
        weighCall.set(LONG, WeighCode.Call.RUNS, runs);
        weighCall.set(LONG, WeighCode.Call.STEPS, steps);
        long at = (long) firstRun * RUN * Float.BYTES;
        Routines.call(
                code.weigh,
                weighCall,
                MemorySegment.ofArray(values).asSlice(at),
                MemorySegment.ofArray(weights).asSlice(at),
                MemorySegment.ofArray(runSums).asSlice((long) firstRun * Float.BYTES));
    }

    @Override
    public void split(
            float[] weights,
            int count,
            float least,
            float heavy,
            long[] between,
            double[] heavySums) {
        int runs = count / RUN;
        if (runs > 0) {
            checkRoom(weights.length, (long) runs * RUN);
            checkRoom(between.length, (long) runs * (RUN / Long.SIZE));
            checkRoom(heavySums.length, runs);
            splitCall.set(LONG, SplitCode.Call.RUNS, runs);
            splitCall.set(INT, SplitCode.Call.BELOW_LEAST, Float.floatToRawIntBits(least) - 1);
            splitCall.set(INT, SplitCode.Call.BELOW_HEAVY, Float.floatToRawIntBits(heavy) - 1);
            Routines.call(
                    code.split,
                    splitCall,
                    MemorySegment.ofArray(weights),
                    MemorySegment.ofArray(between),
                    MemorySegment.ofArray(heavySums));
        }
        ScalarLogitPasses.split(weights, runs, count, least, heavy, between, heavySums);
    }

    private static void checkRoom(long length, long needed) {
        if (length < needed) {
            throw new IndexOutOfBoundsException(
                    "an array of %d values, expected %d".formatted(length, needed));
        }
    }
}
