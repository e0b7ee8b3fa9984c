package dev.tramontane.engine;

import dev.tramontane.cache.BlockPool;
import dev.tramontane.cache.CacheFormat;
import dev.tramontane.cache.KvCache;
import dev.tramontane.model.ModelConfig;
import dev.tramontane.model.ModelShape;
import dev.tramontane.model.Transformer;

/// The memory that an engine will take, part by part, before there is one.
///
/// Weights are mapped: they take room in the system's page cache, and count as this process's once
/// they are read. Keys and values take room as they are written.
///
/// @param weightBytes of what each token reads; copied weights are all resident
/// @param positionBytes of keys and values, for each position of the context
/// @param workspaceBytes of activations and logits
/// @param runtimeBytes of Java itself, its heap and the vocabulary
public record MemoryForecast(
        long weightBytes, long positionBytes, long workspaceBytes, long runtimeBytes) {
    /// Java's own code, compiled code, threads and classes: an estimate.
    private static final long JAVA_BYTES = 130L << 20;

    /// Of heap for each token of the vocabulary: its bytes, its spelling, and what finds it.
    private static final long BYTES_FOR_A_WORD = 400;

    /// For a shape, under these options.
    @SuppressWarnings("exports") // a workshop door
    public static MemoryForecast of(ModelShape shape, EngineOptions options) {
        ModelConfig config = shape.config();
        CacheFormat format = CacheSize.format(config, shape.bytes(), options);
        int sampled = options.maxSampledRows();
        return new MemoryForecast(
                options.copyWeights() ? shape.bytes() : shape.bytesForAToken(),
                config.layers() * format.blockBytes() / KvCache.BLOCK_SIZE,
                Transformer.workspaceBytes(config, options.maxBatchTokens(), sampled),
                JAVA_BYTES + BYTES_FOR_A_WORD * config.vocab());
    }

    /// Bytes of the cache for a context, in whole blocks.
    public long kvCacheBytes(int context) {
        return positionBytes * BlockPool.blocksFor(context) * KvCache.BLOCK_SIZE;
    }

    /// Bytes resident when so many positions have been computed.
    public long residentBytes(int positions) {
        return weightBytes + kvCacheBytes(positions) + workspaceBytes + runtimeBytes;
    }

    /// Positions that there is room for in so much memory; 0 when not even the rest fits.
    public long contextIn(long bytes) {
        long left = bytes - weightBytes - workspaceBytes - runtimeBytes;
        long blocks = left / (positionBytes * KvCache.BLOCK_SIZE);
        return Math.max(0, blocks) * KvCache.BLOCK_SIZE;
    }
}
