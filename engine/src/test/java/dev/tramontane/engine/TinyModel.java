package dev.tramontane.engine;

import dev.tramontane.kernels.Kernels;
import dev.tramontane.model.ModelConfig;
import dev.tramontane.model.ModelWeights;
import dev.tramontane.model.ModelWeights.LayerWeights;
import dev.tramontane.model.RandomWeights;
import dev.tramontane.tensor.Blocks;
import dev.tramontane.tensor.DType;
import dev.tramontane.tensor.Layout;
import dev.tramontane.tensor.Tensor;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.Optional;

/// A decoder of two small layers with seeded random weights, and an arena that owns them.
record TinyModel(ModelConfig config, ModelWeights weights, Arena arena) {
    static final int VOCAB = 300;
    static final int CONTEXT = 256;

    static TinyModel create() {
        return create(VOCAB, 7);
    }

    @SuppressWarnings("MustBeClosedChecker") // whoever gets the model closes its arena
    static TinyModel create(int vocab, long seed) {
        ModelConfig config = config(32, 16, 48, vocab);
        Arena arena = Arena.ofShared();
        return new TinyModel(config, RandomWeights.of(config, seed, arena), arena);
    }

    /// One as wide as machine code wants it, whose matrices are quantised.
    @SuppressWarnings("MustBeClosedChecker") // whoever gets the model closes its arena
    static TinyModel quantised(DType type) {
        ModelConfig config = config(256, 64, 512, VOCAB);
        Arena arena = Arena.ofShared();
        ModelWeights exact = RandomWeights.of(config, 7, arena);
        List<LayerWeights> layers =
                exact.layers().stream().map(layer -> quantised(layer, type, arena)).toList();
        var weights =
                new ModelWeights(
                        exact.embedding(),
                        layers,
                        exact.finalNorm(),
                        quantised(exact.output(), type, arena));
        return new TinyModel(config, weights, arena);
    }

    private static ModelConfig config(int dim, int headDim, int hiddenDim, int vocab) {
        return new ModelConfig(
                dim,
                2,
                4,
                2,
                headDim,
                hiddenDim,
                vocab,
                1e-5f,
                10_000,
                Kernels.RopePairs.INTERLEAVED,
                false,
                Optional.empty(),
                Optional.empty(),
                Integer.MAX_VALUE,
                CONTEXT);
    }

    private static LayerWeights quantised(LayerWeights layer, DType type, Arena arena) {
        return new LayerWeights(
                layer.attentionNorm(),
                quantised(layer.query(), type, arena),
                quantised(layer.key(), type, arena),
                quantised(layer.value(), type, arena),
                layer.headNorms(),
                quantised(layer.attentionOutput(), type, arena),
                layer.feedForwardNorm(),
                quantised(layer.gate(), type, arena),
                quantised(layer.up(), type, arena),
                quantised(layer.down(), type, arena));
    }

    private static Tensor quantised(Tensor matrix, DType type, Arena arena) {
        long rowBytes = type.bytes(matrix.cols());
        MemorySegment data = arena.allocate(rowBytes * matrix.rows(), Tensor.ALIGNMENT_BYTES);
        var row = new float[matrix.cols()];
        for (int i = 0; i < matrix.rows(); i++) {
            matrix.copyRow(i, row);
            Blocks.encode(type, row, 0, row.length, data, i * rowBytes);
        }
        return new Tensor(type, Layout.ROWS, matrix.rows(), matrix.cols(), data);
    }
}
