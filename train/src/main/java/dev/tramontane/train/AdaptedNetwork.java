package dev.tramontane.train;

import dev.tramontane.kernels.Workers;
import dev.tramontane.model.ModelConfig;
import dev.tramontane.model.ModelWeights.LayerWeights;
import dev.tramontane.tensor.Tensor;
import dev.tramontane.train.LoraAdapters.Adapter;
import dev.tramontane.train.LoraConfig.Target;
import dev.tramontane.train.kernels.BackwardKernels;
import dev.tramontane.weights.TensorNames.Role;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/// A network that stays as it is, with adapters that learn.
///
/// The base may be of any type, quantised and mapped. Of one layer at a time, the matrices are
/// decoded to floats and the adapters' products added, so the passes run over merged weights with
/// the kernels that whole training has, and see what a merged export will be. The output's matrix
/// is decoded once and kept. The full gradient of a matrix never exists: with `u = x · Aᵀ` and `v =
/// dOut · B`
///
/// ```
/// dA = scale · vᵀ · x        dBᵀ = scale · uᵀ · dOut
/// ```
final class AdaptedNetwork implements Network {
    private final BaseModel base;
    private final LoraAdapters adapters;
    private final BackwardKernels kernels;
    private final Workers workers;
    private final TrainableWeights.Layer room;
    private final Tensor finalNorm;
    private final Tensor output;
    private final Tensor narrow;
    private final Tensor scaledB;
    private final Tensor noGradient;
    private int loaded = -1;

    /// @param rows of activations at most
    /// @param arena owns a layer's floats and the output's; threads share them
    AdaptedNetwork(
            BaseModel base,
            LoraAdapters adapters,
            BackwardKernels kernels,
            Workers workers,
            int rows,
            Arena arena) {
        this.base = base;
        this.adapters = adapters;
        this.kernels = kernels;
        this.workers = workers;
        ModelConfig config = base.config();
        int dim = config.dim();
        int qkv = config.queryDim() + 2 * config.kvDim();
        int hiddenDim = config.hiddenDim();
        room =
                new TrainableWeights.Layer(
                        Tensor.allocate(arena, 1, dim),
                        Tensor.allocate(arena, qkv, dim),
                        Tensor.allocate(arena, dim, config.queryDim()),
                        Tensor.allocate(arena, 1, dim),
                        Tensor.allocate(arena, 2 * hiddenDim, dim),
                        Tensor.allocate(arena, dim, hiddenDim));
        finalNorm = Tensor.allocate(arena, 1, dim);
        decode(Role.FINAL_NORM, base.weights().finalNorm(), finalNorm, 0);
        output = Tensor.allocate(arena, config.vocab(), dim);
        decode(Role.OUTPUT, base.weights().output(), output, 0);
        narrow = Tensor.allocate(arena, rows, BackwardKernels.padded(adapters.rows()));
        int widest = Math.max(Math.max(config.queryDim(), hiddenDim), dim);
        scaledB = Tensor.allocate(arena, adapters.rows(), widest);
        noGradient = Tensor.allocate(arena, 1, dim);
    }

    @Override
    public ModelConfig config() {
        return base.config();
    }

    @Override
    public void begin() {
        loaded = -1;
    }

    @Override
    public void embed(int[] tokens, Tensor out) {
        Tensor table = base.weights().embedding();
        workers.run(
                tokens.length,
                64,
                (_, from, to) -> {
                    float[] row = new float[table.cols()];
                    for (int t = from; t < to; t++) {
                        table.decodeRow(tokens[t], row);
                        put(row, out, t);
                    }
                });
    }

    private static void put(float[] row, Tensor out, int at) {
        MemorySegment.copy(
                row, 0, out.data(), ValueLayout.JAVA_FLOAT, at * out.rowBytes(), row.length);
    }

    /// Decodes a tensor to rows of another, from one on.
    private void decode(Role role, Tensor from, Tensor to, int firstRow) {
        workers.run(
                from.rows(),
                16,
                (_, first, end) -> {
                    float[] row = new float[from.cols()];
                    for (int i = first; i < end; i++) {
                        base.decodeRow(role, from, i, row);
                        put(row, to, firstRow + i);
                    }
                });
    }

    @Override
    public TrainableWeights.Layer layer(int index) {
        if (index != loaded) {
            LayerWeights layer = base.weights().layers().get(index);
            ModelConfig config = base.config();
            decode(Role.ATTENTION_NORM, layer.attentionNorm(), room.attentionNorm(), 0);
            merge(index, Target.QUERY, layer.query(), room.qkv(), 0);
            merge(index, Target.KEY, layer.key(), room.qkv(), config.queryDim());
            int values = config.queryDim() + config.kvDim();
            merge(index, Target.VALUE, layer.value(), room.qkv(), values);
            merge(index, Target.OUTPUT, layer.attentionOutput(), room.attentionOutput(), 0);
            decode(Role.FEED_FORWARD_NORM, layer.feedForwardNorm(), room.feedForwardNorm(), 0);
            merge(index, Target.GATE, layer.gate(), room.gateUp(), 0);
            merge(index, Target.UP, layer.up(), room.gateUp(), config.hiddenDim());
            merge(index, Target.DOWN, layer.down(), room.down(), 0);
            loaded = index;
        }
        return room;
    }

    /// Decodes a matrix, and adds its adapter's product.
    private void merge(int layer, Target target, Tensor from, Tensor to, int firstRow) {
        decode(target.role(), from, to, firstRow);
        adapters.adapter(layer, target)
                .ifPresent(adapter -> addProduct(adapter, to.slice(firstRow, from.rows())));
    }

    /// `to[r][k] += scale · Σ over j of Bᵀ[j][r] · A[j][k]`.
    private void addProduct(Adapter adapter, Tensor to) {
        int outer = adapter.turnedB().cols();
        float scale = (float) adapters.config().scale();
        for (int row = 0; row < adapters.rows(); row++) {
            for (int col = 0; col < outer; col++) {
                scaledB.set(row, col, scale * adapter.turnedB().get(row, col));
            }
        }
        kernels.addWeightGradient(adapters.rows(), scaledB, adapter.a(), to);
    }

    @Override
    public Tensor finalNorm() {
        return finalNorm;
    }

    @Override
    public Tensor output() {
        return output;
    }

    @Override
    public void addGradient(int layer, Matrix matrix, int rows, Tensor dOut, Tensor x) {
        ModelConfig config = base.config();
        switch (matrix) {
            case QKV -> {
                add(layer, Target.QUERY, rows, dOut, 0, x);
                add(layer, Target.KEY, rows, dOut, config.queryDim(), x);
                add(layer, Target.VALUE, rows, dOut, config.queryDim() + config.kvDim(), x);
            }
            case ATTENTION_OUTPUT -> add(layer, Target.OUTPUT, rows, dOut, 0, x);
            case GATE_UP -> {
                add(layer, Target.GATE, rows, dOut, 0, x);
                add(layer, Target.UP, rows, dOut, config.hiddenDim(), x);
            }
            case DOWN -> add(layer, Target.DOWN, rows, dOut, 0, x);
        }
    }

    /// @param from column of `dOut` where the matrix's own begin
    private void add(int layer, Target target, int rows, Tensor dOut, int from, Tensor x) {
        adapters.adapter(layer, target)
                .ifPresent(
                        adapter -> {
                            kernels.matmul(rows, x, adapter.a(), narrow);
                            scaleNarrow(rows);
                            kernels.addWeightGradient(rows, narrow, dOut, from, adapter.dTurnedB());
                            kernels.matmul(rows, dOut, from, adapter.turnedB(), narrow);
                            scaleNarrow(rows);
                            kernels.addWeightGradient(rows, narrow, x, adapter.dA());
                        });
    }

    private void scaleNarrow(int rows) {
        float scale = (float) adapters.config().scale();
        for (int row = 0; row < rows; row++) {
            for (int col = 0; col < adapters.rows(); col++) {
                narrow.set(row, col, scale * narrow.get(row, col));
            }
        }
    }

    @Override
    public void addOutputGradient(int rows, Tensor dOut, Tensor x) {
        // it does not learn
    }

    @Override
    public void addEmbeddingGradient(int[] tokens, Tensor dX) {
        // it does not learn
    }

    @Override
    public Tensor normGradient(int layer, Norm norm) {
        return noGradient;
    }

    @Override
    public Tensor finalNormGradient() {
        return noGradient;
    }
}
