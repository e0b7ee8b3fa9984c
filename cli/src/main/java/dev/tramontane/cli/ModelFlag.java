package dev.tramontane.cli;

import picocli.CommandLine.Option;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/// Which model a command works on.
final class ModelFlag {
    /// The embedded model's name.
    static final String NANO = "nano";

    @Option(
            names = {"-m", "--model"},
            paramLabel = "MODEL",
            description =
                    "A .gguf file, a folder of safetensors, or nano, the embedded model (default:"
                            + " nano).")
    private String model = NANO;

    /// The model that a command takes as its one argument, in place of the flag.
    void set(String named) {
        model = named;
    }

    /// What to open.
    ///
    /// @throws IOException when there is no such file
    Path path(Stdio io) throws IOException {
        if (model.equals(NANO)) {
            return EmbeddedModel.path(io.environment());
        }
        Path path = Path.of(model);
        if (!Files.exists(path)) {
            throw new NoSuchFileException(
                    model,
                    null,
                    "no such file or folder, expected a .gguf file, a folder of safetensors, or"
                            + " nano; check the path");
        }
        return path;
    }
}
