package dev.tramontane.engine;

import dev.tramontane.schedule.Scheduler;

/// How an engine runs.
///
/// @param kernels which set of operations
/// @param threads compute threads; 0 for one a core
/// @param context positions a sequence may have; 0 for the model's own, up to {@link
///   Engine#DEFAULT_CONTEXT} and as far as the cache has room
/// @param kvCacheBytes memory for keys and values; 0 for enough for one sequence of `context`
/// @param maxBatchTokens tokens a step computes at most
/// @param maxSequences sequences that run at once; more wait
/// @param cache what stored keys and values are
/// @param prefixes which requests may use what others computed
/// @param drafts whether tokens that may come next are computed beside those that must be, where
///   that is measured to pay; no answer depends on it
/// @param copyWeights whether a model's files are read into memory rather than mapped: opening
///   takes longer and processes share nothing, but what becomes of the files later does not matter
public record EngineOptions(
        KernelChoice kernels,
        int threads,
        int context,
        long kvCacheBytes,
        int maxBatchTokens,
        int maxSequences,
        CacheChoice cache,
        PrefixCaching prefixes,
        boolean drafts,
        boolean copyWeights) {
    /// The sets of operations one can ask for.
    public enum KernelChoice {
        /// The fastest that runs here.
        AUTO,
        /// Products of quantised weights by machine code, on activations rounded to 8 bits.
        ASSEMBLED,
        /// SIMD through the Vector API.
        VECTOR,
        /// Plain loops: the definition, and what runs without the incubator module.
        SCALAR
    }

    /// What stored keys and values can be.
    public enum CacheChoice {
        /// F32 for models below 64 MB, F16 for others.
        AUTO,
        /// Nothing is rounded.
        F32,
        /// Half the memory; as good as exact.
        F16,
        /// Half the memory; rounds more than F16 and holds greater numbers.
        BF16,
        /// A quarter of the memory, for long contexts.
        Q8_0
    }

    public EngineOptions {
        if (threads < 0 || context < 0 || kvCacheBytes < 0) {
            throw new IllegalArgumentException("threads, context and kvCacheBytes are 0 or more");
        }
        if (maxBatchTokens < 1 || maxSequences < 1) {
            throw new IllegalArgumentException("maxBatchTokens and maxSequences are 1 or more");
        }
    }

    /// What suits one person at a terminal.
    public static EngineOptions defaults() {
        return new EngineOptions(
                KernelChoice.AUTO,
                0,
                0,
                0,
                512,
                8,
                CacheChoice.AUTO,
                PrefixCaching.defaults(),
                true,
                false);
    }

    public EngineOptions withKernels(KernelChoice choice) {
        return new EngineOptions(
                choice,
                threads,
                context,
                kvCacheBytes,
                maxBatchTokens,
                maxSequences,
                cache,
                prefixes,
                drafts,
                copyWeights);
    }

    public EngineOptions withThreads(int count) {
        return new EngineOptions(
                kernels,
                count,
                context,
                kvCacheBytes,
                maxBatchTokens,
                maxSequences,
                cache,
                prefixes,
                drafts,
                copyWeights);
    }

    public EngineOptions withContext(int positions) {
        return new EngineOptions(
                kernels,
                threads,
                positions,
                kvCacheBytes,
                maxBatchTokens,
                maxSequences,
                cache,
                prefixes,
                drafts,
                copyWeights);
    }

    public EngineOptions withKvCacheBytes(long bytes) {
        return new EngineOptions(
                kernels,
                threads,
                context,
                bytes,
                maxBatchTokens,
                maxSequences,
                cache,
                prefixes,
                drafts,
                copyWeights);
    }

    public EngineOptions withMaxBatchTokens(int tokens) {
        return new EngineOptions(
                kernels,
                threads,
                context,
                kvCacheBytes,
                tokens,
                maxSequences,
                cache,
                prefixes,
                drafts,
                copyWeights);
    }

    public EngineOptions withMaxSequences(int sequences) {
        return new EngineOptions(
                kernels,
                threads,
                context,
                kvCacheBytes,
                maxBatchTokens,
                sequences,
                cache,
                prefixes,
                drafts,
                copyWeights);
    }

    public EngineOptions withCache(CacheChoice choice) {
        return new EngineOptions(
                kernels,
                threads,
                context,
                kvCacheBytes,
                maxBatchTokens,
                maxSequences,
                choice,
                prefixes,
                drafts,
                copyWeights);
    }

    public EngineOptions withPrefixes(PrefixCaching caching) {
        return new EngineOptions(
                kernels,
                threads,
                context,
                kvCacheBytes,
                maxBatchTokens,
                maxSequences,
                cache,
                caching,
                drafts,
                copyWeights);
    }

    public EngineOptions withDrafts(boolean on) {
        return new EngineOptions(
                kernels,
                threads,
                context,
                kvCacheBytes,
                maxBatchTokens,
                maxSequences,
                cache,
                prefixes,
                on,
                copyWeights);
    }

    /// Rows of logits that a step has at most.
    int maxSampledRows() {
        return Scheduler.maxSampledRows(maxBatchTokens, maxSequences, drafts);
    }

    /// For files on network storage, or that others can write.
    public EngineOptions withCopiedWeights(boolean copied) {
        return new EngineOptions(
                kernels,
                threads,
                context,
                kvCacheBytes,
                maxBatchTokens,
                maxSequences,
                cache,
                prefixes,
                drafts,
                copied);
    }
}
