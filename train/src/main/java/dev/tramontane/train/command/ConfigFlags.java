package dev.tramontane.train.command;

import dev.tramontane.terminal.UsageException;

import picocli.CommandLine.Option;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;

/// Flags of a run that a file describes.
final class ConfigFlags {
    @Option(
            names = {"-c", "--config"},
            paramLabel = "FILE",
            required = true,
            description = "What to train on what, and how, in YAML.")
    private Path file = Path.of("");

    @Option(
            names = "--out",
            paramLabel = "DIR",
            description = "The run's folder, instead of the one that the file names.")
    private Optional<Path> out = Optional.empty();

    /// Reads a kind of configuration.
    @FunctionalInterface
    interface Reader<T> {
        /// @throws ConfigException when the file does not say what it must
        T read(Path file, Optional<Path> out) throws IOException;
    }

    Path file() {
        return file;
    }

    /// @throws UsageException when the file does not say what it must
    <T> T read(Reader<T> reader) throws IOException {
        try {
            return reader.read(file, out);
        } catch (ConfigException e) {
            throw UsageException.of(e);
        }
    }
}
