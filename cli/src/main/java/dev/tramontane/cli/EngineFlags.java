package dev.tramontane.cli;

import dev.tramontane.engine.EngineOptions;
import dev.tramontane.terminal.UsageException;
import dev.tramontane.weights.Placement;

import picocli.CommandLine.Option;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/// How a command's engine runs.
final class EngineFlags {
    private static final long TINY_BYTES = 4 << 20;

    @Option(
            names = {"-c", "--context"},
            paramLabel = "N",
            description =
                    "Positions of the context (default: the model's, 8192 at most; bench, eval and"
                            + " perplexity take what they need).")
    private int context;

    @Option(
            names = {"-t", "--threads"},
            paramLabel = "N",
            description = "Compute threads (default: one a core).")
    private int threads;

    @Option(
            names = "--kernels",
            paramLabel = "SET",
            description = "auto, assembled, vector or scalar (default: auto, the fastest here).")
    private EngineOptions.KernelChoice kernels = EngineOptions.KernelChoice.AUTO;

    @Option(
            names = "--kv-type",
            paramLabel = "TYPE",
            description =
                    "What stored keys and values are: f32, f16, bf16 or q8_0 (default: auto, f32 for"
                            + " models below 64 MB and f16 for others).")
    private EngineOptions.CacheChoice cache = EngineOptions.CacheChoice.AUTO;

    @Option(
            names = "--no-mmap",
            description =
                    "Copy the weights into memory instead of mapping the file: for network folders,"
                            + " and files that others can write.")
    private boolean copyWeights;

    /// Where the weights are to be.
    Placement placement() {
        return copyWeights ? Placement.COPIED : Placement.MAPPED;
    }

    /// @throws UsageException when a number is out of range
    EngineOptions options() {
        return UsageException.check(
                () ->
                        EngineOptions.defaults()
                                .withContext(context)
                                .withThreads(threads)
                                .withKernels(kernels)
                                .withCache(cache)
                                .withCopiedWeights(copyWeights));
    }

    /// The same for answering with a model: one this small has answered before the vector kernels
    /// are compiled, so plain loops suit it better.
    EngineOptions options(Path model) throws IOException {
        boolean isTiny = Files.isRegularFile(model) && Files.size(model) < TINY_BYTES;
        return isTiny && kernels == EngineOptions.KernelChoice.AUTO
                ? options().withKernels(EngineOptions.KernelChoice.SCALAR)
                : options();
    }

    /// The context that was asked for, or `fallback`.
    int contextOr(int fallback) {
        return context == 0 ? fallback : context;
    }

    /// The threads that were asked for, or `fallback`.
    int threadsOr(int fallback) {
        return threads == 0 ? fallback : threads;
    }
}
