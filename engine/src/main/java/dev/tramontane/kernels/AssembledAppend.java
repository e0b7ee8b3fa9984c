package dev.tramontane.kernels;

import dev.tramontane.cache.Batch;
import dev.tramontane.cache.CacheFormat;
import dev.tramontane.cache.KvCache;
import dev.tramontane.tensor.DType;
import dev.tramontane.tensor.Tensor;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.util.Objects;

/// Keys and values into the cache by machine code: which tokens and block each call of {@link
/// AppendCode} stores, and that every address lies where it should.
final class AssembledAppend {
    /// Tokens whose keys a thread stores: neighbours share cache lines.
    private static final int TOKENS_A_TASK = KvCache.BLOCK_SIZE;

    private static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG;

    private final Workers workers;
    private final Routines routines;
    private final MemorySegment[] calls;

    /// @param arena owns the buffers and outlives this object; shared among threads
    AssembledAppend(Workers workers, Routines routines, Arena arena) {
        this.workers = workers;
        this.routines = routines;
        calls = new MemorySegment[workers.count()];
        for (int i = 0; i < calls.length; i++) {
            calls[i] = arena.allocate(AppendCode.Call.BYTES, 64);
        }
    }

    /// Whether these keys are ours: a format with a routine, and memory it can read.
    boolean suits(KvCache cache, Tensor key, Tensor value) {
        CacheFormat format = cache.format();
        return AppendCode.suits(format)
                && cache.layer(0).isNative()
                && suits(key, format)
                && suits(value, format);
    }

    private static boolean suits(Tensor x, CacheFormat format) {
        return x.type() == DType.F32 && x.cols() == format.kvDim() && x.data().isNative();
    }

    /// What {@link Kernels#append} says, where it {@link #suits}.
    void append(KvCache cache, int layer, Batch batch, Tensor key, Tensor value) {
        int tokens = batch.tokens().length;
        Objects.checkFromIndexSize(0, tokens, Math.min(key.rows(), value.rows()));
        MethodHandle routine = routines.append(cache.format());
        for (Batch.Slice slice : batch.slices()) {
            workers.run(
                    slice.count(),
                    TOKENS_A_TASK,
                    (worker, from, to) -> {
                        MemorySegment call = calls[worker];
                        int first = from;
                        while (first < to) {
                            int within = (slice.position() + first) % KvCache.BLOCK_SIZE;
                            int count = Math.min(KvCache.BLOCK_SIZE - within, to - first);
                            aim(call, cache, layer, slice, first);
                            call.set(LONG, AppendCode.Call.TOKENS, count);
                            call.set(LONG, AppendCode.Call.KEYS, at(key, slice, first));
                            call.set(LONG, AppendCode.Call.VALUES, at(value, slice, first));
                            call.set(LONG, AppendCode.Call.STEP, key.rowBytes());
                            Routines.call(routine, call);
                            first += count;
                        }
                    });
        }
    }

    private static long at(Tensor x, Batch.Slice slice, int token) {
        return x.data().address() + (slice.start() + token) * x.rowBytes();
    }

    /// Points a call at the place of a slice's token in its block.
    private static void aim(
            MemorySegment call, KvCache cache, int layer, Batch.Slice slice, int token) {
        CacheFormat format = cache.format();
        int position = slice.position() + token;
        int block = slice.blocks().block(position / KvCache.BLOCK_SIZE);
        int within = position % KvCache.BLOCK_SIZE;
        long elementBytes = format.keysBytes() / format.headDim() / KvCache.BLOCK_SIZE;
        long valueBytes = format.headDim() * elementBytes;
        long at =
                cache.layer(layer).address()
                        + cache.at(Objects.checkIndex(block, cache.blocks()), 0);
        call.set(LONG, AppendCode.Call.KEYS_TO, at + within * elementBytes);
        call.set(LONG, AppendCode.Call.VALUES_TO, at + format.keysBytes() + within * valueBytes);
    }
}
