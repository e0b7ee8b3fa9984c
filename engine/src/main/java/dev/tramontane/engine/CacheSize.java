package dev.tramontane.engine;

import dev.tramontane.cache.BlockPool;
import dev.tramontane.cache.CacheFormat;
import dev.tramontane.cache.CacheType;
import dev.tramontane.cache.KvCache;
import dev.tramontane.model.ModelConfig;

/// How many positions a sequence may have, how many blocks of cache all share, and what is in them.
///
/// @param context positions of a sequence
/// @param blocks of the cache
/// @param bytes memory of the cache
/// @param format of a block
record CacheSize(int context, int blocks, long bytes, CacheFormat format) {
    /// Weights from which on keys and values have sixteen bits.
    private static final long LEAST_HALF_BYTES = 64L << 20;

    private static final System.Logger LOG = System.getLogger(CacheSize.class.getName());

    /// The sizes that options ask for, or suit the model: its own context, up to {@link
    /// Engine#DEFAULT_CONTEXT} and the room that the cache's memory gives.
    ///
    /// @param weightBytes of the model's tensors
    /// @throws IllegalArgumentException when the options ask for what the model or the memory does
    ///   not give
    static CacheSize of(ModelConfig config, long weightBytes, EngineOptions options) {
        if (options.context() > config.context()) {
            throw new IllegalArgumentException(
                    "context: asked for %d positions, the model was made for %d; ask for no more than that"
                            .formatted(options.context(), config.context()));
        }
        int wanted =
                options.context() > 0
                        ? options.context()
                        : Math.min(config.context(), Engine.DEFAULT_CONTEXT);
        CacheFormat format = format(config, weightBytes, options);
        long blockBytes = config.layers() * format.blockBytes();
        long blocks =
                options.kvCacheBytes() > 0
                        ? options.kvCacheBytes() / blockBytes
                        : BlockPool.blocksFor(wanted);
        long room = blocks * KvCache.BLOCK_SIZE;
        if (room == 0 || room < options.context() || room > Integer.MAX_VALUE) {
            throw new IllegalArgumentException(
                    "kvCacheBytes: %d bytes hold %d positions, expected %d to %d; a block of %d positions takes %d bytes"
                            .formatted(
                                    options.kvCacheBytes(),
                                    room,
                                    Math.max(KvCache.BLOCK_SIZE, options.context()),
                                    Integer.MAX_VALUE,
                                    KvCache.BLOCK_SIZE,
                                    blockBytes));
        }
        int context = (int) Math.min(wanted, room);
        if (context < config.context()) {
            LOG.log(
                    System.Logger.Level.INFO,
                    "Context of {0} positions; the model was made for {1}",
                    Integer.toString(context),
                    Integer.toString(config.context()));
        }
        return new CacheSize(context, (int) blocks, blocks * blockBytes, format);
    }

    /// What a model's cache holds: what the options say, or floats for models so small that it
    /// takes little memory, and half of it for others.
    static CacheFormat format(ModelConfig config, long weightBytes, EngineOptions options) {
        CacheType type =
                switch (options.cache()) {
                    case AUTO -> weightBytes < LEAST_HALF_BYTES ? CacheType.F32 : CacheType.F16;
                    case F32 -> CacheType.F32;
                    case F16 -> CacheType.F16;
                    case BF16 -> CacheType.BF16;
                    case Q8_0 -> CacheType.Q8_0;
                };
        return new CacheFormat(type, config.kvHeads(), config.headDim());
    }
}
