package dev.tramontane.kernels;

import dev.tramontane.tensor.DType;
import dev.tramontane.tensor.Tensor;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.util.Objects;

/// Rows of a quantised table by machine code: which row each call of {@link GatherCode} decodes,
/// and that every address lies where it should.
final class AssembledGather {
    private static final int ROWS_A_TASK = 8;
    private static final int SCRATCH_AT = GatherCode.Call.BYTES;
    private static final int STAGE_AT = SCRATCH_AT + Strip.SCRATCH_BYTES;

    private static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG;

    private final Workers workers;
    private final Routines routines;
    private final MemorySegment[] calls;

    /// @param arena owns the buffers and outlives this object; shared among threads
    AssembledGather(Workers workers, Routines routines, Arena arena) {
        this.workers = workers;
        this.routines = routines;
        calls = new MemorySegment[workers.count()];
        for (int i = 0; i < calls.length; i++) {
            MemorySegment call = arena.allocate(STAGE_AT + GatherCode.STAGE_BYTES, 64);
            call.set(LONG, GatherCode.Call.SCRATCH, call.address() + SCRATCH_AT);
            call.set(LONG, GatherCode.Call.STAGE, call.address() + STAGE_AT);
            calls[i] = call;
        }
    }

    /// Whether these rows are ours: a type that is decoded, by a routine, and memory it can read.
    boolean suits(Tensor table, Tensor out) {
        return table.type() != DType.F32
                && routines.knows(table.type())
                && GatherCode.suits(table.type())
                && table.cols() % routines.decoder(table.type()).blockLength() == 0
                && table.data().isNative()
                && out.type() == DType.F32
                && out.cols() == table.cols()
                && out.data().isNative();
    }

    /// What {@link Kernels#gatherRows} says, where it {@link #suits}.
    void gather(Tensor table, int[] ids, Tensor out) {
        Objects.checkFromIndexSize(0, ids.length, out.rows());
        StripDecoder decoder = routines.decoder(table.type());
        MethodHandle routine = routines.gather(decoder);
        workers.run(
                ids.length,
                ROWS_A_TASK,
                (worker, from, to) -> {
                    MemorySegment call = calls[worker];
                    for (int t = from; t < to; t++) {
                        int row = Objects.checkIndex(ids[t], table.rows());
                        call.set(
                                LONG,
                                GatherCode.Call.ROW,
                                table.data().address() + row * table.rowBytes());
                        call.set(
                                LONG, GatherCode.Call.BLOCKS, table.cols() / decoder.blockLength());
                        call.set(
                                LONG,
                                GatherCode.Call.OUT,
                                out.data().address() + t * out.rowBytes());
                        Routines.call(routine, call);
                    }
                });
    }
}
