package dev.tramontane.cli;

import dev.tramontane.terminal.Stdio;

import picocli.CommandLine.Option;

import java.io.IOException;
import java.nio.file.Path;

/// Which model a command works on.
final class ModelFlag {
    /// The embedded model's name.
    static final String NANO = "nano";

    @Option(
            names = {"-m", "--model"},
            paramLabel = "MODEL",
            description =
                    "A .gguf file, a folder of safetensors, a name of the store, or nano, the embedded"
                            + " model (default: nano).")
    private String model = NANO;

    /// The model that a command takes as its one argument, in place of the flag.
    void set(String named) {
        model = named;
    }

    /// As it was named.
    String name() {
        return model;
    }

    /// Whether it is the embedded model, asked for or because nobody said which.
    boolean isEmbedded() {
        return model.equals(NANO);
    }

    /// What to open.
    ///
    /// @throws IOException when there is no such file and no such model
    Path path(Stdio io) throws IOException {
        return isEmbedded() ? EmbeddedModel.path(io.environment()) : LocalStore.of(io).path(model);
    }
}
