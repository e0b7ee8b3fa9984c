package dev.tramontane.train.command;

import dev.tramontane.model.ModelConfig;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Optional;

/// A run's folder: what the run was made with, to be found again.
///
/// @param path of the folder
record RunFolder(Path path) {
    private static final String CONFIGURATION = "config.yaml";
    private static final String DATA = "data.sha256";

    /// Keeps the configuration.
    ///
    /// @return what is to be said where the run began with another one
    Optional<String> keepConfiguration(byte[] text) throws IOException {
        Files.createDirectories(path);
        Path file = path.resolve(CONFIGURATION);
        boolean isOther = Files.exists(file) && !Arrays.equals(Files.readAllBytes(file), text);
        Files.write(file, text);
        return isOther
                ? Optional.of(
                        "%s: the configuration has changed since the run was here last; going on with the new one"
                                .formatted(path))
                : Optional.empty();
    }

    /// Refuses sequences that the network has no positions for.
    static void checkContext(int context, ModelConfig network) throws IOException {
        if (context > network.context()) {
            throw new IOException(
                    "context is %d, expected at most the model's, %d; lower it"
                            .formatted(context, network.context()));
        }
    }

    /// Holds the data against those that the run began with.
    ///
    /// @throws IOException when they are others
    void checkData(String sha256) throws IOException {
        Path file = path.resolve(DATA);
        if (!Files.exists(file)) {
            Files.writeString(file, sha256 + "\n");
            return;
        }
        String before = Files.readString(file, StandardCharsets.UTF_8).strip();
        if (!before.equals(sha256)) {
            throw new IOException(
                    "%s: the examples have the sha256 %s, expected %s as when the run began; put the old ones back, or begin in another folder"
                            .formatted(path, sha256, before));
        }
    }
}
