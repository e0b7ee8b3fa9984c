package dev.tramontane.cli;

import picocli.CommandLine.Option;

/// How a command that writes GGUF files does it.
final class WritingFlags {
    @Option(names = "--force", description = "Replace what is there.")
    private boolean force;

    @Option(
            names = {"-t", "--threads"},
            paramLabel = "N",
            description = "Compute threads (default: one a core).")
    private int threads;

    @Option(names = "--json", description = "Print JSON.")
    private boolean json;

    boolean force() {
        return force;
    }

    int threads() {
        return threads;
    }

    boolean json() {
        return json;
    }
}
