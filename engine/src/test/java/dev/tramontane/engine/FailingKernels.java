package dev.tramontane.engine;

import dev.tramontane.cache.Batch;
import dev.tramontane.cache.KvCache;
import dev.tramontane.kernels.Kernels;
import dev.tramontane.kernels.LogitPasses;
import dev.tramontane.kernels.ScalarKernels;
import dev.tramontane.tensor.Tensor;

import java.util.List;
import java.util.concurrent.CountDownLatch;

/// Scalar kernels whose first attention waits for a signal, then fails.
final class FailingKernels implements Kernels {
    private final Kernels good = new ScalarKernels();
    private final CountDownLatch signal;
    private final RuntimeException failure;

    FailingKernels(CountDownLatch signal, RuntimeException failure) {
        this.signal = signal;
        this.failure = failure;
    }

    @Override
    public String name() {
        return "failing";
    }

    @Override
    public void gatherRows(Tensor table, int[] ids, Tensor out) {
        good.gatherRows(table, ids, out);
    }

    @Override
    public void matmul(Tensor x, List<Tensor> weights, List<Tensor> outs) {
        good.matmul(x, weights, outs);
    }

    @Override
    public void rmsNorm(Tensor x, Tensor gain, float eps, Tensor out) {
        good.rmsNorm(x, gain, eps, out);
    }

    @Override
    public void rope(Tensor x, int headDim, RopePairs pairs, Tensor cos, Tensor sin) {
        good.rope(x, headDim, pairs, cos, sin);
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
        try {
            signal.await();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
        throw failure;
    }

    @Override
    public void swiglu(Tensor gate, Tensor up, Tensor out) {
        good.swiglu(gate, up, out);
    }

    @Override
    public void gelu(Tensor x, Tensor out) {
        good.gelu(x, out);
    }

    @Override
    public void mergeSquares(Tensor x, int columns, int side, Tensor out) {
        good.mergeSquares(x, columns, side, out);
    }

    @Override
    public void add(Tensor x, Tensor y) {
        good.add(x, y);
    }

    @Override
    public LogitPasses logitPasses() {
        return good.logitPasses();
    }

    @Override
    public void close() {
        good.close();
    }
}
