package dev.tramontane.cli;

import dev.tramontane.server.LocalModels.Memory;
import dev.tramontane.terminal.UsageException;

import picocli.CommandLine.Option;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

/// Which models `serve` offers beside the one that is named, and how long it keeps them.
final class PoolFlags {
    @Option(
            names = "--models-dir",
            paramLabel = "DIR",
            description = "Offer every .gguf file of a folder as well, by its name.")
    private Optional<Path> folder = Optional.empty();

    @Option(
            names = "--memory",
            paramLabel = "SIZE",
            description =
                    "What loaded models may take together, such as 24GB (default: four fifths of the"
                            + " memory, and whatever one alone needs).")
    private Optional<String> memory = Optional.empty();

    @Option(
            names = "--keep-alive",
            paramLabel = "TIME",
            description =
                    "How long a model stays loaded while nobody asks it: 90s, 2h, 0, or always"
                            + " (default: 30m).")
    private String keepAlive = "30m";

    @Option(
            names = "--offline",
            description = "Leave out the models of other servers: nothing leaves this machine.")
    private boolean offline;

    Optional<Path> folder() {
        return folder;
    }

    boolean isOffline() {
        return offline;
    }

    /// @throws UsageException when it is no amount
    Memory memory() {
        if (memory.isPresent()) {
            String text = memory.get();
            return new Memory(
                    UsageException.check(() -> Amounts.of("--memory", text, Amounts::bytes)), true);
        }
        long all = Machine.here().memoryBytes();
        return all == 0 ? Memory.ANY : new Memory(all / 5 * 4, false);
    }

    /// @throws UsageException when it is no time
    Optional<Duration> keepAlive() {
        return UsageException.check(
                () -> Amounts.of("--keep-alive", keepAlive, Amounts::keepAlive));
    }
}
