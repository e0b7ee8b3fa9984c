package dev.tramontane.kernels;

import static dev.tramontane.kernels.Lanes.COUNT;
import static dev.tramontane.kernels.Lanes.F;

import dev.tramontane.cache.Batch;
import dev.tramontane.cache.KvCache;
import dev.tramontane.tensor.Tensor;

import jdk.incubator.vector.FloatVector;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;

/// SIMD through the Vector API: the portable fast path. Needs the module `jdk.incubator.vector`.
public final class VectorKernels implements Kernels {
    /// Values summed in float lanes before the sum goes on in double.
    private static final int SUM_RUN = 1024;

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
        float[] g = gain.row(0);
        workers.run(
                x.rows(),
                8,
                (_, from, to) -> {
                    float[] row = new float[Lanes.padded(x.cols())];
                    for (int t = from; t < to; t++) {
                        read(x, t, row);
                        rmsNorm(row, g, eps);
                        Rows.write(row, out, t);
                    }
                });
    }

    private static void rmsNorm(float[] row, float[] gain, float eps) {
        FloatVector squares = FloatVector.zero(F);
        for (int d = 0; d < row.length; d += COUNT) {
            FloatVector v = FloatVector.fromArray(F, row, d);
            squares = v.fma(v, squares);
        }
        float scale = (float) (1 / Math.sqrt(Lanes.sum(squares) / (double) gain.length + eps));
        for (int d = 0; d < gain.length; d++) {
            row[d] = row[d] * scale * gain[d];
        }
    }

    @Override
    public void rope(Tensor x, int headDim, RopePairs pairs, Tensor cos, Tensor sin) {
        workers.run(
                x.rows(),
                8,
                (_, from, to) -> {
                    for (int t = from; t < to; t++) {
                        float[] row = x.row(t);
                        rotate(row, headDim, pairs, cos.row(t), sin.row(t));
                        Rows.write(row, x, t);
                    }
                });
    }

    private static void rotate(
            float[] row, int headDim, RopePairs pairs, float[] cos, float[] sin) {
        int step = pairs == RopePairs.INTERLEAVED ? 2 : 1;
        int apart = pairs == RopePairs.INTERLEAVED ? 1 : headDim / 2;
        for (int head = 0; head < row.length; head += headDim) {
            for (int i = 0; i < headDim / 2; i++) {
                int first = head + step * i;
                float a = row[first];
                float b = row[first + apart];
                row[first] = a * cos[i] - b * sin[i];
                row[first + apart] = b * cos[i] + a * sin[i];
            }
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
        workers.run(
                gate.rows(),
                1,
                (_, from, to) -> {
                    float[] g = new float[Lanes.padded(gate.cols())];
                    float[] u = new float[g.length];
                    for (int t = from; t < to; t++) {
                        read(gate, t, g);
                        read(up, t, u);
                        for (int d = 0; d < g.length; d += COUNT) {
                            FloatVector z = FloatVector.fromArray(F, g, d);
                            FloatVector silu = z.div(Lanes.exp(z.neg()).add(1));
                            silu.mul(FloatVector.fromArray(F, u, d)).intoArray(g, d);
                        }
                        Rows.write(g, out, t);
                    }
                });
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
    public double expSum(float[] values, int count, float max) {
        double sum = 0;
        int whole = count / COUNT * COUNT;
        for (int from = 0; from < whole; from += SUM_RUN) {
            FloatVector run = FloatVector.zero(F);
            for (int i = from; i < Math.min(whole, from + SUM_RUN); i += COUNT) {
                FloatVector e = Lanes.exp(FloatVector.fromArray(F, values, i).sub(max));
                e.intoArray(values, i);
                run = run.add(e);
            }
            sum += Lanes.sum(run);
        }
        for (int i = whole; i < count; i++) {
            values[i] = (float) Math.exp(values[i] - max);
            sum += values[i];
        }
        return sum;
    }

    /// Copies a row to an array of whole vectors, zeros behind.
    private static void read(Tensor x, int row, float[] out) {
        MemorySegment.copy(
                x.data(), ValueLayout.JAVA_FLOAT_UNALIGNED, row * x.rowBytes(), out, 0, x.cols());
        Arrays.fill(out, x.cols(), out.length, 0f);
    }

    @Override
    public void close() {
        workers.close();
    }
}
