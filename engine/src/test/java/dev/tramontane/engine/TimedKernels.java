package dev.tramontane.engine;

import dev.tramontane.cache.Batch;
import dev.tramontane.cache.KvCache;
import dev.tramontane.kernels.Kernels;
import dev.tramontane.kernels.LogitPasses;
import dev.tramontane.tensor.Tensor;

import org.jspecify.annotations.Nullable;

import java.util.List;
import java.util.function.IntConsumer;
import java.util.function.LongSupplier;

/// Kernels with a clock: a step of the model that computes first takes a millisecond, however many
/// tokens it has, and one of any other model a hundredth of that.
final class TimedKernels implements Kernels, LongSupplier {
    private static final long STEP_NANOS = 1_000_000;
    private static final long SMALL_STEP_NANOS = 10_000;

    private final Kernels kernels;
    private @Nullable KvCache first;
    private long nanos;

    TimedKernels(Kernels kernels) {
        this.kernels = kernels;
    }

    @Override
    public long getAsLong() {
        return nanos;
    }

    @Override
    public void attention(
            Tensor q,
            float[] scale,
            Heads heads,
            KvCache cache,
            int layer,
            Batch batch,
            Tensor out) {
        if (first == null) {
            first = cache;
        }
        if (layer == 0) {
            nanos += cache == first ? STEP_NANOS : SMALL_STEP_NANOS;
        }
        kernels.attention(q, scale, heads, cache, layer, batch, out);
    }

    @Override
    public String name() {
        return kernels.name();
    }

    @Override
    public void gatherRows(Tensor table, int[] ids, Tensor out) {
        kernels.gatherRows(table, ids, out);
    }

    @Override
    public void matmul(Tensor x, List<Tensor> weights, List<Tensor> outs) {
        kernels.matmul(x, weights, outs);
    }

    @Override
    public void rmsNorm(Tensor x, Tensor gain, float eps, Tensor out) {
        kernels.rmsNorm(x, gain, eps, out);
    }

    @Override
    public void rope(Tensor x, int headDim, RopePairs pairs, Tensor cos, Tensor sin) {
        kernels.rope(x, headDim, pairs, cos, sin);
    }

    @Override
    public void append(KvCache cache, int layer, Batch batch, Tensor key, Tensor value) {
        kernels.append(cache, layer, batch, key, value);
    }

    @Override
    public void swiglu(Tensor gate, Tensor up, Tensor out) {
        kernels.swiglu(gate, up, out);
    }

    @Override
    public void gelu(Tensor x, Tensor out) {
        kernels.gelu(x, out);
    }

    @Override
    public void mergeSquares(Tensor x, int columns, int side, Tensor out) {
        kernels.mergeSquares(x, columns, side, out);
    }

    @Override
    public void add(Tensor x, Tensor y) {
        kernels.add(x, y);
    }

    @Override
    public LogitPasses logitPasses() {
        return kernels.logitPasses();
    }

    @Override
    public int threads() {
        return kernels.threads();
    }

    @Override
    public void share(int tasks, IntConsumer task) {
        kernels.share(tasks, task);
    }

    @Override
    public void close() {
        kernels.close();
    }
}
