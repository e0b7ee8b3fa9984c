package dev.tramontane.train.kernels;

import dev.tramontane.cache.Batch;
import dev.tramontane.cache.KvCache;
import dev.tramontane.kernels.AssembledKernels;
import dev.tramontane.kernels.Kernels;
import dev.tramontane.kernels.LogitPasses;
import dev.tramontane.kernels.VectorKernels;
import dev.tramontane.tensor.DType;
import dev.tramontane.tensor.Layout;
import dev.tramontane.tensor.Tensor;

import java.lang.foreign.Arena;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.IntConsumer;

/// An engine's operations for sampling many completions from weights that learn: F32 matrices are
/// multiplied by the trainer's own tile and in its precision, from panels that are packed once for
/// each version of the weights. Everything else is done by machine code where it runs ({@link
/// AssembledKernels}), in F32 like the rest, else by {@link VectorKernels}.
///
/// {@link VectorKernels} sums across the lanes of a vector, which suits one token and long rows;
/// the tile has a lane for each output, which suits many tokens and rows as short as those of
/// models that are trained here, and adds in the trainer's own order. Panels take as much memory as
/// the matrices, or half of it.
public final class PackedKernels implements Kernels {
    private final Precision precision;
    private final Kernels others;
    private final PanelForm form;
    private final PackedProduct product;
    private final Map<Long, Panels> packed = new HashMap<>();
    private final Arena arena = Arena.ofShared();

    /// @param threads that compute, the caller's included
    /// @param precision of the products of matrices
    public PackedKernels(int threads, Precision precision) {
        this.precision = precision;
        boolean assembles = AssembledKernels.obstacle().isEmpty();
        others = assembles ? new AssembledKernels(threads, true) : new VectorKernels(threads);
        form = PanelForm.of(precision, others.threads(), arena);
        product = new PackedProduct(others, form);
    }

    @Override
    public String name() {
        String numbers =
                switch (precision) {
                    case FLOAT32 -> "F32";
                    case BFLOAT16 -> "BF16";
                };
        return "packed %s by %s".formatted(numbers, others.name());
    }

    @Override
    public void matmul(Tensor x, List<Tensor> weights, List<Tensor> outs) {
        for (Tensor weight : weights) {
            if (weight.type() != DType.F32 || weight.layout() != Layout.ROWS) {
                others.matmul(x, weights, outs);
                return;
            }
        }
        List<Panels> panels = new ArrayList<>(weights.size());
        for (Tensor weight : weights) {
            panels.add(panels(weight));
        }
        product.multiply(x, panels, outs);
    }

    private Panels panels(Tensor weight) {
        Panels panels =
                packed.computeIfAbsent(
                        weight.data().address(), _ -> Panels.like(weight, form, arena));
        if (!panels.isOf(weight)) {
            throw new IllegalStateException(
                    "a matrix of %d x %d lies where one of another shape was read; tell of changed weights first"
                            .formatted(weight.rows(), weight.cols()));
        }
        if (panels.isOutdated()) {
            panels.pack(weight, others);
        }
        return panels;
    }

    @Override
    public void weightsChanged() {
        packed.values().forEach(Panels::forget);
        others.weightsChanged();
    }

    @Override
    public void gatherRows(Tensor table, int[] ids, Tensor out) {
        others.gatherRows(table, ids, out);
    }

    @Override
    public void rmsNorm(Tensor x, Tensor gain, float eps, Tensor out) {
        others.rmsNorm(x, gain, eps, out);
    }

    @Override
    public void rope(Tensor x, int headDim, RopePairs pairs, Tensor cos, Tensor sin) {
        others.rope(x, headDim, pairs, cos, sin);
    }

    @Override
    public void append(KvCache cache, int layer, Batch batch, Tensor key, Tensor value) {
        others.append(cache, layer, batch, key, value);
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
        others.attention(q, scale, heads, cache, layer, batch, out);
    }

    @Override
    public void swiglu(Tensor gate, Tensor up, Tensor out) {
        others.swiglu(gate, up, out);
    }

    @Override
    public void gelu(Tensor x, Tensor out) {
        others.gelu(x, out);
    }

    @Override
    public void mergeSquares(Tensor x, int columns, int side, Tensor out) {
        others.mergeSquares(x, columns, side, out);
    }

    @Override
    public void add(Tensor x, Tensor y) {
        others.add(x, y);
    }

    @Override
    public LogitPasses logitPasses() {
        return others.logitPasses();
    }

    @Override
    public int threads() {
        return others.threads();
    }

    @Override
    public void share(int tasks, IntConsumer task) {
        others.share(tasks, task);
    }

    @Override
    public void close() {
        others.close();
        arena.close();
    }
}
