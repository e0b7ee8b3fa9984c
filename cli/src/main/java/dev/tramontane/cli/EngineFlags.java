package dev.tramontane.cli;

import dev.tramontane.engine.EngineOptions;

import picocli.CommandLine.Option;

/// How a command's engine runs.
final class EngineFlags {
    @Option(
            names = {"-c", "--context"},
            paramLabel = "N",
            description = "Positions of the context (default: the model's, 8192 at most).")
    private int context;

    @Option(
            names = {"-t", "--threads"},
            paramLabel = "N",
            description = "Compute threads (default: one a core).")
    private int threads;

    @Option(
            names = "--kernels",
            paramLabel = "SET",
            description = "auto, vector or scalar (default: auto, the fastest here).")
    private EngineOptions.KernelChoice kernels = EngineOptions.KernelChoice.AUTO;

    EngineOptions options() {
        return EngineOptions.defaults()
                .withContext(context)
                .withThreads(threads)
                .withKernels(kernels);
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
