package dev.tramontane.engine;

import dev.tramontane.model.ModelConfig;
import dev.tramontane.model.Transformer;
import dev.tramontane.sampling.Samplers;

/// The memory that running a model takes, known before it is opened: beside these parts there are
/// the Java machine itself, the tokenizer, and each running request's tokens.
///
/// @param weightBytes mapped from the files; the system may drop and read them again
/// @param cacheBytes keys and values of the whole context; taken as positions are written
/// @param workspaceBytes activations and logits of the largest batch, and the samplers' rows
public record MemoryNeed(long weightBytes, long cacheBytes, long workspaceBytes) {
    /// What an engine with these options takes.
    ///
    /// @param weightBytes bytes of the model's tensors, as files or {@link
    ///   dev.tramontane.model.ModelWeights#bytes()} tell
    /// @throws IllegalArgumentException when the options ask for what the model does not give
    @SuppressWarnings("exports")
    public static MemoryNeed of(ModelConfig config, long weightBytes, EngineOptions options) {
        int rows = options.maxSampledRows();
        return new MemoryNeed(
                weightBytes,
                CacheSize.of(config, weightBytes, options).bytes(),
                Transformer.workspaceBytes(config, options.maxBatchTokens(), rows)
                        + Samplers.bytes(
                                config.vocab(),
                                KernelSelection.threads(options),
                                options.maxSequences()));
    }

    /// Positions that a sequence of such an engine may have: what was asked for, or what {@link
    /// EngineOptions} gives by itself.
    ///
    /// @throws IllegalArgumentException when the options ask for what the model does not give
    @SuppressWarnings("exports")
    public static int context(ModelConfig config, long weightBytes, EngineOptions options) {
        return CacheSize.of(config, weightBytes, options).context();
    }

    /// All of it.
    public long totalBytes() {
        return weightBytes + cacheBytes + workspaceBytes;
    }
}
