package dev.tramontane.engine;

import dev.tramontane.cache.KvCache;
import dev.tramontane.kernels.Kernels;
import dev.tramontane.model.ModelConfig;
import dev.tramontane.model.ModelWeights;
import dev.tramontane.model.Transformer;
import dev.tramontane.sampling.Samplers;
import dev.tramontane.schedule.DraftModel;
import dev.tramontane.weights.FileWatch;

import java.lang.foreign.Arena;

/// A small model that guesses what a larger one of the same vocabulary will say.
///
/// @param arena owns the weights' memory, and shared among threads; closed with the engine
/// @param watch looked at before the weights are read; closed with the engine
@SuppressWarnings("exports") // a workshop door
public record DraftWeights(ModelConfig config, ModelWeights weights, Arena arena, FileWatch watch)
        implements AutoCloseable {
    /// What guesses beside a larger model, with as many positions in a cache of its own.
    ///
    /// @param large whose tokens
    /// @param size of its cache
    /// @param memory owns the buffers and the cache
    /// @throws IllegalArgumentException when the vocabularies are not of one size
    DraftModel drafter(
            ModelConfig large,
            CacheSize size,
            Kernels kernels,
            Arena memory,
            Samplers samplers,
            EngineOptions options) {
        if (config.vocab() != large.vocab()) {
            throw new IllegalArgumentException(
                    "draft model: its vocabulary has %d tokens, expected the model's %d; choose a draft model of the same family"
                            .formatted(config.vocab(), large.vocab()));
        }
        var transformer =
                new Transformer(
                        config,
                        weights,
                        kernels,
                        memory,
                        options.maxBatchTokens(),
                        DraftModel.MOST_ROWS,
                        watch::check);
        var format = CacheSize.format(config, weights.bytes(), options);
        var cache = new KvCache(memory, format, config.layers(), size.blocks());
        return new DraftModel(
                batch -> transformer.forward(batch, cache),
                size.blocks(),
                samplers,
                options.maxBatchTokens(),
                Math.min(size.context(), config.context()));
    }

    @Override
    public void close() {
        arena.close();
        watch.close();
    }
}
