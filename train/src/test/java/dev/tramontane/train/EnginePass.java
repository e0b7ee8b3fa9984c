package dev.tramontane.train;

import dev.tramontane.cache.Batch;
import dev.tramontane.cache.BlockTable;
import dev.tramontane.cache.CacheFormat;
import dev.tramontane.cache.CacheType;
import dev.tramontane.cache.KvCache;
import dev.tramontane.kernels.Kernels;
import dev.tramontane.model.ModelConfig;
import dev.tramontane.model.ModelWeights;
import dev.tramontane.model.Transformer;
import dev.tramontane.tensor.Tensor;

import java.lang.foreign.Arena;
import java.util.List;
import java.util.stream.IntStream;

/// The engine's own forward pass over one sequence.
final class EnginePass {
    private EnginePass() {}

    /// The log-probability of each token but the first.
    static double[] logProbs(
            ModelConfig config, ModelWeights weights, Kernels kernels, Arena arena, int[] tokens) {
        var transformer =
                new Transformer(config, weights, kernels, arena, tokens.length, tokens.length);
        int blocks = tokens.length / KvCache.BLOCK_SIZE + 1;
        var format = new CacheFormat(CacheType.F32, config.kvHeads(), config.headDim());
        var cache = new KvCache(arena, format, config.layers(), blocks);
        var table = new BlockTable();
        for (int block = 0; block < blocks; block++) {
            table.append(block);
        }
        int[] rows = IntStream.range(0, tokens.length).toArray();
        var slice = new Batch.Slice(0, tokens.length, 0, table);
        Tensor logits = transformer.forward(new Batch(tokens, List.of(slice), rows), cache);
        double[] logProbs = new double[tokens.length - 1];
        for (int i = 0; i < logProbs.length; i++) {
            double[] row = new double[config.vocab()];
            for (int v = 0; v < row.length; v++) {
                row[v] = logits.get(i, v);
            }
            logProbs[i] = Math.log(ReferenceOperations.softmax(row)[tokens[i + 1]]);
        }
        return logProbs;
    }
}
