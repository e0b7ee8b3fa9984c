package dev.tramontane.train.command;

import static java.util.stream.Collectors.joining;

import dev.tramontane.model.ModelConfig;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// A run's folder: what the run was made with, to be found again.
///
/// @param path of the folder
record RunFolder(Path path) {
    private static final String CONFIGURATION = "config.yaml";
    private static final String DATA = "data.sha256";
    private static final String MADE = "made.txt";

    /// Keeps the configuration.
    ///
    /// @return what is to be said where the run began with another one
    Optional<String> keepConfiguration(byte[] text) throws IOException {
        Files.createDirectories(path);
        Path file = path.resolve(CONFIGURATION);
        boolean isOther = Files.exists(file) && !Arrays.equals(Files.readAllBytes(file), text);
        put(file, text);
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

    /// Holds what the run's states depend on against what it was when the first was saved.
    ///
    /// @param made by names for people, in the order in which they are looked at
    /// @throws IOException naming what is another one
    void checkMade(Map<String, String> made) throws IOException {
        Files.createDirectories(path);
        Path file = path.resolve(MADE);
        if (Files.exists(file) && Files.isDirectory(path.resolve("states"))) {
            List<String> before = Files.readAllLines(file);
            for (Map.Entry<String, String> each : made.entrySet()) {
                if (!before.contains(line(each))) {
                    throw new IOException(
                            "%s: %s is another one than when the run began, %s; put the old one back (%s), or begin in another folder"
                                    .formatted(path, each.getKey(), each.getValue(), file));
                }
            }
        } else {
            String lines = made.entrySet().stream().map(RunFolder::line).collect(joining("\n"));
            put(file, (lines + "\n").getBytes(StandardCharsets.UTF_8));
        }
    }

    private static String line(Map.Entry<String, String> made) {
        return made.getKey() + ": " + made.getValue().replace('\n', ' ');
    }

    /// Nobody finds half of it, whenever this process ends.
    private static void put(Path file, byte[] bytes) throws IOException {
        Path beside = file.resolveSibling(file.getFileName() + ".part");
        Files.write(beside, bytes);
        Files.move(beside, file, StandardCopyOption.ATOMIC_MOVE);
    }

    /// Holds the data against those that the run began with.
    ///
    /// @throws IOException when they are others
    void checkData(String sha256) throws IOException {
        Path file = path.resolve(DATA);
        if (!Files.exists(file)) {
            put(file, (sha256 + "\n").getBytes(StandardCharsets.UTF_8));
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
