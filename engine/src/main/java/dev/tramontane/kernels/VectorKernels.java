package dev.tramontane.kernels;

import static dev.tramontane.kernels.Lanes.COUNT;
import static dev.tramontane.kernels.Lanes.F;

import dev.tramontane.cache.Batch;
import dev.tramontane.cache.KvCache;
import dev.tramontane.tensor.DType;
import dev.tramontane.tensor.Tensor;

import jdk.incubator.vector.FloatVector;

import java.lang.foreign.ValueLayout;
import java.util.List;
import java.util.Objects;
import java.util.function.IntConsumer;

/// SIMD through the Vector API: the portable fast path. Needs the module `jdk.incubator.vector`.
public final class VectorKernels implements Kernels {
    /// Values of rows that are worth another thread where a value costs little.
    private static final int VALUES_A_TASK = 16_384;

    /// Tokens whose keys a thread stores: neighbours share cache lines.
    private static final int TOKENS_A_TASK = 32;

    /// Columns of gated units, and of others, that a thread takes at once: whole vectors of any
    /// shape, so that where a row is cut changes nothing.
    private static final int COLUMNS_A_PART = 2048;

    private final Workers workers;
    private final VectorMatmul matmul;
    private final VectorAttention attention;

    /// @param threads that compute, the caller's included; at least 1
    public VectorKernels(int threads) {
        this(new Workers(threads));
    }

    /// Computes on threads that others use too; closes them.
    VectorKernels(Workers workers) {
        this.workers = workers;
        matmul = new VectorMatmul(workers);
        attention = new VectorAttention(workers);
    }

    @Override
    public String name() {
        return "vector (%d bit, %d %s)"
                .formatted(
                        F.vectorBitSize(),
                        workers.count(),
                        workers.count() == 1 ? "thread" : "threads");
    }

    @Override
    public void gatherRows(Tensor table, int[] ids, Tensor out) {
        workers.run(
                ids.length,
                8,
                (_, from, to) -> {
                    float[] row = new float[table.cols()];
                    for (int t = from; t < to; t++) {
                        table.decodeRow(Objects.checkIndex(ids[t], table.rows()), row);
                        Rows.write(row, out, t);
                    }
                });
    }

    @Override
    public void matmul(Tensor x, List<Tensor> weights, List<Tensor> outs) {
        matmul.multiply(x, weights, outs);
    }

    @Override
    public void rmsNorm(Tensor x, Tensor gain, float eps, Tensor out) {
        if (gain.type() != DType.F32 || gain.cols() != x.cols() || out.cols() != x.cols()) {
            throw new IllegalArgumentException(
                    "rows of %d, normalised with a gain of %d in %s to rows of %d"
                            .formatted(x.cols(), gain.cols(), gain.type(), out.cols()));
        }
        workers.run(
                x.rows(),
                rowsATask(x),
                (_, from, to) -> {
                    for (int t = from; t < to; t++) {
                        Standalone.rmsNorm(
                                x.data(),
                                t * x.rowBytes(),
                                gain.data(),
                                x.cols(),
                                eps,
                                out.data(),
                                t * out.rowBytes());
                    }
                });
    }

    @Override
    public void rope(Tensor x, int headDim, RopePairs pairs, Tensor cos, Tensor sin) {
        if (x.cols() % headDim != 0 || cos.cols() != headDim / 2 || sin.cols() != headDim / 2) {
            throw new IllegalArgumentException(
                    "rows of %d in heads of %d, turned by %d cosines and %d sines"
                            .formatted(x.cols(), headDim, cos.cols(), sin.cols()));
        }
        workers.run(
                x.rows(),
                rowsATask(x),
                (_, from, to) -> {
                    for (int t = from; t < to; t++) {
                        Standalone.rotate(
                                pairs,
                                x.data(),
                                t * x.rowBytes(),
                                x.cols(),
                                headDim,
                                cos.data(),
                                sin.data(),
                                t * cos.rowBytes());
                    }
                });
    }

    /// Rows that are worth another thread: one alone is done sooner than a thread is woken.
    private static int rowsATask(Tensor x) {
        return Math.max(1, VALUES_A_TASK / x.cols());
    }

    @Override
    public void append(KvCache cache, int layer, Batch batch, Tensor key, Tensor value) {
        for (Batch.Slice slice : batch.slices()) {
            workers.run(
                    slice.count(),
                    TOKENS_A_TASK,
                    (_, from, to) -> cache.append(layer, slice, from, to, key, value));
        }
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
        attention.attend(q, scale, heads, cache, layer, batch, out);
    }

    @Override
    public void swiglu(Tensor gate, Tensor up, Tensor out) {
        int cols = gate.cols();
        if (up.cols() != cols || out.cols() != cols) {
            throw new IllegalArgumentException(
                    "rows of %d, gated by rows of %d to rows of %d"
                            .formatted(up.cols(), cols, out.cols()));
        }
        parts(
                gate,
                (at, count) -> Standalone.swiglu(gate.data(), up.data(), out.data(), at, count));
    }

    @Override
    public void gelu(Tensor x, Tensor out) {
        if (x.cols() != out.cols()) {
            throw new IllegalArgumentException(
                    "rows of %d to rows of %d".formatted(x.cols(), out.cols()));
        }
        parts(x, (at, count) -> Standalone.gelu(x.data(), out.data(), at, count));
    }

    /// Some columns of a row: the first one's byte, and how many.
    private interface Part {
        void compute(long at, int count);
    }

    /// Cuts long rows between threads.
    private void parts(Tensor x, Part work) {
        int cols = x.cols();
        int parts = (cols + COLUMNS_A_PART - 1) / COLUMNS_A_PART;
        workers.run(
                x.rows() * parts,
                parts == 1 ? Math.max(1, COLUMNS_A_PART / cols) : 1,
                (_, from, to) -> {
                    for (int part = from; part < to; part++) {
                        int column = part % parts * COLUMNS_A_PART;
                        work.compute(
                                part / parts * x.rowBytes() + 4L * column,
                                Math.min(COLUMNS_A_PART, cols - column));
                    }
                });
    }

    @Override
    public void mergeSquares(Tensor x, int columns, int side, Tensor out) {
        Squares.check(x, columns, side, out);
        workers.run(
                out.rows(),
                Math.max(1, VALUES_A_TASK / out.cols()),
                (_, from, to) -> Squares.merge(x, columns, side, out, from, to));
    }

    @Override
    public void add(Tensor x, Tensor y) {
        workers.run(
                x.rows(),
                8,
                (_, from, to) -> {
                    long at = from * x.rowBytes();
                    long end = to * x.rowBytes();
                    long whole = at + (end - at) / (4L * COUNT) * (4L * COUNT);
                    for (; at < whole; at += 4L * COUNT) {
                        FloatVector.fromMemorySegment(F, x.data(), at, Lanes.LITTLE)
                                .add(FloatVector.fromMemorySegment(F, y.data(), at, Lanes.LITTLE))
                                .intoMemorySegment(x.data(), at, Lanes.LITTLE);
                    }
                    for (; at < end; at += 4) {
                        float sum =
                                x.data().get(ValueLayout.JAVA_FLOAT_UNALIGNED, at)
                                        + y.data().get(ValueLayout.JAVA_FLOAT_UNALIGNED, at);
                        x.data().set(ValueLayout.JAVA_FLOAT_UNALIGNED, at, sum);
                    }
                });
    }

    @Override
    public LogitPasses logitPasses() {
        return new VectorLogitPasses();
    }

    @Override
    public int threads() {
        return workers.count();
    }

    @Override
    public void share(int tasks, IntConsumer task) {
        workers.run(tasks, task);
    }

    @Override
    public void close() {
        workers.close();
    }
}
