package dev.tramontane.model;

import dev.tramontane.cache.Batch;
import dev.tramontane.cache.KvCache;
import dev.tramontane.kernels.Kernels;
import dev.tramontane.tensor.Tensor;

import java.lang.foreign.Arena;
import java.util.Arrays;
import java.util.List;

/// The Mistral decoder's forward pass, straight down the page. It calls {@link Kernels} and never
/// reads an element of a weight or an activation itself.
///
/// One thread at a time may call.
public final class Transformer {
    private final ModelConfig config;
    private final ModelWeights weights;
    private final Kernels kernels;
    private final RopeTable ropeTable;
    private final Workspace buffers;
    private final Tensor sampled;
    private final Tensor logits;
    private final float[] attentionScale;
    private final Runnable beforeLayer;

    /// @param weights read by every call; their memory must outlive this object
    /// @param arena owns the activation buffers
    /// @param maxTokens the largest batch
    /// @param maxSampledRows the most rows of a batch whose logits are wanted
    public Transformer(
            ModelConfig config,
            ModelWeights weights,
            Kernels kernels,
            Arena arena,
            int maxTokens,
            int maxSampledRows) {
        this(config, weights, kernels, arena, maxTokens, maxSampledRows, () -> {});
    }

    /// The same with something to do before each layer's weights are read; what it throws ends the
    /// pass.
    public Transformer(
            ModelConfig config,
            ModelWeights weights,
            Kernels kernels,
            Arena arena,
            int maxTokens,
            int maxSampledRows,
            Runnable beforeLayer) {
        this.config = config;
        this.weights = weights;
        this.kernels = kernels;
        this.ropeTable = new RopeTable(config);
        this.buffers = Workspace.allocate(arena, config, maxTokens);
        this.sampled = Tensor.allocate(arena, maxSampledRows, config.dim());
        this.logits = Tensor.allocate(arena, maxSampledRows, config.vocab());
        this.attentionScale = new float[maxTokens];
        this.beforeLayer = beforeLayer;
    }

    /// Bytes of the activation buffers for these limits.
    public static long workspaceBytes(ModelConfig config, int maxTokens, int maxSampledRows) {
        return Workspace.bytes(config, maxTokens)
                + (long) Float.BYTES * maxSampledRows * ((long) config.dim() + config.vocab());
    }

    public ModelConfig config() {
        return config;
    }

    /// Computes a batch: its tokens' keys and values go into the cache, and the logits of its
    /// sampled rows come back.
    ///
    /// @return float[sampledRows][vocab]; the buffer is reused by the next call
    public Tensor forward(Batch batch, KvCache cache) {
        Workspace w = buffers.first(batch.tokens().length);
        beforeLayer.run();
        Tensor x = w.x();
        kernels.gatherRows(weights.embedding(), batch.tokens(), x);
        give(batch, x);
        ropeTable.fill(batch, w.cos(), w.sin());
        scaleQueries(batch);
        for (int i = 0; i < config.layers(); i++) {
            ModelWeights.LayerWeights layer = weights.layers().get(i);
            beforeLayer.run();
            attention(layer, i, batch, cache, w);
            kernels.add(x, w.h());
            feedForward(layer, w);
            kernels.add(x, w.h());
        }
        int rows = batch.sampledRows().length;
        Tensor last = sampled.slice(0, rows);
        Tensor out = logits.slice(0, rows);
        if (rows > 0) {
            beforeLayer.run();
            kernels.gatherRows(x, batch.sampledRows(), last);
            kernels.rmsNorm(last, weights.finalNorm(), config.normEps(), last);
            kernels.matmul(last, weights.output(), out);
        }
        return out;
    }

    /// Puts the vectors that are given in the place of embeddings.
    private void give(Batch batch, Tensor x) {
        for (Batch.Given given : batch.given()) {
            int[] all = new int[given.vectors().rows()];
            Arrays.setAll(all, i -> i);
            kernels.gatherRows(given.vectors(), all, x.slice(given.row(), all.length));
        }
    }

    /// The final hidden states of the batch that {@link #forward} has just computed, as the output
    /// matrix would read them: `rmsNorm(x)` of the rows that it names.
    ///
    /// @return float[stateRows][dim]; the buffer is reused by the next call of either
    public Tensor states(Batch batch) {
        Workspace w = buffers.first(batch.tokens().length);
        int rows = batch.stateRows().length;
        Tensor out = w.h().slice(0, rows);
        if (rows > 0) {
            beforeLayer.run();
            kernels.gatherRows(w.x(), batch.stateRows(), out);
            kernels.rmsNorm(out, weights.finalNorm(), config.normEps(), out);
        }
        return out;
    }

    /// `h = Wo · attention(rope(Wq n), rope(Wk n), Wv n)` with `n = rmsNorm(x)`; where the model
    /// has norms for its heads, `rope(rmsNorm(Wq n))` and `rope(rmsNorm(Wk n))`.
    private void attention(
            ModelWeights.LayerWeights layer, int index, Batch batch, KvCache cache, Workspace w) {
        kernels.rmsNorm(w.x(), layer.attentionNorm(), config.normEps(), w.h());
        kernels.matmul(
                w.h(),
                List.of(layer.query(), layer.key(), layer.value()),
                List.of(w.q(), w.k(), w.v()));
        layer.headNorms()
                .ifPresent(
                        norms -> {
                            normalizeHeads(w.q(), norms.query());
                            normalizeHeads(w.k(), norms.key());
                        });
        kernels.rope(w.q(), config.headDim(), config.ropePairs(), w.cos(), w.sin());
        kernels.rope(w.k(), config.headDim(), config.ropePairs(), w.cos(), w.sin());
        kernels.append(cache, index, batch, w.k(), w.v());
        kernels.attention(
                w.q(), attentionScale, config.attentionHeads(), cache, index, batch, w.a());
        kernels.matmul(w.a(), layer.attentionOutput(), w.h());
    }

    /// A head is a row: `x[t][h] = rmsNorm(x[t][h])`.
    private void normalizeHeads(Tensor x, Tensor gain) {
        Tensor heads = x.split(config.headDim());
        kernels.rmsNorm(heads, gain, config.normEps(), heads);
    }

    /// `h = Wdown · (silu(Wgate n) ⊙ Wup n)` with `n = rmsNorm(x)`.
    private void feedForward(ModelWeights.LayerWeights layer, Workspace w) {
        kernels.rmsNorm(w.x(), layer.feedForwardNorm(), config.normEps(), w.h());
        kernels.matmul(w.h(), List.of(layer.gate(), layer.up()), List.of(w.gate(), w.up()));
        kernels.swiglu(w.gate(), w.up(), w.gate());
        kernels.matmul(w.gate(), layer.down(), w.h());
    }

    /// `scale[t] = (1 + beta · ln(1 + ⌊p / originalContext⌋)) / √headDim` at the token's position
    /// p.
    private void scaleQueries(Batch batch) {
        double scale = 1 / Math.sqrt(config.headDim());
        for (Batch.Slice slice : batch.slices()) {
            for (int i = 0; i < slice.count(); i++) {
                int position = slice.position() + i;
                double growth =
                        config.queryScaling()
                                .map(
                                        s ->
                                                1
                                                        + s.beta()
                                                                * Math.log1p(
                                                                        Math.floorDiv(
                                                                                position,
                                                                                s
                                                                                        .originalContext())))
                                .orElse(1.0);
                attentionScale[slice.start() + i] = (float) (scale * growth);
            }
        }
    }
}
