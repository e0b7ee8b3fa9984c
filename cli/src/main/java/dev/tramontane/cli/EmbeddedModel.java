package dev.tramontane.cli;

import dev.tramontane.nano.Nano;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Map;

/// The embedded model as a file, since model files are mapped: written once below Tramontane's
/// home, under a name that its content decides.
final class EmbeddedModel {
    private EmbeddedModel() {}

    /// `$TRAMONTANE_HOME`, by default `~/.tramontane`.
    static Path home(Map<String, String> environment) {
        String home = environment.getOrDefault("TRAMONTANE_HOME", "");
        return home.isEmpty()
                ? Path.of(System.getProperty("user.home"), ".tramontane")
                : Path.of(home);
    }

    /// The embedded model's file. Where the home cannot be written it lies in the temporary folder
    /// and vanishes with this process.
    static Path path(Map<String, String> environment) throws IOException {
        Path folder = home(environment).resolve("cache").resolve(Nano.digest());
        Path file = folder.resolve("nano.gguf");
        byte[] bytes = Nano.bytes();
        if (Files.isRegularFile(file) && Files.size(file) == bytes.length) {
            return file;
        }
        try {
            Files.createDirectories(folder);
            Path part = Files.createTempFile(folder, "nano", ".part");
            Files.write(part, bytes);
            Files.move(part, file, StandardCopyOption.ATOMIC_MOVE);
            return file;
        } catch (IOException e) {
            Path temporary = Files.createTempDirectory("tramontane");
            temporary.toFile().deleteOnExit();
            Path copy = temporary.resolve("nano.gguf");
            copy.toFile().deleteOnExit();
            return Files.write(copy, bytes);
        }
    }
}
