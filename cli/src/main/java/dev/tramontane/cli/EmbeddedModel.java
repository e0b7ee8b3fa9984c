package dev.tramontane.cli;

import dev.tramontane.nano.Nano;

import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Map;

/// The embedded model as a file, since model files are mapped: written once below Tramontane's
/// home, under a name that its content decides.
final class EmbeddedModel {
    private static final String MODEL = "nano.gguf";
    private static final String SYSTEM_PROMPT = "system_prompt.txt";

    private EmbeddedModel() {}

    /// `$TRAMONTANE_HOME`, by default `~/.tramontane`.
    static Path home(Map<String, String> environment) {
        String home = environment.getOrDefault("TRAMONTANE_HOME", "");
        return home.isEmpty()
                ? Path.of(System.getProperty("user.home"), ".tramontane")
                : Path.of(home);
    }

    /// The embedded model's file, its system prompt beside it. Where the home cannot be written
    /// they lie in the temporary folder and vanish with this process.
    static Path path(Map<String, String> environment) throws IOException {
        try {
            return unpack(home(environment).resolve("cache").resolve(Nano.digest()));
        } catch (FileSystemException e) {
            Path folder = Files.createTempDirectory("tramontane");
            folder.toFile().deleteOnExit();
            Path model = unpack(folder);
            model.toFile().deleteOnExit();
            model.resolveSibling(SYSTEM_PROMPT).toFile().deleteOnExit();
            return model;
        }
    }

    private static Path unpack(Path folder) throws IOException {
        Files.createDirectories(folder);
        writeOnce(folder.resolve(SYSTEM_PROMPT), Nano.systemPrompt());
        Path model = folder.resolve(MODEL);
        writeOnce(model, Nano.bytes());
        return model;
    }

    /// Another process may be reading the file, or writing the same.
    private static void writeOnce(Path file, byte[] bytes) throws IOException {
        if (Files.isRegularFile(file) && Files.size(file) == bytes.length) {
            return;
        }
        Path part = Path.of(file + "." + ProcessHandle.current().pid() + ".part");
        Files.write(part, bytes);
        Files.move(part, file, StandardCopyOption.ATOMIC_MOVE);
    }
}
